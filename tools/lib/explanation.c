// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <string.h>

#include "lib/explanation.h"
#include "lib/output.h"
#include "lib/tasks.h"

static const struct culprit *culprit_of(const struct teller *teller, const struct part *part)
{
	return causes_get(charges_causes(teller->charges), part->culprit);
}

/* The larger of a span's parts with this cause; NULL if there is none. */
static const struct part *largest_of(const struct teller *teller, const struct span *span,
				     enum cause cause)
{
	__u32 i;

	for (i = 0; i < span->parts_count; i++)		/* they are ordered by size */
		if (culprit_of(teller, &span->part[i])->cause == cause)
			return &span->part[i];
	return NULL;
}

/* The culprit on whose account a part is: entry and exit are for what was inside. */
static __u32 account_of(const struct teller *teller, const struct span *span,
			const struct part *part)
{
	const struct culprit *culprit = culprit_of(teller, part);
	const struct part *other = NULL;

	if (culprit->cause == CAUSE_KERNEL_ENTRY && (culprit->kind == KERNEL_ENTRY_AROUND ||
						     culprit->kind == KERNEL_ENTRY_DELIVERY))
		return culprit->other;
	if (culprit->cause == CAUSE_KERNEL_ENTRY && culprit->kind == KERNEL_ENTRY_SWITCH)
		other = largest_of(teller, span, CAUSE_OFF_CPU);
	else if (culprit->cause == CAUSE_OFF_CPU && SLEPT_WHY(culprit->address) == 2)
		other = largest_of(teller, span, CAUSE_PAGE_FAULT);
	return other ? other->culprit : part->culprit;
}

void explanation_top(const struct teller *teller, const struct span *span, struct top *top)
{
	struct causes *causes = charges_causes(teller->charges);
	__u64 by_cause[CAUSES] = { 0 }, best = 0, most = 0;
	__u32 i, j;

	for (i = 0; i < span->parts_count; i++) {
		const struct part *part = &span->part[i];

		by_cause[causes_get(causes, account_of(teller, span, part))->cause] += part->ticks;
	}
	top->cause = CAUSE_USER;
	for (i = 0; i < CAUSES; i++) {
		if (i == CAUSE_USER || by_cause[i] <= best)
			continue;
		top->cause = i;
		best = by_cause[i];
	}
	top->ticks = by_cause[top->cause];
	top->culprit = CULPRIT_NONE;
	for (i = 0; i < span->parts_count; i++) {
		__u32 account = account_of(teller, span, &span->part[i]);
		__u64 ticks = 0;

		if (causes_get(causes, account)->cause != top->cause)
			continue;
		for (j = 0; j < span->parts_count; j++)
			if (account_of(teller, span, &span->part[j]) == account)
				ticks += span->part[j].ticks;
		if (top->culprit == CULPRIT_NONE || ticks > most) {
			top->culprit = account;
			most = ticks;
		}
	}
}

static __u64 ns_of(const struct teller *teller, __u64 ticks)
{
	double hz = hft_reader_hz(teller->reader);

	return hz > 0 ? (__u64)llround((double)ticks * 1e9 / hz) : 0;
}

/* Rounds a span's parts, one after the other, so that they add up to the whole. */
struct rounding {
	__u64 ticks;
	__u64 ns;
};

static __u64 next_ns(const struct teller *teller, const struct part *part,
		     struct rounding *rounding)
{
	__u64 before = rounding->ns;

	rounding->ticks += part->ticks;
	rounding->ns = ns_of(teller, rounding->ticks);
	return rounding->ns - before;
}

static __u64 length_of(const struct span *span)
{
	return span->end - span->start;
}

static const char *culprit_text(const struct teller *teller, __u32 culprit, char *buf,
				size_t size)
{
	const char *text = causes_text(charges_causes(teller->charges), culprit);

	return text_escape(buf, size, text, strlen(text));
}

#define CULPRIT_TEXT 1024

static void print_part(const struct teller *teller, const struct span *span,
		       const struct part *part, struct rounding *rounding, FILE *file)
{
	const struct span_name *name = &teller->spans->name[span->name];
	const struct culprit *culprit = culprit_of(teller, part);
	char time[FORMAT_SIZE], text[CULPRIT_TEXT], count[16] = "";
	__u64 length = length_of(span);

	if (culprit->cause != CAUSE_USER && part->count > 1)
		snprintf(count, sizeof(count), "%ux ", part->count);
	fprintf(file, "  %12s %5.1f %%  %-13s  %s%s",
		format_ns(time, (double)next_ns(teller, part, rounding)),
		length ? 100.0 * (double)part->ticks / (double)length : 0.0,
		cause_name(culprit->cause), count,
		culprit_text(teller, part->culprit, text, sizeof(text)));
	if (culprit->cause == CAUSE_PAGE_FAULT && !part->ticks)
		fputs("; its time is not known: no kernel visits on this CPU", file);
	if (culprit->cause == CAUSE_USER)
		fprintf(file, " (typically %s)",
			format_ns(time, (double)ns_of(teller, spans_typical(name, 50))));
	fputc('\n', file);
}

