// SPDX-License-Identifier: GPL-2.0
/* Published states: whole at any time, also when the writer is killed in the middle. */
#include "ktap.h"
#include "live.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

struct position {
	__s32 quantity;
	__u16 flags;
	double average;
	float ratio;
	char symbol[8];
	__u64 level[3];
	unsigned char key[5];
};

static const struct hft_member position_members[] = {
	HFT_MEMBER(struct position, quantity, INT),
	HFT_MEMBER(struct position, flags, UINT),
	HFT_MEMBER(struct position, average, DOUBLE),
	HFT_MEMBER(struct position, ratio, DOUBLE),
	HFT_MEMBER(struct position, symbol, TEXT),
	HFT_MEMBER_ARRAY(struct position, level, UINT),
	HFT_MEMBER(struct position, key, BYTES),
};

static struct hft_state_page *publish_position(void)
{
	return hft_state_publish("position", sizeof(struct position), position_members,
				 ARRAY_SIZE(position_members));
}

/* All words of it are the same, and so tell torn from whole. */
struct words {
	__u64 word[HFT_STATE_DATA / 8];
};

static const struct hft_member words_members[] = {
	HFT_MEMBER_ARRAY(struct words, word, UINT),
};

static struct hft_state_page *publish_words(void)
{
	return hft_state_publish("words", sizeof(struct words), words_members, 1);
}

static void set_words(struct words *words, __u64 value)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words->word); i++)
		words->word[i] = value;
}

/* A whole value, and the one of that write. */
static int check_words(const struct hft_state_info *info)
{
	const struct words *words = info->data;
	unsigned int i;

	CHECK_EQ(info->error, 0);
	CHECK_EQ(info->bytes, sizeof(*words));
	for (i = 0; i < ARRAY_SIZE(words->word); i++)
		CHECK_EQ(words->word[i], info->writes);
	return 0;
}

