// SPDX-License-Identifier: GPL-2.0
/*
 * syscall, visit: threads that are to make no system call. The thread itself
 * says which it made and from where; another one may make as many as it likes.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "hook_test.h"

#define CALLS	50

static const char *const sources[] = { NULL };

/* What the child says. */
struct told {
	volatile pid_t quiet, loud;
	volatile int stage;	/* 1 ready, 2 go, 3 done, 4 end */
};

#define FRAMED __attribute__((noinline, noclone, noipa, optimize("no-omit-frame-pointer", \
								"no-optimize-sibling-calls")))

/* As the functions of a library that make system calls: without a frame. */
#define BARE __attribute__((noinline, noclone, noipa, optimize("omit-frame-pointer")))

static BARE long bare_call(long nr)
{
	long result;

#ifdef __x86_64__
	asm volatile("syscall" : "=a" (result) : "0" (nr) : "rcx", "r11", "memory");
#else
	register long number asm("x8") = nr;
	register long first asm("x0");

	asm volatile("svc 0" : "=r" (first) : "r" (number) : "memory");
	result = first;
#endif
	return result;
}

static FRAMED long middle(long nr)
{
	long result = bare_call(nr);

	asm volatile("" : "+r" (result));
	return result + 1;
}

static FRAMED long outer(long nr)
{
	long result = middle(nr);

	asm volatile("" : "+r" (result));
	return result + 1;
}

static void *be_loud(void *context)
{
	struct told *told = context;

	pin(OTHER_CPU);
	told->loud = syscall(SYS_gettid);
	while (told->stage < 4) {
		bare_call(SYS_getppid);
		sleep_ms(1);
	}
	return NULL;
}

/* Spins but for the calls that it is to make; takes page faults too. */
static FRAMED void be_quiet(struct told *told, char *memory)
{
	int i;

	told->quiet = syscall(SYS_gettid);
	told->stage = 1;
	while (told->stage < 2)
		;
	for (i = 0; i < CALLS; i++) {
		outer(i % 2 ? SYS_getppid : SYS_gettid);
		memory[i * 4096] = 1;
	}
	told->stage = 3;
	while (told->stage < 4)
		;
}

