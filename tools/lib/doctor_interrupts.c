// SPDX-License-Identifier: GPL-2.0
/* Interrupts of devices: where they may go. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/doctor_private.h"

/* The handler of an irq: its directory in /proc/irq/N. False: nobody handles it. */
static bool handler(const struct doctor_host *host, int irq, char name[256])
{
	char path[64], full[PATH_MAX];
	struct dirent *entry;
	DIR *dir = NULL;

	name[0] = 0;
	snprintf(path, sizeof(path), "/proc/irq/%d", irq);
	if (doctor_path(host, path, full, sizeof(full)))
		dir = opendir(full);
	if (!dir)
		return false;
	while ((entry = readdir(dir))) {
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.') {
			snprintf(name, 256, "%s", entry->d_name);
			break;
		}
	}
	closedir(dir);
	return name[0];
}

struct irqs {
	char here[DOCTOR_TEXT];		/* go to a chosen CPU */
	char maybe[DOCTOR_TEXT];	/* may, but do not now */
	char numbers[DOCTOR_TEXT];	/* of both, with spaces */
	int unreadable;			/* -errno of one, or 0 */
};

/* Each CPU's own, which no mask moves. */
static bool per_cpu(const char *name)
{
	return !strcmp(name, "arch_timer") || !strcmp(name, "arm-pmu") ||
	       !strncmp(name, "IPI", 3);
}

static bool cpus_within(const struct cpus *some, const struct cpus *all)
{
	struct cpus others;

	cpus_without(&others, some, all);
	return !cpus_count(&others);
}

/* Whether it ever came to a chosen CPU; also when nobody knows. */
static bool came(const struct doctor_host *host, int irq)
{
	char path[64], line[CPUS_MAX * 4];
	const char *at = line;
	int cpu;

	snprintf(path, sizeof(path), "/sys/kernel/irq/%d/per_cpu_count", irq);
	if (doctor_line(host, path, line, sizeof(line)))
		return true;
	for (cpu = 0; at; cpu++) {
		if (cpus_has(&host->cpus, cpu) && strtoull(at, NULL, 10))
			return true;
		at = strchr(at, ',');
		if (at)
			at++;
	}
	return false;
}

static void look_at_irq(const struct doctor_host *host, struct irqs *irqs, int irq)
{
	struct cpus allowed, effective, which;
	char name[256], path[80], number[16];
	size_t used = strlen(irqs->numbers);
	int err;

	if (!handler(host, irq, name) || per_cpu(name))
		return;
	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity_list", irq);
	err = doctor_cpus(host, path, &allowed);
	snprintf(path, sizeof(path), "/proc/irq/%d/effective_affinity_list", irq);
	if (!err)
		err = doctor_cpus(host, path, &effective);
	if (err) {
		irqs->unreadable = err;
		return;
	}
	if (!doctor_chosen(host, &allowed, &which)) {
		/* Moved away, which happens at the next interrupt. */
		if (!doctor_chosen(host, &effective, &which))
			return;
		doctor_add(irqs->maybe, sizeof(irqs->maybe), "%d (%s, once more)", irq, name);
	} else if (came(host, irq) && (doctor_chosen(host, &effective, &which) ||
				       cpus_within(&allowed, &host->cpus))) {
		doctor_chosen(host, &allowed, &which);
		doctor_add(irqs->here, sizeof(irqs->here), "%d (%s) to CPU %d", irq, name,
			   cpus_next(&which, 0));
	} else {
		doctor_add(irqs->maybe, sizeof(irqs->maybe), "%d (%s)", irq, name);
	}
	snprintf(number, sizeof(number), "%s%d", used ? " " : "", irq);
	if (used + strlen(number) < 200)
		strcat(irqs->numbers, number);
}

