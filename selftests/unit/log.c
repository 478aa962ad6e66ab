// SPDX-License-Identifier: GPL-2.0
/* Lines of a log: what was written is what is read, and what printf would have written. */
#include "ktap.h"
#include "live.h"
#include "log_lines.h"

#include <sys/mman.h>

static struct hft_thread *thread;
static struct hft_reader *reader;
static struct hft_record rec;

static int begin(__u32 slots)
{
	CHECK_EQ(init_private(2, slots), 0);
	thread = hft_thread_attach("log");
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	return 0;
}

static int end(void)
{
	CHECK_EQ(hft_reader_next(reader, &rec), -ENODATA);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

/* The next record, a line of the log with this text. */
static const struct hft_rec_log *next_is(const char *text)
{
	char line[2048];
	int length;

	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	CHECK_EQ(rec.type, HFT_REC_LOG);
	length = hft_log_text(reader, &rec, line, sizeof(line));
	CHECK_EQ(length, strlen(line));
	if (strcmp(line, text))
		printf("# '%s' instead of '%s'\n", line, text);
	CHECK(!strcmp(line, text));
	return rec.payload;
}

static int every_type(void)
{
	static struct expected expected;
	struct hft_rec_log first[LINES_MAX];
	struct hft_format_info format;
	const struct hft_rec_log *log;
	unsigned int i, half;

	CHECK_EQ(begin(8192), 0);
	log_lines(thread, &expected);
	half = expected.count;
	log_lines_cxx(thread, &expected);
	CHECK_EQ(expected.count, 2 * half);
	for (i = 0; i < expected.count; i++) {
		log = next_is(expected.text[i]);
		CHECK_EQ(log->every, 1);
		CHECK_EQ(rec.payload_bytes, 8 + 8 * log->words);
		CHECK_EQ(rec.slots, HFT_LOG_SLOTS(log->words));
		if (i < half) {
			memcpy(&first[i], log, rec.payload_bytes);
			continue;
		}
		/* From C++ the same words; only addresses of the stack differ. */
		CHECK_EQ(log->words, first[i - half].words);
		CHECK_EQ(hft_reader_format(reader, rec.ring, log->format, &format), 0);
		if (!memchr(format.type, HFT_LOG_POINTER, format.args))
			CHECK(!memcmp(log->word, first[i - half].word, log->words * 8));
	}
	return end();
}

static int slots_are_constant(void)
{
	static const int slots[] = { 1, 1, 2, 2, 3, 3 };
	unsigned int i;

	CHECK_EQ(begin(1024), 0);
	HFT_INFO(thread, "none");
	HFT_INFO(thread, "%d", 1);
	HFT_INFO(thread, "%d %d", 1, 2);
	HFT_INFO(thread, "%d %d %d %d %d", 1, 2, 3, 4, 5);
	HFT_INFO(thread, "%d %d %d %d %d %d", 1, 2, 3, 4, 5, 6);
	HFT_INFO(thread, "%d %d %d %d %d %d %d %d", 1, 2, 3, 4, 5, 6, 7, 8);
	for (i = 0; i < 6; i++) {
		CHECK_EQ(hft_reader_next(reader, &rec), 0);
		CHECK_EQ(rec.slots, slots[i]);
	}
	return end();
}

/* Evaluated once when on, never when off; the level's floor; where it was. */
static int levels_and_places(void)
{
	struct hft_format_info info;
	int count = 0, line;

	CHECK_EQ(begin(1024), 0);
	thread->enable = 0;
	HFT_ERROR(thread, "%d", ++count);
	CHECK_EQ(count, 0);
	thread->enable = 1;
	line = __LINE__ + 1;
	HFT_ERROR(thread, "%d", ++count);
	CHECK_EQ(count, 1);
	next_is("1");
	CHECK_EQ(hft_reader_format(reader, rec.ring, 0, &info), 0);
	CHECK_EQ(info.level, HFT_LOG_ERROR);
	CHECK_EQ(info.line, line);
	CHECK_EQ(info.args, 1);
	CHECK_EQ(info.type[0], HFT_LOG_INT);
	CHECK(!strcmp(info.file, __FILE__) && !strcmp(info.text, "%d"));
	CHECK_EQ(hft_reader_format(reader, rec.ring, 1, &info), -ENOENT);
	CHECK_EQ(hft_reader_format(reader, rec.ring, HFT_FORMATS, &info), -ENOENT);
	CHECK_EQ(hft_reader_format(reader, 7, 0, &info), -EINVAL);
#undef HFT_LOG_LEVEL
#define HFT_LOG_LEVEL HFT_LOG_WARNING
	HFT_DEBUG(thread, "%d", ++count);
	HFT_INFO(thread, "%d", ++count);
	HFT_LOG_SAMPLED(thread, HFT_LOG_INFO, "%d", ++count);
	CHECK_EQ(count, 1);
	HFT_WARNING(thread, "%d", ++count);
#undef HFT_LOG_LEVEL
#define HFT_LOG_LEVEL HFT_LOG_DEBUG
	next_is("2");
	return end();
}

static char *with_tail(char *text, unsigned int length, const char *tail)
{
	memset(text, 'x', length);
	strcpy(text + length, tail);
	return text;
}

static int strings_have_bounds(void)
{
	char *endless, *last, text[512];
	const struct hft_rec_log *log;

	CHECK_EQ(begin(1024), 0);
	endless = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(endless != MAP_FAILED);
	CHECK_EQ(mprotect(endless + 4096, 4096, PROT_NONE), 0);
	memset(endless, 'x', 4096);
	HFT_INFO(thread, "%s", endless);
	log = next_is(with_tail(text, 224, "..."));
	CHECK_EQ(log->words, HFT_LOG_WORDS);
	CHECK_EQ(log->word[0], 224 | HFT_LOG_CUT);
	HFT_INFO(thread, "%d %s", 5, endless);
	log = next_is(strcat(strcpy(text, "5 "), with_tail((char[256]){ 0 }, 216, "...")));
	CHECK_EQ(log->words, HFT_LOG_WORDS);

	/* exactly as much as there is room for is not cut, and no byte behind it is read */
	last = endless + 4096 - 224;
	HFT_INFO(thread, "%.*s", 216, last + 8);
	next_is(with_tail(text, 216, ""));
	HFT_INFO(thread, "%.224s", last);
	log = next_is(with_tail(text, 224, ""));
	CHECK_EQ(log->word[0], 224);
	HFT_INFO(thread, "%.3s|%.*s", endless + 4093, 1, endless + 4095);
	next_is("xxx|x");
	endless[224] = 0;
	HFT_INFO(thread, "%s", endless);
	next_is(with_tail(text, 224, ""));
	HFT_INFO(thread, "%.230s|", endless);
	next_is(with_tail(text, 224, "|"));

	/* two have half of it each, what the first one leaves is the second one's */
	endless[224] = 'x';
	HFT_INFO(thread, "%s%s", endless, endless);
	with_tail(text, 104, "...");
	log = next_is(strcat(text, with_tail((char[256]){ 0 }, 112, "...")));
	CHECK_EQ(log->words, HFT_LOG_WORDS);
	HFT_INFO(thread, "%s%s", "short", endless);
	next_is(strcat(strcpy(text, "short"), with_tail((char[256]){ 0 }, 208, "...")));
	HFT_INFO(thread, "%300.250s|", endless);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	return end();
}

/* What no %s prints is not read as a string. */
static int pointers_are_not_followed(void)
{
	char *nowhere = (char *)16, *none = NULL;

	CHECK_EQ(begin(1024), 0);
	HFT_INFO(thread, "%p", nowhere);
	next_is("0x10");
	HFT_INFO(thread, "%p %s %p", nowhere, "text", none);
	next_is("0x10 text (nil)");
	HFT_INFO(thread, "%s|%.2s", none, none);
	next_is("(null)|(n");
	HFT_INFO(thread, "%s", (char *)(uintptr_t)"after a cast");
	next_is("after a cast");
	return end();
}

static int a_buffer_is_small(void)
{
	char text[8];

	CHECK_EQ(begin(1024), 0);
	HFT_INFO(thread, "%d and %s", 123456, "more");
	hft_mark(thread, 1, 2);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	memset(text, '#', sizeof(text));
	CHECK_EQ(hft_log_text(reader, &rec, text, 5), 15);
	CHECK(!memcmp(text, "1234\0###", 8));
	CHECK_EQ(hft_log_text(reader, &rec, NULL, 0), 15);
	CHECK_EQ(hft_log_text(reader, &rec, text, 1), 15);
	CHECK_EQ(text[0], 0);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	CHECK_EQ(hft_log_text(reader, &rec, text, 8), -EINVAL);
	return end();
}

/* A region that was given back: its numbers mean nothing in the next one. */
static int a_second_region(void)
{
	static const char *const texts[] = {
		"round 0 of three", "round 1 of three", "round 2 of three",
	};
	int round;

	for (round = 0; round < 3; round++) {
		CHECK_EQ(begin(1024), 0);
		if (round == 1)
			HFT_DEBUG(thread, "another one first");
		HFT_INFO(thread, "round %d of %s", round, "three");
		if (round == 1)
			next_is("another one first");
		next_is(texts[round]);
		CHECK_EQ(end(), 0);
	}
	return 0;
}

static int a_full_table(void)
{
	static struct hft_log_site sites[HFT_FORMATS + 2];
	struct hft_format_info info;
	struct hft_status status = { .size = sizeof(status) };
	char text[64];
	unsigned int i;

	CHECK_EQ(begin(8192), 0);
	for (i = 0; i < ARRAY_SIZE(sites); i++) {
		sites[i] = (struct hft_log_site){
			.file = "f", .text = "site %d", .line = i + 1, .level = HFT_LOG_INFO,
			.args = 1, .types = HFT_LOG_INT,
		};
		hft_log_write(thread, &sites[i], 1, 1, 0, i, 0, 0, 0, 0, 0, 0, 0);
		hft_log_write(thread, &sites[i], 1, 1, 0, i, 0, 0, 0, 0, 0, 0, 0);
	}
	for (i = 0; i < 2 * HFT_FORMATS; i++) {
		snprintf(text, sizeof(text), "site %u", i / 2);
		CHECK_EQ(next_is(text)->format, i / 2);
		CHECK_EQ(hft_reader_format(reader, 0, i / 2, &info), 0);
		CHECK_EQ(info.line, i / 2 + 1);
	}
	CHECK_EQ(next_is("(no room for its format) 0x400")->format, HFT_FORMATS);
	next_is("(no room for its format) 0x400");
	next_is("(no room for its format) 0x401");
	next_is("(no room for its format) 0x401");
	CHECK_EQ(hft_status(&status), 0);
	CHECK_EQ(status.board_refused, 2);
	return end();
}

KTAP_MAIN({ "every type, in C and C++, is what printf writes", every_type },
	  { "without strings the number of slots is constant", slots_are_constant },
	  { "levels, floors and places", levels_and_places },
	  { "strings have bounds", strings_have_bounds },
	  { "pointers that no %s prints are not followed", pointers_are_not_followed },
	  { "a text is cut to its buffer", a_buffer_is_small },
	  { "formats are registered anew in a new region", a_second_region },
	  { "more places than the table has room for", a_full_table })
