// SPDX-License-Identifier: GPL-2.0
/*
 * Where the module's own works run: not on a CPU that is armed, also when it
 * was not yet when they were queued. The kernel's own events say which CPU
 * executed them.
 *
 * Machine: -c 3
 */
#include <fcntl.h>
#include <unistd.h>

#include "hook_test.h"
#include "tracefs.h"

#define FIRST	0	/* that the module takes */
#define NEXT	2
#define CPUS	3
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

static int leases(void)
{
	begin();
	arm(QUIET_CPU, 2000);
	arm(FIRST, 0);
	sleep_ms(500);
	CHECK(wait_until(executed(NEXT, "expire")));
	end();
	CHECK_EQ(executed(FIRST, "expire"), 0);
	CHECK_EQ(executed(QUIET_CPU, "expire"), 0);
	return 0;
}

/* One that is over, or is armed anew without, leaves nothing that would come later. */
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

static int governor(void)
{
	int fd;

	fd = arm(QUIET_CPU, 0);
	CHECK_EQ(device_budget(fd, 1 << QUIET_CPU, 1000000000, 0), 0);
	sleep_ms(100);
	fd = arm(FIRST, 0);
	begin();
	CHECK(wait_until(executed(NEXT, "do_poll") > 10));
	end();
	CHECK_EQ(executed(FIRST, "do_poll"), 0);
	CHECK_EQ(executed(QUIET_CPU, "do_poll"), 0);
	CHECK_EQ(device_budget(fd, 1 << QUIET_CPU, 0, 0), 0);
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
	CHECK_EQ(executed(QUIET_CPU, "reap"), 0);
	return 0;
}

HOOK_TEST_MAIN("switch", sources, NULL,
	       { "a lease runs out on no CPU that has been armed meanwhile", leases },
	       { "nor does one that is not in force any more", no_leases },
	       { "the governor looks on no such CPU", governor },
	       { "nor is memory of the dead freed there", reaper })
