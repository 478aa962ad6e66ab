// SPDX-License-Identifier: GPL-2.0
/*
 * hidden: system management interrupts that a write to port 0xb2 raises, as
 * many as MSR_SMI_COUNT counts through /dev/cpu/0/msr; and steal time that a
 * module adds to what the kernel accounts, as much as /proc/stat shows.
 *
 * A virtual machine that says it is one hides all of that: then the hook is not
 * offered, and rightly so if /proc/cpuinfo has the flag and nothing was stolen.
 *
 * Machine x86_64: --cpu max,vendor=GenuineIntel,-hypervisor
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <sys/io.h>
#endif

#include "deferred.h"
#include "hook_test.h"
#include "load.h"

#define SMIS		25
#define SMI_PORT	0xb2
#define MSR_SMI_COUNT	0x34
#define STEALS		20
#define STEAL_NS	30000000

static struct watch watch;

/* A line of a file in /proc that begins so. */
static bool proc_line(const char *path, const char *begins, char *line, int size)
{
	FILE *file = fopen(path, "re");
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, size, file))
		found = !strncmp(line, begins, strlen(begins));
	fclose(file);
	return found;
}

/* In ticks of 10 ms; -1: not known. */
static long stolen(unsigned int cpu)
{
	char name[16], line[256];
	long steal;

	snprintf(name, sizeof(name), "cpu%u ", cpu);
	if (!proc_line("/proc/stat", name, line, sizeof(line)) ||
	    sscanf(line, "%*s %*d %*d %*d %*d %*d %*d %*d %ld", &steal) != 1)
		return -1;
	return steal;
}

static bool in_virtual_machine(void)
{
	char line[8192];

	return proc_line("/proc/cpuinfo", "flags", line, sizeof(line)) &&
	       strstr(line, " hypervisor");
}

static bool nothing_is_counted(void)
{
	printf("# hypervisor: %d, stolen %ld and %ld\n", in_virtual_machine(), stolen(0),
	       stolen(1));
#ifdef __x86_64__
	return in_virtual_machine() && !stolen(0) && !stolen(1);
#else
	return !stolen(0) && !stolen(1);
#endif
}

/* ----------------------------------------------------------------- records */

struct sums {
	size_t count;
	__s64 delta;
	__u64 longest;		/* window, ticks */
};

/* Two records of a kind on a CPU are a millisecond apart at least. */
static void add_up(struct sums *sums, unsigned int cpu, unsigned int kind)
{
	__u64 last = 0;
	size_t i;

	*sums = (struct sums){ 0 };
	for (i = 0; i < watch.records_count[cpu]; i++) {
		const struct record *record = &watch.records[cpu][i];
		const struct hft_rec_hidden *rec = record_payload(record);

		if (record->type != HFT_REC_HIDDEN || rec->kind != kind)
			continue;
		CHECK(rec->delta > 0);
		CHECK(rec->window >= watch.khz * 9 / 10);
		CHECK(!last || record->tsc - last >= watch.khz * 9 / 10);
		CHECK(!last || rec->window <= record->tsc - last + watch.khz / 10);
		last = record->tsc;
		sums->count++;
		sums->delta += rec->delta;
		if (rec->window > sums->longest)
			sums->longest = rec->window;
	}
}

/* -------------------------------------------------------------------- SMIs */

static long long smi_count(int fd)
{
	__u64 value;

	return pread(fd, &value, sizeof(value), MSR_SMI_COUNT) == sizeof(value) ?
	       (long long)value : -1;
}

#if defined(__x86_64__)
static bool may_raise_smis(void)
{
	return !ioperm(SMI_PORT, 1, 1);
}

static void raise_smi(void)
{
	outb(0, SMI_PORT);
}
#else
/* The other architectures have no such interrupts, nor ports. */
static bool may_raise_smis(void)
{
	return false;
}

static void raise_smi(void)
{
}
#endif

static int raise_smis(void *shared)
{
	int fd = open("/dev/cpu/0/msr", O_RDONLY | O_CLOEXEC), i;
	long long *counts = shared;

	if (fd < 0 || !may_raise_smis())
		return 1;
	/* the first reading is what later ones are compared with */
	sleep_ms(20);
	counts[0] = smi_count(fd);
	for (i = 0; i < SMIS; i++) {
		raise_smi();
		sleep_ms(3);
	}
	counts[1] = smi_count(fd);
	sleep_ms(20);
	close(fd);
	return 0;
}

static int smis(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(HIDDEN), .cpus = 3, .on = OTHER_CPU, .provoke = raise_smis,
	};
	const long long *counts;
	struct sums sums;

	if (in_virtual_machine())
		case_skip("a virtual machine: SMIs are not ours to count");
	CHECK(!module_load("/tests/msr.ko", ""));
	watch_run(&watch, &want);
	counts = watch.told;
	add_up(&sums, OTHER_CPU, HFT_HIDDEN_SMI);
	printf("# %lld SMIs by the MSR, %lld by %zu records\n", counts[1] - counts[0], sums.delta,
	       sums.count);
	CHECK(counts[0] >= 0 && counts[1] - counts[0] >= SMIS);
	CHECK_EQ(sums.delta, counts[1] - counts[0]);
	CHECK(sums.count >= 3);
	add_up(&sums, QUIET_CPU, HFT_HIDDEN_SMI);
	CHECK_EQ(sums.count, 0);
	return 0;
}

/* ------------------------------------------------------------------- steal */

static int steal(void *shared)
{
	pid_t spinner = load_switches(QUIET_CPU);
	long *counts = shared;
	int i;

	sleep_ms(150);
	counts[0] = stolen(QUIET_CPU);
	for (i = 0; i < STEALS; i++) {
		if (deferred_run("steal", QUIET_CPU, STEAL_NS))
			return 1;
		sleep_ms(5);
	}
	counts[1] = stolen(QUIET_CPU);
	sleep_ms(150);
	stop(spinner);
	return 0;
}

static int steal_time(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(HIDDEN), .cpus = 3, .on = OTHER_CPU, .provoke = steal,
	};
	const long *counts;
	struct sums sums;

	CHECK(!deferred_load(""));
	watch_run(&watch, &want);
	CHECK(!deferred_unload());
	counts = watch.told;
	add_up(&sums, QUIET_CPU, HFT_HIDDEN_STEAL);
	printf("# %ld ms by /proc/stat, %lld ms by %zu records\n", 10 * (counts[1] - counts[0]),
	       sums.delta / 1000000, sums.count);
	CHECK_EQ(10 * (counts[1] - counts[0]), STEALS * (STEAL_NS / 1000000));
	CHECK_EQ(sums.delta, (__s64)STEALS * STEAL_NS);
	CHECK(sums.count >= 3);
	return 0;
}

HOOK_TEST_MAIN("hidden", NULL, nothing_is_counted,
	       { "SMIs, as many as the machine counts", smis },
	       { "steal, as much as /proc/stat shows", steal_time })
