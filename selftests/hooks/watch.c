// SPDX-License-Identifier: GPL-2.0
/*
 * watch: a program writes a variable from a known function; each hit has its
 * address, value, code and caller, as many as the program and perf count.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <pthread.h>

#include "cpu_clock.h"
#include "hook_test.h"
#include "perf.h"

#define WRITES	100

static const char *const sources[] = { NULL };

static volatile __u64 price;
static volatile __u32 quantity;
static struct { volatile __u32 low, high; } __attribute__((aligned(8))) halves;

extern const char __start_writer_text[], __stop_writer_text[];
extern const char __start_caller_text[], __stop_caller_text[];

/* It calls, so that it has a frame on each architecture. */
__attribute__((noinline, section("writer_text"))) static void do_nothing(void)
{
	__asm__ volatile("" ::: "memory");
}

__attribute__((noinline, section("writer_text"))) static void write_price(__u64 value)
{
	do_nothing();
	price = value;
	do_nothing();
	/* no jump to do_nothing() instead of a call, its own frame gone by then */
	__asm__ volatile("" ::: "memory");
}

__attribute__((noinline, section("caller_text"))) static void trade(__u64 value)
{
	write_price(value);
	__asm__ volatile("" ::: "memory");
}

static bool lies_in(__u64 ip, const char *from, const char *to)
{
	/* behind the last instruction is where an access may end */
	return ip > (uintptr_t)from - 1 && ip <= (uintptr_t)to;
}

static int open_file(void)
{
	int fd = device_open(O_RDWR);

	CHECK(fd >= 0);
	return fd;
}

/* The hook is attached on request only. */
static int open_attached(void)
{
	int fd = open_file();

	CHECK_EQ(device_attach(fd, BIT_OF(WATCH), 0), 0);
	return fd;
}

static __u64 value_number(unsigned int i)
{
	return 0x1122334455667788ULL * (i + 1);
}

/* What the child writes, and what perf counted meanwhile. */
struct told {
	__u64 perf;
	__u64 perf_kernel;	/* of those the kernel's own */
	int set;	/* 0, or -errno of setting the watch */
};

/* Not at once with ours: of two watches of one address an emulator may report one. */
static bool perf_looks;

static int open_witness(const volatile void *address, unsigned int length)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT, .size = sizeof(attr), .bp_type = HW_BREAKPOINT_W,
		.bp_addr = (uintptr_t)address, .bp_len = length,
	};

	return perf_looks ? perf_open(&attr) : -ENOENT;
}

static __u64 count_of(int witness)
{
	return witness < 0 ? 0 : perf_count(witness);
}

static int write_often(void *told_)
{
	struct told *told = told_;
	int witness = open_witness(&price, sizeof(price));
	unsigned int i;

	for (i = 0; i < WRITES; i++)
		trade(value_number(i));
	told->perf = count_of(witness);
	return 0;
}

/* Each hit in its order; `ordered` from the child alone. */
static void check_hits(const struct watch *watch, unsigned int cpu)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < watch->records_count[cpu]; i++) {
		const struct hft_rec_watch *rec = record_payload(&watch->records[cpu][i]);

		CHECK_EQ(watch->records[cpu][i].type, HFT_REC_WATCH);
		CHECK_EQ(rec->tid, watch->child);
		CHECK_EQ(rec->tgid, watch->child);
		CHECK_EQ(rec->address, (uintptr_t)&price);
		CHECK_EQ(rec->moment, HFT_WATCH_AFTER);
		CHECK_EQ(rec->value, value_number(n));
		CHECK(lies_in(rec->ip, __start_writer_text, __stop_writer_text));
		CHECK_EQ(rec->user[0], rec->ip);
		CHECK(lies_in(rec->user[1], __start_caller_text, __stop_caller_text));
		CHECK_EQ(rec->kernel[0], 0);
		n++;
	}
	CHECK_EQ(n, WRITES);
}

/* Whoever runs on the CPU. */
static int on_a_cpu(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(WATCH), .cpus = 3, .on = QUIET_CPU, .provoke = write_often,
	};
	struct watch watch;
	int fd = open_attached();

	CHECK_EQ(device_watch(fd, 0, &price, sizeof(price), HFT_WATCH_WRITE, 0, 3), 0);
	watch_run(&watch, &want);
	check_hits(&watch, QUIET_CPU);
	CHECK_EQ(watch.records_count[OTHER_CPU], 0);
	/* with the file it goes */
	close(fd);
	fd = open_file();
	perf_looks = true;
	watch_run(&watch, &want);
	CHECK_EQ(watch.records_count[QUIET_CPU], 0);
	CHECK_EQ(((const struct told *)watch.told)->perf, WRITES);
	CHECK_EQ(device_detach(fd, BIT_OF(WATCH), 0), 0);
	return 0;
}

static void *write_in_thread(void *unused)
{
	(void)unused;
	if (!pin(OTHER_CPU))
		trade(4711);
	return NULL;
}

