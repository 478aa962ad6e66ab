// SPDX-License-Identifier: GPL-2.0
/* A board whose bytes are anything: what the reader gives out is sound all the same. */
#include "hostile.h"
#include "ktap.h"
#include "live.h"
#include "recording.h"

#include <pthread.h>
#include <stdatomic.h>

#define SLOTS		256U
#define BOARD		HFT_BOARD_OFFSET(1, SLOTS)
#define SIZE		(BOARD + sizeof(struct hft_board))
#define ROUNDS		400

static struct hft_board *board(void)
{
	return (struct hft_board *)((char *)region + BOARD);
}

static void fill_values(void)
{
	unsigned int i;

	for (i = 0; i < HFT_VALUES; i++)
		board()->value[i] = (struct hft_value){
			.value = (__s64)any(), .name = any() % 8 ? any() % 4 : any(),
			.kind = any() % 8 ? any() % 3 : any(),
			.tid = any() % 4 ? (__s32)any() : (__s32)0x80000000,
		};
}

static void fill_state(struct hft_state_page *page)
{
	unsigned int i;

	page->committed = any() % 8 ? 1 : any();
	page->name = any() % 8 ? any() % 4 : any();
	page->bytes = any() % 8 ? any() % (HFT_STATE_DATA + 1) : any();
	page->members = any() % 8 ? any() % 4 : any();
	page->writes = any() % 4 ? any() : 0;
	page->ticks[0] = any() >> any() % 64;
	page->ticks[1] = any() >> any() % 64;
	for (i = 0; i < HFT_STATE_MEMBERS; i++) {
		page->member[i] = (struct hft_member){
			.offset = any() % 16 ? any() % 512 : any(),
			.bytes = any() % 16 ? 1U << any() % 4 : any(),
			.count = any() % 16 ? any() % 8 : any(),
			.type = any() % 16 ? 1 + any() % 5 : any(),
		};
		memset(page->member[i].name, 'm', any() % 16 ? any() % 32 : 32);
	}
	memset(page->copy, (int)any(), sizeof(page->copy));
}

static void fill_region(void)
{
	unsigned int i;

	*region = (struct hft_region){
		.magic = HFT_REGION_MAGIC, .abi_major = HFT_ABI_MAJOR, .rings = 1,
		.names = any(), .ring_slots = SLOTS, .names_offset = HFT_REGION_NAMES_OFFSET,
		.rings_offset = HFT_REGION_RINGS_OFFSET, .ring_stride = HFT_RING_STRIDE(SLOTS),
		.size = SIZE, .tgid = getpid(), .board_offset = BOARD,
		.values = any(), .states = any(),
	};
	if (any() % 4 == 0)
		region->board_offset = any() >> any() % 64;
	if (any() % 8 == 0)
		region->board_offset = BOARD + 64;
	/* Names without an end. */
	memset((char *)region + HFT_REGION_NAMES_OFFSET, 'x', 64 * 4);
	for (i = 0; i < 4; i++)
		((struct hft_name *)((char *)region + HFT_REGION_NAMES_OFFSET))[i].committed = 1;
	fill_values();
	for (i = 0; i < HFT_STATES; i++)
		fill_state(&board()->state[i]);
}

static int check_values(const struct hft_value_info *values, int count)
{
	unsigned int lines = 0, line;
	__u64 sum;
	int i;

	CHECK(count >= 0 && count <= (int)HFT_VALUES);
	for (i = 0; i < count; i++) {
		CHECK(values[i].kind == HFT_VALUE_COUNTER || values[i].kind == HFT_VALUE_GAUGE);
		CHECK(strlen(values[i].name) <= 60);
		CHECK(values[i].lines_count);
		CHECK(values[i].kind != HFT_VALUE_GAUGE || values[i].lines_count == 1);
		CHECK_EQ(values[i].tgid, getpid());
		for (sum = 0, line = 0; line < values[i].lines_count; line++)
			sum += (__u64)values[i].lines[line].value;
		CHECK_EQ(values[i].value, sum);
		lines += values[i].lines_count;
	}
	CHECK(lines <= HFT_VALUES);
	return 0;
}

static int check_state(const struct hft_state_info *state)
{
	const struct hft_member *member;
	unsigned int i, sum = 0;

	CHECK(strlen(state->name) <= 60);
	CHECK(!state->error == !!state->data);
	if (state->error == -EBADMSG)
		CHECK(!state->members_count);
	else
		CHECK(state->members_count && state->members_count <= HFT_STATE_MEMBERS);
	CHECK(state->bytes <= HFT_STATE_DATA && state->age_ns >= 0);
	for (i = 0; i < state->members_count; i++) {
		member = &state->members[i];
		CHECK(member->name[0] && strnlen(member->name, 32) < 32);
		CHECK(member->type >= HFT_MEMBER_INT && member->type <= HFT_MEMBER_BYTES);
		CHECK(member->bytes && member->count);
		CHECK(member->offset + member->bytes * member->count <= (int)state->bytes);
	}
	for (i = 0; state->data && i < state->bytes; i++)
		sum += ((const unsigned char *)state->data)[i];
	CHECK(sum <= 255 * HFT_STATE_DATA);
	return 0;
}

