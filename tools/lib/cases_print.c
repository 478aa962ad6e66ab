// SPDX-License-Identifier: GPL-2.0
/* The worst that came to traced CPUs, for people and for programs. */
#include <math.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/output.h"
#include "lib/tasks.h"

#define TEXT	1024

double cases_longest(const struct cases *cases, const struct period *period)
{
	return cases->count ? period_ns(period, cases->at[0].longest.ticks) : 0;
}

static bool is_owner(const struct cases *cases, __s32 cpu, __u32 task)
{
	size_t i;

	for (i = 0; i < cases->owners; i++)
		if (cases->owner[i].cpu == cpu)
			return cases->owner[i].task == task;
	return false;
}

/*
 * A task that had the CPU gets what a span that lost it would be told; one that waited for
 * the CPU's own had no business there either.
 */
static __u32 adviser(struct cases *cases, const struct disturbance *at)
{
	struct causes *causes = ledger_causes(cases->ledger);
	const struct culprit *culprit = causes_get(causes, at->longest.culprit);
	struct culprit had = {
		.cause = CAUSE_OFF_CPU, .kind = OFF_CPU_PREEMPTED, .number = at->longest.cpu,
		.task = culprit->task, .other = TASK_NONE,
	};

	if (at->longest.waiter != TASK_NONE && is_owner(cases, at->longest.cpu, culprit->task))
		had.task = at->longest.waiter;
	else if (culprit->cause != CAUSE_TASK)
		return at->longest.culprit;
	return causes_intern(causes, &had);
}

/* "another task hog/77", "irq 34 eth0"; of a wait who waited, and for whom. */
static void what(struct cases *cases, const struct disturbance *at, char *buf, size_t size)
{
	struct ledger *ledger = cases->ledger;
	const struct culprit *culprit = causes_get(ledger_causes(ledger), at->longest.culprit);
	const char *text = causes_text(ledger_causes(ledger), at->longest.culprit);
	char escaped[TEXT], waiter[128], waker[128];

	text_escape(escaped, sizeof(escaped), text, strlen(text));
	if (at->longest.waiter != TASK_NONE)
		snprintf(buf, size, "%s waited for the CPU, woken by %s: %s",
			 ledger_task_name(ledger, at->longest.waiter, waiter, sizeof(waiter)),
			 ledger_task_name(ledger, at->longest.waker, waker, sizeof(waker)),
			 escaped);
	else
		snprintf(buf, size, "%s %s", culprit->cause == CAUSE_TASK ? "another task" :
			 cause_name(culprit->cause), escaped);
}

static void print_case(struct cases *cases, const struct period *period, size_t number, FILE *file)
{
	const struct disturbance *at = &cases->at[number];
	char longest[FORMAT_SIZE], when[FORMAT_SIZE], count[FORMAT_SIZE], all[FORMAT_SIZE];
	char text[2 * TEXT], advice[TEXT], escaped[2 * TEXT];

	what(cases, at, text, sizeof(text));
	causes_advice(ledger_causes(cases->ledger), adviser(cases, at), advice, sizeof(advice));
	format_ns(longest, period_ns(period, at->longest.ticks));
	fprintf(file, "%2zu. CPU %d: %s at %s: %s\n", number + 1, at->longest.cpu, longest,
		format_clock(when, hft_reader_realtime(period->reader, at->longest.start)), text);
	if (at->count > 1)
		fprintf(file, "    the longest of %s, %s in all\n", format_count(count, at->count),
			format_ns(all, period_ns(period, at->ticks)));
	if (advice[0])
		fprintf(file, "    next: %s\n",
			text_escape(escaped, sizeof(escaped), advice, sizeof(advice)));
}

static void print_owner(const struct cases *cases, const struct cpu_owner *owner, FILE *file)
{
	char buf[128];
	const char *name = ledger_task_name(cases->ledger, owner->task, buf, sizeof(buf));

	if (owner->task == TASK_NONE)
		fprintf(file, "CPU %d is nobody's own: no thread had it most of the time\n",
			owner->cpu);
	else if (owner->never_switched)
		fprintf(file, "CPU %d is %s's own, which had it all the time\n", owner->cpu, name);
	else
		fprintf(file, "CPU %d is %s's own, which had it for %.3g %% of the time\n",
			owner->cpu, name, owner->share * 100);
}

void cases_print(struct cases *cases, const struct period *period, size_t shown, FILE *file)
{
	size_t i;

	for (i = 0; i < cases->owners; i++)
		print_owner(cases, &cases->owner[i], file);
	if (!cases->count) {
		fputs("Nothing of the kind came.\n", file);
		return;
	}
	fputs("\nThe worst:\n", file);
	for (i = 0; i < cases->count && i < shown; i++)
		print_case(cases, period, i, file);
	if (cases->count > shown)
		fprintf(file, "    and %zu more, none longer; -n %zu shows them\n",
			cases->count - shown, cases->count);
}

static void case_json(struct cases *cases, const struct period *period,
		      const struct disturbance *at, struct json *json)
{
	struct causes *causes = ledger_causes(cases->ledger);
	const struct culprit *culprit = causes_get(causes, at->longest.culprit);
	bool wait = at->longest.waiter != TASK_NONE;
	char advice[TEXT];

	json_object(json, NULL);
	json_s64(json, "cpu", at->longest.cpu);
	json_string(json, "cause", wait ? "wait" : cause_name(culprit->cause));
	json_string(json, "culprit", causes_text(causes, at->longest.culprit));
	if (wait) {
		ledger_task_json(cases->ledger, at->longest.waiter, json, "waiter");
		ledger_task_json(cases->ledger, at->longest.waker, json, "woken_by");
	}
	json_u64(json, "count", at->count);
	json_u64(json, "total_ns", (__u64)llround(period_ns(period, at->ticks)));
	json_u64(json, "longest_ns", (__u64)llround(period_ns(period, at->longest.ticks)));
	json_s64(json, "longest_at_realtime_ns",
		 hft_reader_realtime(period->reader, at->longest.start));
	json_string(json, "next", causes_advice(causes, adviser(cases, at), advice,
						sizeof(advice)));
	json_close(json);
}

void cases_json(struct cases *cases, const struct period *period, struct json *json)
{
	size_t i;

	json_array(json, "owners");
	for (i = 0; i < cases->owners; i++) {
		const struct cpu_owner *owner = &cases->owner[i];

		json_object(json, NULL);
		json_s64(json, "cpu", owner->cpu);
		ledger_task_json(cases->ledger, owner->task, json, "task");
		json_double(json, "share", owner->share);
		json_close(json);
	}
	json_close(json);
	json_array(json, "cases");
	for (i = 0; i < cases->count; i++)
		case_json(cases, period, &cases->at[i], json);
	json_close(json);
}
