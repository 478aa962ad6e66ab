// SPDX-License-Identifier: GPL-2.0
/* Power: idle states, frequency, the core's other thread. */
#include <errno.h>
#include <string.h>

#include "lib/doctor_private.h"

#define CPU_DIR		"/sys/devices/system/cpu/"
#define IDLE_STATES	16
#define LATENCY_US	2	/* C1 of every CPU is below */
#define LATENCY_BAD_US	20

/* The exit latency of a CPU's deepest state that is not disabled; -errno. */
static long long deepest(const struct doctor_host *host, int cpu, char *name, size_t size)
{
	long long worst = 0, latency, disabled;
	char path[96];
	int state, err;

	for (state = 0; state < IDLE_STATES; state++) {
		snprintf(path, sizeof(path), CPU_DIR "cpu%d/cpuidle/state%d/latency", cpu, state);
		err = doctor_number(host, path, &latency);
		if (err == -ENOENT)
			return worst;
		snprintf(path, sizeof(path), CPU_DIR "cpu%d/cpuidle/state%d/disable", cpu, state);
		if (!err)
			err = doctor_number(host, path, &disabled);
		if (err)
			return err;
		if (disabled || latency < worst)
			continue;
		worst = latency;
		snprintf(path, sizeof(path), CPU_DIR "cpu%d/cpuidle/state%d/name", cpu, state);
		err = doctor_line(host, path, name, size);
		if (err)
			return err;
	}
	return worst;
}

static void look_at_cstates(const struct doctor_host *host, struct doctor_finding *finding)
{
	char name[32], worst_name[32] = "none";
	long long worst = 0, latency;
	int cpu, worst_cpu = -1;
	bool any = false;

	for (cpu = cpus_next(&host->cpus, 0); cpu >= 0; cpu = cpus_next(&host->cpus, cpu + 1)) {
		char path[64];

		snprintf(path, sizeof(path), CPU_DIR "cpu%d/cpuidle", cpu);
		any |= doctor_exists(host, path);
		latency = deepest(host, cpu, name, sizeof(name));
		if (latency < 0) {
			doctor_unreadable(finding, path, (int)latency);
			return;
		}
		if (latency > worst) {
			worst = latency;
			worst_cpu = cpu;
			snprintf(worst_name, sizeof(worst_name), "%s", name);
		}
	}
	if (!any) {
		doctor_say(finding, DOCTOR_OK, "no idle driver: idling is a plain halt");
		return;
	}
	if (worst <= LATENCY_US) {
		doctor_say(finding, DOCTOR_OK,
			   "none that takes more than %d us to leave",
			   LATENCY_US);
		return;
	}
	doctor_say(finding, worst < LATENCY_BAD_US ? DOCTOR_WARNING : DOCTOR_BAD,
		   "CPU %d may go into %s, which takes %lld us to leave", worst_cpu, worst_name,
		   worst);
	doctor_fix(finding,
		   "cpupower -c %s idle-set -D %d; boot with intel_idle.max_cstate=1 processor.max_cstate=1",
		   host->list, LATENCY_US);
}

static void look_at_governor(const struct doctor_host *host, struct doctor_finding *finding)
{
	char path[80], governor[32], wrong[DOCTOR_LIST] = "";
	bool any = false;
	int cpu, err;

	for (cpu = cpus_next(&host->cpus, 0); cpu >= 0; cpu = cpus_next(&host->cpus, cpu + 1)) {
		snprintf(path, sizeof(path), CPU_DIR "cpu%d/cpufreq/scaling_governor", cpu);
		err = doctor_line(host, path, governor, sizeof(governor));
		if (err == -ENOENT)
			continue;
		if (err) {
			doctor_unreadable(finding, path, err);
			return;
		}
		any = true;
		if (strcmp(governor, "performance"))
			doctor_add(wrong, sizeof(wrong), "CPU %d: %s", cpu, governor);
	}
	if (!any) {
		doctor_say(finding, DOCTOR_OK,
			   "no frequency driver: the kernel changes no frequency");
	} else if (!wrong[0]) {
		doctor_say(finding, DOCTOR_OK, "performance");
	} else {
		doctor_say(finding, DOCTOR_BAD, "%s", wrong);
		doctor_fix(finding, "cpupower -c %s frequency-set -g performance", host->list);
	}
}

