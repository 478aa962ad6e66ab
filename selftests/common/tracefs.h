/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own tracer, as the other witness. What fails ends the program
 * with a line.
 */
#ifndef WITNESS_TRACEFS_H
#define WITNESS_TRACEFS_H

#include <stdbool.h>

/* Can its clock be the one that records are in? Else it is CLOCK_MONOTONIC. */
bool tracefs_counts_ticks(void);

/* Stops, empties, sizes the buffers (KiB for each CPU), sets the clock. */
void tracefs_prepare(unsigned int kib);

/* Has this kernel an event such as "sched/sched_switch"? */
bool tracefs_has(const char *event);

/* "sched/sched_switch"; false when this kernel has no such event. */
bool tracefs_enable(const char *event);
void tracefs_disable_all(void);
void tracefs_on(bool on);

/* tracing/NAME, for one-off settings. */
void tracefs_write(const char *name, const char *text);

/* The same, behind what stands there. */
void tracefs_add(const char *name, const char *text);

/* Events that CPU `cpu` lost or overwrote. */
unsigned long tracefs_lost(unsigned int cpu);

/* The raw pages of a CPU's buffer into a file, and an event's format. */
void tracefs_save_pages(unsigned int cpu, const char *path);
void tracefs_save_format(const char *event, const char *path);

#endif /* WITNESS_TRACEFS_H */
