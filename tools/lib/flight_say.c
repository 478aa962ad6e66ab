// SPDX-License-Identifier: GPL-2.0
/* What is said of windows: a line each, JSON for scripts, and the sum. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "lib/flight.h"
#include "lib/json.h"
#include "lib/output.h"

static double ns_of(const struct flight *flight, __u64 ticks)
{
	return (double)ticks * 1e9 / flight->recorder.hz;
}

static __s64 realtime(const struct flight *flight, __u64 ticks)
{
	const struct recorder *recorder = &flight->recorder;
	struct timeline clock;

	timeline_set(&clock, &recorder->first, &recorder->last, recorder->hz);
	return timeline_realtime(&clock, ticks);
}

#define WHAT_SIZE 600

/* "span order of engine/1234 took 57.1 us, over 40 us, id 81234". */
static const char *what(const struct flight *flight, const struct flight_trigger *trigger,
			char buf[WHAT_SIZE])
{
	char name[4 * sizeof(trigger->name)], thread[4 * sizeof(trigger->thread)];
	char value[FORMAT_SIZE], limit[FORMAT_SIZE];

	text_escape(name, sizeof(name), trigger->name, sizeof(trigger->name));
	text_escape(thread, sizeof(thread), trigger->thread, sizeof(trigger->thread));
	if (trigger->cause == HFT_TRIGGER_SPAN)
		snprintf(buf, WHAT_SIZE, "span %s of %s/%d took %s, over %s, id %llu", name, thread,
			 trigger->tid, format_ns(value, ns_of(flight, trigger->value)),
			 format_ns(limit, ns_of(flight, trigger->limit)), trigger->id);
	else if (trigger->cause == HFT_TRIGGER_COUNT)
		snprintf(buf, WHAT_SIZE, "%s %s of %s/%d were done",
			 format_count(value, trigger->value), name, thread, trigger->tid);
	else
		snprintf(buf, WHAT_SIZE, "%s/%d asked for it: %s, value %llu", thread,
			 trigger->tid, name, trigger->value);
	return buf;
}

static void say_missing(const struct flight *flight, const struct flight_window *window)
{
	const struct capture_held *held = &window->held;
	char missing[FORMAT_SIZE], size[FORMAT_SIZE], advice[100];

	if (held->kind == HFT_RING_CPU)
		snprintf(advice, sizeof(advice), "--ring-size %lluM",
			 held->needed * HFT_SLOT_SIZE >> 20 ?: 1);
	else
		snprintf(advice, sizeof(advice), "ring_slots %llu for hft_init()", held->needed);
	message("%s: of its start %s are missing in %s, whose ring of %s was lapped; %s would do",
		window->path, format_ns(missing, ns_of(flight, held->missing)), held->ring,
		format_bytes(size, held->capacity * HFT_SLOT_SIZE), advice);
}

static void say_holes(const struct flight *flight, const struct flight_window *window)
{
	const struct capture_held *held = &window->held;
	char count[FORMAT_SIZE];

	if (held->missing)
		say_missing(flight, window);
	if (held->slots_lost)
		message("%s: %s slots were overwritten while they were copied", window->path,
			format_count(count, held->slots_lost));
	if (held->unfinished)
		message("%s: %u rings end at a record that its thread did not finish in time",
			window->path, held->unfinished);
	if (window->begins_late)
		message("%s: its start is missing, as recording had only begun", window->path);
	if (window->ends_early)
		message("%s: its end is missing, as recording was stopped", window->path);
}