/* A switch of the frequency driver. */
struct turbo_switch {
	const char *path;
	long long off;
};

static void look_at_turbo(const struct doctor_host *host, struct doctor_finding *finding)
{
	static const struct turbo_switch switches[] = {
		{ CPU_DIR "intel_pstate/no_turbo", 1 },
		{ CPU_DIR "cpufreq/boost", 0 },
	};
	long long value;
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(switches); i++) {
		err = doctor_number(host, switches[i].path, &value);
		if (err == -ENOENT)
			continue;
		if (err) {
			doctor_unreadable(finding, switches[i].path, err);
			return;
		}
		if (value == switches[i].off) {
			doctor_say(finding, DOCTOR_OK, "off");
			return;
		}
		doctor_say(finding, DOCTOR_WARNING, "on");
		doctor_fix(finding, "echo %lld > %s", switches[i].off, switches[i].path);
		return;
	}
	if (doctor_exists(host, CPU_DIR "cpu0/cpufreq"))
		doctor_say(finding, DOCTOR_UNKNOWN, "the frequency driver has no switch for it");
	else
		doctor_say(finding, DOCTOR_OK,
			   "no frequency driver: the kernel does not switch it");
}

/* Adds the online threads that share a core with a chosen CPU, itself not counted. 0 or -errno. */
static int find_siblings(const struct doctor_host *host, struct cpus *siblings)
{
	struct cpus core, own;
	char path[80];
	int cpu, err;

	memset(siblings, 0, sizeof(*siblings));
	for (cpu = cpus_next(&host->cpus, 0); cpu >= 0; cpu = cpus_next(&host->cpus, cpu + 1)) {
		snprintf(path, sizeof(path), CPU_DIR "cpu%d/topology/thread_siblings_list", cpu);
		err = doctor_cpus(host, path, &core);
		if (err)
			return err;
		memset(&own, 0, sizeof(own));
		cpus_add(&own, cpu);
		cpus_without(&core, &core, &own);
		cpus_or(siblings, siblings, &core);
	}
	return 0;
}

static void look_at_smt(const struct doctor_host *host, struct doctor_finding *finding)
{
	char list[DOCTOR_LIST];
	struct cpus siblings, busy;
	int err = find_siblings(host, &siblings);

	if (err) {
		doctor_unreadable(finding, CPU_DIR "cpu*/topology/thread_siblings_list", err);
		return;
	}
	if (!cpus_count(&siblings)) {
		doctor_say(finding, DOCTOR_OK, "each chosen CPU has its core for itself");
		return;
	}
	cpus_without(&busy, &siblings, &host->cpus);
	if (cpus_count(&busy)) {
		doctor_say(finding, DOCTOR_BAD,
			   "CPU %s shares a core with a chosen one, and is for all else",
			   cpus_format(&busy, list, sizeof(list)));
		doctor_fix(finding,
			   "for c in %s; do echo 0 > " CPU_DIR
			   "cpu$c/online; done; boot with nosmt",
			   doctor_words(&busy, list, sizeof(list)));
	} else {
		doctor_say(finding, DOCTOR_WARNING, "chosen CPUs share cores with each other: %s",
			   cpus_format(&siblings, list, sizeof(list)));
		doctor_fix(finding,
			   "leave one of each pair idle, or echo off > " CPU_DIR "smt/control");
	}
}

static const struct doctor_check checks[] = {
	{
		"cstates",
		"waking up from a deep state costs its latency, and cold caches",
		look_at_cstates,
	}, {
		"governor",
		"the frequency falls when the CPU seems idle, and takes its time to rise",
		look_at_governor,
	}, {
		"turbo",
		"the frequency then depends on what the other cores do",
		look_at_turbo,
	}, {
		"smt",
		"the other thread of a core takes half of its units and caches",
		look_at_smt,
	},
};

const struct doctor_subject doctor_power = { checks, ARRAY_SIZE(checks) };
