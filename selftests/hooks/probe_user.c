// SPDX-License-Identifier: GPL-2.0
/*
 * probe: probes of functions of this program, which counts its own calls and
 * knows arguments and results; and the kernel's own probes of them in tracefs.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "hook_test.h"
#include "probes.h"
#include "tracefs.h"

#define CALLS		300
#define DEPTH		40	/* the kernel returns from 64 and no more */
#define THREADS		4
#define CROWD		32	/* threads: more calls at once than can be remembered */
#define NAP_NS		2000000

/* Not inlined, and no two of them folded into one. */
#define PROBED __attribute__((noinline, noclone, noipa, aligned(64)))

static const char *const sources[] = { NULL };
static const char *const theirs[] = { "hftuser/in", "hftuser/out", NULL };

static PROBED long mix(long a, long b, long c, long d, long e, long f)
{
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
}

static PROBED long descend(long n)
{
	long below = n ? descend(n - 1) : 0;

	asm volatile("" : "+r" (below));
	return below + n;
}

static PROBED long nap(long ns)
{
	const struct timespec time = { .tv_nsec = ns };

	nanosleep(&time, NULL);
	return -ns;
}

static PROBED long jump(sigjmp_buf *to, long n)
{
	if (n % 2)
		siglongjmp(*to, 1);
	return n;
}

static PROBED void leave(int status)
{
	_exit(status);
}

static unsigned int probe_id;

static void watch_own(struct watch *watch, enum hft_probe_kind kind, const void *function,
		      int (*provoke)(void *told))
{
	const struct watch_want want = {
		.hooks = BIT_OF(PROBE), .cpus = 3, .on = QUIET_CPU, .provoke = provoke,
	};
	int fd = device_open(O_RDWR);

	CHECK(fd >= 0);
	CHECK_EQ(device_attach(fd, BIT_OF(PROBE), 0), 0);
	probe_id = probe_own(fd, kind, function);
	CHECK((int)probe_id > 0);
	watch_run(watch, &want);
	close(fd);
}

static const struct hft_rec_call *call(const struct watch *watch, size_t n)
{
	const struct record *record = probe_record(watch, probe_id, n);

	CHECK(record);
	CHECK_EQ(record->ctx, HFT_CTX_TASK);
	return record_payload(record);
}

static int call_mix(void *told)
{
	long i, sum = 0;

	for (i = 0; i < CALLS; i++)
		sum += mix(i, -i, i + 1000, ~i, 4, 5);
	*(volatile long *)told = sum;
	return 0;
}

static int hits(void)
{
	struct watch watch;
	long i;

	watch_own(&watch, HFT_PROBE_USER, mix, call_mix);
	CHECK_EQ(probe_records(&watch, probe_id), CALLS);
	for (i = 0; i < CALLS; i++) {
		const struct hft_rec_probe *rec;

		rec = record_payload(probe_record(&watch, probe_id, i));
		CHECK_EQ(rec->tid, watch.child);
		CHECK_EQ(rec->tgid, watch.child);
		CHECK_EQ(rec->ip, (long)mix);
		CHECK_EQ(rec->args[0], i);
		CHECK_EQ(rec->args[1], -i);
		CHECK_EQ(rec->args[2], i + 1000);
		CHECK_EQ(rec->args[3], ~i);
		CHECK_EQ(rec->args[4], 4);
		CHECK_EQ(rec->args[5], 5);
	}
	return 0;
}

static int calls(void)
{
	struct watch watch;
	long i;

	watch_own(&watch, HFT_PROBE_USER_CALL, mix, call_mix);
	CHECK_EQ(probe_records(&watch, probe_id), CALLS);
	for (i = 0; i < CALLS; i++) {
		const struct hft_rec_call *rec = call(&watch, i);

		CHECK_EQ(rec->tid, watch.child);
		CHECK_EQ(rec->args[0], i);
		CHECK_EQ(rec->args[5], 5);
		CHECK_EQ(rec->ret, i - 2 * i + 3 * (i + 1000) + 4 * ~i + 50);
		CHECK(rec->duration && rec->net <= rec->duration);
	}
	return 0;
}

