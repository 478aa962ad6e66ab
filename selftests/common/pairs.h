/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of hftrace and events of tracefs, one to one: each record has its
 * event and each event of the window its record, in the same order, with the
 * same fields, at about the same time. What is not so ends the test.
 */
#ifndef SELFTEST_PAIRS_H
#define SELFTEST_PAIRS_H

#include "watch.h"

/* A field of a record and the event's field that says the same. */
struct field_pair {
	const char *name;	/* of the event's field; NULL ends a table */
	unsigned int offset;	/* in the record's payload */
	unsigned int size;
	bool text;
};

#define FIELD(record, member, event_field)				\
	{ .name = (event_field), .offset = offsetof(struct record, member),	\
	  .size = sizeof(((struct record *)0)->member) }

#define TEXT(record, member, event_field)				\
	{ .name = (event_field), .offset = offsetof(struct record, member),	\
	  .size = sizeof(((struct record *)0)->member), .text = true }

struct pairing {
	unsigned int cpu;
	unsigned int type;		/* of the records */
	const char *event;		/* "sched/sched_switch" */
	const struct field_pair *fields;
	/* Those of them that are meant; NULL: all. */
	bool (*record_is)(const struct record *record);
	bool (*event_is)(const struct event *event);
	/* What a table cannot say: NULL, or the name of what differs. */
	const char *(*differs)(const struct record *record, const struct event *event);
};

struct pair {
	const struct record *record;
	const struct event *event;
};

struct pairs {
	struct pair *at;
	size_t count;
};

void pairs_find(struct pairs *pairs, const struct watch *watch, const struct pairing *want);

/* The same on all CPUs that were watched: how many there were. */
size_t pairs_on_all(const struct watch *watch, const struct pairing *want);

#endif /* SELFTEST_PAIRS_H */