static void look_at_irqs(const struct doctor_host *host, struct doctor_finding *finding)
{
	struct irqs irqs = { .here = "" };
	struct dirent *entry;
	char full[PATH_MAX];
	DIR *dir = NULL;

	if (doctor_path(host, "/proc/irq", full, sizeof(full)))
		dir = opendir(full);
	if (!dir) {
		doctor_unreadable(finding, "/proc/irq", -errno);
		return;
	}
	while ((entry = readdir(dir))) {
		char *end;
		long irq = strtol(entry->d_name, &end, 10);

		if (end != entry->d_name && !*end)
			look_at_irq(host, &irqs, (int)irq);
	}
	closedir(dir);
	if (irqs.here[0])
		doctor_say(finding, DOCTOR_BAD, "irq %.*s", DOCTOR_TEXT - 8, irqs.here);
	else if (irqs.maybe[0])
		doctor_say(finding, DOCTOR_WARNING, "irq %.*s may go to CPU %.*s", 200, irqs.maybe,
			   200, host->list);
	else if (irqs.unreadable)
		doctor_unreadable(finding, "/proc/irq/*/smp_affinity_list", irqs.unreadable);
	else
		doctor_say(finding, DOCTOR_OK, "none may go to CPU %s", host->list);
	if (irqs.numbers[0])
		doctor_fix(finding,
			   "for i in %.200s; do echo %.100s > /proc/irq/$i/smp_affinity_list; done; those that refuse are managed: do no I/O from these CPUs",
			   irqs.numbers, host->rest_list);
}

static void look_at_managed(const struct doctor_host *host, struct doctor_finding *finding)
{
	char value[DOCTOR_LIST];
	struct cpus listed, missing;
	const char *list;
	int err = doctor_boot_argument(host, "isolcpus", value, sizeof(value));

	if (err && err != -ENODATA) {
		doctor_unreadable(finding, "/proc/cmdline", err);
		return;
	}
	/* Behind the flags, whose names are not numbers. */
	list = err ? "" : value + strcspn(value, "0123456789");
	if (!err && doctor_has_word(value, "managed_irq") && !cpus_parse(&listed, list)) {
		cpus_without(&missing, &host->cpus, &listed);
		if (!cpus_count(&missing)) {
			doctor_say(finding, DOCTOR_OK, "isolcpus=%s", value);
			return;
		}
	}
	doctor_say(finding, DOCTOR_WARNING,
		   "isolcpus= has no managed_irq for CPU %s; /proc/irq/N/smp_affinity refuses to move those",
		   host->list);
	doctor_fix(finding, "boot with isolcpus=domain,managed_irq,%s", host->list);
}

static void look_at_default(const struct doctor_host *host, struct doctor_finding *finding)
{
	static const char path[] = "/proc/irq/default_smp_affinity";
	char list[DOCTOR_LIST], mask[DOCTOR_LIST];
	struct cpus allowed, which;
	int err = doctor_mask(host, path, &allowed);

	if (err) {
		doctor_unreadable(finding, path, err);
		return;
	}
	if (!doctor_chosen(host, &allowed, &which)) {
		doctor_say(finding, DOCTOR_OK, "new irqs go to CPU %s",
			   cpus_format(&allowed, list, sizeof(list)));
		return;
	}
	doctor_say(finding, DOCTOR_WARNING, "new irqs may go to CPU %s",
		   cpus_format(&which, list, sizeof(list)));
	doctor_fix(finding, "echo %s > %s; boot with irqaffinity=%s",
		   cpus_format_mask(&host->rest, mask, sizeof(mask)), path, host->rest_list);
}

static const struct doctor_check checks[] = {
	{
		"irq_affinity",
		"each interrupt of a device takes microseconds and cache lines from the thread",
		look_at_irqs,
	}, {
		"managed_irqs",
		"queues of NVMe and network cards are spread over all CPUs by their drivers",
		look_at_managed,
	}, {
		"default_irq_affinity",
		"a device that is opened later gets its irq there",
		look_at_default,
	},
};

const struct doctor_subject doctor_interrupts = { checks, ARRAY_SIZE(checks) };
