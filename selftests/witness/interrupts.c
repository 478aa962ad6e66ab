// SPDX-License-Identifier: GPL-2.0
/* See interrupts.h. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interrupts.h"

void interrupts_read(struct interrupts *now)
{
	FILE *file = fopen("/proc/interrupts", "r");
	char line[512];

	if (!file)
		err(EXIT_FAILURE, "/proc/interrupts");
	now->lines = 0;
	while (fgets(line, sizeof(line), file)) {
		unsigned int i = now->lines;

		/* ERR and MIS have one count, of the machine: CPU 1 gets none of it */
		now->count[i][1] = 0;
		if (sscanf(line, " %7[^: ]: %ld %ld", now->name[i], &now->count[i][0],
			   &now->count[i][1]) < 2)
			continue;
		if (++now->lines == INTERRUPT_LINES)
			errx(EXIT_FAILURE, "too many interrupts");
	}
	fclose(file);
}

long interrupts_grown(const struct interrupts *before, const struct interrupts *after,
		      unsigned int i, unsigned int cpu)
{
	if (i >= after->lines || before->lines != after->lines ||
	    strcmp(before->name[i], after->name[i]))
		errx(EXIT_FAILURE, "/proc/interrupts has other lines than before");
	return after->count[i][cpu] - before->count[i][cpu];
}

long interrupts_sum(const struct interrupts *before, const struct interrupts *after,
		    unsigned int cpu, int tick)
{
	unsigned int i;
	long sum = 0;

	for (i = 0; i < after->lines; i++) {
		if (tick || strcmp(after->name[i], "LOC"))
			sum += interrupts_grown(before, after, i, cpu);
	}
	return sum;
}
