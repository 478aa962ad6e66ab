// SPDX-License-Identifier: GPL-2.0
/* Formats and records that no library would write: nothing of them is obeyed that does harm. */
#include "hostile.h"
#include "live.h"

#define SLOTS		256U
#define RING		HFT_REGION_RINGS_OFFSET
#define BOARD		HFT_BOARD_OFFSET(1, SLOTS)
#define SIZE		(BOARD + sizeof(struct hft_board))

static struct hft_reader *reader;
static struct hft_record rec;
static __u64 at;		/* the next record: each begins a page */

static struct hft_format *format_at(__u32 number)
{
	return &((struct hft_board *)((char *)region + BOARD))->format[number];
}

static int begin(void)
{
	struct hft_ring_ctl *ctl;

	CHECK_EQ(make_region(SIZE), 0);
	*region = (struct hft_region){
		.magic = HFT_REGION_MAGIC, .abi_major = HFT_ABI_MAJOR, .rings = 1,
		.ring_slots = SLOTS, .names_offset = HFT_REGION_NAMES_OFFSET, .rings_offset = RING,
		.ring_stride = HFT_RING_STRIDE(SLOTS), .size = SIZE, .tgid = getpid(),
		.board_offset = BOARD,
	};
	ctl = (struct hft_ring_ctl *)((char *)region + RING);
	*ctl = (struct hft_ring_ctl){
		.magic = HFT_RING_MAGIC, .abi_major = HFT_ABI_MAJOR, .kind = HFT_RING_USER,
		.id = 7, .slots = SLOTS, .generation = 1, .enable = 1,
	};
	at = 0;
	CHECK_EQ(open_self(&reader), 0);
	/* it reads on by the descriptor: nobody shall take the file for one of the dead */
	unlink(shm);
	hft_reader_settle(reader);
	return 0;
}

static int end(void)
{
	hft_reader_close(reader);
	munmap(region, SIZE);
	return 0;
}

static void put_format(__u32 number, const char *text, const char *types)
{
	struct hft_format *format = format_at(number);

	memset(format, 0, sizeof(*format));
	format->level = HFT_LOG_INFO;
	format->line = 1;
	while (*types)
		format->type[format->args++] = *types++ - '0';
	memcpy(format->text, text, strnlen(text, sizeof(format->text)));
	format->committed = 1;
}

/* Writes a record, and reads on. */
static int put_record(__u32 number, __u32 words, __u32 slots, const __u64 *word)
{
	struct hft_ring_ctl *ctl = (struct hft_ring_ctl *)((char *)region + RING);
	struct hft_slot *slot = (struct hft_slot *)(ctl + 1) + at % SLOTS;
	struct hft_rec_log *log = (struct hft_rec_log *)slot->arg;

	slot->tsc = 1;
	log->format = number;
	log->words = words;
	log->every = 1;
	memcpy(log->word, word, sizeof(log->word));
	slot->type = HFT_REC_LOG;
	slot->slots = slots;
	slot->seq = at;
	ctl->head = at + slots;
	ctl->records++;
	at += HFT_PAGE_SLOTS;
	return hft_reader_next(reader, &rec);
}

struct line {
	const char *text, *types, *want;
	__u64 word[29];
	__u32 words;
};

#define HUGE_NUMBER "1000000000"

