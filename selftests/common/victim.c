// SPDX-License-Identifier: GPL-2.0
#include "victim.h"

#include <errno.h>
#include <fcntl.h>
#include <hftrace-reader.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---------------------------------------------------------------- the victim */

struct writer {
	struct victim_page *page;
	unsigned int thread;
	__u32 name;
	__u64 records;
	pthread_barrier_t *all_here;
};

static __u64 value_of(__u64 number)
{
	return number * 0x9e3779b97f4a7c15ULL;
}

static unsigned int slots_of(__u64 number)
{
	return number % 3 ? 1 : 2;
}

/* Of three records one is a span. */
static void write_one(struct hft_thread *thread, __u32 name, __u64 number)
{
	if (number % 3) {
		hft_mark(thread, name, value_of(number));
		return;
	}
	hft_span_begin(thread, name, value_of(number));
	hft_span_end(thread);
}

static void *write_records(void *arg)
{
	struct writer *writer = arg;
	__u64 *written = &writer->page->written[writer->thread], number;
	struct hft_thread *thread;
	char name[16];

	snprintf(name, sizeof(name), "%u.%u", writer->page->first_region + writer->page->region,
		 writer->thread);
	thread = hft_thread_attach(name);
	for (number = 0; number < writer->records; number++) {
		write_one(thread, writer->name, number);
		__atomic_store_n(written, number + 1, __ATOMIC_RELEASE);
	}
	pthread_barrier_wait(writer->all_here);
	return NULL;
}

/* A region from beginning to end. */
static int one_region(struct victim_page *page, const struct hft_options *options, __u64 records)
{
	struct writer writer[VICTIM_THREADS];
	pthread_t threads[VICTIM_THREADS];
	pthread_barrier_t all_here;
	unsigned int i;
	int err;

	for (i = 0; i < VICTIM_THREADS; i++)
		__atomic_store_n(&page->written[i], 0, __ATOMIC_RELEASE);
	__atomic_fetch_add(&page->region, 1, __ATOMIC_RELEASE);
	err = hft_init(options);
	if (err)
		return err;
	err = -pthread_barrier_init(&all_here, NULL, VICTIM_THREADS + 1);
	for (i = 0; i < VICTIM_THREADS && !err; i++) {
		writer[i] = (struct writer){ page, i, hft_name("record"), records, &all_here };
		err = -pthread_create(&threads[i], NULL, write_records, &writer[i]);
	}
	if (err)
		return err;
	/* the witness goes first: private memory goes with hft_fini() */
	pthread_barrier_wait(&all_here);
	__atomic_fetch_add(&page->regions_ended, 1, __ATOMIC_RELEASE);
	for (i = 0; i < VICTIM_THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&all_here);
	hft_fini();
	return 0;
}

/* All other threads end wherever they are. */
static void become_another(int sig)
{
	static char *const program[] = { "sleep", "1000", NULL };

	(void)sig;
	execvp(program[0], program);
	_exit(1);
}

int victim_start(struct victim *victim, const struct hft_options *options, __u64 records)
{
	static const struct sigaction becoming = { .sa_handler = become_another };

	victim->page = mmap(NULL, sizeof(*victim->page), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (victim->page == MAP_FAILED)
		return -errno;
	if (getrandom(&victim->page->first_region, sizeof(__u32), 0) != sizeof(__u32)) {
		munmap(victim->page, sizeof(*victim->page));
		return -EIO;
	}
	victim->pid = fork();
	if (victim->pid < 0) {
		munmap(victim->page, sizeof(*victim->page));
		return -errno;
	}
	if (victim->pid)
		return 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGUSR2, &becoming, NULL);
	__atomic_store_n(&victim->page->ready, 1, __ATOMIC_RELEASE);
	while (!one_region(victim->page, options, records))
		;
	_exit(1);
}

