/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two recordings of the same program, before and after a change: what its
 * spans took, what the kernel took, how the machine was set.
 */
#ifndef HFT_DIFF_H
#define HFT_DIFF_H

#include <hftrace-reader.h>
#include <stdbool.h>

#include "lib/cpus.h"
#include "lib/durations.h"
#include "lib/json.h"
#include "lib/ledger.h"
#include "lib/quantile.h"

#define DIFF_GATES	32U
#define DIFF_SIDES	2

/* One of the two. */
struct diff_side {
	const char *path;
	struct hft_reader *reader;
	struct record_types types;
	struct durations spans;
	struct ledger *ledger;
	struct cpus cpus;	/* that were traced */
	double unit;		/* ns in a tick */
	double seconds;		/* that were recorded */
	bool kernel;		/* and its hooks */
};

/* What both have. */
struct diff_span {
	const struct duration *of[DIFF_SIDES];
};

/* What took time of the traced CPUs, over all of them. */
struct diff_cause {
	enum cause cause;
	char *text;
	__u64 count[DIFF_SIDES];
	double ns[DIFF_SIDES];	/* a second and CPU */
};

struct diff_setting {
	char *key;		/* "host cmdline" */
	char *value[DIFF_SIDES];	/* NULL: not there */
};

enum gate_verdict {
	GATE_HELD,		/* the difference is not above the bound */
	GATE_UNSURE,		/* it is, but the interval reaches down to the bound */
	GATE_EXCEEDED,		/* all of the interval is above */
	GATE_VERDICTS
};

struct gate {
	const char *text;	/* as typed */
	char *span;		/* NULL: all */
	double percent;
	bool share;		/* bound is a share of the first, else ns */
	double bound;
};

struct diff {
	struct diff_side side[DIFF_SIDES];
	const char *span;	/* NULL: all */
	struct gate gate[DIFF_GATES];
	size_t gates;
	struct diff_span *spans;
	size_t spans_count;
	struct diff_cause *cause;
	size_t causes;
	struct diff_setting *setting;
	size_t settings;
};

/* diff_side.c: reads a recording whole. 0 or an exit code, after saying why. */
int diff_side_read(struct diff_side *side, const char *path, const char *span);
void diff_side_close(struct diff_side *side);

/* diff_causes.c, diff_settings.c: 0 or -ENOMEM. Largest growth first. */
int diff_causes(struct diff *diff);
void diff_causes_free(struct diff *diff);
int diff_settings(struct diff *diff);
void diff_settings_free(struct diff *diff);

/* What the hooks took of a CPU. False: not noted. */
struct diff_cost {
	double ppm;		/* of its time, for the hooks whose cost is known */
	__u64 untimed;		/* records of those whose cost is not */
};

bool diff_cost(const struct diff_side *side, int cpu, struct diff_cost *cost);

/* A percentile on both sides, and its difference, each with the confidence. */
struct diff_percentile {
	struct quantile of[DIFF_SIDES];
	struct quantile difference;
};

void diff_compare(const struct diff *diff, const struct diff_span *span, double percent,
		  double confidence, double factor, struct diff_percentile *out);

/*
 * diff_gate.c: "p99.9<5%", "order:p50<200ns". 0, or -EINVAL with a line for
 * people in `why`.
 */
#define GATE_WHY 200
int gate_parse(struct gate *gate, const char *text, char why[GATE_WHY]);
bool gate_applies(const struct gate *gate, const struct diff_span *span);
/* How many pairs of a gate and a span there are. */
size_t gates_pairs(const struct diff *diff);
/* By how much the bound is missed, ns, in `by`. */
enum gate_verdict gate_judge(const struct diff *diff, const struct gate *gate,
			     const struct diff_span *span, struct quantile *by);

/* diff_print.c, diff_json.c: all of it. Whether a gate was exceeded. */
extern const char *const gate_verdicts[GATE_VERDICTS];
bool diff_print(const struct diff *diff, FILE *file);
bool diff_json(const struct diff *diff, struct json *json);

#endif /* HFT_DIFF_H */