/* Sets the watch on itself, writes, and has a thread write that comes later. */
static int watch_itself(void *told_)
{
	int fd = device_open(O_RDWR);
	struct told *told = told_;
	unsigned int i;
	pthread_t thread;

	told->set = device_watch(fd, HFT_WATCH_FORCE, &price, sizeof(price), HFT_WATCH_WRITE,
				 getpid(), 0);
	if (told->set)
		return 0;
	for (i = 0; i < WRITES; i++)
		trade(value_number(i));
	if (pthread_create(&thread, NULL, write_in_thread, NULL))
		return 1;
	return pthread_join(thread, NULL);
}

static int in_a_process(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(WATCH), .cpus = 3, .on = QUIET_CPU, .provoke = watch_itself,
	};
	const struct hft_rec_watch *rec;
	struct watch watch;
	int fd = open_attached();

	watch_run(&watch, &want);
	CHECK_EQ(((const struct told *)watch.told)->set, 0);
	check_hits(&watch, QUIET_CPU);
	CHECK_EQ(watch.records_count[OTHER_CPU], 1);
	rec = record_payload(&watch.records[OTHER_CPU][0]);
	CHECK_EQ(rec->value, 4711);
	CHECK_EQ(rec->tgid, watch.child);
	CHECK(rec->tid != watch.child);
	CHECK_EQ(device_detach(fd, BIT_OF(WATCH), 0), 0);
	return 0;
}

/* Reads of 4 bytes, writes of half of 8, atomic ones, and the kernel's own. */
static int access_otherwise(void *told_)
{
	int witness = open_witness(&price, sizeof(price)), ends[2];
	struct told *told = told_;
	__u32 sum = 0;

	quantity = 17;
	sum += quantity;
	halves.low = 0x11111111;
	halves.high = 0x22222222;
	__atomic_fetch_add(&price, 5, __ATOMIC_RELAXED);
	__atomic_exchange_n(&price, 99, __ATOMIC_RELAXED);
	told->perf = count_of(witness);
	if (pipe(ends) || write(ends[1], "ABCDEFGH", 8) != 8 ||
	    read(ends[0], (void *)&price, 8) != 8)
		return 1;
	told->perf_kernel = count_of(witness) - told->perf;
	return sum != 17;
}

static const struct hft_rec_watch *next_of(const struct watch *watch, size_t *at,
					   const volatile void *address)
{
	const struct hft_rec_watch *rec;

	for (; *at < watch->records_count[QUIET_CPU]; ++*at) {
		rec = record_payload(&watch->records[QUIET_CPU][*at]);
		if (rec->address == (uintptr_t)address)
			return ++*at, rec;
	}
	return NULL;
}

static void check_value(const struct hft_rec_watch *rec, __u64 value)
{
	CHECK(rec);
	printf("# 0x%llx: 0x%llx at moment %u\n", rec->address, rec->value, rec->moment);
	CHECK_EQ(rec->moment, HFT_WATCH_AFTER);
	CHECK_EQ(rec->value, value);
}

static const struct watch_want others = {
	.hooks = BIT_OF(WATCH), .cpus = 2, .on = QUIET_CPU, .provoke = access_otherwise,
};

static int parts_and_reads(void)
{
	const struct hft_rec_watch *rec;
	size_t at = 0, again = 0;
	struct watch watch;
	int fd = open_attached();

	CHECK_EQ(device_watch(fd, 0, &quantity, 4, HFT_WATCH_WRITE | HFT_WATCH_READ, 0, 2), 0);
	CHECK_EQ(device_watch(fd, 0, &halves, 8, HFT_WATCH_WRITE, 0, 2), 0);
	watch_run(&watch, &others);
	CHECK_EQ(device_detach(fd, BIT_OF(WATCH), 0), 0);
	/* written, then read: arm64 foresees stores alone */
	check_value(next_of(&watch, &at, &quantity), 17);
	rec = next_of(&watch, &at, &quantity);
	CHECK(rec && rec->value == 17);
	check_value(next_of(&watch, &again, &halves), 0x11111111);
	check_value(next_of(&watch, &again, &halves), 0x2222222211111111ULL);
	return 0;
}

/* As many as perf sees before: an architecture or an emulator may let them pass. */
static int atomics_and_kernel(void)
{
	const struct hft_rec_watch *rec;
	struct watch watch;
	struct told perf;
	size_t at = 0;
	int fd = open_attached();

	perf_looks = true;
	watch_run(&watch, &others);
	perf = *(const struct told *)watch.told;
	printf("# perf: %llu atomic, %llu by the kernel\n", perf.perf, perf.perf_kernel);
	perf_looks = false;
	CHECK_EQ(device_watch(fd, 0, &price, 8, HFT_WATCH_WRITE, 0, 2), 0);
	watch_run(&watch, &others);
	CHECK_EQ(device_detach(fd, BIT_OF(WATCH), 0), 0);
	CHECK_EQ(watch.records_count[QUIET_CPU], perf.perf + perf.perf_kernel);
	if (perf.perf) {
		check_value(next_of(&watch, &at, &price), 5);
		check_value(next_of(&watch, &at, &price), 99);
	}
	/* copy_to_user(), in read(2): perhaps in parts */
	rec = next_of(&watch, &at, &price);
	if (!rec)
		return 0;
	CHECK((__s64)rec->ip < 0);
	CHECK_EQ(rec->kernel[0], rec->ip);
	CHECK(rec->kernel[1] && rec->kernel[2]);
	CHECK(rec->user[0] && rec->user[0] < 1ULL << 56);
	return 0;
}

