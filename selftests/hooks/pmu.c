// SPDX-License-Identifier: GPL-2.0
/*
 * pmu: counters at each switch against getrusage(), the clock and perf; and
 * what is refused; samples have pmu_samples.c. A hardware PMU is
 * looked for and used where there is one; an emulated one counts instructions
 * when each is said to take one cycle.
 *
 * Machine aarch64: -c 2
 * Machine aarch64: --icount
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#include "cpu_clock.h"
#include "perf.h"
#include "pmu_set.h"

#define PAGES		500
#define LOOPS		20000000UL	/* of two instructions */

static const char *const sources[] = { "sched/sched_switch", NULL };

static const struct hft_pmu_event page_faults = {
	.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS,
};

static long switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nvcsw;
}

/* Until it has been switched out: on a slow machine the time may be up before. */
static void nap(void)
{
	const struct timespec time = { .tv_nsec = 2000000 };
	long before = switches();

	while (switches() == before)
		nanosleep(&time, NULL);
}

/* What event `index` grew in the child's records between two moments. */
static __u64 grown(const struct watch *watch, unsigned int index, __u64 from, __u64 to)
{
	unsigned int cpu = traced_cpu();
	const struct hft_rec_counters *before = NULL;
	__u64 sum = 0;
	size_t i;

	for (i = 0; i < watch->records_count[cpu]; i++) {
		const struct record *record = &watch->records[cpu][i];
		const struct hft_rec_counters *rec = record_payload(record);

		if (record->type != HFT_REC_COUNTERS)
			continue;
		CHECK(rec->valid >> index & 1);
		if (before && rec->tid == watch->child && record->tsc > from && record->tsc <= to)
			sum += rec->value[index] - before->value[index];
		before = rec;
	}
	return sum;
}

/* ---------------------------------------------------------------- counters */

struct window {
	__u64 from, to;		/* ticks, around what is counted */
	__u64 known;		/* how often it happened */
	__u64 perf;		/* as perf counted */
};

static long minor_faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt;
}

static int touch(void *told)
{
	struct window *window = told;
	volatile char *at;
	long before;
	int i;

	at = mmap(NULL, PAGES * 4096L, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return 1;
	window->from = minor_faults();
	nap();
	window->from = cpu_clock();
	before = minor_faults();
	for (i = 0; i < PAGES; i++)
		at[i * 4096L] = 1;
	window->known = minor_faults() - before;
	nap();
	window->to = cpu_clock();
	return 0;
}

static int faults_of_a_task(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(PMU), .cpus = 1U << traced_cpu(), .on = traced_cpu(),
		.provoke = touch,
	};
	const struct window *window;
	struct hft_pmu pmu;
	struct watch watch;
	int fd = open_set(&page_faults, 1, &pmu);

	watch_run(&watch, &want);
	close(fd);
	window = watch.told;
	CHECK(window->known >= PAGES / 2);
	CHECK_EQ(grown(&watch, 0, window->from, window->to), window->known);
	return 0;
}

static int sleep_often(void *told)
{
	int i;

	(void)told;
	for (i = 0; i < 100; i++)
		nap();
	return 0;
}

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* One record a switch, each with the time since the one before. */
static int time_and_switches(void)
{
	const unsigned int cpu = traced_cpu();
	const struct watch_want want = {
		.hooks = BIT_OF(PMU), .cpus = 1U << cpu, .on = cpu,
		.provoke = sleep_often, .events = sources,
	};
	static const struct field_pair fields[] = {
		FIELD(hft_rec_counters, tid, "prev_pid"), { 0 }
	};
	const struct pairing pairing = {
		.cpu = cpu, .type = HFT_REC_COUNTERS, .event = sources[0], .fields = fields,
	};
	const struct hft_rec_counters *before = NULL;
	struct hft_pmu pmu;
	struct watch watch;
	struct pairs pairs;
	double *errors;
	__u64 tsc = 0;
	size_t i, n = 0;
	int fd = open_set(&cpu_clock_event, 1, &pmu);

	watch_run(&watch, &want);
	close(fd);
	pairs_find(&pairs, &watch, &pairing);
	CHECK(pairs.count >= 100);
	errors = calloc(pairs.count, sizeof(*errors));
	for (i = 0; i < pairs.count; i++) {
		const struct record *record = pairs.at[i].record;
		const struct hft_rec_counters *rec = record_payload(record);

		CHECK_EQ(rec->why, HFT_COUNTERS_SWITCH);
		CHECK_EQ(rec->set, pmu.set);
		CHECK_EQ(rec->valid, 1);
		CHECK_EQ(rec->value[1], 0);
		if (before)
			errors[n++] = (double)(rec->value[0] - before->value[0]) /
				      (double)watch_ticks_to_ns(&watch, record->tsc - tsc) - 1;
		before = rec;
		tsc = record->tsc;
	}
	qsort(errors, n, sizeof(*errors), compare_doubles);
	printf("# %zu switches; cpu-clock differs by %.4f %% in the median\n", n,
	       errors[n / 2] * 100);
	CHECK(errors[n / 2] < 0.01 && errors[n / 2] > -0.01);
	return 0;
}