static void print_json(const struct flight *flight, const struct flight_window *window)
{
	const struct flight_trigger *trigger = &window->trigger;
	bool span = trigger->cause == HFT_TRIGGER_SPAN;
	struct json json;

	json_start(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "recording", window->path);
	json_string(&json, "cause", span ? "span" :
		    trigger->cause == HFT_TRIGGER_COUNT ? "count" : "asked");
	json_bool(&json, "by_rule", trigger->by_rule);
	json_text(&json, "name", trigger->name, sizeof(trigger->name));
	json_text(&json, "thread", trigger->thread, sizeof(trigger->thread));
	json_s64(&json, "tid", trigger->tid);
	json_s64(&json, "pid", trigger->tgid);
	json_u64(&json, "id", trigger->id);
	if (span) {
		json_double(&json, "ns", ns_of(flight, trigger->value));
		json_double(&json, "limit_ns", ns_of(flight, trigger->limit));
	} else {
		json_u64(&json, "value", trigger->value);
	}
	json_s64(&json, "realtime_ns", realtime(flight, trigger->tsc));
	json_s64(&json, "begin_realtime_ns", realtime(flight, window->begin));
	json_s64(&json, "end_realtime_ns", realtime(flight, window->end));
	json_u64(&json, "also", window->also);
	json_u64(&json, "records", window->held.records);
	json_u64(&json, "bytes", window->held.bytes);
	json_u64(&json, "rings", window->held.rings);
	json_bool(&json, "complete", flight_complete(window));
	json_double(&json, "missing_ns", ns_of(flight, window->held.missing));
	json_u64(&json, "slots_lost", window->held.slots_lost);
	json_close(&json);
	json_newline(&json);
	fflush(stdout);
}

void flight_say_window(const struct flight *flight, const struct flight_window *window)
{
	char text[WHAT_SIZE], clock[FORMAT_SIZE], count[FORMAT_SIZE], also[40] = "";

	if (window->also)
		snprintf(also, sizeof(also), " and %u more triggers", window->also);
	message("%s: %s%s, at %s; %s records of %u rings, %s", window->path,
		what(flight, &window->trigger, text), also,
		format_clock(clock, realtime(flight, window->trigger.tsc)),
		format_count(count, window->held.records), window->held.rings,
		flight_complete(window) ? "complete" : "not complete");
	say_holes(flight, window);
	if (flight->recorder.options->json)
		print_json(flight, window);
}

static __u64 count_missed(const struct flight *flight)
{
	const struct flight_watch *watch = &flight->watch;
	__u64 missed = 0;
	size_t i;

	for (i = 0; i < watch->processes; i++) {
		if (capture_wants(&flight->recorder.capture, watch->process[i].tgid))
			missed += flight_process_missed(&watch->process[i]);
	}
	return missed;
}

static void print_sum(const struct flight *flight, __u64 missed)
{
	const struct recorder *recorder = &flight->recorder;
	struct json json;

	json_start(&json, stdout);
	json_object(&json, NULL);
	json_u64(&json, "windows", flight->kept);
	json_u64(&json, "incomplete", flight->incomplete);
	json_u64(&json, "failed", flight->failed);
	json_u64(&json, "triggers", flight->triggers);
	json_u64(&json, "in_windows_of_others", flight->also);
	json_u64(&json, "left_out", flight->left_out);
	json_u64(&json, "missed", missed);
	json_string(&json, "ended", recorder->failure ? strerror(-recorder->failure) :
		    recorder->ended);
	json_bool(&json, "lease_ran_out", recorder->lease_ran_out);
	json_close(&json);
	json_newline(&json);
}

int flight_summary(const struct flight *flight)
{
	__u64 missed = count_missed(flight);
	const struct recorder *recorder = &flight->recorder;
	char also[FORMAT_SIZE], left[FORMAT_SIZE], count[FORMAT_SIZE];
	int status = HFT_EXIT_OK;

	recorder_say_command(recorder);
	if (recorder->failure)
		message("stopped: %s", strerror(-recorder->failure));
	if (!flight->triggers)
		message("no trigger came: no window was kept");
	else
		message("%llu windows of %s triggers; %s lie in another's window, %s were left out",
			flight->kept, format_count(count, flight->triggers),
			format_count(also, flight->also), format_count(left, flight->left_out));
	if (missed)
		message("%s triggers were overwritten before they were seen",
			format_count(count, missed));
	recorder_cost_say(recorder);
	if (recorder->options->json) {
		print_sum(flight, missed);
		status = output_finish(status);
	}
	if (recorder->failure || flight->failed)
		return HFT_EXIT_FAILED;
	if (flight->incomplete || missed || recorder->lease_ran_out)
		return HFT_EXIT_LOST;
	return status;
}