static void *stand_by(void *pipe)
{
	char byte;

	return read(*(int *)pipe, &byte, 1) < 0 ? pipe : NULL;
}

/* All of a process's threads or none. */
static int too_many_threads(void)
{
	int fd = open_file(), pipes[2], i;
	pthread_attr_t small;
	pthread_t thread;

	CHECK_EQ(device_attach(fd, BIT_OF(WATCH), 0), 0);
	CHECK(!pipe(pipes) && !pthread_attr_init(&small));
	/* at least; less than is usual */
	CHECK(!pthread_attr_setstacksize(&small, 2 * sysconf(_SC_THREAD_STACK_MIN)));
	for (i = 0; i < 1100; i++)
		CHECK(!pthread_create(&thread, &small, stand_by, &pipes[0]));
	CHECK_EQ(device_watch(fd, 0, &price, 8, HFT_WATCH_WRITE, getpid(), 0), -E2BIG);
	CHECK_EQ(device_detach(fd, BIT_OF(WATCH), 0), 0);
	return 0;
}

static int refusals(void)
{
	static volatile __u64 many[64];
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 2 };
	int fd = open_file(), other = open_file(), i, err = 0;

	CHECK_EQ(device_watch(fd, 0, &price, 8, HFT_WATCH_WRITE, 0, 2), -ENOLINK);
	CHECK_EQ(device_attach(fd, BIT_OF(WATCH), 0), 0);
	CHECK_EQ(device_watch(fd, 0, (char *)&price + 1, 8, HFT_WATCH_WRITE, 0, 2), -EINVAL);
	CHECK_EQ(device_watch(fd, 0, &price, 3, HFT_WATCH_WRITE, 0, 2), -EINVAL);
	CHECK_EQ(device_watch(fd, 0, &price, 8, 0, 0, 2), -EINVAL);
	CHECK_EQ(device_watch(fd, 0, &price, 8, HFT_WATCH_READ, 0, 2), -EINVAL);
	CHECK_EQ(device_watch(fd, 2, &price, 8, HFT_WATCH_WRITE, 0, 2), -EINVAL);
	CHECK_EQ(device_watch(fd, 0, &price, 8, HFT_WATCH_WRITE, 0, 0), -EINVAL);
	CHECK_EQ(device_watch(fd, 0, &price, 8, HFT_WATCH_WRITE, 999999, 0), -ESRCH);
	CHECK_EQ(device_watch(fd, 0, &price, 8, HFT_WATCH_WRITE, -1, 0), -EINVAL);
	/* a CPU has so many registers and no more; none is left behind */
	for (i = 0; i < HFT_WATCHES && !err; i++)
		err = device_watch(fd, 0, &many[i], 8, HFT_WATCH_WRITE, 0, 2);
	printf("# %d watches fit\n", i - 1);
	CHECK(i >= 2);
	CHECK(err == -ENOSPC || (!err && i == HFT_WATCHES));
	close(fd);
	fd = open_file();
	CHECK_EQ(device_watch(fd, 0, &many[0], 8, HFT_WATCH_WRITE, 0, 2), 0);
	CHECK_EQ(device_arm(other, &arming), 0);
	CHECK_EQ(device_watch(fd, 0, &price, 8, HFT_WATCH_WRITE, 0, 2), -EBUSY);
	CHECK_EQ(device_watch(fd, HFT_WATCH_FORCE, &price, 8, HFT_WATCH_WRITE, 0, 2), 0);
	CHECK_EQ(device_disarm(other), 0);
	CHECK_EQ(device_detach(other, BIT_OF(WATCH), 0), 0);
	CHECK_EQ(become("trader"), 0);
	fd = open_file();
	CHECK_EQ(device_watch(fd, 0, &price, 8, HFT_WATCH_WRITE, 0, 2), -EPERM);
	return 0;
}

HOOK_TEST_MAIN("watch", sources, NULL,
	       { "each write on a CPU: value, code, caller; as perf counts", on_a_cpu },
	       { "each write of a process, of a later thread too", in_a_process },
	       { "reads, and writes of a part", parts_and_reads },
	       { "atomic writes and the kernel's own, as perf counts", atomics_and_kernel },
	       { "not some threads of more than it can watch", too_many_threads },
	       { "what is refused, and to whom", refusals })
