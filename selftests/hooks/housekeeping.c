// SPDX-License-Identifier: GPL-2.0
/*
 * Where the module's own works run: not on a CPU that is armed, also when it
 * was not yet when they were queued. The kernel's own events say which CPU
 * executed them.
 *
 * Machine: --isolate none
 */
#include <fcntl.h>
#include <unistd.h>

#include "hook_test.h"
#include "tracefs.h"

#define FIRST	0	/* that the module takes */
#define NEXT	1
#define CPUS	2
#define EVENT	"workqueue/workqueue_execute_start"

static const char *const sources[] = { EVENT, NULL };

static int open_file(void)
{
	int fd = device_open(O_RDWR);

	CHECK(fd >= 0);
	return fd;
}

/* How often CPU has executed a function of the module. */
static unsigned int executed(unsigned int cpu, const char *function)
{
	unsigned int count = 0;
	char line[512], path[80];
	FILE *trace;

	snprintf(path, sizeof(path), "/sys/kernel/tracing/per_cpu/cpu%u/trace", cpu);
	trace = fopen(path, "r");
	CHECK(trace);
	while (fgets(line, sizeof(line), trace))
		count += strstr(line, function) && strstr(line, "[hftrace]");
	fclose(trace);
	return count;
}

static void begin(void)
{
	tracefs_prepare(4096);
	CHECK(tracefs_enable(EVENT));
	tracefs_on(true);
}

static void end(void)
{
	tracefs_on(false);
	tracefs_disable_all();
}

static int arm(unsigned int cpu, unsigned int lease_ms)
{
	const struct arming arming = {
		.hooks = BIT_OF(SWITCH), .cpus = 1 << cpu, .lease_ms = lease_ms,
	};
	int fd = open_file();

	CHECK_EQ(device_arm(fd, &arming), 0);
	return fd;
}

/* One that is over, or is armed anew without. */
static int no_leases(void)
{
	struct arming arming = {
		.hooks = BIT_OF(SWITCH), .cpus = 1 << QUIET_CPU, .lease_ms = 1000,
	};
	int fd = open_file(), i;

	begin();
	CHECK_EQ(device_arm(fd, &arming), 0);
	CHECK_EQ(device_disarm(fd), 0);
	arming.lease_ms = 0;
	fd = arm(QUIET_CPU, 1000);
	CHECK_EQ(device_arm(fd, &arming), 0);
	sleep_ms(2500);
	end();
	for (i = 0; i < CPUS; i++)
		CHECK_EQ(executed(i, "expire"), 0);
	return 0;
}

static int reaper(void)
{
	struct hft_region_create create;
	int fd;

	CHECK_EQ(hftrace_reload("ring_kb=8192 dead_age_s=2"), 0);
	begin();
	fd = open_file();
	CHECK_EQ(region_create(fd, 1, 4096, &create), 0);
	close(fd);
	arm(FIRST, 0);
	CHECK(wait_until(executed(NEXT, "reap")));
	end();
	CHECK_EQ(executed(FIRST, "reap"), 0);
	return 0;
}

HOOK_TEST_MAIN("switch", sources, NULL,
	       { "a lease that is not in force any more leaves nothing", no_leases },
	       { "memory of the dead is not freed on a CPU that was armed meanwhile", reaper })
