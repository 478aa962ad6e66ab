// SPDX-License-Identifier: GPL-2.0
/* Lines of a log in rings that are lapped, under signals, of several threads and processes. */
#include "ktap.h"
#include "live.h"
#include "recording.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

static struct hft_thread *thread;
static volatile unsigned int handled;

/* A line's numbers tell its text, its text tells them. */
static void log_round(unsigned int i)
{
	char text[64];

	memset(text, '.', i % 50);
	text[i % 50] = '\0';
	HFT_DEBUG(thread, "A %u %u", i, i * 3);
	HFT_INFO(thread, "B %u %s|%u", i, text, i * 3);
}

static void handler(int sig)
{
	unsigned int i = handled++;

	(void)sig;
	HFT_WARNING(thread, "C %u %u", i, i * 3);
	HFT_ERROR(thread, "D %u %s|%u", i, "from a handler", i * 3);
}

struct seen {
	unsigned int count[4];
	unsigned int bad, gaps;
	__u64 last_tsc;
};

/* Each letter's numbers follow each other, but for those that were lost. */
static void look(struct hft_reader *reader, const struct hft_record *rec, struct seen *seen)
{
	unsigned int number, triple, which;
	char text[256], letter, *end;

	if (hft_log_text(reader, rec, text, sizeof(text)) < 0 ||
	    sscanf(text, "%c %u ", &letter, &number) != 2 || letter < 'A' || letter > 'D') {
		seen->bad++;
		return;
	}
	which = letter - 'A';
	end = which % 2 ? strchr(text, '|') + 1 : strrchr(text, ' ') + 1;
	triple = strtoul(end, NULL, 10);
	seen->bad += triple != number * 3 || rec->tsc < seen->last_tsc;
	if (which == 1)
		seen->bad += strspn(strchr(text + 2, ' ') + 1, ".") != number % 50;
	seen->last_tsc = rec->tsc;
	seen->gaps += number != seen->count[which];
	seen->count[which] = number + 1;
}

static int read_all(struct hft_reader *reader, struct seen *seen)
{
	struct hft_record rec;
	int err;

	while (!(err = hft_reader_next(reader, &rec)))
		look(reader, &rec, seen);
	return err;
}

static int under_signals(void)
{
	struct itimerspec often = {
		.it_interval = { .tv_nsec = 20000 },
		.it_value = { .tv_nsec = 20000 },
	};
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct sigaction action = { .sa_handler = handler };
	struct hft_status status = { .size = sizeof(status) };
	struct hft_reader *reader;
	struct seen seen = { 0 };
	struct hft_ring_info info;
	unsigned int i;
	timer_t timer;

	CHECK_EQ(init_private(1, 1 << 20), 0);
	thread = hft_thread_attach("log");
	sigaction(SIGUSR1, &action, NULL);
	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	CHECK_EQ(timer_settime(timer, 0, &often, NULL), 0);
	for (i = 0; i < 60000 && handled < 2000; i++)
		log_round(i);
	timer_delete(timer);
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	CHECK_EQ(read_all(reader, &seen), -ENODATA);
	CHECK_EQ(hft_reader_ring(reader, 0, &info), 0);
	printf("# %u rounds, %u signals\n", i, handled);
	CHECK(handled > 20);
	CHECK_EQ(seen.bad, 0);
	CHECK_EQ(seen.gaps, 0);
	CHECK(seen.count[0] == i && seen.count[1] == i);
	CHECK(seen.count[2] == handled && seen.count[3] == handled);
	CHECK_EQ(info.records_written, info.records_read);
	CHECK_EQ(info.slots_lost, 0);
	hft_reader_close(reader);
	return 0;
}

static int lapped(void)
{
	struct hft_reader *reader;
	struct seen seen = { 0 };
	struct hft_ring_info info;
	unsigned int i = 0, round, turn;

	CHECK_EQ(init_private(1, 256), 0);
	thread = hft_thread_attach("log");
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	for (round = 0; round < 200; round++) {
		for (turn = 0; turn <= round; turn++)
			log_round(i++);
		CHECK_EQ(read_all(reader, &seen), -ENODATA);
		CHECK_EQ(seen.bad, 0);
		CHECK(seen.count[0] == i && seen.count[1] == i);
	}
	CHECK(seen.gaps > 10);
	CHECK_EQ(hft_reader_ring(reader, 0, &info), 0);
	CHECK_EQ(info.records_written, 2 * i);
	CHECK_EQ(info.records_written, info.records_read + info.records_lost);
	hft_reader_close(reader);
	return 0;
}

#define THREADS 8

static pthread_barrier_t all;

static void *log_first(void *number)
{
	struct hft_thread *own = hft_thread_attach("first");
	long i;

	pthread_barrier_wait(&all);
	for (i = 0; i < 100; i++) {
		HFT_INFO(own, "thread %ld turn %ld", (long)number, i);
		HFT_INFO(own, "thread %ld says %s", (long)number, "a string");
	}
	pthread_barrier_wait(&all);
	return NULL;
}

/* All come to a place for the first time at once: each of its formats is whole. */
static int threads_at_one_place(void)
{
	unsigned int turn[HFT_REGION_RINGS_MAX] = { 0 }, records = 0;
	struct hft_reader *reader;
	struct hft_record rec;
	pthread_t threads[THREADS];
	char text[128], want[128];
	long i;

	CHECK_EQ(init_private(THREADS, 1024), 0);
	pthread_barrier_init(&all, NULL, THREADS);
	for (i = 0; i < THREADS; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, log_first, (void *)i), 0);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	for (; !hft_reader_next(reader, &rec); records++) {
		const struct hft_rec_log *log = rec.payload;

		CHECK(hft_log_text(reader, &rec, text, sizeof(text)) > 0);
		if (turn[rec.ring]++ % 2)
			snprintf(want, sizeof(want), "thread %lld says a string",
				 (long long)log->word[0]);
		else
			snprintf(want, sizeof(want), "thread %lld turn %u",
				 (long long)log->word[0], turn[rec.ring] / 2);
		CHECK(!strcmp(text, want));
		CHECK(log->format < 2 * THREADS);
	}
	CHECK_EQ(records, THREADS * 200);
	hft_reader_close(reader);
	return 0;
}