static int call_descend(void *told)
{
	*(volatile long *)told = descend(DEPTH - 1);
	return 0;
}

/* The innermost returns first; each lasts longer than what it called. */
static int recursion(void)
{
	__u64 inner = 0;
	struct watch watch;
	long i;

	watch_own(&watch, HFT_PROBE_USER_CALL, descend, call_descend);
	CHECK_EQ(probe_records(&watch, probe_id), DEPTH);
	for (i = 0; i < DEPTH; i++) {
		const struct hft_rec_call *rec = call(&watch, i);

		CHECK_EQ(rec->args[0], i);
		CHECK_EQ(rec->ret, i * (i + 1) / 2);
		CHECK(rec->duration > inner);
		inner = rec->duration;
	}
	return 0;
}

static int call_nap(void *told)
{
	int i;

	(void)told;
	for (i = 0; i < 10; i++)
		nap(NAP_NS);
	return 0;
}

static int sleeping(void)
{
	struct watch watch;
	int i, slept = 0;

	watch_own(&watch, HFT_PROBE_USER_CALL, nap, call_nap);
	CHECK_EQ(probe_records(&watch, probe_id), 10);
	for (i = 0; i < 10; i++) {
		const struct hft_rec_call *rec = call(&watch, i);

		CHECK_EQ(rec->ret, -NAP_NS);
		CHECK(watch_ticks_to_ns(&watch, rec->duration) >= NAP_NS);
		CHECK(rec->switches ? !rec->net : rec->net);
		slept += !!rec->switches;
	}
	CHECK(slept >= 5);
	return 0;
}

struct threads {
	pid_t tid[THREADS];
};

struct job {
	struct threads *threads;
	int number;
};

/* From CPU to CPU, inside of calls too. */
static void *run_thread(void *context)
{
	const struct job *job = context;
	int i;

	job->threads->tid[job->number] = gettid();
	for (i = 0; i < 20; i++) {
		pin((job->number + i) % 2);
		nap(100000 + job->number);
	}
	return NULL;
}

static int start_threads(void *told)
{
	struct job job[THREADS];
	pthread_t thread[THREADS];
	int i;

	for (i = 0; i < THREADS; i++) {
		job[i] = (struct job){ told, i };
		if (pthread_create(&thread[i], NULL, run_thread, &job[i]))
			return 1;
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	return 0;
}

static int threads(void)
{
	const struct threads *threads;
	int count[THREADS] = { 0 };
	struct watch watch;
	size_t i;
	int t;

	watch_own(&watch, HFT_PROBE_USER_CALL, nap, start_threads);
	threads = watch.told;
	CHECK_EQ(probe_records(&watch, probe_id), THREADS * 20);
	for (i = 0; i < THREADS * 20; i++) {
		const struct hft_rec_call *rec = call(&watch, i);

		for (t = 0; t < THREADS && threads->tid[t] != rec->tid; t++)
			;
		CHECK(t < THREADS);
		CHECK_EQ(rec->args[0], 100000 + t);
		CHECK_EQ(rec->ret, -100000 - t);
		CHECK(watch_ticks_to_ns(&watch, rec->duration) >= 100000);
		count[t]++;
	}
	for (t = 0; t < THREADS; t++)
		CHECK_EQ(count[t], 20);
	return 0;
}

static pthread_barrier_t all_are_deep;

static PROBED long meet(long n)
{
	if (n)
		meet(n - 1);
	else
		pthread_barrier_wait(&all_are_deep);
	asm volatile("" : "+r" (n));
	return n;
}

static void *meet_others(void *number)
{
	pin((uintptr_t)number % 2);
	meet(DEPTH - 1);
	return NULL;
}

static int crowd(void *told)
{
	pthread_t thread[CROWD];
	uintptr_t i;

	(void)told;
	pthread_barrier_init(&all_are_deep, NULL, CROWD);
	for (i = 0; i < CROWD; i++) {
		if (pthread_create(&thread[i], NULL, meet_others, (void *)i))
			return 1;
	}
	for (i = 0; i < CROWD; i++)
		pthread_join(thread[i], NULL);
	return 0;
}

/* Those that found no place, or lost it, are counted, and return without their start. */
static int too_many(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(PROBE), .cpus = 3, .on = QUIET_CPU, .provoke = crowd,
	};
	struct hft_probe info;
	struct watch watch;
	unsigned int unseen = 0;
	int fd = device_open(O_RDWR);
	size_t i;

	CHECK(fd >= 0);
	CHECK_EQ(device_attach(fd, BIT_OF(PROBE), 0), 0);
	probe_id = probe_own(fd, HFT_PROBE_USER_CALL, meet);
	CHECK((int)probe_id > 0);
	watch_run(&watch, &want);
	CHECK_EQ(probe_records(&watch, probe_id), CROWD * DEPTH);
	for (i = 0; i < CROWD * DEPTH; i++) {
		const struct record *record = probe_record(&watch, probe_id, i);

		if (record->ctx & HFT_CTX_CONTINUED)
			unseen++;
		else
			CHECK_EQ(((const struct hft_rec_call *)record_payload(record))->args[0],
				 ((const struct hft_rec_call *)record_payload(record))->ret);
	}
	CHECK_EQ(probe_info(fd, probe_id, &info), 0);
	printf("# %u of %u had lost their start\n", unseen, CROWD * DEPTH);
	CHECK(unseen);
	CHECK_EQ(info.missed, unseen);
	return 0;
}