/* What the CPU counted inside, where the program asked for it. */
static void print_counts(const struct teller *teller, const struct span *span, FILE *file)
{
	char count[FORMAT_SIZE], text[CULPRIT_TEXT];
	const struct span_counts *counts = span->counts;
	const char *event;
	__u64 median;
	__u32 i;

	for (i = 0; counts && i < counts->events; i++) {
		event = counts->event[i];
		fprintf(file, "%s %s ", i ? "," : "  counted in user mode:",
			text_escape(text, sizeof(text), event, strlen(event)));
		if (counts->count[i] == HFT_SPAN_PMU_MISSING)
			fputs("missing", file);
		else
			fputs(format_count(count, counts->count[i]), file);
		if (counted_median(teller->counted, span->name, event, &median))
			fprintf(file, " (median %s)", format_count(count, median));
	}
	if (counts)
		fputc('\n', file);
}

/* Work that this span took over: from whom, and how long it had waited. */
static void print_flow(const struct teller *teller, const struct span *span,
		       const struct flow_in *flow, FILE *file)
{
	const char *name = hft_reader_name(teller->reader, flow->ring, flow->name);
	char text[CULPRIT_TEXT], from[4 * TASK_COMM + 1], waited[FORMAT_SIZE], at[FORMAT_SIZE];
	struct hft_ring_info info;

	fprintf(file, "  taken over after %s: %s id %llu",
		format_ns(at, (double)ns_of(teller, flow->in - span->start)),
		text_escape(text, sizeof(text), name, strlen(name)), flow->id);
	if (flow->from == FLOW_UNKNOWN ||
	    hft_reader_ring(teller->reader, flow->from, &info)) {
		fprintf(file, ", from where is not known: %s\n",
			flows_why_unknown(teller->flows, flow));
		return;
	}
	if (!info.name[0])
		strcpy(info.name, "?");
	fprintf(file, " from %s/%d, had waited %s\n",
		text_escape(from, sizeof(from), info.name, strnlen(info.name, sizeof(info.name))),
		info.id, format_ns(waited, (double)ns_of(teller, flow->in - flow->out)));
}

static void print_flows(const struct teller *teller, const struct span *span, FILE *file)
{
	const struct flow_in *flow;
	__u32 count, i;
	__u64 more;

	flow = flows_of(teller->flows, span, &count, &more);
	for (i = 0; i < count; i++)
		print_flow(teller, span, &flow[i], file);
	if (more)
		fprintf(file, "  and %llu more were taken over\n", more);
}

static void flows_json(const struct teller *teller, const struct span *span, struct json *json)
{
	const struct flow_in *flow;
	struct hft_ring_info info;
	__u32 count, i;
	__u64 more;

	flow = flows_of(teller->flows, span, &count, &more);
	json_array(json, "taken_over");
	for (i = 0; i < count; i++, flow++) {
		json_object(json, NULL);
		json_string(json, "name",
			    hft_reader_name(teller->reader, flow->ring, flow->name));
		json_u64(json, "id", flow->id);
		json_u64(json, "in_tsc", flow->in);
		if (flow->from == FLOW_UNKNOWN ||
		    hft_reader_ring(teller->reader, flow->from, &info)) {
			json_null(json, "out_tsc");
			json_string(json, "why_unknown", flows_why_unknown(teller->flows, flow));
		} else {
			json_u64(json, "out_tsc", flow->out);
			json_s64(json, "from_tid", info.id);
			json_u64(json, "waited_ns", ns_of(teller, flow->in - flow->out));
		}
		json_close(json);
	}
	json_close(json);
	json_u64(json, "taken_over_more", more);
}