/* How many states were whole. */
static int read_board(unsigned int *whole)
{
	const struct hft_value_info *values = NULL;
	const struct hft_state_info *states = NULL;
	struct hft_reader *reader;
	int i, n;

	if (open_self(&reader))
		return 0;
	n = hft_reader_values(reader, &values);
	CHECK_EQ(check_values(values, n), 0);
	n = hft_reader_states(reader, &states);
	CHECK(n >= 0 && n <= (int)HFT_STATES);
	for (i = 0; i < n; i++) {
		CHECK_EQ(check_state(&states[i]), 0);
		*whole += !states[i].error;
	}
	hft_reader_close(reader);
	return 0;
}

static int any_bytes_at_rest(void)
{
	unsigned int round, whole = 0;

	CHECK_EQ(make_region(SIZE), 0);
	for (round = 0; round < ROUNDS; round++) {
		fill_region();
		CHECK_EQ(read_board(&whole), 0);
	}
	/* Some made sense, or this would have tested less than it says. */
	CHECK(whole > ROUNDS);
	unlink(shm);
	return 0;
}

static atomic_int done;

static void *scribble(void *unused)
{
	volatile __u64 *words = (__u64 *)board();
	__u64 state = 42, i;

	while (!atomic_load(&done)) {
		for (i = 0; i < 64; i++) {
			state = state * 6364136223846793005ULL + 1442695040888963407ULL;
			words[(state >> 20) % (sizeof(struct hft_board) / 8)] = state >> state % 64;
		}
	}
	return unused;
}

static int any_bytes_in_motion(void)
{
	unsigned int round, whole = 0;
	pthread_t thread;

	CHECK_EQ(make_region(SIZE), 0);
	CHECK_EQ(pthread_create(&thread, NULL, scribble, NULL), 0);
	for (round = 0; round < ROUNDS / 4; round++) {
		fill_region();
		CHECK_EQ(read_board(&whole), 0);
	}
	atomic_store(&done, 1);
	pthread_join(thread, NULL);
	unlink(shm);
	return 0;
}

/* The owner cuts its file off under a reader that has opened it. */
static int a_board_that_shrinks(void)
{
	const struct hft_value_info *values = NULL;
	const struct hft_state_info *states = NULL;
	struct hft_reader *reader;
	int i, n;

	CHECK_EQ(make_region(SIZE), 0);
	fill_region();
	region->board_offset = BOARD;
	CHECK_EQ(open_self(&reader), 0);
	CHECK(hft_reader_values(reader, &values) > 0);
	CHECK(hft_reader_states(reader, &states) > 0);
	/* In the middle of the states, then before the board. */
	CHECK_EQ(truncate(shm, SIZE - 20 * sizeof(struct hft_state_page)), 0);
	n = hft_reader_values(reader, &values);
	CHECK_EQ(check_values(values, n), 0);
	n = hft_reader_states(reader, &states);
	for (i = 0; i < n; i++)
		CHECK_EQ(check_state(&states[i]), 0);
	CHECK_EQ(truncate(shm, 4096), 0);
	CHECK_EQ(hft_reader_values(reader, &values), 0);
	CHECK_EQ(hft_reader_states(reader, &states), 0);
	hft_reader_close(reader);
	unlink(shm);
	return 0;
}

/* An older library's region has no board. */
static int no_board(void)
{
	const struct hft_value_info *values;
	const struct hft_state_info *states;
	struct hft_reader *reader;

	CHECK_EQ(make_region(SIZE), 0);
	fill_region();
	region->board_offset = 0;
	CHECK_EQ(open_self(&reader), 0);
	CHECK_EQ(hft_reader_values(reader, &values), 0);
	CHECK_EQ(hft_reader_states(reader, &states), 0);
	hft_reader_close(reader);
	unlink(shm);
	return 0;
}

static int write_fact(const char *dir, const char *name, const char *text)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/facts/%s", dir, name);
	file = fopen(path, "w");
	CHECK(file);
	fputs(text, file);
	fclose(file);
	return 0;
}

/* Lines of words that may stand there, and of some that may not. */
static int write_lines(const char *dir, const char *name, const char *const *words, size_t count)
{
	unsigned int lines, columns;
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/facts/%s", dir, name);
	file = fopen(path, "w");
	CHECK(file);
	for (lines = any() % 200; lines; lines--) {
		fputs(words[any() % 3], file);
		for (columns = any() % 4 ? 10 : any() % 13; columns; columns--)
			fprintf(file, "\t%s", words[any() % 16 ? 3 + any() % 2 : any() % count]);
		fputc('\n', file);
	}
	fclose(file);
	return 0;
}