static int lines(void)
{
	static const struct line all[] = {
		/* numbers: 1 int, 2 unsigned, 3 double, 4 pointer, 5 string */
		{ "%d", "1", "-1", { -1ULL }, 1 },
		{ "%n", "4", "%n", { 0x1000 }, 1 },
		{ "%hhn %n%n%n%s", "44444", "%hhn %n%n%n%s", { 1, 2, 3, 4, 5 }, 5 },
		{ "%s", "1", "%s", { 0x41414141 }, 1 },
		{ "%s", "4", "%s", { 0x41414141 }, 1 },
		{ "%d %s", "51", "%d %s", { 1, 'x', 5 }, 3 },
		{ "%f", "1", "%f", { 7 }, 1 },
		{ "%d", "3", "%d", { 7 }, 1 },
		{ "%d|%d", "1", "5|%d", { 5 }, 1 },
		{ "%d|%d", "11", "5|%d", { 5 }, 1 },
		{ "%d%d%d%d%d%d%d%d%d%d", "11111111", "12345678%d%d",
		  { 1, 2, 3, 4, 5, 6, 7, 8 }, 8 },
		{ "a", "11", "a", { 1, 2 }, 2 },
		{ "%" HUGE_NUMBER "d|%d", "11", "%" HUGE_NUMBER "d|2", { 1, 2 }, 2 },
		{ "%." HUGE_NUMBER "d|%d", "11", "%." HUGE_NUMBER "d|2", { 1, 2 }, 2 },
		{ "%99999999999999999999999d", "1", "%99999999999999999999999d", { 1 }, 1 },
		{ "%*d|%d", "111", "%*d|3", { 1000000000, 2, 3 }, 3 },
		{ "%*d|%d", "111", "%*d|3", { -1000000000ULL, 2, 3 }, 3 },
		{ "%.*f|%d", "131", "%.*f|3", { 0x7fffffff, 0, 3 }, 3 },
		{ "%*d|%d", "311", "%*d|3", { 1, 2, 3 }, 3 },
		{ "%*d", "1", "%*d", { 1 }, 1 },
		{ "%*d", "", "%*d", { 0 }, 0 },
		{ "%", "", "%", { 0 }, 0 },
		{ "%-+ #0", "1", "%-+ #0", { 1 }, 1 },
		{ "100%|%z|%ll|%.|%*", "1", "100%|%z|%ll|%.|%*", { 1 }, 1 },
		{ "%y%k%w|%d", "1", "%y%k%w|3", { 3 }, 1 },
		{ "%1$d|%d", "1", "%1$d|3", { 3 }, 1 },
		{ "%m|%ls|%lc|%S|%d", "4141", "%m|%ls|%lc|%S|3", { 1, 2, 4, 3 }, 4 },
		{ "%%%d%%", "1", "%3%", { 3 }, 1 },
		{ "%-----------5d|%0000000005d", "11", "3    |00004", { 3, 4 }, 2 },
		{ "%c|", "1", "|", { 0 }, 1 },
		/* strings whose lengths are not true */
		{ "%s|%d", "51", "%s|%d", { 1000, 0, 3 }, 3 },
		{ "%s|%d", "51", "%s|%d", { ~0ULL, 0, 3 }, 3 },
		{ "%s|%d", "51", "%s|%d", { 1ULL << 62, 0, 3 }, 3 },
		{ "%s|%d", "51", "%s|%d", { 16 }, 2 },
		{ "%s|%d", "51", "|%d", { 0 }, 1 },
		{ "%s|%d", "51", "...|3", { HFT_LOG_CUT, 3 }, 2 },
	};
	__u64 strings[29] = { 3, 0, 8, 0 };
	char text[512];
	unsigned int i;

	CHECK_EQ(begin(), 0);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		put_format(i, all[i].text, all[i].types);
		CHECK_EQ(put_record(i, all[i].words, HFT_LOG_SLOTS(all[i].words), all[i].word), 0);
		memset(text, '#', sizeof(text));
		CHECK(hft_log_text(reader, &rec, text, sizeof(text)) >= 0);
		if (strcmp(text, all[i].want))
			printf("# '%s': '%s' instead of '%s'\n", all[i].text, text, all[i].want);
		CHECK(!strcmp(text, all[i].want));
	}
	put_format(100, "%s %s", "55");
	memcpy(&strings[1], "abc", 4);
	memcpy(&strings[3], "ab\0defgh", 8);
	CHECK_EQ(put_record(100, 4, 2, strings), 0);
	CHECK_EQ(hft_log_text(reader, &rec, text, sizeof(text)), 6);
	CHECK(!strcmp(text, "abc ab"));
	return end();
}

/* Words and slots that do not go together are no record. */
static int lengths(void)
{
	static const __u64 word[29];
	__u32 words, slots;

	CHECK_EQ(begin(), 0);
	put_format(0, "%d", "1");
	for (words = 0; words < 40; words++)
		for (slots = 1; slots <= 12; slots++)
			CHECK_EQ(put_record(0, words, slots, word),
				 words <= HFT_LOG_WORDS && slots == HFT_LOG_SLOTS(words) ?
				 0 : -ENODATA);
	CHECK_EQ(put_record(0, 0xffff, 1, word), -ENODATA);
	CHECK_EQ(put_record(0, 29, 8, word), 0);
	CHECK_EQ(rec.payload_bytes, 240);
	return end();
}

