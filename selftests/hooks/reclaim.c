// SPDX-License-Identifier: GPL-2.0
/*
 * reclaim: memory that a program has given up (MADV_FREE) is taken back when it
 * wants more than its cgroup may have; then, with kswapd kept off the CPU, more
 * than the machine has. Each as vmscan:mm_vmscan_*_reclaim_end shows it.
 */
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hook_test.h"
#include "intervals.h"

#define CGROUPS	"/sys/fs/cgroup"
#define CGROUP	CGROUPS "/selftest-reclaim"
#define LIMIT	(32L << 20)
#define PAGE	4096L

static const char *const sources[] = {
	"vmscan/mm_vmscan_direct_reclaim_begin", "vmscan/mm_vmscan_direct_reclaim_end", NULL
};

static const char *const of_cgroups[] = {
	"vmscan/mm_vmscan_memcg_reclaim_begin", "vmscan/mm_vmscan_memcg_reclaim_end", NULL
};

static const struct field_pair fields[] = {
	FIELD(hft_rec_reclaim, reclaimed, "nr_reclaimed"),
	FIELD(hft_rec_reclaim, tid, "common_pid"),
	{ 0 }
};

static struct watch watch;

static bool is_end(const struct record *record)
{
	return !(record->ctx & HFT_CTX_SWITCHED_OUT);
}

static void touch(char *at, long bytes)
{
	long i;

	for (i = 0; i < bytes; i += PAGE)
		((volatile char *)at)[i] = 1;
}

static char *memory(long bytes)
{
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		_exit(1);
	/* a kernel without huge pages refuses */
	madvise(at, bytes, MADV_NOHUGEPAGE);
	return at;
}

/* Uses `bytes`, gives them up, uses as many again: the limit is not half as far. */
static int use_twice(long bytes)
{
	char *first = memory(bytes), *second = memory(bytes);

	touch(first, bytes);
	if (madvise(first, bytes, MADV_FREE))
		return 1;
	touch(second, bytes);
	return 0;
}

static int beyond_limit(void *told)
{
	char text[32];

	(void)told;
	if (mount("cgroup2", CGROUPS, "cgroup2", 0, NULL) && errno != EBUSY)
		return 1;
	if (write_file(CGROUPS "/cgroup.subtree_control", "+memory"))
		return 2;
	if (mkdir(CGROUP, 0755) && errno != EEXIST)
		return 3;
	snprintf(text, sizeof(text), "%ld", LIMIT);
	if (write_file(CGROUP "/memory.max", text) ||
	    write_file(CGROUP "/cgroup.procs", "0"))
		return 4;
	return use_twice(LIMIT / 4 * 3);
}

/* Pins the kernel's own threads that reclaim to a CPU. How many there are. */
static int pin_kswapd(unsigned int cpu)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int found = 0;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	while (proc && (entry = readdir(proc))) {
		char path[300], name[16] = "";
		FILE *comm;

		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		comm = fopen(path, "r");
		if (!comm)
			continue;
		if (fgets(name, sizeof(name), comm) && !strncmp(name, "kswapd", 6) &&
		    !sched_setaffinity(atoi(entry->d_name), sizeof(set), &set))
			found++;
		fclose(comm);
	}
	if (proc)
		closedir(proc);
	return found;
}

static int beyond_machine(void *told)
{
	const struct sched_param param = { .sched_priority = 10 };
	int err;

	(void)told;
	/* where this task has the CPU, it comes too late */
	if (!pin_kswapd(QUIET_CPU) || sched_setscheduler(0, SCHED_FIFO, &param))
		return 1;
	err = use_twice((long)memory_kib("MemAvailable") * 1024 / 10 * 7);
	pin_kswapd(OTHER_CPU);
	return err;
}

/* What a begin event says, the nearest one before the record's start of its task. */
static const struct event *begin_of(const struct record *record, const char *begin)
{
	const struct hft_rec_reclaim *rec = record_payload(record);
	const struct event *found = NULL;
	size_t i;

	for (i = 0; i < watch.events_count[QUIET_CPU]; i++) {
		const struct event *event = &watch.events[QUIET_CPU][i];

		if (event->ts <= record->tsc && event_is(event, begin) && event->pid == rec->tid)
			found = event;
	}
	return found;
}

static void check_kind(int (*provoke)(void *), const char *const *events, unsigned int kind)
{
	const struct watch_want want = {
		.hooks = BIT_OF(RECLAIM), .cpus = 1 << QUIET_CPU, .on = QUIET_CPU,
		.provoke = provoke, .events = events,
	};
	const struct pairing pairing = {
		.cpu = QUIET_CPU, .type = HFT_REC_RECLAIM, .event = events[1], .fields = fields,
		.record_is = is_end,
	};
	__u64 pages = 0, lengths = 0, ends = 0;
	size_t i;

	watch_run(&watch, &want);
	lengths = durations_check(&watch, &pairing, events[0], "common_pid", sizeof(__u64));
	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];
		const struct hft_rec_reclaim *rec = record_payload(record);
		const struct event *begin = begin_of(record, events[0]);

		CHECK_EQ(rec->kind, kind);
		CHECK(rec->net <= rec->duration);
		if (is_end(record) && rec->tid == watch.child) {
			pages += rec->reclaimed;
			ends++;
		}
		/* what its start knew is in a whole one, and in its segment */
		if (record->ctx & HFT_CTX_CONTINUED) {
			CHECK_EQ(rec->duration, 0);
			continue;
		}
		CHECK(begin);
		CHECK_EQ(rec->order, event_number(begin, "order"));
		CHECK(rec->gfp);
	}
	printf("# %llu reclaims of the child, %llu whole, %llu pages\n", ends, lengths, pages);
	CHECK(ends > 0 && lengths > 0);
	CHECK(pages > 0);
}

static int in_cgroup(void)
{
	check_kind(beyond_limit, of_cgroups, HFT_RECLAIM_LIMIT);
	return 0;
}

static int in_machine(void)
{
	check_kind(beyond_machine, sources, HFT_RECLAIM_DIRECT);
	return 0;
}

HOOK_TEST_MAIN("reclaim", sources, NULL,
	       { "a cgroup at its limit: pages, length, what was wanted", in_cgroup },
	       { "a machine without free memory: the same", in_machine })
