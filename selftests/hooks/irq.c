// SPDX-License-Identifier: GPL-2.0
/*
 * irq: a terminal that is written to, whose interrupts /proc/interrupts
 * counts; each action as irq:irq_handler_entry and irq_handler_exit show it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "hook_test.h"
#include "intervals.h"
#include "load.h"

#define IRQS	512
#define LINES	60
#define BUSY	30	/* interrupts of one device */

static const char *const sources[] = { "irq/irq_handler_entry", "irq/irq_handler_exit", NULL };

static const struct field_pair fields[] = {
	FIELD(hft_rec_irq, irq, "irq"),
	FIELD(hft_rec_irq, ret, "ret"),
	{ 0 }
};

static const struct pairing pairing = {
	.type = HFT_REC_IRQ, .event = "irq/irq_handler_exit", .fields = fields,
};

/* By number, of all CPUs, as /proc/interrupts counts. */
static int count_irqs(unsigned long *counts)
{
	FILE *file = fopen("/proc/interrupts", "re");
	char line[512], *rest;
	unsigned long irq;

	if (!file)
		return 1;
	while (fgets(line, sizeof(line), file)) {
		irq = strtoul(line, &rest, 10);
		if (rest == line || *rest != ':' || irq >= IRQS)
			continue;
		counts[irq] = strtoul(rest + 1, &rest, 10);
		counts[irq] += strtoul(rest, &rest, 10);
	}
	fclose(file);
	return 0;
}

struct told {
	unsigned long before[IRQS];
	unsigned long after[IRQS];
};

/* The busiest device's interrupts in the window. */
static unsigned long busiest(const struct told *told)
{
	unsigned long most = 0;
	int i;

	for (i = 0; i < IRQS; i++) {
		if (told->after[i] - told->before[i] > most)
			most = told->after[i] - told->before[i];
	}
	return most;
}

/* Where the tick is a device's interrupt, two that share a CPU make it come, too. */
static int write_lines(void *shared)
{
	static const char line[] = "hftrace selftest: a line that makes the terminal interrupt\r\n";
	struct told *told = shared;
	int fd = open("/dev/console", O_WRONLY | O_NOCTTY), i;
	pid_t load;

	if (fd < 0 || count_irqs(told->before))
		return 1;
	for (i = 0; i < LINES; i++) {
		if (write(fd, line, strlen(line)) != (ssize_t)strlen(line) || tcdrain(fd))
			return 1;
	}
	close(fd);
	load = load_spin(OTHER_CPU);
	/* however slow the machine is */
	for (i = 0; i < 200; i++) {
		if (count_irqs(told->after))
			return 1;
		if (busiest(told) >= BUSY)
			break;
		sleep_ms(50);
	}
	stop(load);
	return 0;
}

static size_t records_of(const struct watch *watch, unsigned int irq)
{
	unsigned int cpu;
	size_t i, count = 0;

	for (cpu = 0; cpu < 2; cpu++) {
		for (i = 0; i < watch->records_count[cpu]; i++) {
			const struct record *record = &watch->records[cpu][i];

			count += record->type == HFT_REC_IRQ && record->irq.irq == irq;
		}
	}
	return count;
}

static int terminal(void)
{
	const struct watch_want want = {
		.hooks = interval_hooks(), .cpus = 3, .on = OTHER_CPU,
		.provoke = write_lines, .events = interval_events,
	};
	const struct told *told;
	unsigned int irq;
	struct watch watch;

	watch_run(&watch, &want);
	told = watch.told;
	for (irq = 0; irq < IRQS; irq++) {
		unsigned long count = told->after[irq] - told->before[irq];

		if (!count)
			continue;
		printf("# irq %u: /proc/interrupts counts %lu, records %zu\n", irq, count,
		       records_of(&watch, irq));
		CHECK(records_of(&watch, irq) >= count);
	}
	CHECK(busiest(told) >= BUSY);
	CHECK(intervals_check(&watch, &pairing, want.hooks) >= BUSY);
	return 0;
}

HOOK_TEST_MAIN("irq", sources, NULL,
	       { "each action with its length, as many as /proc/interrupts counts", terminal })
