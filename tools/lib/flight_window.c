// SPDX-License-Identifier: GPL-2.0
/* One window: copied at once, its facts when there is time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hftrace.h>
#include "lib/flight.h"
#include "lib/output.h"

#define SLACK_NS	20000000ULL	/* between a window's end and its copy being made */
#define NUMBER_MAX	1000000U

/* NAME-N.hft: the next number that is free, or with -f the next. */
static int make_recording(struct flight *flight, struct flight_window *window)
{
	const struct recorder_options *options = flight->recorder.options;
	char why[RECORDING_WHY];
	int err;

	do {
		if (flight->number == NUMBER_MAX ||
		    snprintf(window->path, sizeof(window->path), "%s-%u.hft", options->output,
			     ++flight->number) >= (int)sizeof(window->path)) {
			message("no name is left for another window of %s", options->output);
			return -ENAMETOOLONG;
		}
		err = recording_create(&flight->recorder.recording, window->path,
				       options->replace, why);
	} while (err == -EEXIST);
	if (err)
		message("%s; this window is lost", why);
	return err;
}

static __u64 realtime(const struct recorder *recorder, __u64 ticks)
{
	struct timeline clock;

	timeline_set(&clock, &recorder->first, &recorder->last, recorder->hz);
	return timeline_realtime(&clock, ticks);
}

/* facts/trigger: for `hftrace explain`. */
static int write_trigger(struct recorder *recorder, const struct flight_window *window)
{
	static const char *const causes[] = {
		[HFT_TRIGGER_ASKED] = "asked",
		[HFT_TRIGGER_SPAN] = "span",
		[HFT_TRIGGER_COUNT] = "count",
	};
	const struct flight_trigger *trigger = &window->trigger;
	FILE *file = recording_new_file(&recorder->recording, "trigger");
	char text[4 * sizeof(trigger->name)];

	if (!file)
		return -errno;
	fprintf(file, "cause=%s\nby=%s\n",
		trigger->cause < ARRAY_SIZE(causes) && causes[trigger->cause] ?
		causes[trigger->cause] : "unknown", trigger->by_rule ? "rule" : "program");
	fprintf(file, "ticks=%llu\nrealtime_ns=%llu\nvalue=%llu\nlimit=%llu\nid=%llu\n",
		trigger->tsc, realtime(recorder, trigger->tsc), trigger->value, trigger->limit,
		trigger->id);
	fprintf(file, "name=%s\n", text_escape(text, sizeof(text), trigger->name,
					       sizeof(trigger->name)));
	fprintf(file, "thread=%s\n", text_escape(text, sizeof(text), trigger->thread,
						 sizeof(trigger->thread)));
	fprintf(file, "tgid=%d\ntid=%d\nalso=%u\n", trigger->tgid, trigger->tid, window->also);
	fprintf(file, "complete=%s\n", flight_complete(window) ? "yes" : "no");
	return recording_put(&recorder->recording, file, "trigger", false);
}

static int copy(struct flight *flight, struct flight_window *window)
{
	struct recorder *recorder = &flight->recorder;
	const char *ended = recorder->ended;
	int err;

	err = capture_window(&recorder->capture, window->begin, window->end, &window->held);
	if (err)
		return err;
	err = clock_sample(recorder_device(recorder), &recorder->last);
	if (err)
		return err;
	recorder->started_ns = realtime(recorder, window->begin);
	recorder->stopped_ns = realtime(recorder, window->end);
	recorder->started_tsc = window->begin;
	recorder->stopped_tsc = window->end;
	recording_free_reserve(&recorder->recording);
	recorder->ended = "trigger";
	err = recorder_facts_window(recorder);
	if (!err)
		err = write_trigger(recorder, window);
	recorder->ended = ended;
	return err;
}

static void give_up(struct flight *flight, struct flight_window *window,
		    struct recording *recording, int err)
{
	message("cannot write %s: %s; this window is lost", window->path, strerror(-err));
	recording_abandon(recording);
	recording_close(recording);
	window->path[0] = 0;
	flight->failed++;
}

void flight_copy(struct flight *flight, struct flight_window *window)
{
	struct recorder *recorder = &flight->recorder;
	int err;

	/* Threads that came since; -errno: of those that there were. */
	err = capture_refresh(&recorder->capture);
	if (err < 0)
		message("threads that are new are missing in the next window: %s", strerror(-err));
	if (make_recording(flight, window)) {
		window->path[0] = 0;
		flight->failed++;
		return;
	}
	err = copy(flight, window);
	window->recording = recorder->recording;
	if (err)
		give_up(flight, window, &window->recording, err);
}

/* What is missing was written. */
static bool is_lossy(const struct capture_held *held)
{
	return held->missing || held->slots_lost || held->unfinished;
}

bool flight_finish(struct flight *flight, struct flight_window *window)
{
	struct recorder *recorder = &flight->recorder;
	int err;

	recorder->recording = window->recording;
	err = recorder_facts_slow(recorder, window->step++);
	if (err > 0)
		return true;
	if (err) {
		give_up(flight, window, &window->recording, err);
		return false;
	}
	err = recording_keep(&window->recording);
	if (err)
		message("%s was replaced, but not deleted: %s", window->path, strerror(-err));
	recording_close(&window->recording);
	flight->kept++;
	flight->incomplete += is_lossy(&window->held);
	flight_say_window(flight, window);
	return false;
}

bool flight_complete(const struct flight_window *window)
{
	return !is_lossy(&window->held) && !window->begins_late && !window->ends_early;
}

/* ------------------------------------------------------------ small rings */

static bool *find_warned(struct flight *flight, size_t ring)
{
	bool *more;

	if (ring >= flight->warned_count) {
		more = realloc(flight->warned, (ring + 1) * sizeof(*more));
		if (!more)
			return NULL;
		memset(more + flight->warned_count, 0,
		       (ring + 1 - flight->warned_count) * sizeof(*more));
		flight->warned = more;
		flight->warned_count = ring + 1;
	}
	return &flight->warned[ring];
}

/* How far back a ring goes now: it is only known by what is written. */
static void check_ring(struct flight *flight, size_t ring, __u64 window)
{
	const struct captured *captured = &flight->recorder.capture.rings[ring];
	char holds[FORMAT_SIZE], needs[FORMAT_SIZE];
	__u64 now = hft_ticks(), since;
	bool *warned = find_warned(flight, ring);
	double hz = flight->recorder.hz;

	if (!warned || *warned || now < window ||
	    hft_reader_seek(flight->recorder.capture.reader, ring, now - window, &since) ||
	    since <= now - window)
		return;
	*warned = true;
	message("%s: its ring holds the last %s, and a window needs %s: %s",
		captured->stream.name, format_ns(holds, since < now ? (now - since) * 1e9 / hz : 0),
		format_ns(needs, (double)window * 1e9 / hz),
		captured->stream.source.ring_kind == HFT_RING_CPU ? "--ring-size is more" :
		"give hft_init() more ring_slots");
}

void flight_check_rings(struct flight *flight)
{
	const struct flight_options *options = &flight->recorder.options->flight;
	__u64 window = flight_ticks(flight, options->pre_ns + options->post_ns + SLACK_NS);
	size_t i;

	for (i = 0; i < flight->recorder.capture.count; i++) {
		if (flight->recorder.capture.rings[i].wanted)
			check_ring(flight, i, window);
	}
}
