/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits that people write down for the ledger and for spans, and what a
 * recording says to them:
 *
 *	cpu 1-3
 *	irq:eth0*	count<10/s max<5us
 *	page_fault	none
 *	cpu *
 *	visit		time<50ppm
 *	spans
 *	order		p99.9<40us max<100us
 */
#ifndef HFT_LIMITS_H
#define HFT_LIMITS_H

#include <stdio.h>

#include "lib/cpus.h"
#include "lib/json.h"
#include "lib/ledger_print.h"
#include "lib/own_cost.h"

enum limit_figure {
	LIMIT_COUNT,
	LIMIT_TIME,
	LIMIT_MAX,
	LIMIT_PERCENTILE,
};

/* What a limit may be for: a word of the file. */
struct limit_kind {
	const char *word;
	__u64 causes;		/* bits of enum cause; 0: one that limits_amount.c knows */
	__u64 hooks;		/* that must all have been armed */
	bool visits;		/* only CPUs that have kernel visits have it */
	bool timeless;		/* can only be counted */
	bool named;		/* "irq:NAME" has a meaning */
};

extern const struct limit_kind limit_kinds[];
const struct limit_kind *limit_kind_find(const char *word, size_t length);

struct limit {
	unsigned int line;
	unsigned int section;	/* of CPUs; of spans: unused */
	const struct limit_kind *kind;	/* NULL: of spans */
	char *what;		/* "irq:eth0*", "order" */
	char *name;		/* a pattern as of a shell; NULL: any */
	char *text;		/* "count<10/s" */
	enum limit_figure figure;
	double percent;		/* LIMIT_PERCENTILE */
	bool rate;		/* `bound` is for a second */
	double bound;		/* times or ns */
};

/* "cpu 1-3" */
struct limit_section {
	struct cpus cpus;
	bool others;		/* "cpu *": all that no other section names */
};

struct limits {
	const char *path;
	struct limit *limit;
	size_t count;
	struct limit_section *section;
	size_t sections;
};

/* limits_parse.c: says what is wrong, with its line. 0 or an exit code. */
int limits_read(struct limits *limits, const char *path);
void limits_free(struct limits *limits);

/* What happened in a period of what a limit is for. Times in ticks. */
struct limit_amount {
	__u64 count;		/* all, also those of no known length */
	__u64 timed;
	struct histogram net;	/* their lengths */
	struct stretch worst;	/* the longest, or if none has a length the first */
};

/* limits_amount.c: *amount is empty at first. 0 or -ENOMEM. */
int limits_amount(struct limit_amount *amount, const struct limit_kind *kind, const char *name,
		  struct ledger *ledger, const struct ledger_cpu *cpu);
/* What a limit is held against; ns, times, or either for a second. */
double limits_figure(const struct limit *limit, const struct limit_amount *amount,
		     const struct period *period);

enum limit_verdict {
	LIMIT_HELD,
	LIMIT_NOT_MEASURED,
	LIMIT_EXCEEDED,
	LIMIT_VERDICTS
};

/* A limit and one CPU, or one name of spans, over all periods. */
struct limit_result {
	const struct limit *limit;
	int cpu;		/* -1: of spans */
	__u32 name;		/* of spans: number in struct spans */
	enum limit_verdict verdict;
	double figure;		/* the largest of all periods */
	__u64 count;		/* in that period */
	struct stretch worst;	/* the same; all zeros: nothing happened */
	bool lengthless;	/* of what happened no length is known */
	char why[120];		/* LIMIT_NOT_MEASURED */
};

/* What limits are held against; all of it borrowed. */
struct limits_subject {
	const char *recording;
	bool passing;		/* which nobody can read any more behind the report */
	const struct hft_reader *reader;
	const struct cpus *traced;
	const struct cpus *chosen;	/* of those */
	struct ledger *ledger;
	struct spans *spans;
	const struct own_cost *cost;
};

struct limits_check {
	const struct limits *limits;
	const struct limits_subject *subject;
	struct limit_result *result;
	size_t count;
};

/* limits_check.c. Each: 0 or -ENOMEM. At the end of a period, before the ledger forgets it. */
int limits_check_open(struct limits_check *check, const struct limits *limits,
		      const struct limits_subject *subject);
int limits_check_period(struct limits_check *check, const struct period *period);
/* After the last one: finds what was not measured. */
int limits_check_finish(struct limits_check *check);
void limits_check_close(struct limits_check *check);

size_t limits_check_count(const struct limits_check *check, enum limit_verdict verdict);

/* limits_measured.c: what a recording can say of a CPU, before its records are read. */
struct limits_measured {
	bool kernel;
	bool hooks_known;
	__u64 hooks;		/* that were armed */
	struct cpus visits;	/* CPUs that have kernel visits, as the host says */
};

void limits_measured(struct limits_measured *measured, const char *recording);
/* Why it says nothing of this kind there, in `why`; false: it does. */
bool limits_unmeasured(const struct limits_measured *measured, const struct limit_kind *kind,
		       const struct ledger_cpu *cpu, const struct own_cost *cost, char *why,
		       size_t size);

/* limits_print.c */
void limits_check_print(const struct limits_check *check, FILE *file);
void limits_check_json(const struct limits_check *check, struct json *json, const char *key);

/* limits_write.c: a first file from what was measured; says why it failed. 0 or an exit code. */
int limits_write(const char *path, const struct limits_subject *subject,
		 const struct period *period);

#endif /* HFT_LIMITS_H */
