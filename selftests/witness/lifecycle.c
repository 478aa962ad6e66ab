// SPDX-License-Identifier: GPL-2.0
/*
 * In the guest, without the module: measures how often each step of hftrace's
 * life interrupts the isolated CPU 1, where something spins, and CPU 0, where
 * the step is taken. Prints the rows of a table.
 *
 *	lifecycle HFTRACE.KO REPETITIONS
 *
 * Exit status 1 if a step that belongs to trading hours interrupted CPU 1.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "device.h"
#include "engine.h"
#include "interrupts.h"
#include "spinner.h"

#define REPETITIONS_MAX	50
#define SETTLE_US	50000	/* for what a step leaves to others: lazy frees, grace periods */
#define CPU_ISOLATED	1
#define QUIET_US	500000
#define IDLE_WINDOWS	10	/* in each repetition */
#define SAMPLES_MAX	(REPETITIONS_MAX * IDLE_WINDOWS)
#define LARGE_SLOTS	(1U << 20)
#define TIMES		100	/* the steps of trading hours are taken so often each time */

/* A step and what its repetitions cost each CPU. */
struct step {
	char name[80];
	bool hot;		/* belongs to trading hours: must cost nothing */
	bool plain;		/* costs something without hftrace too: not judged */
	int count;
	long cost[2][SAMPLES_MAX];
	struct step *next;
};

static struct step *steps, **last_step = &steps;
static struct interrupts before, after;

static struct step *step_of(const char *name)
{
	struct step *step;

	for (step = steps; step; step = step->next) {
		if (!strcmp(step->name, name))
			return step;
	}
	step = calloc(1, sizeof(*step));
	if (!step)
		err(EXIT_FAILURE, "%s", name);
	snprintf(step->name, sizeof(step->name), "%s", name);
	*last_step = step;
	last_step = &step->next;
	return step;
}

static void begin(void)
{
	interrupts_read(&before);
}

/* The lines of /proc/interrupts that grew on the isolated CPU. */
static void say_which(const char *name)
{
	unsigned int i;

	for (i = 0; i < after.lines; i++) {
		long grown = interrupts_grown(&before, &after, i, CPU_ISOLATED);

		if (grown)
			fprintf(stderr, "%s: %ld of %s\n", name, grown, after.name[i]);
	}
}

static void end_of(const char *name, bool hot)
{
	struct step *step = step_of(name);

	usleep(SETTLE_US);
	interrupts_read(&after);
	if (step->count == SAMPLES_MAX)
		errx(EXIT_FAILURE, "too many repetitions");
	step->hot = hot;
	step->cost[0][step->count] = interrupts_sum(&before, &after, 0, 0);
	/* a tick on the isolated CPU would be our doing too */
	step->cost[1][step->count] = interrupts_sum(&before, &after, CPU_ISOLATED, 1);
	if (hot && step->cost[1][step->count])
		say_which(name);
	step->count++;
}

/* Until nothing of what went before keeps the isolated CPU busy any more. */
static void await_quiet(void)
{
	int tries;

	for (tries = 0; tries < 20; tries++) {
		begin();
		usleep(QUIET_US);
		interrupts_read(&after);
		if (!interrupts_sum(&before, &after, CPU_ISOLATED, 1))
			return;
	}
	errx(EXIT_FAILURE, "CPU %d does not come to rest", CPU_ISOLATED);
}

static void insmod(const char *path, const char *parameters)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0))
		err(EXIT_FAILURE, "%s %s", path, parameters);
	close(fd);
}

static void rmmod(void)
{
	if (syscall(SYS_delete_module, "hftrace", O_NONBLOCK))
		err(EXIT_FAILURE, "rmmod");
}

/*
 * Detached the other way round: hooks share tracepoints, which the first one to
 * come and the last one to go pay for.
 */
static void each_hook(int fd, __u64 hooks, bool attach)
{
	char name[80];
	int i, id;

	for (i = 0; i < HFT_HOOKS; i++) {
		struct hft_hook_info info = { .size = sizeof(info) };

		id = attach ? i : HFT_HOOKS - 1 - i;
		info.id = id;

		if (!(hooks & HFT_HOOK_BIT(id)))
			continue;
		if (ioctl(fd, HFT_IOC_HOOK_INFO, &info))
			err(EXIT_FAILURE, "hook %d", id);
		snprintf(name, sizeof(name), "%s %.16s", attach ? "attach" : "detach", info.name);
		begin();
		if (attach)
			device_attach(fd, HFT_HOOK_BIT(id));
		else
			device_detach(fd, HFT_HOOK_BIT(id));
		end_of(name, false);
	}
}

