// SPDX-License-Identifier: GPL-2.0
/*
 * System calls: number, arguments, result and length as the caller knows them;
 * segments of one that blocks join to the time that it took; the calls that
 * replace or end their task confuse nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "load.h"
#include "ring.h"
#include "verify.h"

#define CALLS	4096

struct traced {
	int fd;
	struct ring ring;		/* of the quiet CPU */
	struct record calls[CALLS];	/* of the child, in ring order */
	unsigned int count;
	__u64 khz;
};

FIXTURE(syscalls)
{
	struct traced traced;
};

FIXTURE_SETUP(syscalls)
{
	struct hft_hello hello;

	ASSERT_EQ(hftrace_reload("attach=switch,syscall ring_kb=8192"), 0);
	self->traced.fd = device_open(O_RDWR);
	ASSERT_GE(self->traced.fd, 0);
	ASSERT_EQ(pin(OTHER_CPU), 0);
	ASSERT_EQ(ring_map(&self->traced.ring, self->traced.fd, QUIET_CPU), 0);
	ASSERT_EQ(device_hello(self->traced.fd, &hello), 0);
	self->traced.khz = hello.clock_khz;
}

FIXTURE_TEARDOWN(syscalls)
{
	ring_unmap(&self->traced.ring);
	close(self->traced.fd);
}

/*
 * Runs `work` in a process of its own on the quiet CPU, armed from its first
 * call of getppid() to after its end, and collects its system calls.
 */
static void trace(struct __test_metadata *_metadata, struct traced *traced,
		  void (*work)(void *arg), void *arg, int status)
{
	struct arming arming = { .hooks = BIT_OF(SYSCALL) | BIT_OF(SWITCH), .cpus = 3 };
	struct verify verify = { .renames = true };
	struct record record;
	bool begun = false;
	int go[2];
	pid_t pid;
	char byte;

	ASSERT_EQ(pipe(go), 0);
	pid = fork();
	if (!pid) {
		pin(QUIET_CPU);
		if (read(go[0], &byte, 1) != 1)
			_exit(255);
		getppid();
		work(arg);
		_exit(0);
	}
	arming.tgid[0] = pid;
	ASSERT_EQ(device_arm(traced->fd, &arming), 0);
	EXPECT_EQ(write(go[1], "", 1), 1);
	EXPECT_EQ(wait_for(pid), status);
	ASSERT_EQ(device_disarm(traced->fd), 0);
	ASSERT_EQ(settle(), 0);
	while (ring_next(&traced->ring, &record, true)) {
		verify_record(&verify, &record);
		if (record.type != HFT_REC_SYSCALL || record.syscall.tid != pid)
			continue;
		begun |= record.syscall.nr == SYS_getppid;
		if (begun && traced->count < CALLS)
			traced->calls[traced->count++] = record;
	}
	EXPECT_EQ(verify.wrong, 0)
		TH_LOG("%s", verify.why);
	EXPECT_EQ(traced->ring.broken, 0);
	EXPECT_EQ(traced->ring.slots_lost, 0);
	EXPECT_TRUE(begun);
	close(go[0]);
	close(go[1]);
}

/* The nth record of a call, ends or segments alike. */
static const struct record *call(const struct traced *traced, int nr, unsigned int nth)
{
	static const struct record none = { .syscall.nr = -2 };
	unsigned int i;

	for (i = 0; i < traced->count; i++) {
		if (traced->calls[i].syscall.nr == nr && !nth--)
			return &traced->calls[i];
	}
	return &none;
}

static unsigned int flags(const struct record *record)
{
	return record->ctx & (HFT_CTX_CONTINUED | HFT_CTX_SWITCHED_OUT);
}

