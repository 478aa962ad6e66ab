/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A window that hftrace and tracefs watch together, while a child process
 * provokes something; then the records of the one and the events of the other,
 * in memory, on one clock. hftrace's window lies inside tracefs's. What fails
 * ends the program with a line.
 */
#ifndef SELFTEST_WATCH_H
#define SELFTEST_WATCH_H

#include <stdbool.h>
#include <sys/types.h>

#include "device.h"
#include "guest.h"
#include "ring.h"
#include "trace_format.h"

#define WATCH_CPUS	8
#define WATCH_EVENTS	64	/* kinds of events */

/*
 * Memory that the provoking child, its own children and the test share: what it did, by its
 * own account.
 */
#define WATCH_TOLD	65536

struct watch_want {
	__u64 hooks;			/* armed on `cpus` */
	unsigned int cpus;		/* bits: whose rings are read */
	unsigned int on;		/* the CPU that the child is pinned to */
	/* Runs in the child; `told` is shared with the test, zeroed. 0: all went well. */
	int (*provoke)(void *told);
	bool chosen;			/* faults and system calls of the child alone */
	/*
	 * tracefs events, "sched/sched_switch", NULL last. One that begins
	 * with '?' may be absent.
	 */
	const char *const *events;
};

/* An event that tracefs saw. */
struct event {
	__u64 ts;			/* ticks of the CPU's clock, as records have */
	const struct trace_format *format;
	const char *data;
	unsigned int size;
	unsigned int cpu;
	int pid;			/* who ran: common_pid */
};

struct watch {
	__u64 arming;			/* ticks: not armed yet */
	__u64 start, end;		/* ticks: armed before, disarmed after */
	__u64 khz;			/* ticks per ms */
	pid_t child;			/* who provoked */
	const void *told;
	/* Each CPU's in the order in which they were written. */
	struct record *records[WATCH_CPUS];
	size_t records_count[WATCH_CPUS];
	struct event *events[WATCH_CPUS];
	size_t events_count[WATCH_CPUS];
	struct trace_format formats[WATCH_EVENTS];
	unsigned int formats_count;
};

/*
 * Attaches the hooks if they are not, arms them, runs the child, reads what
 * was written. Nothing of it was lost, or the program has ended.
 */
void watch_run(struct watch *watch, const struct watch_want *want);

/* A record's own part, for the struct hft_rec_* of its type. */
static inline const void *record_payload(const struct record *record)
{
	return record->slot[0].arg;
}

/* Is it an event of this kind, "sched/sched_switch"? */
bool event_is(const struct event *event, const char *path);

/* Fields by name. Texts are compared up to 40 bytes. */
__s64 event_number(const struct event *event, const char *field);
__u64 event_element(const struct event *event, const char *field, unsigned int index);
const char *event_text(const struct event *event, const char *field);

/* The other way round, for what the witness counts in ns. */
__u64 watch_ns_to_ticks(const struct watch *watch, __u64 ns);
__u64 watch_ticks_to_ns(const struct watch *watch, __u64 ticks);

#endif /* SELFTEST_WATCH_H */