/* Each second call never returns: another at the same place of the stack does. */
static int call_jump(void *told)
{
	sigjmp_buf back;
	volatile long i;

	(void)told;
	for (i = 0; i < 100; i++) {
		if (!sigsetjmp(back, 0))
			jump(&back, i);
	}
	return 0;
}

static int jumps(void)
{
	struct watch watch;
	size_t i;

	watch_own(&watch, HFT_PROBE_USER_CALL, jump, call_jump);
	CHECK_EQ(probe_records(&watch, probe_id), 50);
	for (i = 0; i < 50; i++) {
		CHECK_EQ(call(&watch, i)->args[1], 2 * i);
		CHECK_EQ(call(&watch, i)->ret, 2 * i);
	}
	return 0;
}

static int call_leave(void *told)
{
	pid_t *child = told, pid;
	int i;

	for (i = 0; i < 20; i++) {
		pid = fork();
		if (!pid) {
			mix(i, 0, 0, 0, 0, 0);
			leave(i);
		}
		child[i] = pid;
		if (wait_for(pid) != i)
			return 1;
	}
	return 0;
}

/* They end inside: no record, and children of a fork are probed as well. */
static int forks(void)
{
	struct watch watch;
	const pid_t *child;
	int i;

	watch_own(&watch, HFT_PROBE_USER_CALL, leave, call_leave);
	CHECK_EQ(probe_records(&watch, probe_id), 0);
	watch_own(&watch, HFT_PROBE_USER_CALL, mix, call_leave);
	child = watch.told;
	CHECK_EQ(probe_records(&watch, probe_id), 20);
	for (i = 0; i < 20; i++) {
		CHECK_EQ(call(&watch, i)->tid, child[i]);
		CHECK_EQ(call(&watch, i)->ret, i);
	}
	return 0;
}

static int go[2], done[2];

/* Seven calls, and one of a child's. */
static void call_and_fork(void)
{
	pid_t pid;
	int i;

	for (i = 0; i < 7; i++)
		mix(i, 1, 0, 0, 0, 0);
	pid = fork();
	if (!pid) {
		mix(0, 2, 0, 0, 0, 0);
		_exit(0);
	}
	wait_for(pid);
}

/* Returns twice. */
__attribute__((noinline)) static pid_t split(void)
{
	pid_t pid = fork();

	__asm__ volatile("" : "+r" (pid));
	return pid;
}

static void fork_inside(void)
{
	pid_t pid = split();

	if (!pid)
		_exit(0);
	wait_for(pid);
}

