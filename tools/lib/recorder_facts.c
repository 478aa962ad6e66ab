// SPDX-License-Identifier: GPL-2.0
/* What a run writes down: about the machine, the processes, itself. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts_boards.h"
#include "lib/facts_write.h"
#include "lib/hooks.h"
#include "lib/output.h"
#include "lib/process.h"
#include "lib/recorder.h"

static void print_command_line(FILE *file, const struct recorder_options *options)
{
	char text[1024];
	int i;

	fputs("command=hftrace", file);
	for (i = 0; i < options->argc; i++)
		fprintf(file, " %s", text_escape(text, sizeof(text), options->argv[i],
						 strlen(options->argv[i])));
	fputc('\n', file);
}

static void print_kernel(FILE *file, const struct recorder *recorder)
{
	const struct recorder_plan *plan = recorder->plan;
	const struct hft_hello *hello = &plan->device.hello;
	char text[HOOKS_TEXT], escaped[130], list[1024];

	if (!plan->kernel) {
		fprintf(file, "kernel=no\nkernel_why_not=%s\n", plan->why_not);
		return;
	}
	fprintf(file, "kernel=yes\nmodule=%s\n",
		text_escape(escaped, sizeof(escaped), hello->version, sizeof(hello->version)));
	fprintf(file, "hooks=%s\n", hooks_format(plan->arming.hooks, text));
	fprintf(file, "hooks_elsewhere=%s\n", hooks_format(plan->arming.hooks_elsewhere, text));
	fprintf(file, "cpus=%s\n", cpus_format(&plan->arming.cpus, list, sizeof(list)));
	fprintf(file, "ring_slots=%llu\nlease_ms=%u\nclock_flags=%s%s\n", hello->ring_slots,
		plan->arming.lease_ms,
		hello->clock_flags & HFT_CLOCK_INVARIANT ? "invariant" : "not-invariant",
		hello->clock_flags & HFT_CLOCK_SYNCHRONIZED ? ",synchronized" : "");
}

static void print_filters(FILE *file, const struct recorder_options *options,
			  const struct arming *arming)
{
	size_t i;

	for (i = 0; i < options->quiets; i++)
		fprintf(file, "%s%d%s", i ? "," : "no_syscalls=", options->quiet[i],
			i + 1 == options->quiets ? "\n" : "");
	if (!arming->tgid[0])
		return;
	fputs("tgids=", file);
	for (i = 0; i < HFT_FILTERS && arming->tgid[i]; i++)
		fprintf(file, "%s%d", i ? "," : "", arming->tgid[i]);
	fputc('\n', file);
}

static void print_ring_names(FILE *file, const struct capture *capture)
{
	const struct stream *stream;
	struct hft_ring_info info;
	char name[80];
	__u32 life;
	size_t i;

	for (i = 0; i < capture->count; i++) {
		if (!capture->rings[i].wanted)
			continue;
		hft_reader_ring(capture->reader, i, &info);
		if (info.kind != HFT_RING_USER)
			continue;
		stream = &capture->rings[i].stream;
		life = capture->processes[stream->source.stream_class - 1]->life;
		fprintf(file, "ring.%s.name=%s\n", stream->name,
			text_escape(name, sizeof(name), info.name, sizeof(info.name)));
		if (life > 1)
			fprintf(file, "ring.%s.life=%u\n", stream->name, life);
	}
}

static void print_rings(FILE *file, const struct recorder *recorder)
{
	struct capture_ring ring;
	size_t i;

	for (i = 0; i < recorder->capture.count; i++) {
		if (!capture_ring(&recorder->capture, i, &ring))
			continue;
		fprintf(file, "ring.%s.written=%llu\nring.%s.read=%llu\n"
			"ring.%s.lost_records=%llu\nring.%s.lost_slots=%llu\n",
			ring.name, ring.written, ring.name, ring.stored, ring.name, ring.lost,
			ring.name, ring.slots_lost);
	}
}

/* facts/recording; `ended` when it is over. */
static int write_recording(struct recorder *recorder, bool ended)
{
	FILE *file = recording_new_file(&recorder->recording, "recording");

	if (!file)
		return -errno;
	fprintf(file, "version=%s\nabi=%u.%u\nstarted_ns=%llu\nstarted_tsc=%llu\n", HFT_VERSION,
		HFT_ABI_MAJOR, HFT_ABI_MINOR, recorder->started_ns, recorder->started_tsc);
	if (ended)
		fprintf(file, "stopped_ns=%llu\nstopped_tsc=%llu\n", recorder->stopped_ns,
			recorder->stopped_tsc);
	if (recorder->armed_ns)
		fprintf(file, "armed_ns=%llu\narmed_tsc=%llu\n", recorder->armed_ns,
			recorder->armed_tsc);
	print_command_line(file, recorder->options);
	print_kernel(file, recorder);
	print_filters(file, recorder->options, &recorder->plan->arming);
	fprintf(file, "clock_khz=%lld\n", llround(recorder->hz / 1000));
	if (!ended)
		fputs("state=running\n", file);
	else if (recorder->failure)
		fprintf(file, "state=failed\nfailure=%s\n", strerror(-recorder->failure));
	else
		fprintf(file, "state=complete\nended=%s\n", recorder->ended);
	if (recorder->lease_ran_out)
		fputs("lease_ran_out=yes\n", file);
	print_ring_names(file, &recorder->capture);
	if (ended)
		print_rings(file, recorder);
	return recording_put(&recorder->recording, file, "recording", false);
}