static void quick_calls(void *unused)
{
	int i;

	(void)unused;
	syscall(SYS_dup3, 0x11111, 0x22222, 0x33333);
	syscall(SYS_close, -1);
	syscall(SYS_mmap, 0, 0, 7, 0x22, -1, 0x5000);
	syscall(SYS_lseek, 0, 0x7766554433221100, 99);
	syscall(500, 1, 2, 3, 4, 5, 6);
	for (i = 0; i < 100; i++)
		syscall(SYS_getuid);
}

TEST_F(syscalls, are_told_with_arguments_and_result)
{
	const struct record *rec;
	unsigned int i;

	trace(_metadata, &self->traced, quick_calls, NULL, 0);
	rec = call(&self->traced, SYS_dup3, 0);
	EXPECT_EQ(rec->syscall.ret, -EINVAL);
	EXPECT_EQ(rec->syscall.args[0], 0x11111);
	EXPECT_EQ(rec->syscall.args[1], 0x22222);
	EXPECT_EQ(rec->syscall.args[2], 0x33333);
	rec = call(&self->traced, SYS_close, 0);
	EXPECT_EQ(rec->syscall.ret, -EBADF);
	rec = call(&self->traced, SYS_mmap, 0);
	EXPECT_EQ(rec->syscall.ret, -EINVAL);
	EXPECT_EQ(rec->syscall.args[2], 7);
	EXPECT_EQ(rec->syscall.args[3], 0x22);
	EXPECT_EQ((int)rec->syscall.args[4], -1);
	EXPECT_EQ(rec->syscall.args[5], 0x5000);
	rec = call(&self->traced, SYS_lseek, 0);
	EXPECT_LT(rec->syscall.ret, 0);
	EXPECT_EQ(rec->syscall.args[1], 0x7766554433221100);
	rec = call(&self->traced, 500, 0);
	EXPECT_EQ(rec->syscall.ret, -ENOSYS);
	EXPECT_EQ(rec->syscall.args[5], 6);
	for (i = 0; i < 100; i++) {
		rec = call(&self->traced, SYS_getuid, i);
		EXPECT_EQ(rec->syscall.nr, SYS_getuid);
		EXPECT_EQ(rec->syscall.ret, 0);
	}
	EXPECT_EQ(call(&self->traced, SYS_getuid, 100)->syscall.nr, -2);
}

/* When two calls were made and were back, and when the second was answered: ticks. */
struct seen {
	__u64 naps, napped;
	__u64 reads, has_read;
	__u64 answers;
};

struct sleeper {
	int tell;
	int told;
	struct seen *seen;	/* shared */
};

#define NAP_MS	30

static void sleep_twice(void *arg)
{
	const struct timespec nap = { 0, NAP_MS * 1000000 };
	struct sleeper *sleeper = arg;
	struct seen *seen = sleeper->seen;
	pid_t pid = getpid();
	char byte;

	seen->naps = ticks();
	nanosleep(&nap, NULL);
	seen->napped = ticks();
	if (write(sleeper->tell, &pid, sizeof(pid)) != sizeof(pid))
		_exit(1);
	seen->reads = ticks();
	if (read(sleeper->told, &byte, 1) != 1)
		_exit(1);
	seen->has_read = ticks();
}