/* Two instructions a round, whatever the compiler thinks of loops. */
__attribute__((noinline)) static void count_down(unsigned long rounds)
{
#if defined(__x86_64__)
	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(rounds) :: "cc");
#else
	__asm__ volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(rounds) :: "cc");
#endif
}

static int count_instructions(void *told)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE, .size = sizeof(attr),
		.config = PERF_COUNT_HW_INSTRUCTIONS, .exclude_kernel = 1,
	};
	struct window *window = told;
	int fd = perf_open(&attr);
	__u64 before;

	if (fd < 0)
		return 1;
	nap();
	window->from = cpu_clock();
	before = perf_count(fd);
	count_down(LOOPS);
	window->perf = perf_count(fd) - before;
	window->known = 2 * LOOPS;
	nap();
	window->to = cpu_clock();
	return 0;
}

static int cycles_and_instructions(void)
{
	struct hft_pmu_event events[2] = { cycles, instructions };
	const struct watch_want want = {
		.hooks = BIT_OF(PMU), .cpus = 1U << traced_cpu(), .on = traced_cpu(),
		.provoke = count_instructions,
	};
	const struct window *window;
	struct hft_pmu pmu;
	struct watch watch;
	int fd;

	events[0].flags = HFT_PMU_NO_KERNEL;
	events[1].flags = HFT_PMU_NO_KERNEL;
	if (!can_count(&events[1]))
		case_skip("no PMU here counts instructions");
	fd = open_set(events, 2, &pmu);
	printf("# counted by %s\n", pmu.pmu);
	watch_run(&watch, &want);
	close(fd);
	window = watch.told;
	check_near("perf: instructions:u", window->perf, window->known);
	check_near("instructions:u", grown(&watch, 1, window->from, window->to), window->known);
	/* icount makes each one a cycle */
	if (time_is_exact())
		check_near("cycles:u", grown(&watch, 0, window->from, window->to), window->known);
	return 0;
}

/* --------------------------------------------------------------- on demand */

static int ask(void *told)
{
	struct hft_pmu pmu;
	int fd = *(const int *)told, i;

	(void)told;
	for (i = 0; i < 20; i++) {
		if (device_pmu(fd, HFT_PMU_REQUEST, 0, NULL, 0, 1ULL << QUIET_CPU, &pmu))
			return 1;
		/* a visit to the kernel, and its end */
		getppid();
	}
	return 0;
}

static int set_file;	/* for the child */

static int ask_for_it(void *told)
{
	*(int *)told = set_file;
	return ask(told);
}

static int on_request(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(PMU), .cpus = 3, .on = QUIET_CPU, .provoke = ask_for_it,
	};
	struct hft_pmu pmu;
	struct watch watch;
	size_t i, asked = 0;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		case_skip("no CPU is tickless");
	set_file = open_set(&page_faults, 1, &pmu);
	watch_run(&watch, &want);
	close(set_file);
	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct hft_rec_counters *rec = record_payload(&watch.records[QUIET_CPU][i]);

		CHECK(rec->why == HFT_COUNTERS_REQUEST || rec->why == HFT_COUNTERS_SWITCH);
		asked += rec->why == HFT_COUNTERS_REQUEST && rec->tid == watch.child;
	}
	/* each once, at the end of the call that asked */
	CHECK_EQ(asked, 20);
	return 0;
}

/* ---------------------------------------------------------------- refusals */

static int try_event(struct hft_pmu_event event)
{
	struct hft_pmu pmu;
	int fd = open_file();
	int err = device_pmu(fd, HFT_PMU_OPEN, 0, &event, 1, 1ULL << traced_cpu(), &pmu);

	close(fd);
	return err;
}

