/* SPDX-License-Identifier: GPL-2.0 */
/* The lines of /proc/interrupts, x86 vectors as well, of two CPUs. */
#ifndef WITNESS_INTERRUPTS_H
#define WITNESS_INTERRUPTS_H

#define INTERRUPT_LINES	128

struct interrupts {
	unsigned int lines;
	char name[INTERRUPT_LINES][8];
	long count[INTERRUPT_LINES][2];	/* CPU 0 and CPU 1 */
};

void interrupts_read(struct interrupts *now);

/* Of line `i`, which both have in the same place. */
long interrupts_grown(const struct interrupts *before, const struct interrupts *after,
		      unsigned int i, unsigned int cpu);

/* Of all lines but the local timer's tick, when `tick` is 0. */
long interrupts_sum(const struct interrupts *before, const struct interrupts *after,
		    unsigned int cpu, int tick);

#endif /* WITNESS_INTERRUPTS_H */