static int any_facts(void)
{
	static const char *const value_words[] = {
		"value", "line", "nonsense", "1", "2", "-5", "name", "", "99999999999999999999",
	};
	static const char *const state_words[] = {
		"state", "member", "data", "1", "2", "4", "8", "0", "-61", "0011223344556677",
		"00", "0011", "name", "-11", "", "65536", "3009", "-1", "4294967295",
	};
	const struct hft_value_info *values;
	const struct hft_state_info *states;
	struct hft_reader *reader;
	unsigned int round, seen = 0;
	char dir[128], path[160];
	int i, n;

	CHECK_EQ(temporary_directory(dir, sizeof(dir)), 0);
	snprintf(path, sizeof(path), "%s/facts", dir);
	CHECK_EQ(mkdir(path, 0700), 0);
	CHECK_EQ(write_fact(dir, "recording", "abi=1.2\n"), 0);
	for (round = 0; round < ROUNDS; round++) {
		CHECK_EQ(write_lines(dir, "values", value_words, ARRAY_SIZE(value_words)), 0);
		CHECK_EQ(write_lines(dir, "states", state_words, ARRAY_SIZE(state_words)), 0);
		CHECK_EQ(hft_reader_open_file(&reader, dir), 0);
		n = hft_reader_values(reader, &values);
		seen += n;
		for (i = 0; i < n; i++)
			CHECK(values[i].kind == HFT_VALUE_COUNTER ||
			      values[i].kind == HFT_VALUE_GAUGE);
		n = hft_reader_states(reader, &states);
		for (i = 0; i < n; i++) {
			CHECK_EQ(check_state(&states[i]), 0);
			seen += states[i].error != -EBADMSG;
		}
		hft_reader_close(reader);
	}
	CHECK(seen > ROUNDS);
	remove_tree(dir);
	return 0;
}

/* What a recorder writes, it reads. */
static int facts_of_a_recorder(void)
{
	const struct hft_value_info *values;
	const struct hft_state_info *states;
	struct hft_reader *reader;
	char dir[128], path[160];

	CHECK_EQ(temporary_directory(dir, sizeof(dir)), 0);
	snprintf(path, sizeof(path), "%s/facts", dir);
	CHECK_EQ(mkdir(path, 0700), 0);
	CHECK_EQ(write_fact(dir, "recording", "abi=1.2\n"), 0);
	CHECK_EQ(write_fact(dir, "values", "value\t7\t3\t1\t1\tan order\n"
			    "line\t8\t0\t40\nline\t9\t1\t-2\n"), 0);
	CHECK_EQ(write_fact(dir, "states", "state\t7\t3\t0\t8\t0\t8\t5\t1000\t2000\tp\n"
			    "member\t4\t2\t2\t2\thalves\ndata\t00000000ff000001\n"
			    "state\t7\t3\t0\t8\t-61\t8\t0\t0\t0\tq\n"
			    "member\t0\t8\t1\t1\tall\n"), 0);
	CHECK_EQ(hft_reader_open_file(&reader, dir), 0);
	CHECK_EQ(hft_reader_values(reader, &values), 1);
	CHECK(!strcmp(values->name, "an order"));
	CHECK_EQ(values->value, 38);
	CHECK_EQ(values->lines_count, 2);
	CHECK_EQ(values->lines[1].ended, 1);
	CHECK_EQ(values->process_ended, 1);
	CHECK_EQ(hft_reader_states(reader, &states), 2);
	CHECK_EQ(states[0].error, 0);
	CHECK_EQ(states[0].members_count, 1);
	CHECK(!strcmp(states[0].members->name, "halves"));
	CHECK_EQ(((const __u16 *)states[0].data)[2], 255);
	CHECK_EQ(((const __u16 *)states[0].data)[3], 256);
	CHECK_EQ(states[0].writes, 5);
	CHECK_EQ(states[0].age_ns, 2000);
	CHECK_EQ(states[1].error, -ENODATA);
	CHECK_EQ(states[1].members_count, 1);
	/* Each look gives the same. */
	CHECK_EQ(hft_reader_values(reader, &values), 1);
	CHECK_EQ(values->value, 38);
	hft_reader_close(reader);
	remove_tree(dir);
	return 0;
}

KTAP_MAIN({ "a board of any bytes", any_bytes_at_rest },
	  { "a board whose bytes change while it is read", any_bytes_in_motion },
	  { "a board that shrinks while it is read", a_board_that_shrinks },
	  { "a region without a board", no_board },
	  { "what a recorder has kept", facts_of_a_recorder },
	  { "a recording with any words in place of that", any_facts })
