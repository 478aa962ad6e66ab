/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a witness saw, in a form that both fill: a moment or an interval, its
 * class, and its fields. Only observations of one class and CPU are ordered
 * among themselves: an interrupt can come between the probes of two witnesses.
 */
#ifndef WITNESS_OBSERVATION_H
#define WITNESS_OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum observed {
	OBS_SWITCH, OBS_WAKING, OBS_WAKEUP, OBS_WAKEUP_NEW, OBS_MIGRATE, OBS_FORK, OBS_EXEC,
	OBS_EXIT, OBS_NMI, OBS_FAULT_USER, OBS_FAULT_KERNEL, OBS_SYSCALL, OBS_SEGMENT, OBS_VISIT,
	OBS_IRQ,
	OBS_SOFTIRQ_SEGMENT,			/* of any vector, where it runs in a task */
	OBS_SOFTIRQ,				/* and 9 more, by vector */
	OBS_VECTOR = OBS_SOFTIRQ + 10,		/* and 10 more, by kind */
	OBS_TLB = OBS_VECTOR + 11,		/* and 4 more, by reason */
	OBS_CLASSES = OBS_TLB + 5
};

#define OBS_FIELDS	9

struct observation {
	uint64_t end;			/* ticks; the moment when it is none */
	uint64_t start;			/* intervals whose start was seen, else 0 */
	uint8_t class;			/* enum observed */
	uint8_t cpu;
	bool interval;
	bool unsure;			/* too near the window's start to say if its own was seen */
	uint64_t field[OBS_FIELDS];
	char text[2][40];
};

struct observations {
	struct observation *at;
	size_t count, room;
};

/* What both sides must agree on before they compare. */
struct window {
	uint64_t start, end;		/* ticks */
	uint64_t khz;
	unsigned int cpus;
	bool realtime;			/* a PREEMPT_RT kernel */
	bool chosen;			/* faults and calls of the threads below alone */
	int tid[8];
	unsigned int tids;
};

/* observation.c */
struct observation *observe(struct observations *all, unsigned int class, unsigned int cpu,
			    uint64_t end);
void observed_text(struct observation *o, int which, const char *text, size_t size);
const char *observed_name(unsigned int class);
const char *observed_field(unsigned int class, unsigned int field);
void window_read(struct window *window, const char *directory);
bool window_chose(const struct window *window, int tid);
void *file_read(const char *directory, const char *kind, const char *name, size_t *size);

/* ring.c: hftrace's */
void ring_observe(struct observations *all, const struct window *window, const char *directory,
		  unsigned int cpu);

/* trace.c, derive.c: tracefs's */
void trace_observe(struct observations *all, const struct window *window, const char *directory);

#endif /* WITNESS_OBSERVATION_H */
