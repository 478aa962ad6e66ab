// SPDX-License-Identifier: GPL-2.0
/* Where the time of single spans went. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lib/args.h"
#include "lib/charges.h"
#include "lib/explain.h"
#include "lib/explain_passes.h"
#include "lib/explanation.h"
#include "lib/facts.h"
#include "lib/flows.h"
#include "lib/losses.h"
#include "lib/output.h"
#include "lib/source.h"
#include "lib/window.h"

static const char *called(const struct explain_options *options)
{
	return options->called ? options->called : options->path;
}

static int slower_first(const void *a, const void *b)
{
	const struct span *left = *(const struct span *const *)a;
	const struct span *right = *(const struct span *const *)b;
	__u64 x = left->end - left->start, y = right->end - right->start;

	if (x != y)
		return x > y ? -1 : 1;
	return left->end < right->end ? -1 : left->end > right->end;
}

static int earlier_first(const void *a, const void *b)
{
	const struct span *left = *(const struct span *const *)a;
	const struct span *right = *(const struct span *const *)b;

	if (left->end != right->end)
		return left->end < right->end ? -1 : 1;
	return left->start > right->start ? -1 : left->start < right->start;
}

static const struct span **sort_chosen(const struct spans *spans, bool all, size_t *count)
{
	const struct span **chosen = calloc(spans->count ? spans->count : 1, sizeof(*chosen));
	size_t i;

	*count = 0;
	for (i = 0; i < spans->count && chosen; i++)
		if (spans->span[i].chosen)
			chosen[(*count)++] = &spans->span[i];
	if (chosen)
		qsort(chosen, *count, sizeof(*chosen), all ? earlier_first : slower_first);
	return chosen;
}

static void print_json(const struct teller *teller, const struct span *const *chosen,
		       size_t count, const struct explain_options *options)
{
	struct json *json = options->json;
	size_t i;

	if (options->all) {
		for (i = 0; i < count; i++) {
			explanation_json(teller, chosen[i], json);
			json_newline(json);
		}
		losses_print(teller->reader, stderr);
		return;
	}
	json_object(json, options->key);
	json_array(json, "spans");
	for (i = 0; i < count; i++)
		explanation_json(teller, chosen[i], json);
	json_close(json);
	json_u64(json, "spans_seen", teller->spans->seen);
	json_u64(json, "spans_matched", teller->spans->matched);
	losses_json(teller->reader, json, "losses");
	json_close(json);
	if (!options->key)
		json_newline(json);
}

/* Then nothing but own time can be told. */
static void print_why_no_kernel(const char *path)
{
	char *why = facts_value(path, "recording", "kernel_why_not");
	char text[512];

	if (why)
		printf("The kernel was not recorded: %s\n",
		       text_escape(text, sizeof(text), why, strlen(why)));
	free(why);
}

static void print_text(const struct teller *teller, const struct span *const *chosen, size_t count,
		       const char *path, bool trigger)
{
	char shown[FORMAT_SIZE], matched[FORMAT_SIZE], seen[FORMAT_SIZE];
	size_t i;

	for (i = 0; i < count; i++)
		explanation_print(teller, chosen[i], i + 1, stdout);
	if (trigger)
		printf("This span is why the window was kept; -n 10 takes the slowest.\n");
	printf("%s of %s spans that match, of %s recorded\n", format_count(shown, count),
	       format_count(matched, teller->spans->matched),
	       format_count(seen, teller->spans->seen));
	if (charges_unplaced(teller->charges))
		printf("%u threads ran nobody knows where; record the hook switch, or pin them\n",
		       charges_unplaced(teller->charges));
	print_why_no_kernel(path);
	losses_print(teller->reader, stdout);
}

static int tell(const struct teller *teller, const struct explain_options *options)
{
	const struct span **chosen;
	size_t count;

	if (!teller->spans->seen) {
		message("%s: no spans; they come from libhftrace, or probes like FUNCTION%%return",
			called(options));
		return HFT_EXIT_FAILED;
	}
	if (!teller->spans->matched && !options->none_is_fine) {
		message("%s: none of its %llu spans matches", called(options), teller->spans->seen);
		return HFT_EXIT_FAILED;
	}
	chosen = sort_chosen(teller->spans, options->all, &count);
	if (!chosen) {
		message("out of memory");
		return HFT_EXIT_FAILED;
	}
	if (options->json)
		print_json(teller, chosen, count, options);
	else
		print_text(teller, chosen, count, options->path, options->trigger);
	free(chosen);
	return losses_any(teller->reader) ? HFT_EXIT_LOST : HFT_EXIT_OK;
}