static pid_t start(struct told **told)
{
	pthread_t thread;
	char *memory;
	pid_t pid;

	*told = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(*told != MAP_FAILED);
	pid = fork();
	if (pid)
		return pid;
	CHECK(!pthread_create(&thread, NULL, be_loud, *told));
	CHECK_EQ(pin(QUIET_CPU), 0);
	memory = mmap(NULL, CALLS * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	be_quiet(*told, memory);
	pthread_join(thread, NULL);
	_exit(0);
}

static void wait_stage(const struct told *told, int stage)
{
	while (told->stage < stage)
		sleep_ms(10);
}

static int arm(int fd, __u64 hooks, __u64 cpus, pid_t tid, pid_t tgid)
{
	struct hft_arm arm = {
		.size = sizeof(arm), .hooks = hooks, .cpus = (__u64)(unsigned long)&cpus,
		.cpus_bytes = 8, .no_syscalls = { tid }, .tgid = { tgid },
	};

	return control(fd, HFT_IOC_ARM, &arm);
}

static bool is_in(__u64 address, const void *function)
{
	return address >= (__u64)(unsigned long)function &&
	       address < (__u64)(unsigned long)function + 256;
}

static void check_record(const struct record *record, const struct told *told, pid_t pid, int i)
{
	const struct hft_rec_syscall_stack *rec = record_payload(record);

	CHECK_EQ(rec->nr, i % 2 ? SYS_getppid : SYS_gettid);
	CHECK_EQ(rec->tid, told->quiet);
	CHECK_EQ(rec->tgid, pid);
	CHECK(is_in(rec->user[0], bare_call));
	/* it has no frame, so its caller is no frame's return address */
	CHECK(is_in(rec->top, middle));
	CHECK(is_in(rec->user[1], outer));
	CHECK(is_in(rec->user[2], be_quiet));
}

/* `hook` is armed, then `detached` goes; the calls of CPU `QUIET_CPU` are seen by whichever can. */
static int violations_without(__u64 hook, bool other_filter, __u64 detached)
{
	struct record record;
	struct told *told;
	struct ring ring;
	int fd = device_open(O_RDWR), seen = 0;
	pid_t pid = start(&told);

	wait_stage(told, 1);
	CHECK_EQ(ring_map(&ring, fd, QUIET_CPU), 0);
	CHECK_EQ(arm(fd, hook, 1 << QUIET_CPU, told->quiet, other_filter ? getpid() : 0), 0);
	if (detached)
		CHECK_EQ(device_detach(fd, detached, HFT_ATTACH_FORCE), 0);
	sleep_ms(50);
	told->stage = 2;
	wait_stage(told, 3);
	CHECK_EQ(device_disarm(fd), 0);
	told->stage = 4;
	CHECK_EQ(wait_for(pid), 0);
	while (ring_next(&ring, &record, true)) {
		if (record.type == HFT_REC_SYSCALL_STACK)
			check_record(&record, told, pid, seen++);
	}
	CHECK_EQ(seen, CALLS);
	CHECK_EQ(ring.broken, 0);
	close(fd);
	return 0;
}

static int violations(__u64 hook, bool other_filter)
{
	return violations_without(hook, other_filter, 0);
}

/* On x86 by the visits of a nohz_full CPU: the hook syscall is not even attached. */
static int by_visits(void)
{
	int fd = device_open(O_RDWR);

#ifndef __x86_64__
	case_skip("on arm64 visits do not tell system calls");
#endif
	CHECK_EQ(device_detach(fd, BIT_OF(SYSCALL), 0), 0);
	CHECK_EQ(device_attach(fd, BIT_OF(VISIT) | BIT_OF(SWITCH), 0), 0);
	violations(BIT_OF(SWITCH), false);
	return violations(BIT_OF(VISIT), false);
}

static int by_syscalls(void)
{
	int fd = device_open(O_RDWR);

	CHECK_EQ(device_detach(fd, BIT_OF(VISIT), 0), 0);
	CHECK_EQ(device_attach(fd, BIT_OF(SYSCALL) | BIT_OF(SWITCH), 0), 0);
	violations(BIT_OF(SWITCH), false);
	violations(BIT_OF(SYSCALL), false);
	/* whatever processes were chosen */
	violations(BIT_OF(SYSCALL), true);
	CHECK_EQ(device_detach(fd, BIT_OF(SYSCALL), 0), 0);
	CHECK_EQ(device_attach(fd, BIT_OF(VISIT), 0), 0);
	return 0;
}

static int by_those_that_are_left(void)
{
	int fd = device_open(O_RDWR);

#ifndef __x86_64__
	case_skip("on arm64 there is one hook that sees them");
#endif
	CHECK_EQ(device_attach(fd, BIT_OF(VISIT) | BIT_OF(SYSCALL) | BIT_OF(SWITCH), 0), 0);
	violations_without(BIT_OF(SWITCH), false, BIT_OF(VISIT));
	CHECK_EQ(device_detach(fd, BIT_OF(SYSCALL), 0), 0);
	CHECK_EQ(device_attach(fd, BIT_OF(VISIT), 0), 0);
	return 0;
}

static int refused(void)
{
	int fd = device_open(O_RDWR);

	CHECK_EQ(device_attach(fd, BIT_OF(SWITCH), 0), 0);
	CHECK_EQ(device_detach(fd, BIT_OF(VISIT) | BIT_OF(SYSCALL), 0), 0);
	CHECK_EQ(arm(fd, BIT_OF(SWITCH), 1 << QUIET_CPU, getpid(), 0), -ENOLINK);
	CHECK_EQ(arm(fd, BIT_OF(SWITCH), 1 << QUIET_CPU, 4194303, 0), -ESRCH);
	CHECK_EQ(device_attach(fd, BIT_OF(VISIT), 0), 0);
	/* nothing but syscall sees those of a CPU that has a tick */
	CHECK_EQ(arm(fd, BIT_OF(SWITCH), 1 << OTHER_CPU, getpid(), 0), -ENOLINK);
	return 0;
}

HOOK_TEST_MAIN("syscall", sources, NULL,
	       { "calls of a quiet thread and their stacks, by visits", by_visits },
	       { "the same, by system calls", by_syscalls },
	       { "by system calls, when the hook that saw them goes", by_those_that_are_left },
	       { "no thread, nobody to see it", refused })