/* Formats that make no sense are not known, and none is read beyond the board. */
static int formats(void)
{
	static const __u64 word[29] = { 0xabc };
	struct hft_format_info info;
	char text[128];

	CHECK_EQ(begin(), 0);
	put_format(0, "%d", "1");
	put_format(1, "%d", "1");
	format_at(1)->level = 0;
	put_format(2, "%d", "1");
	format_at(2)->level = 5;
	put_format(3, "%d", "1");
	format_at(3)->args = 9;
	put_format(4, "%d", "6");
	put_format(5, "%d", "0");
	put_format(6, "%d", "1");
	format_at(6)->committed = 2;
	put_format(HFT_FORMATS - 1, "%d", "1");
	memset(format_at(HFT_FORMATS - 1)->file, 'f', 64);
	memset(format_at(HFT_FORMATS - 1)->text, 't', HFT_FORMAT_TEXT);
	CHECK_EQ(put_record(1, 1, 1, word), 0);
	CHECK_EQ(hft_reader_format(reader, 0, 0, &info), 0);
	CHECK_EQ(hft_reader_format(reader, 0, 1, &info), -ENOENT);
	CHECK_EQ(hft_reader_format(reader, 0, 2, &info), -ENOENT);
	CHECK_EQ(hft_reader_format(reader, 0, 3, &info), -ENOENT);
	CHECK_EQ(hft_reader_format(reader, 0, 4, &info), -ENOENT);
	CHECK_EQ(hft_reader_format(reader, 0, 5, &info), -ENOENT);
	CHECK_EQ(hft_reader_format(reader, 0, 6, &info), -ENOENT);
	CHECK_EQ(hft_reader_format(reader, 0, 7, &info), -ENOENT);
	CHECK_EQ(hft_reader_format(reader, 0, HFT_FORMATS - 1, &info), 0);
	CHECK(strlen(info.file) == 63 && strlen(info.text) == HFT_FORMAT_TEXT - 1);
	CHECK_EQ(hft_reader_format(reader, 0, HFT_FORMATS, &info), -ENOENT);
	CHECK_EQ(hft_reader_format(reader, 0, ~0U, &info), -ENOENT);
	CHECK(hft_log_text(reader, &rec, text, sizeof(text)) > 0);
	CHECK(!strcmp(text, "(format 1 is not known) 0xabc"));
	/* one that changes behind us stays what it was */
	put_format(0, "other", "");
	CHECK_EQ(hft_reader_format(reader, 0, 0, &info), 0);
	CHECK(!strcmp(info.text, "%d"));
	return end();
}

/* Any bytes at all, and nothing but that it ends. */
static int any_bytes(void)
{
	static const char letters[] = "%%%%%%d*.-0# 19lhzsnpcfgxaLj$'";
	char text[HFT_FORMAT_TEXT], types[9], out[64];
	__u64 word[29];
	unsigned int round, i;

	for (round = 0; round < 5 * HFT_FORMATS; round++) {
		/* a reader remembers the formats that it has seen */
		if (round % HFT_FORMATS == 0)
			CHECK_EQ(begin(), 0);
		for (i = 0; i < sizeof(text) - 1; i++)
			text[i] = any() % 50 ? letters[any() % (sizeof(letters) - 1)] : (char)any();
		text[i] = '\0';
		for (i = 0; i < any() % 9; i++)
			types[i] = '1' + any() % 5;
		types[i] = '\0';
		for (i = 0; i < 29; i++)
			word[i] = any() >> any() % 64;
		i = any() % 30;
		put_format(round % HFT_FORMATS, text, types);
		CHECK_EQ(put_record(round % HFT_FORMATS, i, HFT_LOG_SLOTS(i), word), 0);
		CHECK(hft_log_text(reader, &rec, out, any() % sizeof(out)) >= 0);
		if (round % HFT_FORMATS == HFT_FORMATS - 1)
			CHECK_EQ(end(), 0);
	}
	return 0;
}

KTAP_MAIN({ "lines that lie", lines },
	  { "lengths that lie", lengths },
	  { "formats that make no sense", formats },
	  { "any bytes", any_bytes })
