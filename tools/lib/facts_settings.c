// SPDX-License-Identifier: GPL-2.0
/* How the machine is set: what a comparison of two recordings looks at. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/compiler.h"
#include "lib/cpus.h"
#include "lib/facts_write.h"
#include "lib/output.h"

static const struct {
	const char *key;
	const char *path;
} settings[] = {
	{ "thp", "/sys/kernel/mm/transparent_hugepage/enabled" },
	{ "thp_defrag", "/sys/kernel/mm/transparent_hugepage/defrag" },
	{ "ksm", "/sys/kernel/mm/ksm/run" },
	{ "swappiness", "/proc/sys/vm/swappiness" },
	{ "stat_interval", "/proc/sys/vm/stat_interval" },
	{ "numa_balancing", "/proc/sys/kernel/numa_balancing" },
	{ "watchdog", "/proc/sys/kernel/watchdog" },
	{ "nmi_watchdog", "/proc/sys/kernel/nmi_watchdog" },
	{ "timer_migration", "/proc/sys/kernel/timer_migration" },
	{ "sched_rt_runtime_us", "/proc/sys/kernel/sched_rt_runtime_us" },
	{ "workqueue_cpumask", "/sys/devices/virtual/workqueue/cpumask" },
	{ "default_smp_affinity", "/proc/irq/default_smp_affinity" },
	{ "smt", "/sys/devices/system/cpu/smt/control" },
	{ "boost", "/sys/devices/system/cpu/cpufreq/boost" },
	{ "no_turbo", "/sys/devices/system/cpu/intel_pstate/no_turbo" },
};

/* A line for what this kernel has; what it has not is left out. */
static void print_setting(FILE *file, const char *key, const char *path)
{
	char line[256], escaped[4 * sizeof(line)];
	FILE *from = fopen(path, "re");

	if (!from)
		return;
	if (fgets(line, sizeof(line), from)) {
		line[strcspn(line, "\n")] = 0;
		fprintf(file, "%s=%s\n", key,
			text_escape(escaped, sizeof(escaped), line, sizeof(line)));
	}
	fclose(from);
}

int facts_settings(struct recording *recording)
{
	FILE *file = recording_new_file(recording, "settings");
	struct cpus online;
	char key[32], path[96];
	size_t i;
	int cpu;

	if (!file)
		return -errno;
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		print_setting(file, settings[i].key, settings[i].path);
	if (!cpus_online(&online)) {
		for (cpu = cpus_next(&online, 0); cpu >= 0; cpu = cpus_next(&online, cpu + 1)) {
			snprintf(key, sizeof(key), "governor.cpu%d", cpu);
			snprintf(path, sizeof(path),
				 "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor", cpu);
			print_setting(file, key, path);
		}
	}
	return recording_put(recording, file, "settings", false);
}
