// SPDX-License-Identifier: GPL-2.0
/* Isolation: what the kernel was told to keep off the chosen CPUs. */
#include <errno.h>
#include <string.h>

#include "lib/doctor_private.h"

#define WORKQUEUE_MASK "/sys/devices/virtual/workqueue/cpumask"

/* The chosen CPUs that a list of the kernel lacks; false: it could not be read. */
static bool lacking(const struct doctor_host *host, struct doctor_finding *finding,
		    const char *path, struct cpus *lacking)
{
	struct cpus listed;
	int err = doctor_cpus(host, path, &listed);

	if (err) {
		doctor_unreadable(finding, path, err);
		return false;
	}
	cpus_without(lacking, &host->cpus, &listed);
	return true;
}

static void look_at_isolcpus(const struct doctor_host *host, struct doctor_finding *finding)
{
	char list[DOCTOR_LIST];
	struct cpus missing;

	if (!lacking(host, finding, "/sys/devices/system/cpu/isolated", &missing))
		return;
	if (!cpus_count(&missing)) {
		doctor_say(finding, DOCTOR_OK, "%s isolated", host->list);
		return;
	}
	doctor_say(finding, DOCTOR_BAD, "CPU %s not isolated",
		   cpus_format(&missing, list, sizeof(list)));
	doctor_fix(finding, "boot with isolcpus=domain,managed_irq,%s", host->list);
}

static void look_at_nohz_full(const struct doctor_host *host, struct doctor_finding *finding)
{
	char list[DOCTOR_LIST];
	struct cpus missing;

	if (!lacking(host, finding, "/sys/devices/system/cpu/nohz_full", &missing))
		return;
	if (!cpus_count(&missing)) {
		doctor_say(finding, DOCTOR_OK, "%s tickless", host->list);
		return;
	}
	doctor_say(finding, DOCTOR_BAD, "CPU %s not tickless",
		   cpus_format(&missing, list, sizeof(list)));
	doctor_fix(finding, "boot with nohz_full=%s (a kernel with CONFIG_NO_HZ_FULL)", host->list);
}

static void look_at_rcu_nocbs(const struct doctor_host *host, struct doctor_finding *finding)
{
	char value[DOCTOR_LIST], list[DOCTOR_LIST];
	struct cpus missing, listed;
	int err;

	if (!lacking(host, finding, "/sys/devices/system/cpu/nohz_full", &missing))
		return;
	if (!cpus_count(&missing)) {
		doctor_say(finding, DOCTOR_OK, "%s, which nohz_full= implies", host->list);
		return;
	}
	err = doctor_boot_argument(host, "rcu_nocbs", value, sizeof(value));
	if (err && err != -ENODATA) {
		doctor_unreadable(finding, "/proc/cmdline", err);
		return;
	}
	if (!err && strcmp(value, "") && strcmp(value, "all")) {
		err = cpus_parse(&listed, value);
		if (err) {
			doctor_say(finding, DOCTOR_UNKNOWN,
				   "rcu_nocbs=%s is not understood",
				   value);
			return;
		}
		cpus_without(&missing, &missing, &listed);
	} else if (!err) {
		memset(&missing, 0, sizeof(missing));
	}
	if (!cpus_count(&missing)) {
		doctor_say(finding, DOCTOR_OK, "rcu_nocbs=%s", value);
		return;
	}
	doctor_say(finding, DOCTOR_BAD, "CPU %s runs its own RCU callbacks",
		   cpus_format(&missing, list, sizeof(list)));
	doctor_fix(finding, "boot with rcu_nocbs=%s", host->list);
}

static void look_at_workqueues(const struct doctor_host *host, struct doctor_finding *finding)
{
	char list[DOCTOR_LIST], mask[DOCTOR_LIST];
	struct cpus allowed, which;
	int err = doctor_mask(host, WORKQUEUE_MASK, &allowed);

	if (err) {
		doctor_unreadable(finding, WORKQUEUE_MASK, err);
		return;
	}
	if (!doctor_chosen(host, &allowed, &which)) {
		doctor_say(finding, DOCTOR_OK, "unbound work stays on %s",
			   cpus_format(&allowed, list, sizeof(list)));
		return;
	}
	doctor_say(finding, DOCTOR_WARNING, "unbound work may run on CPU %s",
		   cpus_format(&which, list, sizeof(list)));
	doctor_fix(finding, "echo %s > " WORKQUEUE_MASK,
		   cpus_format_mask(&host->rest, mask, sizeof(mask)));
}

