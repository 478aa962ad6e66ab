// SPDX-License-Identifier: GPL-2.0
/*
 * Children of every kind, made while other threads of the parent are in the
 * middle of writing: the parent's records are whole, and each child can trace
 * itself.
 */
#include "ktap.h"
#include "live.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>

#define WRITERS		3U
#define ROUNDS		40U
#define STACK		65536U

static struct hft_thread *own;	/* of the thread that makes children */
static __u64 written[WRITERS + 1];
static int done;

static __u64 value_of(__u64 number)
{
	return number * 0x9e3779b97f4a7c15ULL;
}

/* Of three records one is a span. */
static void write_one(struct hft_thread *thread, __u64 *count)
{
	if (*count % 3) {
		hft_mark(thread, 1, value_of(*count));
	} else {
		hft_span_begin(thread, 1, value_of(*count));
		hft_span_end(thread);
	}
	++*count;
}

static void *write_all_the_time(void *count)
{
	struct hft_thread *thread = hft_thread_attach("writer");

	while (!__atomic_load_n(&done, __ATOMIC_RELAXED))
		write_one(thread, count);
	return NULL;
}

/* With memory of its own: off, until it begins anew. 0, or what was not so. */
static int trace_itself(void)
{
	struct hft_reader *reader;
	struct hft_record rec;
	__u64 count = 0, i;

	for (i = 0; i < 100; i++)
		hft_mark(own, 1, 666);
	if (init_private(1, 256))
		return 1;
	for (i = 0; i < 10; i++)
		write_one(hft_thread_attach("child"), &count);
	if (open_self(&reader))
		return 2;
	hft_reader_settle(reader);
	for (i = 0; !hft_reader_next(reader, &rec); i++)
		;
	hft_reader_close(reader);
	hft_fini();
	return i == 10 ? 0 : 3;
}

static pid_t by_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(trace_itself());
	return pid;
}

static pid_t by_bare_clone(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (!pid)
		_exit(trace_itself());
	return pid;
}

/* In the parent's memory, on its behalf: into the ring of the thread that waits for it. */
static int write_for_parent(void *unused)
{
	write_one(own, &written[WRITERS]);
	if (unused)
		return 0;
	execl("/bin/true", "true", NULL);
	return 1;
}

static pid_t by_vfork(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(write_for_parent(NULL));
	return pid;
}

static char stack[STACK] __attribute__((aligned(64)));

static pid_t by_clone_like_vfork(void)
{
	return clone(write_for_parent, stack + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, stack);
}

static int only_end(void *unused)
{
	(void)unused;
	return 0;
}

/* At the same time, and in the same memory. It has no ring, and writes nothing. */
static pid_t by_clone_that_shares_memory(void)
{
	return clone(only_end, stack + STACK, CLONE_VM | SIGCHLD, NULL);
}

static pid_t by_spawn(void)
{
	static char *const arguments[] = { "true", NULL };
	pid_t pid;

	return posix_spawn(&pid, "/bin/true", NULL, NULL, arguments, NULL) ? -1 : pid;
}

/* In the middle of a record of this thread's: it is finished later, by the parent alone. */
static pid_t by_fork_inside_a_record(void)
{
	struct hft_slot *slot;
	__u64 index, tsc;
	pid_t pid;

	if (!(written[WRITERS] % 3))
		write_one(own, &written[WRITERS]);
	slot = hft_reserve(own, 1, &index, &tsc);
	pid = by_bare_clone();
	slot->tsc = tsc;
	slot->arg[0] = value_of(written[WRITERS]++);
	slot->arg[1] = 1;
	hft_commit(own, slot, index, HFT_REC_MARK, 1);
	return pid;
}

static void make_children(pid_t (*make)(void))
{
	unsigned int i;
	int status;
	pid_t pid;

	for (i = 0; i < ROUNDS; i++) {
		write_one(own, &written[WRITERS]);
		pid = make();
		CHECK(pid > 0);
		write_one(own, &written[WRITERS]);
		CHECK_EQ(waitpid(pid, &status, 0), pid);
		CHECK(WIFEXITED(status));
		CHECK_EQ(WEXITSTATUS(status), 0);
	}
}

/* One ring: what stands there follows each other up to the last that was written. */
static void ring_is_whole(struct hft_reader *reader, __u32 ring, __u64 count)
{
	struct hft_ring_info info;
	struct hft_record rec;
	__u64 value, next = 0;
	int any = 0;

	while (!hft_reader_next_in(reader, ring, &rec)) {
		value = rec.type == HFT_REC_MARK ?
			((const struct hft_rec_mark *)rec.payload)->value :
			((const struct hft_rec_span *)rec.payload)->id;
		if (!any++)
			next = value * 0xf1de83e19937733dULL;	/* the factor's inverse */
		else
			CHECK_EQ(rec.lost_slots, 0);
		CHECK_EQ(value, value_of(next));
		CHECK_EQ(rec.slots, next % 3 ? 1 : 2);
		next++;
	}
	CHECK_EQ(hft_reader_ring(reader, ring, &info), 0);
	CHECK_EQ(next, count);
	CHECK_EQ(info.records_written, count);
	CHECK_EQ(info.head, info.slots_read + info.slots_lost);
}

static int parent_is_whole_after(pid_t (*make)(void))
{
	struct hft_status status = { .size = sizeof(status) };
	pthread_t threads[WRITERS];
	struct hft_ring_info info;
	struct hft_reader *reader;
	__u64 i;

	CHECK_EQ(init_private(WRITERS + 1, 4096), 0);
	for (i = 0; i < WRITERS; i++) {
		CHECK_EQ(pthread_create(&threads[i], NULL, write_all_the_time, &written[i]), 0);
		do
			hft_status(&status);
		while (status.rings_used <= i);
	}
	own = hft_thread_attach("maker");
	make_children(make);
	__atomic_store_n(&done, 1, __ATOMIC_RELAXED);
	for (i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	CHECK_EQ(hft_reader_rings(reader), WRITERS + 1);
	for (i = 0; i <= WRITERS; i++) {
		CHECK_EQ(hft_reader_ring(reader, (__u32)i, &info), 0);
		CHECK(!strcmp(info.name, i < WRITERS ? "writer" : "maker"));
		ring_is_whole(reader, (__u32)i, written[i]);
	}
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int fork_is_harmless(void)
{
	return parent_is_whole_after(by_fork);
}

static int bare_clone_is_harmless(void)
{
	return parent_is_whole_after(by_bare_clone);
}

static int fork_inside_a_record_is_harmless(void)
{
	return parent_is_whole_after(by_fork_inside_a_record);
}

static int vfork_writes_for_the_parent(void)
{
	return parent_is_whole_after(by_vfork);
}

static int clone_like_vfork_writes_for_the_parent(void)
{
	return parent_is_whole_after(by_clone_like_vfork);
}

static int clone_that_shares_memory_is_harmless(void)
{
	return parent_is_whole_after(by_clone_that_shares_memory);
}

static int spawn_is_harmless(void)
{
	return parent_is_whole_after(by_spawn);
}

KTAP_MAIN({ "fork while others write", fork_is_harmless },
	  { "a bare clone while others write", bare_clone_is_harmless },
	  { "a bare clone in the middle of a record", fork_inside_a_record_is_harmless },
	  { "vfork and exec, with a record by the child", vfork_writes_for_the_parent },
	  { "clone like vfork, the same", clone_like_vfork_writes_for_the_parent },
	  { "clone that shares memory", clone_that_shares_memory_is_harmless },
	  { "posix_spawn while others write", spawn_is_harmless })