/* A process that waits to be told, then works. */
static pid_t start_other(void (*work)(void))
{
	pid_t pid;
	char byte;

	CHECK(!pipe(go) && !pipe(done));
	pid = fork();
	if (pid)
		return pid;
	CHECK_EQ(read(go[0], &byte, 1), 1);
	work();
	CHECK_EQ(write(done[1], &byte, 1), 1);
	pause();
	_exit(0);
}

static int call_both(void *told)
{
	char byte = 0;

	call_mix(told);
	return write(go[1], &byte, 1) != 1 || read(done[0], &byte, 1) != 1;
}

/* A probe of one process alone, which makes `calls` of the function. */
static int of_one_process(const void *function, void (*work)(void), size_t calls)
{
	const struct watch_want want = {
		.hooks = BIT_OF(PROBE), .cpus = 3, .on = QUIET_CPU, .provoke = call_both,
	};
	struct hft_probe probe = { .kind = HFT_PROBE_USER_CALL };
	int fd = device_open(O_RDWR);
	struct watch watch;
	size_t i;

	CHECK_EQ(device_attach(fd, BIT_OF(PROBE), 0), 0);
	probe.tgid = start_other(work);
	probe.offset = offset_in_file(function);
	probe.file = open("/proc/self/exe", O_RDONLY);
	probe_id = probe_add(fd, &probe);
	CHECK((int)probe_id > 0);
	watch_run(&watch, &want);
	stop(probe.tgid);
	CHECK_EQ(probe_records(&watch, probe_id), calls);
	for (i = 0; i < calls; i++)
		CHECK_EQ(call(&watch, i)->tid, probe.tgid);
	close(fd);
	return 0;
}

/* Its children's breakpoints go when they are hit; what a child returns from is not its call. */
static int one_process(void)
{
	of_one_process(mix, call_and_fork, 7);
	return of_one_process(split, fork_inside, 1);
}

/* The kernel's own probes of the same function: which calls, results, how long. */
static int beside_tracefs(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(PROBE), .cpus = 3, .on = QUIET_CPU,
		.provoke = call_nap, .events = theirs,
	};
	int fd = device_open(O_RDWR);
	const struct event *in = NULL;
	char line[256], self[128] = "";
	struct watch watch;
	size_t i, n = 0, near = 0;

	CHECK_EQ(device_attach(fd, BIT_OF(PROBE), 0), 0);
	CHECK(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	tracefs_disable_all();
	tracefs_write("uprobe_events", "");
	snprintf(line, sizeof(line), "p:hftuser/in %s:0x%llx\n", self, offset_in_file(nap));
	tracefs_add("uprobe_events", line);
	snprintf(line, sizeof(line), "r:hftuser/out %s:0x%llx ret=$retval:s64\n", self,
		 offset_in_file(nap));
	tracefs_add("uprobe_events", line);
	probe_id = probe_own(fd, HFT_PROBE_USER_CALL, nap);
	CHECK((int)probe_id > 0);
	watch_run(&watch, &want);
	for (i = 0; i < watch.events_count[QUIET_CPU]; i++) {
		const struct event *event = &watch.events[QUIET_CPU][i];
		const struct hft_rec_call *rec;
		__s64 apart;

		if (event_is(event, "hftuser/in")) {
			in = event;
			continue;
		}
		rec = call(&watch, n++);
		CHECK(in && rec->tid == event->pid);
		CHECK_EQ(rec->ret, event_number(event, "ret"));
		apart = (__s64)rec->duration - (__s64)(event->ts - in->ts);
		near += watch_ticks_to_ns(&watch, apart < 0 ? -apart : apart) < 60000;
	}
	CHECK_EQ(n, 10);
	CHECK(near >= 5);
	return 0;
}

HOOK_TEST_MAIN("probe", sources, NULL,
	       { "hits of a function of a program, with six arguments", hits },
	       { "calls with arguments and results", calls },
	       { "recursion", recursion },
	       { "calls that sleep", sleeping },
	       { "threads that move between CPUs inside of calls", threads },
	       { "more calls at once than it can remember", too_many },
	       { "calls that longjmp() leaves", jumps },
	       { "children of a fork, and calls that end their process", forks },
	       { "one process alone, not its children", one_process },
	       { "the same as tracefs's probes", beside_tracefs })