/* The processes whose memory maps are of use: chosen, started, attached. */
static pid_t *list_processes(const struct recorder *recorder, size_t *count)
{
	const struct recorder_options *options = recorder->options;
	const struct capture *capture = &recorder->capture;
	size_t used = 0;
	pid_t *pids;
	size_t i;

	pids = calloc(options->tgids_count + options->quiets + capture->processes_count + 1,
		      sizeof(*pids));
	if (!pids)
		return NULL;
	for (i = 0; i < options->tgids_count; i++)
		pids[used++] = options->tgids[i];
	for (i = 0; i < options->quiets; i++) {
		pids[used] = process_of_thread(options->quiet[i]);
		used += !!pids[used];
	}
	if (recorder->child_pid)
		pids[used++] = recorder->child_pid;
	/* One that has ended may have left its number to another, whose memory tells nothing. */
	for (i = 0; i < capture->processes_count; i++) {
		const struct names *process = capture->processes[i];

		if (process->start && process->start == process_start(process->tgid))
			pids[used++] = process->tgid;
	}
	*count = used;
	return pids;
}

int recorder_facts_maps(struct recorder *recorder)
{
	size_t count, i;
	pid_t *pids = list_processes(recorder, &count);
	int err = 0;

	if (!pids)
		return -ENOMEM;
	for (i = 0; i < count && !err; i++) {
		err = facts_maps(&recorder->recording, pids[i]);
		if (!err)
			err = facts_jit(&recorder->recording, pids[i]);
		/* It has gone, or it belongs to another: then its addresses stay numbers. */
		if (err == -ESRCH || err == -EACCES || err == -EPERM)
			err = 0;
	}
	if (!err)
		err = facts_buildids(&recorder->recording, pids, count);
	free(pids);
	return err;
}

static int write_host(struct recording *recording)
{
	int err = facts_host(recording);

	return err ? err : facts_settings(recording);
}

int recorder_facts_start(struct recorder *recorder)
{
	struct recording *recording = &recorder->recording;
	int err;

	err = write_recording(recorder, false);
	if (!err)
		err = facts_clock(recording, &recorder->first);
	if (!err)
		err = write_host(recording);
	if (!err)
		err = facts_doctor(recording, &recorder->plan->arming.cpus);
	if (!err)
		err = facts_symbols(recording);
	if (!err)
		err = facts_tasks(recording);
	return err;
}

