// SPDX-License-Identifier: GPL-2.0
/*
 * mmcall: each call with arguments and a result that the program knows, as
 * raw_syscalls:sys_exit shows it, as long as the time since its sys_enter; and
 * a long one that a real-time task interrupts, in segments.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hook_test.h"
#include "intervals.h"

#define ROUNDS	30
#define PAGES	(16 * 4096L)
#define LONG	(96L << 20)
#define CALLS	512

static const char *const sources[] = { "raw_syscalls/sys_enter", "raw_syscalls/sys_exit", NULL };

static const struct field_pair fields[] = {
	FIELD(hft_rec_mmcall, ret, "ret"),
	FIELD(hft_rec_mmcall, tid, "common_pid"),
	{ 0 }
};

static struct watch watch;

struct told {
	unsigned int count;
	struct hft_rec_mmcall call[CALLS];
};

static const long numbers[] = {
	[HFT_MMCALL_MMAP] = SYS_mmap, [HFT_MMCALL_MUNMAP] = SYS_munmap,
	[HFT_MMCALL_BRK] = SYS_brk, [HFT_MMCALL_MREMAP] = SYS_mremap,
	[HFT_MMCALL_MPROTECT] = SYS_mprotect, [HFT_MMCALL_MADVISE] = SYS_madvise,
};

/* Calls, and tells: a result of libc's is turned back into the kernel's. */
static long call(struct told *told, struct hft_rec_mmcall said, const long *args)
{
	long ret = syscall(numbers[said.call], args[0], args[1], args[2], args[3], args[4], 0L);

	said.address = args[0];
	said.length = said.call == HFT_MMCALL_BRK ? 0 : args[1];
	said.ret = ret == -1 ? -errno : ret;
	told->call[told->count++] = said;
	return ret;
}

#define CALL(name, ...)							\
	call(told, (struct hft_rec_mmcall){ .call = HFT_MMCALL_##name },	\
	     (const long[6]){ __VA_ARGS__ })

static long map(struct told *told, long length, long more)
{
	const struct hft_rec_mmcall said = {
		.call = HFT_MMCALL_MMAP, .prot = PROT_READ | PROT_WRITE,
		.flags = MAP_PRIVATE | MAP_ANONYMOUS | more, .fd = -1,
	};

	return call(told, said, (const long[6]){ 0, length, said.prot, said.flags, -1 });
}

static int change(void *shared)
{
	const struct hft_rec_mmcall shorter = {
		.call = HFT_MMCALL_MREMAP, .new_length = PAGES / 2, .flags = MREMAP_MAYMOVE,
	};
	const struct hft_rec_mmcall closed = { .call = HFT_MMCALL_MPROTECT, .prot = PROT_READ };
	const struct hft_rec_mmcall given = { .call = HFT_MMCALL_MADVISE, .advice = MADV_DONTNEED };
	struct told *told = shared;
	long at;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		at = map(told, PAGES, 0);
		call(told, given, (const long[6]){ at, PAGES, MADV_DONTNEED });
		call(told, closed, (const long[6]){ at, PAGES, PROT_READ });
		call(told, shorter, (const long[6]){ at, PAGES, PAGES / 2, MREMAP_MAYMOVE });
		CALL(MUNMAP, at, PAGES / 2);
		/* refused: not on a page's border */
		CALL(MUNMAP, at + 1, PAGES);
		CALL(BRK, 0);
	}
	/* a process that was not chosen */
	if (!fork()) {
		mmap(NULL, PAGES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		_exit(0);
	}
	return 0;
}

static bool of_child(const struct event *event)
{
	__s64 number = event_number(event, "id");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (number == numbers[i])
			return event->pid == watch.child;
	}
	return false;
}

static bool is_end(const struct record *record)
{
	return !(record->ctx & HFT_CTX_SWITCHED_OUT);
}

