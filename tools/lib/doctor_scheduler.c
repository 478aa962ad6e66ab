// SPDX-License-Identifier: GPL-2.0
/* The scheduler: what takes the CPU from a thread that spins. */
#include <errno.h>

#include "lib/doctor_private.h"

#define SERVERS "/sys/kernel/debug/sched/"

static void look_at_timer_migration(const struct doctor_host *host,
				    struct doctor_finding *finding)
{
	static const char path[] = "/proc/sys/kernel/timer_migration";
	long long value;
	int err = doctor_number(host, path, &value);

	if (err == -ENOENT) {
		doctor_say(finding, DOCTOR_OK, "this kernel has no such switch");
	} else if (err) {
		doctor_unreadable(finding, path, err);
	} else if (value) {
		doctor_say(finding, DOCTOR_OK, "on");
	} else {
		doctor_say(finding, DOCTOR_WARNING, "off");
		doctor_fix(finding, "sysctl kernel.timer_migration=1");
	}
}

static void look_at_rt_throttling(const struct doctor_host *host, struct doctor_finding *finding)
{
	static const char path[] = "/proc/sys/kernel/sched_rt_runtime_us";
	long long runtime;
	int err = doctor_number(host, path, &runtime);

	if (err) {
		doctor_unreadable(finding, path, err);
	} else if (runtime < 0) {
		doctor_say(finding, DOCTOR_OK, "off");
	} else if (doctor_exists(host, SERVERS "fair_server")) {
		doctor_say(finding, DOCTOR_OK, "none: this kernel has the deadline server instead");
	} else {
		doctor_say(finding, DOCTOR_WARNING,
			   "%lld us of each period are for real-time tasks",
			   runtime);
		doctor_fix(finding, "sysctl kernel.sched_rt_runtime_us=-1");
	}
}

static void look_at_deadline_server(const struct doctor_host *host,
				    struct doctor_finding *finding)
{
	char path[80], on[DOCTOR_LIST];
	struct cpus with = { 0 };
	long long runtime;
	int cpu, err;

	if (!doctor_exists(host, SERVERS "features")) {
		doctor_say(finding, DOCTOR_UNKNOWN, "cannot see " SERVERS);
		doctor_fix(finding,
			   "run it as root, with debugfs: mount -t debugfs none /sys/kernel/debug");
		return;
	}
	if (!doctor_exists(host, SERVERS "fair_server")) {
		doctor_say(finding, DOCTOR_OK, "this kernel has none");
		return;
	}
	for (cpu = cpus_next(&host->cpus, 0); cpu >= 0; cpu = cpus_next(&host->cpus, cpu + 1)) {
		snprintf(path, sizeof(path), SERVERS "fair_server/cpu%d/runtime", cpu);
		err = doctor_number(host, path, &runtime);
		if (err) {
			doctor_unreadable(finding, path, err);
			return;
		}
		if (runtime)
			cpus_add(&with, cpu);
	}
	if (!cpus_count(&with)) {
		doctor_say(finding, DOCTOR_OK, "off");
		return;
	}
	doctor_say(finding, DOCTOR_WARNING, "on for CPU %s", cpus_format(&with, on, sizeof(on)));
	/* From the CPU itself: of an idle one 6.12 complains that its server was not running. */
	doctor_fix(finding,
		   "for c in %s; do taskset -c $c sh -c \"echo 0 > " SERVERS
		   "fair_server/cpu$c/runtime\"; done",
		   doctor_words(&with, on, sizeof(on)));
}

static const struct doctor_check checks[] = {
	{
		"timer_migration",
		"without it timers that a thread's system calls arm stay on its CPU",
		look_at_timer_migration,
	}, {
		"rt_throttling",
		"a SCHED_FIFO thread that spins is stopped for the rest of each second",
		look_at_rt_throttling,
	}, {
		"deadline_server",
		"a SCHED_FIFO thread that spins gives 5 % of its CPU to any task that waits there",
		look_at_deadline_server,
	},
};

const struct doctor_subject doctor_scheduler = { checks, ARRAY_SIZE(checks) };
