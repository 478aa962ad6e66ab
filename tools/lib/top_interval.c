// SPDX-License-Identifier: GPL-2.0
/* What an interval of hftrace top came to, from its ledger into rows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <hftrace.h>
#include "lib/output.h"
#include "lib/top.h"

#define ADVICE_MAX 640

double top_ns(const struct top *top, __u64 ticks)
{
	return top->hz > 0 ? (double)ticks * 1e9 / top->hz : 0;
}

double top_a_second(const struct top *top, double value)
{
	return top->seconds > 0 ? value / top->seconds : 0;
}

__s64 top_realtime(const struct top *top, __u64 ticks)
{
	struct timeline clock;

	timeline_set(&clock, &top->recorder.first, &top->recorder.last, top->hz);
	return timeline_realtime(&clock, ticks);
}

const char *top_cpu_text(const struct top *top, const struct top_cpu *cpu,
			 char text[TOP_CPU_TEXT])
{
	double ns = top_a_second(top, top_ns(top, cpu->visits_ticks));
	char visits[96] = "no kernel visits seen";

	if (cpu->visits_known)
		snprintf(visits, sizeof(visits), "%.0f visits/s %.0f ns/s (%.0f ppm)",
			 top_a_second(top, (double)cpu->visits), ns, ns / 1000);
	snprintf(text, TOP_CPU_TEXT, "CPU %d: %s, %.0f switches/s, hooks %.0f ppm%s%s", cpu->cpu,
		 visits, top_a_second(top, (double)cpu->switches), cpu->own_ppm,
		 cpu->untimed ? "+" : "", cpu->cut ? ", OVER BUDGET: some are off" : "");
	return text;
}

const char *top_losses_text(const struct top *top, char text[TOP_CPU_TEXT])
{
	char lost[FORMAT_SIZE];
	size_t used;

	if (top->lost)
		used = (size_t)snprintf(text, TOP_CPU_TEXT, "LOST %s slots, most in %s",
					format_count(lost, top->lost), top->lost_ring);
	else
		used = (size_t)snprintf(text, TOP_CPU_TEXT, "nothing lost");
	snprintf(text + used, TOP_CPU_TEXT - used, "; this tool takes %.1f %% of a CPU",
		 100 * top->own_share);
	return text;
}

static struct top_row *look_for(struct top *top, struct top_cpu *cpu, __u32 number)
{
	struct causes *causes = ledger_causes(top->ledger);
	const struct culprit *culprit = causes_get(causes, number);
	char advice[ADVICE_MAX];
	struct top_row *row;

	row = top_rows_find(&top->rows, false, cpu->cpu, culprit->cause,
			    causes_text(causes, number));
	if (!row)
		return NULL;
	if (!row->advice && *causes_advice(causes, number, advice, sizeof(advice)))
		row->advice = strdup(advice);
	return row;
}

/* The row of a culprit on this CPU, NULL: out of memory. */
static struct top_row *row_of(struct top *top, struct top_cpu *cpu, __u32 number)
{
	struct top_row **grown, *row;
	size_t room;

	if (top->evicted != top->rows.evicted)
		top_read_forget(top);
	if (number >= cpu->culprits) {
		for (room = cpu->culprits ? cpu->culprits : 64; room <= number;)
			room *= 2;
		grown = realloc(cpu->of_culprit, room * sizeof(*grown));
		if (!grown)
			return NULL;
		memset(grown + cpu->culprits, 0, (room - cpu->culprits) * sizeof(*grown));
		cpu->of_culprit = grown;
		cpu->culprits = room;
	}
	if (cpu->of_culprit[number])
		return cpu->of_culprit[number];
	row = look_for(top, cpu, number);
	if (top->evicted != top->rows.evicted)
		top_read_forget(top);
	cpu->of_culprit[number] = row;
	return row;
}

static int take_cpu(struct top *top, struct top_cpu *cpu, const struct ledger_cpu *from)
{
	struct top_outlier longest;
	struct top_row *row;
	size_t i;

	cpu->cpu = from->cpu;
	cpu->visits_known = from->visits;
	cpu->visits = from->visit.count;
	cpu->visits_ticks = from->visit.total;
	cpu->switches = from->switches;
	for (i = 0; i < from->entries; i++) {
		const struct ledger_entry *entry = from->entry[i];

		if (!entry->net.count && !entry->cut)
			continue;
		row = row_of(top, cpu, entry->culprit);
		if (!row)
			return -ENOMEM;
		longest = (struct top_outlier){ 0 };
		if (entry->net.count) {
			longest.ticks = entry->net.max;
			longest.start = entry->worst.start;
			longest.end = entry->worst.end;
		}
		top_row_add(&top->rows, row, entry->net.count + entry->cut, entry->net.total,
			    &longest);
	}
	return 0;
}

static int take_ledger(struct top *top)
{
	size_t i;
	int err;

	if (!top->cpu) {
		top->cpus = ledger_cpus(top->ledger);
		top->cpu = calloc(top->cpus ? top->cpus : 1, sizeof(*top->cpu));
		if (!top->cpu)
			return -ENOMEM;
	}
	for (i = 0; i < top->cpus; i++) {
		err = take_cpu(top, &top->cpu[i], ledger_cpu(top->ledger, i));
		if (err)
			return err;
	}
	ledger_reset(top->ledger);
	ledger_begin(top->ledger, top->shown_at);
	return 0;
}

/* The hooks' own cost, as the module counts it. */
static int take_cost(struct top *top)
{
	const struct recorder_plan *plan = top->recorder.plan;
	struct cost now;
	size_t i;
	int err;

	err = cost_read(&now, &plan->device, &plan->arming.cpus);
	if (err)
		return err;
	for (i = 0; i < top->cpus && i < now.count && top->cost.count == now.count; i++) {
		const struct cost_sum sum = cost_between(&top->cost, &now, i);

		top->cpu[i].own_ppm = top_a_second(top, sum.ns) / 1000;
		top->cpu[i].untimed = sum.untimed;
		top->cpu[i].cut = sum.cut;
	}
	cost_free(&top->cost);
	top->cost = now;
	return 0;
}

/* CPU time of this program and of those that told of outliers. */
static __u64 own_ns(void)
{
	static const int whose[] = { RUSAGE_SELF, RUSAGE_CHILDREN };
	struct rusage usage;
	__u64 ns = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(whose); i++) {
		getrusage(whose[i], &usage);
		ns += (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000ULL +
		      (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000ULL;
	}
	return ns;
}

static void take_own_share(struct top *top)
{
	__u64 ns = own_ns();

	top->own_share = top_a_second(top, (double)(ns - top->own_ns) / 1e9);
	top->own_ns = ns;
}

int top_interval_begin(struct top *top)
{
	top->own_ns = own_ns();
	top->shown_at = hft_ticks();
	return top_read_reset(top);
}

int top_interval(struct top *top)
{
	int err = 0;

	top->shown_at = hft_ticks();
	top->seconds = top_ns(top, top->shown_at - top->since) / 1e9;
	top_rows_begin(&top->rows);
	if (top->ledger)
		err = take_ledger(top);
	top_rows_end(&top->rows);
	if (!err && top->ledger)
		err = take_cost(top);
	take_own_share(top);
	top->since = top->shown_at;
	if (!err && top_read_full(top))
		err = top_read_renew(top);
	return err;
}