#define STAT_INTERVAL_S 10

static void look_at_stat_interval(const struct doctor_host *host, struct doctor_finding *finding)
{
	static const char path[] = "/proc/sys/vm/stat_interval";
	long long seconds;
	int err = doctor_number(host, path, &seconds);

	if (err) {
		doctor_unreadable(finding, path, err);
		return;
	}
	doctor_say(finding, seconds < STAT_INTERVAL_S ? DOCTOR_WARNING : DOCTOR_OK, "%lld s",
		   seconds);
	if (finding->state != DOCTOR_OK)
		doctor_fix(finding, "sysctl vm.stat_interval=120");
}

/* The chosen CPUs that the watchdogs watch; false: said why not. */
static bool watched(const struct doctor_host *host, struct doctor_finding *finding,
		    const char *path, char *list, size_t size)
{
	static const char mask[] = "/proc/sys/kernel/watchdog_cpumask";
	struct cpus watched, which;
	long long on;
	int err = doctor_number(host, path, &on);

	if (err == -ENOENT) {
		doctor_say(finding, DOCTOR_OK, "this kernel has none");
		return false;
	}
	if (err) {
		doctor_unreadable(finding, path, err);
		return false;
	}
	if (!on) {
		doctor_say(finding, DOCTOR_OK, "off");
		return false;
	}
	err = doctor_cpus(host, mask, &watched);
	if (err) {
		doctor_unreadable(finding, mask, err);
		return false;
	}
	if (!doctor_chosen(host, &watched, &which)) {
		doctor_say(finding, DOCTOR_OK, "on, but only for CPU %s",
			   cpus_format(&watched, list, size));
		return false;
	}
	cpus_format(&which, list, size);
	return true;
}

static void look_at_nmi_watchdog(const struct doctor_host *host, struct doctor_finding *finding)
{
	char list[DOCTOR_LIST];

	if (!watched(host, finding, "/proc/sys/kernel/nmi_watchdog", list, sizeof(list)))
		return;
	doctor_say(finding, DOCTOR_BAD, "on for CPU %s", list);
	doctor_fix(finding, "sysctl kernel.nmi_watchdog=0; boot with nmi_watchdog=0");
}

static void look_at_soft_watchdog(const struct doctor_host *host, struct doctor_finding *finding)
{
	char list[DOCTOR_LIST];

	if (!watched(host, finding, "/proc/sys/kernel/soft_watchdog", list, sizeof(list)))
		return;
	doctor_say(finding, DOCTOR_WARNING, "on for CPU %s", list);
	doctor_fix(finding, "sysctl kernel.watchdog_cpumask=%s", host->rest_list);
}

static const struct doctor_check checks[] = {
	{
		"isolcpus",
		"the scheduler puts other tasks on a CPU that is not isolated",
		look_at_isolcpus,
	}, {
		"nohz_full",
		"the tick interrupts a running thread 100 to 1000 times a second",
		look_at_nohz_full,
	}, {
		"rcu_nocbs",
		"RCU callbacks run in a softirq of the CPU that queued them",
		look_at_rcu_nocbs,
	}, {
		"workqueues",
		"a kworker takes the CPU for work that could run anywhere",
		look_at_workqueues,
	}, {
		"stat_interval",
		"each CPU folds its memory statistics that often, in a kworker",
		look_at_stat_interval,
	}, {
		"nmi_watchdog",
		"an NMI every few seconds, and a counter of the PMU is taken",
		look_at_nmi_watchdog,
	}, {
		"soft_watchdog",
		"a timer and a task of the highest priority every 4 seconds",
		look_at_soft_watchdog,
	},
};

const struct doctor_subject doctor_isolation = { checks, ARRAY_SIZE(checks) };
