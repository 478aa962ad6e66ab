// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses of the kernel: with all that can be recorded armed, not one byte of what a reader maps
 * tells one to who may not see them. They would undo the kernel's random placing of itself.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "load.h"
#include "ring.h"

#define KPTR_RESTRICT	"/proc/sys/kernel/kptr_restrict"
#define CPUS		2
#define RECORDS		20000	/* of each CPU, at least */

#define CHECK(condition)	do { if (!(condition)) _exit(__LINE__ % 255 + 1); } while (0)

/* Where the kernel's own memory begins on both architectures; its text lies at the end. */
#define KERNEL_FIRST	0xffff000000000000ULL
#define TEXT_FIRST	0xffffffff00000000ULL

static __u64 text_first, text_end;

/* By the kernel's own list, which root may read. */
static int find_text(void)
{
	FILE *list = fopen("/proc/kallsyms", "re");
	char line[512], name[256];
	unsigned long long at;

	while (list && fgets(line, sizeof(line), list)) {
		if (sscanf(line, "%llx %*c %255s", &at, name) != 2)
			continue;
		if (!strcmp(name, "_stext"))
			text_first = at;
		if (!strcmp(name, "_end"))
			text_end = at;
	}
	if (list)
		fclose(list);
	return text_first >= KERNEL_FIRST && text_end > text_first ? 0 : -1;
}

/*
 * What lies high is text, or it may be two numbers of 32 bits of which one is -1. Below it, any
 * address counts; the architecture's holes belong to nobody and are no numbers of ours either.
 */
static bool is_of_kernel(__u64 word)
{
	if (word >= text_first && word < text_end)
		return true;
	return word >= KERNEL_FIRST && word < TEXT_FIRST;
}

static void add_probe(int fd)
{
	struct hft_probe probe = {
		.size = sizeof(probe), .kind = HFT_PROBE_KERNEL_CALL, .symbol = "do_nanosleep",
	};

	CHECK(!control(fd, HFT_IOC_PROBE_ADD, &probe));
}

static void sample(int fd)
{
	const struct hft_pmu_event event = {
		.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .period = 1000000,
	};
	struct hft_pmu pmu;

	CHECK(!device_pmu(fd, HFT_PMU_OPEN, 0, &event, 1, (1 << CPUS) - 1, &pmu));
}

static bool all_have(const struct ring *rings, __u64 records)
{
	unsigned int cpu;

	for (cpu = 0; cpu < CPUS; cpu++) {
		if (ring_records_written(&rings[cpu]) < records)
			return false;
	}
	return true;
}

/* Everything on; then each word of what is mapped, the control page and old slots too. */
static unsigned int count_addresses(void)
{
	struct arming arming = { .cpus = (1 << CPUS) - 1 };
	int fd = device_open(O_RDONLY);
	unsigned int cpu, found = 0;
	struct ring rings[CPUS];
	size_t i;

	CHECK(fd >= 0);
	add_probe(fd);
	sample(fd);
	for (cpu = 0; cpu < CPUS; cpu++)
		CHECK(!ring_map(&rings[cpu], fd, cpu));
	arming.hooks = device_attached(fd);
	CHECK(!device_arm(fd, &arming));
	CHECK(wait_until(all_have(rings, RECORDS)));
	CHECK(!device_disarm(fd));
	CHECK(!settle());
	for (cpu = 0; cpu < CPUS; cpu++) {
		const __u64 *words = (const __u64 *)rings[cpu].ctl;

		for (i = 0; i < rings[cpu].bytes / sizeof(*words); i++) {
			if (!is_of_kernel(words[i]))
				continue;
			/* where, for who looks for the cause */
			if (!found++)
				fprintf(stderr, "# CPU %u, byte %zu of its ring: %#llx\n", cpu,
					i * sizeof(*words), (unsigned long long)words[i]);
		}
	}
	close(fd);
	return found;
}

static int child(bool blind)
{
	pid_t pid = fork();

	if (!pid) {
		if (blind)
			CHECK(!become_with("trader", CAP_PERFMON));
		_exit(!!count_addresses());
	}
	return wait_for(pid);
}

FIXTURE(addresses)
{
	pid_t loads[5];
};

FIXTURE_SETUP(addresses)
{
	ASSERT_EQ(find_text(), 0);
	/* new rings: nothing of before is in them */
	ASSERT_EQ(hftrace_reload("attach=all ring_kb=8192"), 0);
	ASSERT_EQ(write_file(KPTR_RESTRICT, "1"), 0);
	ASSERT_EQ(storm_load(500), 0);
	ASSERT_EQ(storm_run(1), 0);
	self->loads[0] = load_faults(QUIET_CPU);
	self->loads[1] = load_switches(OTHER_CPU);
	self->loads[2] = load_sleeps(QUIET_CPU);
	self->loads[3] = load_shootdowns();
	self->loads[4] = load_calls();
}

FIXTURE_TEARDOWN(addresses)
{
	unsigned int i;

	for (i = 0; i < 5; i++)
		stop(self->loads[i]);
	storm_run(0);
	storm_unload();
	EXPECT_EQ(write_file(KPTR_RESTRICT, "0"), 0);
}

/* In this order: once they are in the rings, the one who may not see them may not map these. */
TEST_F(addresses, are_in_no_byte_that_a_reader_without_the_right_maps)
{
	EXPECT_EQ(child(true), 0);
	/* the same, by one who may: it would have been seen */
	EXPECT_EQ(child(false), 1);
}

TEST_HARNESS_MAIN