static bool is_asleep(pid_t pid)
{
	char path[32], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (file && fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	if (file)
		fclose(file);
	return state == 'S';
}

/* Wakes the one who says its pid, when it sleeps. */
static void answer(int told, int tell, struct seen *seen)
{
	pid_t pid;

	if (read(told, &pid, sizeof(pid)) != sizeof(pid) || !wait_until(is_asleep(pid)))
		_exit(1);
	seen->answers = ticks();
	_exit(write(tell, "y", 1) != 1);
}

/* A segment that was switched out, then the end, between what the caller saw before and after. */
static void check_blocked(struct __test_metadata *_metadata, const struct traced *traced,
			  int nr, __u64 before, __u64 after)
{
	const struct record *segment = call(traced, nr, 0), *end = call(traced, nr, 1);

	EXPECT_EQ(segment->syscall.nr, nr);
	EXPECT_EQ(end->syscall.nr, nr);
	EXPECT_EQ(flags(segment), HFT_CTX_SWITCHED_OUT);
	EXPECT_EQ(flags(end), HFT_CTX_CONTINUED);
	EXPECT_EQ(end->syscall.duration, 0);
	EXPECT_EQ(segment->syscall.ret, 0);
	EXPECT_GT(segment->tsc - segment->syscall.duration, before);
	EXPECT_LT(end->tsc, after);
	EXPECT_GT(end->tsc, segment->tsc);
}

TEST_F(syscalls, that_block_join_to_the_time_they_took)
{
	struct seen *seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sleeper sleeper = { .seen = seen };
	const struct record *segment, *end;
	int there[2], back[2];
	pid_t pid;

	ASSERT_NE(seen, MAP_FAILED);
	ASSERT_EQ(pipe(there), 0);
	ASSERT_EQ(pipe(back), 0);
	sleeper.tell = there[1];
	sleeper.told = back[0];
	pid = fork();
	if (!pid)
		answer(there[0], back[1], seen);
	trace(_metadata, &self->traced, sleep_twice, &sleeper, 0);
	EXPECT_EQ(wait_for(pid), 0);
	check_blocked(_metadata, &self->traced, SYS_clock_nanosleep, seen->naps, seen->napped);
	segment = call(&self->traced, SYS_clock_nanosleep, 0);
	end = call(&self->traced, SYS_clock_nanosleep, 1);
	EXPECT_GE(end->tsc - (segment->tsc - segment->syscall.duration),
		  NAP_MS * self->traced.khz);
	check_blocked(_metadata, &self->traced, SYS_read, seen->reads, seen->has_read);
	/* it was switched out before the answer, and ended by it */
	EXPECT_LT(call(&self->traced, SYS_read, 0)->tsc, seen->answers);
	EXPECT_GT(call(&self->traced, SYS_read, 1)->tsc, seen->answers);
	EXPECT_EQ(call(&self->traced, SYS_read, 1)->syscall.ret, 1);
	EXPECT_EQ(call(&self->traced, SYS_read, 1)->syscall.args[2], 1);
	EXPECT_EQ(call(&self->traced, SYS_write, 0)->syscall.ret, sizeof(pid));
}

static volatile sig_atomic_t caught;

static void catch(int signal)
{
	caught = signal;
	syscall(SYS_getgid);
}

static void signals(void *unused)
{
	(void)unused;
	signal(SIGUSR1, catch);
	syscall(SYS_kill, getpid(), SIGUSR1);
	syscall(SYS_getegid);
	if (caught != SIGUSR1)
		_exit(1);
}

TEST_F(syscalls, return_from_signals)
{
	const struct record *rec;

	trace(_metadata, &self->traced, signals, NULL, 0);
	rec = call(&self->traced, SYS_kill, 0);
	EXPECT_EQ(rec->syscall.ret, 0);
	EXPECT_EQ(rec->syscall.args[1], SIGUSR1);
	rec = call(&self->traced, SYS_rt_sigreturn, 0);
	EXPECT_EQ(rec->syscall.nr, SYS_rt_sigreturn);
	EXPECT_EQ(flags(rec), 0);
	EXPECT_EQ(call(&self->traced, SYS_getgid, 0)->syscall.nr, SYS_getgid);
	EXPECT_EQ(call(&self->traced, SYS_getegid, 0)->syscall.nr, SYS_getegid);
	EXPECT_LT(call(&self->traced, SYS_getgid, 0)->tsc, rec->tsc);
	EXPECT_GT(call(&self->traced, SYS_getegid, 0)->tsc, rec->tsc);
}

static const char *const arguments[] = { "true", NULL };

static void replace(void *unused)
{
	(void)unused;
	syscall(SYS_execve, "/nonexistent", arguments, NULL);
	syscall(SYS_execve, "/usr/bin/true", arguments, NULL);
}

TEST_F(syscalls, replace_their_program)
{
	const struct record *rec;
	unsigned int i = 1;

	trace(_metadata, &self->traced, replace, NULL, 0);
	rec = call(&self->traced, SYS_execve, 0);
	EXPECT_EQ(rec->syscall.ret, -ENOENT);
	EXPECT_EQ(rec->syscall.args[1], (__u64)arguments);
	/* its arguments are gone when it ends, and it may be switched out on its way */
	EXPECT_EQ(call(&self->traced, SYS_execve, 1)->syscall.args[1], (__u64)arguments);
	do {
		rec = call(&self->traced, SYS_execve, i++);
		EXPECT_EQ(rec->syscall.nr, SYS_execve);
	} while (flags(rec) == HFT_CTX_SWITCHED_OUT);
	EXPECT_EQ(rec->syscall.ret, 0);
	/* the new program's calls, up to its end */
	EXPECT_EQ(call(&self->traced, SYS_exit_group, 0)->syscall.nr, SYS_exit_group);
	EXPECT_GT(call(&self->traced, SYS_brk, 0)->tsc, rec->tsc);
}

#ifdef SYS_vfork
#define CALL_OF_VFORK	SYS_vfork
#else
#define CALL_OF_VFORK	SYS_clone
#endif

static void make_children(void *unused)
{
	int i;

	(void)unused;
	for (i = 0; i < 5; i++) {
		pid_t pid = vfork();

		if (!pid)
			_exit(0);
		while (waitpid(pid, NULL, 0) != pid)
			;
	}
	syscall(SYS_exit_group, 7);
}

TEST_F(syscalls, that_do_not_return_end_with_their_task)
{
	unsigned int i, vforks = 0, ends = 0;
	const struct record *rec;

	trace(_metadata, &self->traced, make_children, NULL, 7);
	for (i = 0; i < self->traced.count; i++) {
		rec = &self->traced.calls[i];
		/* it waits for its child: a segment, then the end with the child's pid */
		vforks += rec->syscall.nr == CALL_OF_VFORK && flags(rec) == HFT_CTX_CONTINUED &&
			  rec->syscall.ret > 0;
		ends += rec->syscall.nr == SYS_exit_group;
		if (rec->syscall.nr == SYS_exit_group) {
			EXPECT_EQ(flags(rec), HFT_CTX_SWITCHED_OUT);
			EXPECT_EQ(rec->syscall.args[0], 7);
		}
	}
	EXPECT_EQ(vforks, 5);
	EXPECT_EQ(ends, 1);
}

/* The same call over and over: what the caller measures is what the tracer measures. */
static void measure(void *arg)
{
	__u64 *took = arg, before;
	int i;

	for (i = 0; i < 1000; i++) {
		before = ticks();
		syscall(SYS_getsid, 0);
		took[i] = ticks() - before;
	}
}

TEST_F(syscalls, take_no_longer_than_their_caller_sees)
{
	__u64 *took = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int i, calls = 0, whole = 0;
	const struct record *rec;

	trace(_metadata, &self->traced, measure, took, 0);
	for (i = 0; i < self->traced.count && calls < 1000; i++) {
		rec = &self->traced.calls[i];
		if (rec->syscall.nr != SYS_getsid)
			continue;
		EXPECT_LT(rec->syscall.duration, took[calls]);
		EXPECT_LE(rec->syscall.net, rec->syscall.duration);
		if (!flags(rec)) {
			EXPECT_GT(rec->syscall.duration, 0);
			whole++;
		}
		/* one in segments goes on */
		calls += !(rec->ctx & HFT_CTX_SWITCHED_OUT);
	}
	EXPECT_EQ(calls, 1000);
	EXPECT_GT(whole, 900);
}

TEST_HARNESS_MAIN