/* All but the result, which a segment does not know, and the lengths. */
static void check_said(const struct hft_rec_mmcall *rec, const struct hft_rec_mmcall *said)
{
	CHECK_EQ(rec->call, said->call);
	CHECK_EQ(rec->address, said->address);
	CHECK_EQ(rec->length, said->length);
	CHECK_EQ(rec->new_length, said->new_length);
	CHECK_EQ(rec->prot, said->prot);
	CHECK_EQ(rec->flags, said->flags);
	CHECK_EQ(rec->advice, said->advice);
	CHECK_EQ(rec->fd, said->fd);
	CHECK_EQ(rec->tid, watch.child);
	CHECK_EQ(rec->tgid, watch.child);
}

static int chosen_process(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(MMCALL), .cpus = 1 << QUIET_CPU, .on = QUIET_CPU,
		.provoke = change, .events = sources, .chosen = true,
	};
	const struct pairing pairing = {
		.type = HFT_REC_MMCALL, .event = "raw_syscalls/sys_exit", .fields = fields,
		.record_is = is_end, .event_is = of_child,
	};
	const struct told *told;
	unsigned int next = 0;
	size_t i;

	watch_run(&watch, &want);
	told = watch.told;
	CHECK_EQ(told->count, 7 * ROUNDS);
	CHECK(durations_check(&watch, &pairing, "raw_syscalls/sys_enter", "common_pid",
			      sizeof(__u64)) >= 6 * ROUNDS);
	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];
		const struct hft_rec_mmcall *rec = record_payload(record);

		if (!is_end(record))
			continue;
		CHECK(next < told->count);
		check_said(rec, &told->call[next]);
		CHECK_EQ(rec->ret, told->call[next].ret);
		CHECK(rec->net <= rec->duration);
		next++;
	}
	CHECK_EQ(next, told->count);
	return 0;
}

/* Wakes up often, and takes the CPU at once. */
static void disturb(void)
{
	const struct sched_param param = { .sched_priority = 50 };

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		_exit(1);
	for (;;)
		sleep_ms(1);
}

static int map_much(void *shared)
{
	struct told *told = shared;
	pid_t pid = fork();
	long at;
	int i;

	if (!pid)
		disturb();
	for (i = 0; i < 6; i++) {
		at = map(told, LONG, MAP_POPULATE);
		CALL(MUNMAP, at, LONG);
	}
	stop(pid);
	return 0;
}

/* The switch of the child at a segment's end. */
static bool was_switched(__u64 end)
{
	size_t i;

	for (i = 0; i < watch.events_count[QUIET_CPU]; i++) {
		const struct event *event = &watch.events[QUIET_CPU][i];

		if (event_is(event, "sched/sched_switch") && event->ts >= end)
			return event_number(event, "prev_pid") == watch.child;
	}
	return false;
}

static int in_segments(void)
{
	static const char *const switches[] = { "sched/sched_switch", NULL };
	const struct watch_want want = {
		.hooks = BIT_OF(MMCALL), .cpus = 1 << QUIET_CPU, .on = QUIET_CPU,
		.provoke = map_much, .events = switches, .chosen = true,
	};
	unsigned int next = 0, segments = 0, open = 0;
	const struct told *told;
	size_t i;

	watch_run(&watch, &want);
	told = watch.told;
	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];
		const struct hft_rec_mmcall *rec = record_payload(record);

		CHECK(next < told->count);
		check_said(rec, &told->call[next]);
		if (!is_end(record)) {
			CHECK(!open);
			CHECK_EQ(rec->ret, 0);
			CHECK(rec->duration > 0);
			CHECK(was_switched(record->tsc));
			open = 1;
			segments++;
			continue;
		}
		CHECK_EQ(rec->ret, told->call[next].ret);
		CHECK_EQ(!!(record->ctx & HFT_CTX_CONTINUED), open);
		CHECK_EQ(!rec->duration, open);
		open = 0;
		next++;
	}
	CHECK_EQ(next, told->count);
	printf("# %u of %u calls were interrupted\n", segments, next);
	CHECK(segments >= 3);
	return 0;
}

HOOK_TEST_MAIN("mmcall", sources, NULL,
	       { "each call of a chosen process: arguments, result, length", chosen_process },
	       { "calls that are switched out inside, in segments", in_segments })
