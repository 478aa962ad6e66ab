// SPDX-License-Identifier: GPL-2.0
/*
 * numa: pages that are moved by compaction and, where there are two nodes, by a
 * program, each as migrate:mm_migrate_pages shows it; and a task that follows
 * its memory to the other node, as sched:sched_move_numa and its kin show it.
 *
 * Machine: -c 3 --nodes 2
 */
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hook_test.h"

#define PAGE	4096L
#define PAGES	256

static const char *const sources[] = {
	"migrate/mm_migrate_pages", "sched/sched_move_numa", "sched/sched_swap_numa",
	"sched/sched_stick_numa", NULL
};

static const struct field_pair page_fields[] = {
	FIELD(hft_rec_numa, pages, "succeeded"),
	FIELD(hft_rec_numa, failed, "failed"),
	FIELD(hft_rec_numa, mode, "mode"),
	FIELD(hft_rec_numa, reason, "reason"),
	FIELD(hft_rec_numa, by_tid, "common_pid"),
	{ 0 }
};

static const struct field_pair move_fields[] = {
	FIELD(hft_rec_numa, tid, "pid"),
	FIELD(hft_rec_numa, from_cpu, "src_cpu"),
	FIELD(hft_rec_numa, to_cpu, "dst_cpu"),
	FIELD(hft_rec_numa, from_node, "src_nid"),
	FIELD(hft_rec_numa, to_node, "dst_nid"),
	{ 0 }
};

static const struct field_pair pair_fields[] = {
	FIELD(hft_rec_numa, tid, "src_pid"),
	FIELD(hft_rec_numa, from_cpu, "src_cpu"),
	FIELD(hft_rec_numa, from_node, "src_nid"),
	FIELD(hft_rec_numa, other_tid, "dst_pid"),
	FIELD(hft_rec_numa, to_cpu, "dst_cpu"),
	FIELD(hft_rec_numa, to_node, "dst_nid"),
	{ 0 }
};

static struct watch watch;

static bool two_nodes(void)
{
	return !access("/sys/devices/system/node/node1", F_OK);
}

static bool is_kind(const struct record *record, unsigned int kind)
{
	return ((const struct hft_rec_numa *)record_payload(record))->kind == kind;
}

static bool is_pages(const struct record *record)
{
	return is_kind(record, HFT_NUMA_PAGES);
}

static bool is_move(const struct record *record)
{
	return is_kind(record, HFT_NUMA_MOVE);
}

static bool is_swap(const struct record *record)
{
	return is_kind(record, HFT_NUMA_SWAP);
}

static bool is_stick(const struct record *record)
{
	return is_kind(record, HFT_NUMA_STICK);
}

static volatile char *pages(long bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		_exit(1);
	/* a kernel without huge pages refuses */
	madvise(at, bytes, MADV_NOHUGEPAGE);
	return at;
}

static void touch(volatile char *at, long bytes)
{
	long i;

	for (i = 0; i < bytes; i += PAGE)
		at[i]++;
}

/* Holes all over memory, for compaction to fill. */
static int compact(void *told)
{
	const long bytes = 128L << 20;
	volatile char *at = pages(bytes);
	long i;

	(void)told;
	touch(at, bytes);
	for (i = 0; i < bytes; i += 2 * PAGE)
		madvise((void *)(at + i), PAGE, MADV_DONTNEED);
	return write_file("/proc/sys/vm/compact_memory", "1");
}

/* Pages that moved, by the child and for this reason. */
static __u64 moved(unsigned int reason)
{
	__u64 sum = 0;
	size_t i;

	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];
		const struct hft_rec_numa *rec = record_payload(record);

		if (!is_pages(record) || rec->by_tid != watch.child || rec->reason != reason)
			continue;
		CHECK_EQ(rec->tid, 0);
		CHECK_EQ(rec->from_node, -1);
		CHECK_EQ(rec->to_node, -1);
		sum += rec->pages;
	}
	return sum;
}

static size_t check_pages(int (*provoke)(void *))
{
	const struct watch_want want = {
		.hooks = BIT_OF(NUMA), .cpus = 1 << QUIET_CPU, .on = QUIET_CPU,
		.provoke = provoke, .events = sources,
	};
	const struct pairing pairing = {
		.type = HFT_REC_NUMA, .event = sources[0], .fields = page_fields,
		.record_is = is_pages,
	};

	watch_run(&watch, &want);
	return pairs_on_all(&watch, &pairing);
}