/*
 * Of a window the span that it was kept of, unless others are asked for. A window that
 * no span was the reason for is a recording as others are.
 */
static int find_trigger(struct explain_options *options)
{
	struct span_choice *choice = &options->choice;
	char *cause = facts_value(options->path, "trigger", "cause");
	bool span = cause && !strcmp(cause, "span");
	__u64 end, id;

	free(cause);
	if (!options->trigger && options->chosen)
		return 0;
	if (span && !facts_number(options->path, "trigger", "ticks", &end) &&
	    !facts_number(options->path, "trigger", "id", &id)) {
		choice->by_end = true;
		choice->end = end;
		choice->by_id = true;
		choice->id = id;
		options->trigger = true;
		options->trigger_name = facts_value(options->path, "trigger", "name");
		choice->name = options->trigger_name;
		return 0;
	}
	if (!options->trigger)
		return 0;
	message("%s: it was not kept because of a span", called(options));
	return HFT_EXIT_FAILED;
}

/* "HH:MM:SS" needs the day, "+1s" the start: of the recording. */
static int find_moment(struct explain_options *options, const struct hft_reader *reader)
{
	struct span_choice *choice = &options->choice;
	__u64 started, stopped, begin = 0, end = 0;
	__s64 ns;

	if (!options->moment)
		return 0;
	if (facts_number(options->path, "recording", "started_ns", &started)) {
		message("%s: does not tell when it began, so --at cannot be used", called(options));
		return HFT_EXIT_FAILED;
	}
	if (facts_number(options->path, "recording", "stopped_ns", &stopped))
		stopped = started;
	if (parse_moment(options->moment, (__s64)started, (__s64)stopped, &choice->moment))
		return usage_error(&cmd_explain, "'%s' is no moment; try 14:03:22.5 or +1.5s",
				   options->moment);
	recording_times(options->path, reader, &begin, &end);
	/* A distance is one in ticks, as the clock may have been set. */
	choice->by_ticks = begin && is_distance(options->moment) &&
			   !parse_moment(options->moment, 0, 0, &ns);
	choice->by_moment = !choice->by_ticks;
	if (choice->by_ticks)
		choice->ticks = (ns < 0 && end ? end : begin) +
				(__u64)llround((double)ns * hft_reader_hz(reader) / 1e9);
	return 0;
}

int explain_run(struct explain_options *options)
{
	struct teller teller = { 0 };
	struct spans spans = { 0 };
	struct passes passes = {
		.path = options->path, .choice = &options->choice, .spans = &spans,
		.teller = &teller,
	};
	int status, err;

	status = source_open_recording(&passes.first, options->path);
	if (status)
		return status;
	status = source_open_recording(&passes.second, options->path);
	if (!status)
		status = find_moment(options, passes.first);
	if (!status)
		status = find_trigger(options);
	if (status)
		goto out;
	options->choice.slower_than =
		(__u64)llround((double)options->slower_than_ns * hft_reader_hz(passes.first) / 1e9);
	/* Of spans from before hooks were armed little can be told: for who names them. */
	if (!options->choice.by_id && !options->moment && !options->choice.by_end &&
	    !options->all)
		options->choice.from = recording_armed(options->path, passes.first);
	teller.spans = &spans;
	err = passes_read(&passes);
	if (err == -E2BIG)
		message("more than %zu spans match; choose with --span, --slower-than or -n",
			SPANS_MAX);
	else if (err == -EAGAIN)
		message("%s: it grows while it is read; wait for its end", called(options));
	else if (err)
		message("%s: %s", called(options), strerror(-err));
	status = err ? HFT_EXIT_FAILED : tell(&teller, options);
	flows_close(teller.flows);
	charges_close(teller.charges);
	counted_close(teller.counted);
	spans_uninit(&spans);
out:
	free(options->trigger_name);
	hft_reader_close(passes.second);
	hft_reader_close(passes.first);
	return status;
}