static unsigned long long sum_ring(const struct hft_ring_ctl *ring)
{
	const struct hft_slot *slots = device_slots(ring);
	unsigned long long sum = 0, i;

	for (i = 0; i < ring->slots; i++)
		sum += slots[i].tsc;
	return sum;
}

/* What happens while the engine trades: none of it may be noticed. */
static void trading_hours(void)
{
	const struct hft_ring_ctl *ring = NULL;
	volatile unsigned long long sum = 0;
	struct hft_hello hello;
	__u64 usual;
	int fd, i;

	begin();
	fd = device_open(&hello);
	end_of("open the device", true);
	usual = hello.hooks_attached & ~HFT_HOOK_BIT(HFT_HOOK_SYSCALL);

	begin();
	device_arm(fd, usual, 3, 0, 0);
	end_of("arm", true);
	begin();
	for (i = 0; i < TIMES; i++)
		device_arm(fd, i % 2 ? usual : usual & ~HFT_HOOK_BIT(HFT_HOOK_SWITCH), 3, 0, 0);
	end_of("arm again with other hooks", true);
	device_arm(fd, usual, 3, 0, 10000);
	begin();
	for (i = 0; i < TIMES; i++)
		device_arm(fd, usual, 3, 0, 10000);
	end_of("renew the lease", true);
	begin();
	ring = device_map(fd, CPU_ISOLATED, hello.ring_slots);
	end_of("map a ring", true);
	begin();
	for (i = 0; i < TIMES; i++)
		sum += sum_ring(ring);
	end_of("read a ring", true);
	begin();
	device_unmap(ring, hello.ring_slots);
	end_of("unmap a ring", true);
	begin();
	device_arm(fd, usual, 3, 0, 1);
	usleep(100000);
	end_of("a lease runs out", true);
	device_arm(fd, usual, 3, 0, 0);
	begin();
	device_disarm(fd);
	end_of("disarm", true);
	device_arm(fd, usual, 3, 0, 0);
	begin();
	close(fd);
	end_of("close the device, armed", true);
}

static void control(int fd, unsigned long command, void *arg, const char *what)
{
	if (ioctl(fd, command, arg))
		err(EXIT_FAILURE, "%s", what);
}

/* Of the software clock, which every machine has; a PMU's own are opened the same way. */
static void counters(int fd)
{
	const struct hft_pmu_event event = {
		.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK,
	};
	const __u64 cpus = 1ULL << CPU_ISOLATED;
	struct hft_pmu pmu = {
		.size = sizeof(pmu), .count = 1, .events = (uintptr_t)&event,
		.cpus = (uintptr_t)&cpus, .cpus_bytes = sizeof(cpus),
	};
	int i;

	begin();
	control(fd, HFT_IOC_PMU, &pmu, "counters");
	end_of("open a counter", false);
	pmu.op = HFT_PMU_REQUEST;
	begin();
	for (i = 0; i < TIMES; i++)
		control(fd, HFT_IOC_PMU, &pmu, "request");
	end_of("ask for the counters", true);
	pmu.op = HFT_PMU_CLOSE;
	begin();
	control(fd, HFT_IOC_PMU, &pmu, "counters");
	end_of("close a counter", false);
}

static void watches(int fd)
{
	static volatile __u64 watched;
	const __u64 cpus = 1ULL << CPU_ISOLATED;
	struct hft_watch watch = {
		.size = sizeof(watch), .address = (uintptr_t)&watched, .length = sizeof(watched),
		.access = HFT_WATCH_WRITE, .cpus = (uintptr_t)&cpus, .cpus_bytes = sizeof(cpus),
	};

	begin();
	control(fd, HFT_IOC_WATCH, &watch, "watch");
	end_of("watch an address on a CPU", false);
	watch.op = HFT_WATCH_CLOSE;
	begin();
	control(fd, HFT_IOC_WATCH, &watch, "watch");
	end_of("end the watch", false);
}