void explanation_print(const struct teller *teller, const struct span *span, __u64 number,
		       FILE *file)
{
	const struct span_name *name = &teller->spans->name[span->name];
	char clock[FORMAT_SIZE], time[FORMAT_SIZE], typical[FORMAT_SIZE];
	char text[CULPRIT_TEXT], comm[4 * TASK_COMM + 1], where[32] = "", id[32];
	const char *thread = charges_comm(teller->charges, span);
	struct rounding rounding = { 0 };
	struct top top;
	__u32 i;

	if (span->cpu >= 0)
		snprintf(where, sizeof(where), " on CPU %d", span->cpu);
	snprintf(id, sizeof(id), span->kind == SPAN_MARKED ? "id %llu" : "returned %lld", span->id);
	fprintf(file, "#%llu  %s  %s  %s/%d%s  %s  %s (typically %s)\n", number,
		text_escape(text, sizeof(text), name->text, strlen(name->text)), id,
		text_escape(comm, sizeof(comm), thread, strlen(thread)),
		charges_tid(teller->charges, span), where,
		format_clock(clock, hft_reader_realtime(teller->reader, span->start)),
		format_ns(time, (double)ns_of(teller, length_of(span))),
		format_ns(typical,
			  (double)ns_of(teller, histogram_percentile(&name->duration, 50))));
	for (i = 0; i < span->parts_count; i++)
		print_part(teller, span, &span->part[i], &rounding, file);
	print_counts(teller, span, file);
	print_flows(teller, span, file);
	explanation_top(teller, span, &top);
	causes_advice(charges_causes(teller->charges), top.culprit, text, sizeof(text));
	if (text[0])
		fprintf(file, "  next, for %s: %s\n", cause_name(top.cause), text);
	fputc('\n', file);
}

static void counts_json(const struct teller *teller, const struct span *span, struct json *json)
{
	const struct span_counts *counts = span->counts;
	__u64 median;
	__u32 i;

	if (!counts)
		return;
	json_array(json, "counts");
	for (i = 0; i < counts->events; i++) {
		json_object(json, NULL);
		json_string(json, "event", counts->event[i]);
		if (counts->count[i] == HFT_SPAN_PMU_MISSING)
			json_null(json, "count");
		else
			json_u64(json, "count", counts->count[i]);
		if (counted_median(teller->counted, span->name, counts->event[i], &median))
			json_u64(json, "median", median);
		else
			json_null(json, "median");
		json_close(json);
	}
	json_close(json);
}

void explanation_json(const struct teller *teller, const struct span *span, struct json *json)
{
	struct causes *causes = charges_causes(teller->charges);
	const struct span_name *name = &teller->spans->name[span->name];
	struct rounding rounding = { 0 };
	char text[CULPRIT_TEXT];
	struct top top;
	__u32 i;

	explanation_top(teller, span, &top);
	json_object(json, NULL);
	json_string(json, "name", name->text);
	json_string(json, "kind", span->kind == SPAN_MARKED ? "span" : "call");
	if (span->kind == SPAN_MARKED) {
		json_u64(json, "id", span->id);
	} else {
		json_null(json, "id");
		json_s64(json, "result", (__s64)span->id);
	}
	json_s64(json, "tid", charges_tid(teller->charges, span));
	json_string(json, "comm", charges_comm(teller->charges, span));
	if (span->cpu >= 0)
		json_s64(json, "cpu", span->cpu);
	else
		json_null(json, "cpu");
	json_u64(json, "start_tsc", span->start);
	json_u64(json, "end_tsc", span->end);
	json_s64(json, "start_realtime_ns", hft_reader_realtime(teller->reader, span->start));
	json_u64(json, "ticks", length_of(span));
	json_u64(json, "ns", ns_of(teller, length_of(span)));
	json_u64(json, "typical_ns", ns_of(teller, histogram_percentile(&name->duration, 50)));
	json_u64(json, "typical_user_ns", ns_of(teller, spans_typical(name, 50)));
	json_array(json, "parts");
	for (i = 0; i < span->parts_count; i++) {
		const struct part *part = &span->part[i];

		json_object(json, NULL);
		json_string(json, "cause", cause_name(causes_get(causes, part->culprit)->cause));
		json_string(json, "culprit", causes_text(causes, part->culprit));
		json_u64(json, "count", part->count);
		json_u64(json, "ticks", part->ticks);
		json_u64(json, "ns", next_ns(teller, part, &rounding));
		json_bool(json, "excess",
			  causes_get(causes, part->culprit)->cause != CAUSE_USER);
		causes_sender_json(causes, part->culprit, json);
		json_close(json);
	}
	json_close(json);
	counts_json(teller, span, json);
	json_string(json, "top_cause", cause_name(top.cause));
	json_string(json, "top_culprit", causes_text(causes, top.culprit));
	json_string(json, "next", causes_advice(causes, top.culprit, text, sizeof(text)));
	flows_json(teller, span, json);
	json_close(json);
}