void victim_kill(struct victim *victim)
{
	kill(victim->pid, SIGKILL);
	while (waitpid(victim->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Its name; empty if there is no such process. */
static void read_name(pid_t pid, char *name, size_t size)
{
	char path[32];
	ssize_t got = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		got = read(fd, name, size - 1);
		close(fd);
	}
	name[got > 0 ? got : 0] = '\0';
}

int victim_exec(struct victim *victim)
{
	const struct timespec pause = { .tv_nsec = 200000 };
	char name[32];

	while (!__atomic_load_n(&victim->page->ready, __ATOMIC_ACQUIRE))
		nanosleep(&pause, NULL);
	kill(victim->pid, SIGUSR2);
	do {
		nanosleep(&pause, NULL);
		read_name(victim->pid, name, sizeof(name));
		if (!name[0] || waitpid(victim->pid, NULL, WNOHANG) > 0)
			return -ESRCH;
	} while (strcmp(name, "sleep\n"));
	return 0;
}

void victim_forget(struct victim *victim)
{
	munmap(victim->page, sizeof(*victim->page));
}

/* -------------------------------------------------------------- what it left */

/* One ring of the last region: its records follow each other up to the last that was written. */
static const char *look_at_ring(struct hft_reader *reader, __u32 ring, __u64 written,
				struct victim_remains *remains)
{
	const struct hft_rec_mark *mark;
	const struct hft_rec_span *span;
	struct hft_ring_info info;
	struct hft_record rec;
	__u64 value, next = 0;
	bool any = false;

	while (!hft_reader_next_in(reader, ring, &rec)) {
		mark = rec.payload;
		span = rec.payload;
		value = rec.type == HFT_REC_MARK ? mark->value : span->id;
		if (!any) {
			/* the number that makes this value: the factor's inverse */
			next = value * 0xf1de83e19937733dULL;
			if (!rec.lost_slots && next)
				return "its first record is missing";
		} else if (rec.lost_slots) {
			return "slots are lost in the middle";
		}
		if (value != value_of(next) || rec.slots != slots_of(next))
			return "a record is not what was written";
		any = true;
		next++;
		remains->read++;
	}
	hft_reader_ring(reader, ring, &info);
	if (next < written)
		return "what was written is not there";
	if (next > written + 1)
		return "there is what was not written";
	/* that one record of which not even its thread knows whether it was finished */
	if (info.records_written < next || info.records_written > written + 1)
		return "the count of records is wrong";
	if (info.head != info.slots_read + info.slots_lost)
		return "the count of slots is wrong";
	remains->written += written;
	remains->lost += info.records_lost;
	return NULL;
}

static const char *look_at_all(const struct victim *victim, struct hft_reader *reader,
			       struct victim_remains *remains)
{
	const struct victim_page *page = victim->page;
	unsigned int region, thread, found[VICTIM_THREADS] = { 0 };
	struct hft_ring_info info;
	const char *wrong = NULL;
	__u32 ring;

	hft_reader_settle(reader);
	for (ring = 0; !wrong && !hft_reader_ring(reader, ring, &info); ring++) {
		/* earlier regions', which the module keeps; those of one who had the same pid */
		if (sscanf(info.name, "%u.%u", &region, &thread) != 2 ||
		    thread >= VICTIM_THREADS || region != page->first_region + page->region)
			continue;
		found[thread]++;
		wrong = look_at_ring(reader, ring, page->written[thread], remains);
	}
	for (thread = 0; !wrong && thread < VICTIM_THREADS; thread++)
		if (found[thread] > 1 || (page->written[thread] && !found[thread]))
			wrong = "a ring is missing, or there twice";
	return wrong;
}

const char *victim_look(const struct victim *victim, struct victim_remains *remains)
{
	struct hft_live live = { .size = sizeof(live), .tgids_count = 1 };
	__s32 tgid = victim->pid;
	struct hft_reader *reader;
	const char *wrong;
	int err;

	/* It was about to give back what it had written, or had done so. */
	if (victim->page->region == victim->page->regions_ended)
		return NULL;
	live.tgids = &tgid;
	err = hft_reader_open_live(&reader, &live);
	if (err)
		return err == -ENOENT && !victim->page->written[0] && !victim->page->written[1] ?
		       NULL : "it cannot be read";
	wrong = look_at_all(victim, reader, remains);
	hft_reader_close(reader);
	return wrong;
}