static int by_compaction(void)
{
	CHECK(check_pages(compact) > 0);
	CHECK(moved(HFT_MIGRATE_COMPACTION) > 0);
	return 0;
}

/* From where they are to the other node, and tells how many went. */
static int move_pages(void *told)
{
	volatile char *at = pages(PAGES * PAGE);
	void *addresses[PAGES];
	int nodes[PAGES], status[PAGES], i;

	touch(at, PAGES * PAGE);
	for (i = 0; i < PAGES; i++)
		addresses[i] = (void *)(at + i * PAGE);
	if (syscall(SYS_move_pages, 0, PAGES, addresses, NULL, status, 0))
		return 1;
	for (i = 0; i < PAGES; i++)
		nodes[i] = !status[i];
	if (syscall(SYS_move_pages, 0, PAGES, addresses, nodes, status, MPOL_MF_MOVE))
		return 2;
	for (i = 0; i < PAGES; i++)
		*(unsigned int *)told += status[i] == nodes[i];
	return 0;
}

static int by_a_program(void)
{
	if (!two_nodes())
		case_skip("this machine has one NUMA node");
	CHECK(check_pages(move_pages) > 0);
	CHECK_EQ(*(const unsigned int *)watch.told, PAGES);
	CHECK_EQ(moved(HFT_MIGRATE_SYSCALL), PAGES);
	return 0;
}

#define BALANCING	"/proc/sys/kernel/numa_balancing"

/* All of its memory is on the node that it is not on; so the kernel lets it follow. */
static int follow(void *told)
{
	const unsigned long node = 2;
	const long bytes = 64L << 20;
	__u64 until = now_ns() + 20000000000ULL;
	volatile char *at = pages(bytes);
	unsigned int cpu;
	cpu_set_t all;

	(void)told;
	CPU_ZERO(&all);
	if (syscall(SYS_mbind, at, bytes, MPOL_BIND | MPOL_F_NUMA_BALANCING, &node, 8, 0))
		return 1;
	touch(at, bytes);
	/* moved here by the child's start; from now on it may go where it likes */
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		CPU_SET(cpu, &all);
	if (sched_setaffinity(0, sizeof(all), &all))
		return 2;
	while (now_ns() < until) {
		unsigned int node_now;

		touch(at, bytes);
		if (!syscall(SYS_getcpu, &cpu, &node_now, NULL) && node_now == 1)
			return 0;
	}
	return 0;
}

static int task(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(NUMA), .cpus = (1U << sysconf(_SC_NPROCESSORS_ONLN)) - 1,
		.on = OTHER_CPU, .provoke = follow, .events = sources,
	};
	struct pairing pairing = {
		.type = HFT_REC_NUMA, .event = "sched/sched_move_numa", .fields = move_fields,
		.record_is = is_move,
	};
	size_t moves, swaps, sticks;

	if (!two_nodes())
		case_skip("this machine has one NUMA node");
	if (access(BALANCING, F_OK))
		case_skip("the kernel does not balance NUMA nodes");
	CHECK(!write_file(BALANCING, "1"));
	/* the kernel looks after a second only, if it is not told otherwise */
	write_file("/sys/kernel/debug/sched/numa_balancing/scan_delay_ms", "10");
	write_file("/sys/kernel/debug/sched/numa_balancing/scan_period_min_ms", "20");
	watch_run(&watch, &want);
	CHECK(!write_file(BALANCING, "0"));
	moves = pairs_on_all(&watch, &pairing);
	pairing.event = "sched/sched_swap_numa";
	pairing.fields = pair_fields;
	pairing.record_is = is_swap;
	swaps = pairs_on_all(&watch, &pairing);
	pairing.event = "sched/sched_stick_numa";
	pairing.record_is = is_stick;
	sticks = pairs_on_all(&watch, &pairing);
	printf("# %zu moves, %zu swaps, %zu that could not move\n", moves, swaps, sticks);
	CHECK(moves + swaps + sticks > 0);
	return 0;
}

HOOK_TEST_MAIN("numa", sources, NULL,
	       { "pages that compaction moves", by_compaction },
	       { "pages that a program moves to the other node", by_a_program },
	       { "a task that follows its memory", task })