int recorder_facts_refresh(struct recorder *recorder)
{
	struct capture *capture = &recorder->capture;
	size_t noted = recorder->rings_noted;
	struct timeline clock;
	int err = 0;
	size_t i;

	for (; recorder->rings_noted < capture->count && !err; recorder->rings_noted++) {
		struct hft_ring_info info;

		hft_reader_ring(capture->reader, recorder->rings_noted, &info);
		if (info.kind == HFT_RING_USER && capture->rings[recorder->rings_noted].wanted)
			err = facts_thread(&recorder->recording, info.tgid, info.id, info.name);
	}
	for (i = 0; i < capture->processes_count && !err; i++) {
		err = facts_names(&recorder->recording, capture->processes[i]);
		if (!err)
			err = facts_formats(&recorder->recording, capture->processes[i]);
	}
	if (!err && noted != recorder->rings_noted)
		err = write_recording(recorder, false);
	if (err)
		return err;
	timeline_set(&clock, &recorder->first, &recorder->last, recorder->hz);
	return capture_metadata(capture, &clock, &recorder->events);
}

/* What the processes show, at last. */
static int write_boards(struct recorder *recorder)
{
	struct capture *capture = &recorder->capture;
	int err;

	/* neither the module nor a process of the library */
	if (!capture->reader)
		return 0;
	err = facts_values(&recorder->recording, capture->reader, capture->processes,
			   capture->processes_count);
	return err ? err : facts_states(&recorder->recording, capture->reader,
					capture->processes, capture->processes_count);
}

static int close_facts(struct recorder *recorder)
{
	int err, other;

	/* What matters most first, should the disk be full. */
	err = facts_clock(&recorder->recording, &recorder->last);
	other = recorder_facts_refresh(recorder);
	err = err ? err : other;
	other = recorder_probe_facts(recorder);
	err = err ? err : other;
	other = write_recording(recorder, true);
	err = err ? err : other;
	other = write_boards(recorder);
	return err ? err : other;
}

int recorder_facts_window(struct recorder *recorder)
{
	int err = facts_clock(&recorder->recording, &recorder->first);

	recorder->rings_noted = 0;
	if (!err)
		err = close_facts(recorder);
	if (!err)
		err = recorder_pmu_facts(recorder);
	return err ? err : recorder_watch_facts(recorder);
}

/* What says more about the machine than about the moment, and takes its time. */
static int write_slow(struct recorder *recorder, unsigned int step)
{
	switch (step) {
	case 0:
		return facts_tasks(&recorder->recording);
	case 1:
		return facts_interrupts(&recorder->recording);
	case 2:
		return recorder_facts_maps(recorder);
	case 3:
		return write_host(&recorder->recording);
	case 4:
		return facts_doctor(&recorder->recording, &recorder->plan->arming.cpus);
	default:
		return facts_symbols(&recorder->recording);
	}
}

#define SLOW_AT_END	3U	/* the others are written at the start */
#define SLOW_STEPS	6U

int recorder_facts_slow(struct recorder *recorder, unsigned int step)
{
	int err = write_slow(recorder, step);

	return err ? err : step + 1 < SLOW_STEPS;
}

int recorder_facts_names(struct recorder *recorder)
{
	struct recording *recording = &recorder->recording;
	int err = write_recording(recorder, recorder->ended);

	if (!err)
		err = facts_host(recording);
	if (!err)
		err = facts_tasks(recording);
	if (!err)
		err = facts_interrupts(recording);
	if (!err)
		err = recorder_facts_maps(recorder);
	return err ? err : facts_symbols(recording);
}

int recorder_facts_end(struct recorder *recorder)
{
	int err = close_facts(recorder);
	unsigned int step;

	for (step = 0; step < SLOW_AT_END && !err; step++)
		err = write_slow(recorder, step);
	return err;
}