static void module_life(const char *path)
{
	struct hft_hello hello;
	int fd, i;

	await_quiet();
	for (i = 0; i < IDLE_WINDOWS; i++) {
		begin();
		end_of("nothing", false);
	}
	begin();
	insmod(path, "attach=none");
	end_of("insmod attach=none", false);
	fd = device_open(&hello);
	each_hook(fd, hello.hooks_supported, true);
	trading_hours();
	counters(fd);
	watches(fd);
	device_resize(fd, LARGE_SLOTS);
	begin();
	device_resize(fd, hello.ring_slots);
	end_of("resize the rings, from 32 MiB each", false);
	each_hook(fd, hello.hooks_supported, false);
	close(fd);
	begin();
	rmmod();
	end_of("rmmod, nothing attached", false);
	begin();
	insmod(path, "");
	end_of("insmod", false);
}

static void order(struct engine *engine, enum engine_order what, const char *name, bool hot)
{
	begin();
	engine_order(engine, what);
	end_of(name, hot);
}

/* With the module loaded; and the same without the library, to tell its own share. */
static void engine_life(bool traced)
{
	struct engine engine;
	const char *exits;

	engine_start(&engine, CPU_ISOLATED);
	await_quiet();
	if (traced) {
		order(&engine, ENGINE_INIT, "engine: hft_init()", false);
		order(&engine, ENGINE_ATTACH, "engine: hft_thread_attach()", true);
	}
	engine_order(&engine, traced ? ENGINE_THREAD_ATTACHED : ENGINE_THREAD);
	order(&engine, ENGINE_THREAD_EXIT, traced ? "engine: a thread that is attached exits" :
	      "engine: a thread exits, without hftrace", traced);
	engine_order(&engine, traced ? ENGINE_THREAD_ATTACHED : ENGINE_THREAD);
	if (traced) {
		order(&engine, ENGINE_FINI, "engine: hft_fini()", false);
		engine_order(&engine, ENGINE_INIT);
	}
	exits = traced ? "engine: it exits" : "engine: it exits, without hftrace";
	order(&engine, ENGINE_EXIT, exits, false);
	step_of(exits)->plain = true;
}

static int by_value(const void *a, const void *b)
{
	long left = *(const long *)a, right = *(const long *)b;

	return left < right ? -1 : left > right;
}

static void sort(struct step *step)
{
	int cpu;

	for (cpu = 0; cpu < 2; cpu++)
		qsort(step->cost[cpu], step->count, sizeof(long), by_value);
}

/* Both CPUs' median and most, beyond the median of doing nothing, which is the first step. */
static bool report(const struct step *step)
{
	long median[2], most[2];
	const char *when;
	int cpu;

	for (cpu = 0; cpu < 2; cpu++) {
		const long *own = step->cost[cpu], *idle = steps->cost[cpu];

		median[cpu] = own[step->count / 2] - idle[steps->count / 2];
		most[cpu] = own[step->count - 1] - idle[steps->count / 2];
	}
	when = most[1] > 0 ? "**never during trading hours**" : "any time";
	printf("| %s | %ld | %ld | %ld | %ld | %s |\n", step->name, median[1], most[1], median[0],
	       most[0], step->plain ? "its own affair" : when);
	return !step->hot || most[1] <= 0;
}

int main(int argc, char **argv)
{
	int repetitions = argc == 3 ? atoi(argv[2]) : 0, i;
	struct step *step;
	bool good = true;
	pid_t spinner;

	if (repetitions < 1 || repetitions > REPETITIONS_MAX)
		errx(64, "usage: lifecycle HFTRACE.KO REPETITIONS, which are 1 to %d",
		     REPETITIONS_MAX);
	pin(0);
	spinner = spinner_start(CPU_ISOLATED, NULL);
	for (i = 0; i < repetitions; i++) {
		module_life(argv[1]);
		begin();
		rmmod();
		end_of("rmmod", false);
	}
	spinner_stop(spinner);
	insmod(argv[1], "");
	for (i = 0; i < repetitions; i++) {
		engine_life(true);
		engine_life(false);
	}
	rmmod();
	for (step = steps; step; step = step->next)
		sort(step);
	for (step = steps; step; step = step->next)
		good &= report(step);
	return good ? 0 : EXIT_FAILURE;
}