static int described_and_read(void)
{
	struct position position = {
		.quantity = -5, .flags = 3, .average = 1.25, .ratio = 0.5f, .symbol = "ABC",
		.level = { 1, 2, 3 }, .key = "\1\2\3\4",
	};
	const struct timespec wait = { .tv_nsec = 20000000 };
	const struct hft_state_info *states;
	struct hft_state_page *state;
	struct hft_reader *reader;

	CHECK_EQ(init_private(1, 256), 0);
	CHECK_EQ(open_self(&reader), 0);
	CHECK_EQ(hft_reader_states(reader, &states), 0);
	state = publish_position();
	CHECK_EQ(hft_reader_states(reader, &states), 1);
	CHECK(!strcmp(states[0].name, "position"));
	CHECK_EQ(states[0].error, -ENODATA);
	CHECK(!states[0].data && !states[0].writes && !states[0].ticks);
	CHECK_EQ(states[0].tgid, getpid());
	CHECK_EQ(states[0].tid, getpid());
	CHECK_EQ(states[0].members_count, ARRAY_SIZE(position_members));
	CHECK(!memcmp(states[0].members, position_members, sizeof(position_members)));
	CHECK_EQ(states[0].members[5].count, 3);
	CHECK_EQ(states[0].members[5].bytes, 8);
	CHECK_EQ(hft_state_write(state, &position), 0);
	nanosleep(&wait, NULL);
	CHECK_EQ(hft_reader_states(reader, &states), 1);
	CHECK_EQ(states[0].error, 0);
	CHECK_EQ(states[0].bytes, sizeof(position));
	CHECK(!memcmp(states[0].data, &position, sizeof(position)));
	CHECK_EQ(states[0].writes, 1);
	CHECK(states[0].age_ns >= 19000000);
	CHECK_EQ(states[0].process_ended, 0);
	position.quantity = 9;
	CHECK_EQ(hft_state_write(state, &position), 0);
	CHECK_EQ(hft_reader_states(reader, &states), 1);
	CHECK_EQ(((const struct position *)states[0].data)->quantity, 9);
	CHECK_EQ(states[0].writes, 2);
	/* The same once more is the same state. */
	CHECK(publish_position() == state);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int write_of(const char *name, size_t bytes, const struct hft_member *members, size_t count)
{
	struct position position = { 0 };

	return hft_state_write(hft_state_publish(name, bytes, members, count), &position);
}

static int refusals(void)
{
	static const struct hft_member bad[] = {
		{ "", 0, 4, 1, HFT_MEMBER_INT },
		{ "size", 0, 3, 1, HFT_MEMBER_INT },
		{ "size", 0, 2, 1, HFT_MEMBER_DOUBLE },
		{ "size", 0, 0, 1, HFT_MEMBER_TEXT },
		{ "none", 0, 4, 0, HFT_MEMBER_INT },
		{ "type", 0, 4, 1, 0 },
		{ "type", 0, 4, 1, 6 },
		{ "end", sizeof(struct position) - 3, 4, 1, HFT_MEMBER_INT },
		{ "far", 65535, 8, 65535, HFT_MEMBER_INT },
		{ "of 32 bytes, none of them a NUL.", 0, 4, 1, HFT_MEMBER_INT },
	};
	struct hft_member fine = HFT_MEMBER(struct position, quantity, INT);
	struct hft_status status = { .size = sizeof(status) };
	const size_t bytes = sizeof(struct position);
	char name[80], other = 0;
	unsigned int i;

	CHECK_EQ(write_of("p", bytes, &fine, 1), -ENOTCONN);
	CHECK_EQ(init_private(1, 256), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_EQ(write_of("p", bytes, &bad[i], 1), -EINVAL);
	CHECK_EQ(write_of("p", bytes, NULL, 1), -EINVAL);
	CHECK_EQ(write_of("p", bytes, &fine, 0), -EINVAL);
	CHECK_EQ(write_of("p", bytes, &fine, HFT_STATE_MEMBERS + 1), -EINVAL);
	CHECK_EQ(write_of("p", 0, &fine, 1), -EINVAL);
	CHECK_EQ(write_of("p", HFT_STATE_DATA + 1, &fine, 1), -EINVAL);
	CHECK_EQ(write_of(NULL, bytes, &fine, 1), -EINVAL);
	memset(name, 'x', sizeof(name));
	name[60] = 0;
	CHECK_EQ(write_of(name, bytes, &fine, 1), -EINVAL);
	CHECK_EQ(write_of("p", bytes, &fine, 1), 0);
	CHECK_EQ(hft_state_write(hft_state_publish("p", bytes, &fine, 1), &other), -EINVAL);
	CHECK_EQ(write_of("p", bytes - 8, &fine, 1), -EEXIST);
	fine.type = HFT_MEMBER_UINT;
	CHECK_EQ(write_of("p", bytes, &fine, 1), -EEXIST);
	for (i = 1; i < HFT_STATES; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		CHECK_EQ(write_of(name, bytes, &fine, 1), 0);
	}
	CHECK_EQ(write_of("one more", bytes, &fine, 1), -ENOSPC);
	CHECK_EQ(hft_status(&status), 0);
	CHECK_EQ(status.states_used, HFT_STATES);
	CHECK_EQ(status.board_refused, 1 + ARRAY_SIZE(bad) + 7 + 2 + 1);
	hft_fini();
	return 0;
}

static int child_writes_nothing(struct hft_state_page *state)
{
	struct words words;

	set_words(&words, 999);
	if (hft_state_write(state, &words) != -ENOTCONN)
		return 1;
	if (init_private(1, 256) || hft_state_write(state, &words) != -ENOTCONN)
		return 2;
	hft_fini();
	return hft_state_write(state, &words) == -ENOTCONN ? 0 : 3;
}

static int forked(void)
{
	const struct hft_state_info *states;
	struct hft_state_page *state;
	struct hft_reader *reader;
	struct words words;
	int status;
	pid_t pid;

	CHECK_EQ(init_private(1, 256), 0);
	state = publish_words();
	set_words(&words, 1);
	CHECK_EQ(hft_state_write(state, &words), 0);
	pid = fork();
	if (!pid)
		_exit(child_writes_nothing(state));
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	CHECK_EQ(open_self(&reader), 0);
	CHECK_EQ(hft_reader_states(reader, &states), 1);
	CHECK_EQ(states[0].writes, 1);
	CHECK_EQ(check_words(&states[0]), 0);
	hft_reader_close(reader);
	hft_fini();
	return hft_state_write(state, &words) == -ENOTCONN ? 0 : 1;
}

/*
 * Writes without end; every pause of a different length, and one of 64 long enough
 * for who copies with system calls on a slow machine.
 */
static void write_on(int ready)
{
	struct hft_state_page *state;
	volatile unsigned int pause;
	struct words words;
	__u64 i;

	/* Not longer than the test, whatever comes of that. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	init_private(1, 256);
	state = publish_words();
	for (i = 1;; i++) {
		set_words(&words, i);
		hft_state_write(state, &words);
		if (i == 10 && write(ready, "", 1) != 1)
			_exit(9);
		for (pause = i % 64 ? i % 64 * 64 : 64 * 4096; pause; pause--)
			;
	}
}

/* A process that writes without end, and is at it. */
static pid_t start_writer(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	CHECK_EQ(pipe(ready), 0);
	pid = fork();
	if (!pid)
		write_on(ready[1]);
	close(ready[1]);
	CHECK_EQ(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static int read_while_written(void)
{
	const struct hft_state_info *states;
	unsigned int i, whole = 0;
	struct hft_reader *reader;
	__u64 before = 0;
	pid_t pid;

	pid = start_writer();
	CHECK_EQ(open_process(&reader, pid, 0), 0);
	for (i = 0; i < 20000; i++) {
		CHECK_EQ(hft_reader_states(reader, &states), 1);
		if (states[0].error == -EAGAIN)
			continue;
		CHECK_EQ(check_words(&states[0]), 0);
		CHECK(states[0].writes >= before);
		before = states[0].writes;
		whole++;
	}
	CHECK(whole > i / 2);
	hft_reader_close(reader);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	remove_region(pid);
	return 0;
}

static int killed_at_random(void)
{
	const struct hft_state_info *states;
	struct timespec wait = { 0 };
	struct hft_reader *reader;
	unsigned int i;
	pid_t pid;

	for (i = 0; i < 100; i++) {
		pid = start_writer();
		wait.tv_nsec = i * 7919 % 1000000;
		nanosleep(&wait, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		CHECK_EQ(open_process(&reader, pid, 0), 0);
		CHECK_EQ(hft_reader_states(reader, &states), 1);
		CHECK_EQ(states[0].process_ended, 1);
		CHECK_EQ(check_words(&states[0]), 0);
		CHECK(states[0].writes >= 10);
		hft_reader_close(reader);
		remove_region(pid);
	}
	return 0;
}

static void die(int signal)
{
	(void)signal;
	kill(getpid(), SIGKILL);
}

/* The structure's second half cannot be read: the write gets so far and no further. */
static void write_half(void)
{
	struct hft_state_page *state;
	struct words *words;
	char *pages;
	__u64 i;

	init_private(1, 256);
	state = publish_words();
	pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	words = (struct words *)(pages + 4096 - sizeof(*words) / 16 * 8);
	for (i = 1; i <= 5; i++) {
		set_words(words, i);
		hft_state_write(state, words);
	}
	set_words(words, 6);
	mprotect(pages + 4096, 4096, PROT_NONE);
	signal(SIGSEGV, die);
	hft_state_write(state, words);
	_exit(0);
}

static int killed_in_the_middle(void)
{
	const struct hft_state_info *states;
	struct hft_reader *reader;
	int status;
	pid_t pid;

	pid = fork();
	if (!pid)
		write_half();
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK_EQ(open_process(&reader, pid, 0), 0);
	CHECK_EQ(hft_reader_states(reader, &states), 1);
	CHECK_EQ(states[0].writes, 5);
	CHECK_EQ(check_words(&states[0]), 0);
	hft_reader_close(reader);
	remove_region(pid);
	return 0;
}

KTAP_MAIN({ "described, written, read with its age", described_and_read },
	  { "bad descriptions are refused, and their states harmless", refusals },
	  { "a child of fork writes nothing, nor does anyone after hft_fini()", forked },
	  { "read while it is written: whole, and never older than before", read_while_written },
	  { "killed at random moments: the last value is whole", killed_at_random },
	  { "killed in the middle of a write: the value before it", killed_in_the_middle })