static void log_in_order(int which, int turns)
{
	int i;

	CHECK_EQ(init_private(1, 1024), 0);
	thread = hft_thread_attach("log");
	for (i = 0; i < turns; i++) {
		if ((i + which) % 2)
			HFT_INFO(thread, "process %d, odd %s", which, "one");
		else
			HFT_INFO(thread, "process %d, even %d", which, 1);
	}
}

/* The child of a fork registers anew; the same numbers mean other texts there. */
static int processes(void)
{
	struct hft_live live = { .size = sizeof(live) };
	int up[2], down[2], i, seen[2] = { 0 };
	struct hft_reader *reader;
	struct hft_ring_info info;
	struct hft_record rec;
	char text[128], want[128];
	__s32 tgids[2];
	char byte;

	CHECK(!pipe(up) && !pipe(down));
	log_in_order(0, 4);
	tgids[0] = getpid();
	tgids[1] = fork();
	if (!tgids[1]) {
		HFT_INFO(thread, "%s", "nowhere: it is the parent's handle");
		log_in_order(1, 4);
		i = write(up[1], "", 1) != 1 || read(down[0], &byte, 1) != 1;
		hft_fini();
		_exit(i);
	}
	CHECK_EQ(read(up[0], &byte, 1), 1);
	live.tgids = tgids;
	live.tgids_count = 2;
	CHECK_EQ(hft_reader_open_live(&reader, &live), 0);
	hft_reader_settle(reader);
	while (!hft_reader_next(reader, &rec)) {
		const struct hft_rec_log *log = rec.payload;
		int which;

		hft_reader_ring(reader, rec.ring, &info);
		which = info.tgid == tgids[1];
		CHECK(hft_log_text(reader, &rec, text, sizeof(text)) > 0);
		snprintf(want, sizeof(want), "process %d, %s", which,
			 (seen[which] + which) % 2 ? "odd one" : "even 1");
		CHECK(!strcmp(text, want));
		CHECK_EQ(log->format, seen[which] % 2);
		seen[which]++;
	}
	CHECK(seen[0] == 4 && seen[1] == 4);
	hft_reader_close(reader);
	CHECK_EQ(write(down[1], "", 1), 1);
	CHECK_EQ(waitpid(tgids[1], &i, 0), tgids[1]);
	CHECK_EQ(i, 0);
	return 0;
}

/* The formats of a recording; of lines that make no sense nothing is taken. */
static int recorded(void)
{
	struct hft_format_info format;
	struct hft_reader *reader;
	struct seen seen = { 0 };
	char base[128], dir[160], path[200];
	unsigned int i;
	FILE *file;

	CHECK_EQ(temporary_directory(base, sizeof(base)), 0);
	snprintf(dir, sizeof(dir), "%s/log.hft", base);
	CHECK_EQ(init_private(1, 8192), 0);
	thread = hft_thread_attach("log");
	for (i = 0; i < 500; i++)
		log_round(i);
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	CHECK_EQ(put_recording(reader, dir), 0);
	hft_reader_close(reader);
	snprintf(path, sizeof(path), "%s/facts/formats-%d", dir, getpid());
	file = fopen(path, "w");
	CHECK(file);
	fprintf(file, "\n1\n1\t2\t3\n0\t9\t5\t22\tf\tbad level\n0\t2\t5\t26\tf\tbad type\n");
	fprintf(file, "99999\t2\t5\t22\tf\tbad number\n-1\t2\t5\t22\tf\tbad number\n");
	fprintf(file, "0\t1\t7\t22\tpath\\x5cto.c\tA %%u %%u\n");
	fputs("1\t2\t8\t252\ta.c\tB %u %s\\x7c%u\n1\t2\t9\t22\tb.c\tsecond\n"
	      "2\t2\t5\t-\tf\t", file);
	fclose(file);
	CHECK_EQ(hft_reader_open_file(&reader, dir), 0);
	CHECK_EQ(read_all(reader, &seen), -ENODATA);
	CHECK_EQ(seen.bad, 0);
	CHECK_EQ(seen.gaps, 0);
	CHECK(seen.count[0] == 500 && seen.count[1] == 500);
	CHECK_EQ(hft_reader_format(reader, 0, 0, &format), 0);
	CHECK(!strcmp(format.file, "path\\to.c") && format.line == 7);
	CHECK_EQ(hft_reader_format(reader, 0, 1, &format), 0);
	CHECK(!strcmp(format.file, "a.c") && format.args == 3 && format.level == HFT_LOG_INFO);
	CHECK_EQ(hft_reader_format(reader, 0, 2, &format), 0);
	CHECK(!format.args && !*format.text);
	CHECK_EQ(hft_reader_format(reader, 0, 3, &format), -ENOENT);
	CHECK_EQ(hft_reader_sample_every(reader, 0), 0);
	hft_reader_close(reader);
	remove_tree(base);
	return 0;
}

KTAP_MAIN({ "lines of a thread and its signal handler are whole and in order", under_signals },
	  { "what is left of a lapped ring is right", lapped },
	  { "threads that come to a place at once", threads_at_one_place },
	  { "formats of two processes are not mixed up", processes },
	  { "formats of a recording", recorded })