static int refusals(void)
{
	struct hft_pmu_event many[HFT_PMU_EVENTS + 1] = { [0 ... HFT_PMU_EVENTS] = page_faults };
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 1ULL << traced_cpu() };
	__u64 cpus = 1ULL << traced_cpu();
	struct hft_pmu pmu;
	int fd = open_file(), other = open_file();

	CHECK_EQ(try_event((struct hft_pmu_event){ .type = PERF_TYPE_TRACEPOINT }), -EINVAL);
	CHECK_EQ(try_event((struct hft_pmu_event){ .type = PERF_TYPE_BREAKPOINT }), -EINVAL);
	CHECK_EQ(try_event((struct hft_pmu_event){ .type = 12345 }), -ENOENT);
	CHECK_EQ(try_event((struct hft_pmu_event){ .flags = 3 }), -EINVAL);
	CHECK_EQ(try_event((struct hft_pmu_event){ .period = 999 }), -EDOM);
	many[0].period = 1ULL << 63;
	CHECK_EQ(device_pmu(fd, HFT_PMU_OPEN, 0, many, 1, cpus, &pmu), -EDOM);
	many[0].period = 0;
	CHECK_EQ(device_pmu(fd, HFT_PMU_OPEN, 0, many, 0, cpus, &pmu), -EINVAL);
	CHECK_EQ(device_pmu(fd, HFT_PMU_OPEN, 0, many, HFT_PMU_EVENTS + 1, cpus, &pmu), -EINVAL);
	CHECK_EQ(device_pmu(fd, HFT_PMU_OPEN, 4, many, 1, cpus, &pmu), -EINVAL);
	CHECK_EQ(device_pmu(fd, HFT_PMU_OPEN, 0, NULL, 1, cpus, &pmu), -EFAULT);
	CHECK_EQ(device_pmu(fd, HFT_PMU_OPEN, 0, many, 1, 0, &pmu), -EINVAL);
	CHECK_EQ(device_pmu(fd, HFT_PMU_OPEN, 0, many, 1, 1ULL << 63, &pmu), -ENXIO);
	CHECK_EQ(device_pmu(fd, 7, 0, many, 1, cpus, &pmu), -EINVAL);
	/* one set at a time, its file's; its number is new each time */
	CHECK_EQ(device_pmu(fd, HFT_PMU_OPEN, 0, many, HFT_PMU_EVENTS, cpus, &pmu), 0);
	CHECK_EQ(device_pmu(other, HFT_PMU_OPEN, 0, many, 1, cpus, &pmu), -EBUSY);
	CHECK_EQ(device_pmu(other, HFT_PMU_REQUEST, 0, NULL, 0, cpus, &pmu), -ENOLINK);
	CHECK_EQ(device_pmu(other, HFT_PMU_CLOSE, 0, NULL, 0, cpus, &pmu), 0);
	CHECK_EQ(device_pmu(fd, HFT_PMU_REQUEST, 0, NULL, 0, cpus, &pmu), 0);
	close(fd);
	/* opening interrupts: not while anything is armed, unless that is said */
	fd = open_file();
	CHECK_EQ(device_arm(fd, &arming), 0);
	CHECK_EQ(device_pmu(other, HFT_PMU_OPEN, 0, many, 1, cpus, &pmu), -EBUSY);
	CHECK_EQ(device_pmu(other, HFT_PMU_OPEN, HFT_PMU_FORCE, many, 1, cpus, &pmu), 0);
	close(fd);
	/* who may not read kernel rings may not count either */
	CHECK_EQ(become("trader"), 0);
	fd = open_file();
	CHECK_EQ(device_pmu(fd, HFT_PMU_OPEN, 0, many, 1, cpus, &pmu), -EPERM);
	return 0;
}

/* More than fit are refused as a whole, and leave nothing behind. */
static int too_many(void)
{
	const struct hft_pmu_event many[HFT_PMU_EVENTS] = { [0 ... HFT_PMU_EVENTS - 1] = cycles };
	struct hft_pmu pmu;
	int fd = open_file(), err;

	if (!can_count(&cycles))
		case_skip("no PMU here counts cycles");
	err = device_pmu(fd, HFT_PMU_OPEN, 0, many, HFT_PMU_EVENTS, 1ULL << traced_cpu(), &pmu);
	printf("# the first that does not fit: %u\n", pmu.failed);
	if (!err)
		case_skip("this PMU counts %d events at once", HFT_PMU_EVENTS);
	CHECK_EQ(err, -ENOSPC);
	CHECK(pmu.failed && pmu.failed < HFT_PMU_EVENTS);
	CHECK_EQ(device_pmu(fd, HFT_PMU_OPEN, 0, many, pmu.failed, 1ULL << traced_cpu(), &pmu), 0);
	return 0;
}

static int hotplug(void)
{
	static const char online[] = "/sys/devices/system/cpu/cpu1/online";
	struct hft_pmu pmu;
	int fd, i, err;

	if (access(online, W_OK))
		case_skip("CPU 1 cannot go offline");
	for (i = 0; i < 3; i++) {
		fd = open_set(&page_faults, 1, &pmu);
		err = write_file(online, "0");
		close(fd);
		/*
		 * 6.12 counts the deadline servers of the CPUs that have left an isolated one's
		 * root domain, too, and takes it for overcommitted.
		 */
		if (err == -EBUSY && write_file(online, "0") == -EBUSY)
			case_skip("it takes no isolated CPU offline (%s), counters or not",
				  strerror(EBUSY));
		CHECK_EQ(err, 0);
		fd = open_file();
		CHECK_EQ(device_pmu(fd, HFT_PMU_OPEN, 0, &page_faults, 1, 1ULL << QUIET_CPU, &pmu),
			 -ENODEV);
		close(fd);
		CHECK_EQ(write_file(online, "1"), 0);
	}
	/* as before */
	return faults_of_a_task();
}

HOOK_TEST_MAIN("pmu", sources, NULL,
	       { "page faults by task, as getrusage() has them", faults_of_a_task },
	       { "counters at each switch, and the clock in them", time_and_switches },
	       { "cycles and instructions of user mode within 1 %", cycles_and_instructions },
	       { "on request, at the end of a visit", on_request },
	       { "what is refused, and to whom", refusals },
	       { "more events than fit", too_many },
	       { "a CPU that goes offline and comes back", hotplug })
