// SPDX-License-Identifier: GPL-2.0
/* hftrace info: what a recording is, and whether it is whole. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <hftrace-reader.h>
#include "command.h"
#include "lib/args.h"
#include "lib/clock.h"
#include "lib/compiler.h"
#include "lib/facts.h"
#include "lib/json.h"
#include "lib/output.h"
#include "lib/packets.h"
#include "lib/records.h"
#include "lib/source.h"

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

struct info {
	const char *path;
	struct hft_reader *reader;
	struct packets *packets;	/* one a ring */
	__u32 rings;
	__u64 records;
	__u64 pads;
	__u64 bytes;
	__u64 lost;
	__u64 slots_lost;
	__u64 begin;		/* ticks, 0: no record */
	__u64 end;
	bool running;		/* was never ended, or still goes on */
	const char *damage;
};

/* The file of a ring. */
static void stream_name(const struct hft_ring_info *ring, char name[64])
{
	if (ring->kind == HFT_RING_CPU)
		snprintf(name, 64, "cpu%d", ring->id);
	else
		snprintf(name, 64, "user-%d-%d-%u", ring->tgid, ring->id, ring->generation);
}

/* Reads all of it: what the headers say is not believed. */
static int count(struct info *info)
{
	struct hft_record record;
	struct hft_ring_info ring;
	char name[64];
	__u32 i;
	int err;

	info->rings = hft_reader_rings(info->reader);
	info->packets = calloc(info->rings + 1, sizeof(*info->packets));
	if (!info->packets)
		return -ENOMEM;
	for (i = 0; i < info->rings; i++) {
		do
			err = hft_reader_next_in(info->reader, i, &record);
		while (!err);
		if (err != -ENODATA)
			return err;
		hft_reader_ring(info->reader, i, &ring);
		stream_name(&ring, name);
		err = packets_count(info->path, name, &info->packets[i]);
		if (err)
			return err;
		info->records += ring.records_read;
		info->pads += info->packets[i].pads;
		info->bytes += info->packets[i].bytes;
		info->lost += ring.records_lost;
		info->slots_lost += ring.slots_lost;
		if (ring.records_read && (!info->begin || ring.first_tsc < info->begin))
			info->begin = ring.first_tsc;
		if (ring.last_tsc > info->end)
			info->end = ring.last_tsc;
	}
	info->damage = hft_reader_damage(info->reader);
	return 0;
}

/* Lines of facts/recording and facts/host that are shown as they are. */
struct shown {
	const char *file;
	const char *key;
	const char *label;
};

static const struct shown shown[] = {
	{ "recording", "version", "hftrace" },
	{ "recording", "abi", "ABI" },
	{ "recording", "command", "command" },
	{ "recording", "state", "state" },
	{ "recording", "ended", "ended by" },
	{ "recording", "failure", "failure" },
	{ "recording", "lease_ran_out", "lease ran out" },
	{ "recording", "cpus", "traced CPUs" },
	{ "recording", "hooks", "hooks" },
	{ "recording", "hooks_elsewhere", "hooks elsewhere" },
	{ "recording", "tgids", "processes" },
	{ "recording", "kernel_why_not", "no kernel" },
	{ "pmu", "pmu", "PMU" },
	{ "pmu", "events", "events" },
	{ "pmu", "periods", "sampled each" },
	{ "pmu", "note", "note" },
	{ "recording", "clock_flags", "clock" },
	{ "host", "node", "host" },
	{ "host", "kernel", "kernel" },
	{ "host", "cpu_model", "CPU" },
	{ "host", "isolated", "isolated" },
	{ "host", "nohz_full", "nohz_full" },
	{ "doctor", "doctor", "doctor" },
};

#define SHOWN ARRAY_SIZE(shown)

static void print_facts(const struct info *info)
{
	char escaped[1024];
	size_t i;

	for (i = 0; i < SHOWN; i++) {
		char *value = facts_value(info->path, shown[i].file, shown[i].key);

		if (value && *value)
			printf("%-16s %s\n", shown[i].label,
			       text_escape(escaped, sizeof(escaped), value, strlen(value)));
		free(value);
	}
}

static int print_step(void *context, const struct clock_step *step)
{
	char before[FORMAT_SIZE], after[FORMAT_SIZE];

	(void)context;
	printf("%-16s %+.9f s at %s, which became %s%s\n", "clock was set", step->ns / 1e9,
	       format_date(before, (__s64)((__u64)step->after_ns - (__u64)step->ns)),
	       format_date(after, step->after_ns), step->leap_second ? " (a leap second)" : "");
	return 0;
}

static int json_step(void *context, const struct clock_step *step)
{
	struct json *json = context;

	json_object(json, NULL);
	json_u64(json, "tsc", step->ticks);
	json_s64(json, "ns", step->ns);
	json_s64(json, "after_realtime_ns", step->after_ns);
	json_bool(json, "leap_second", step->leap_second);
	json_close(json);
	return 0;
}

static void print_times(const struct info *info)
{
	const struct clock_steps steps = {
		.hz = hft_reader_hz(info->reader), .take = print_step,
	};
	char from[FORMAT_SIZE], to[FORMAT_SIZE], span[FORMAT_SIZE], distance[FORMAT_SIZE];
	char uncertainty[FORMAT_SIZE];
	struct clock_error error;
	__s64 first, last;

	if (info->begin) {
		first = hft_reader_realtime(info->reader, info->begin);
		last = hft_reader_realtime(info->reader, info->end);
		printf("%-16s %s\n%-16s %s (%s)\n", "first record", format_date(from, first),
		       "last record", format_date(to, last),
		       format_ns(span, steps.hz > 0 ?
				       (double)(info->end - info->begin) * 1e9 / steps.hz : 0));
	}
	if (!clock_error(info->path, &error) && error.samples)
		printf("%-16s %.0f ticks/s; %zu samples, each to %s, at most %s off a line\n",
		       "clock rate", hft_reader_hz(info->reader), error.samples,
		       format_ns(uncertainty, error.uncertainty_ns),
		       format_ns(distance, error.distance_ns));
	clock_each_step(info->path, &steps);
}

static void print_rings(const struct info *info)
{
	static const char *const headings[] = {
		"RING", "PROCESS", "RECORDS", "PADS", "SLOTS", "LOST", "SLOTS LOST", "SIZE",
	};
	struct table *table = table_new("llrrrrrr", headings);
	char records[FORMAT_SIZE], pads[FORMAT_SIZE], slots[FORMAT_SIZE], lost[FORMAT_SIZE];
	char slots_lost[FORMAT_SIZE], bytes[FORMAT_SIZE], where[100];
	struct hft_ring_info ring;
	__u32 i;

	for (i = 0; i < info->rings; i++) {
		hft_reader_ring(info->reader, i, &ring);
		table_cell(table, "%s", ring_text(&ring, where, sizeof(where)));
		if (ring.kind == HFT_RING_CPU)
			table_cell(table, "-");
		else
			table_cell(table, "%d", ring.tgid);
		table_cell(table, "%s", format_count(records, ring.records_read));
		table_cell(table, "%s", format_count(pads, info->packets[i].pads));
		table_cell(table, "%s", format_count(slots, ring.slots_read));
		table_cell(table, "%s", format_count(lost, ring.records_lost));
		table_cell(table, "%s", format_count(slots_lost, ring.slots_lost));
		table_cell(table, "%s", format_bytes(bytes, info->packets[i].bytes));
	}
	table_print(table, stdout);
	table_free(table);
}

static void print_text(const struct info *info)
{
	char bytes[FORMAT_SIZE];

	printf("%-16s %s\n", "recording", info->path);
	print_facts(info);
	print_times(info);
	putchar('\n');
	print_rings(info);
	printf("\n%llu records, %llu lost, %s\n", info->records, info->lost,
	       format_bytes(bytes, info->bytes));
	printf("babeltrace2 counts %llu events: the records, and %llu pads\n",
	       info->records + info->pads, info->pads);
}

static void json_facts(struct json *json, const struct info *info)
{
	size_t i;

	json_object(json, "facts");
	for (i = 0; i < SHOWN; i++) {
		char *value = facts_value(info->path, shown[i].file, shown[i].key);

		if (value)
			json_string(json, shown[i].key, value);
		free(value);
	}
	json_close(json);
}

static void json_rings(struct json *json, const struct info *info)
{
	struct hft_ring_info ring;
	char name[64];
	__u32 i;

	json_array(json, "rings");
	for (i = 0; i < info->rings; i++) {
		hft_reader_ring(info->reader, i, &ring);
		stream_name(&ring, name);
		json_object(json, NULL);
		json_string(json, "stream", name);
		if (ring.kind == HFT_RING_CPU) {
			json_s64(json, "cpu", ring.id);
		} else {
			json_s64(json, "tgid", ring.tgid);
			json_s64(json, "tid", ring.id);
			json_text(json, "thread", ring.name, sizeof(ring.name));
		}
		json_u64(json, "records", ring.records_read);
		json_u64(json, "records_written", ring.records_written);
		json_u64(json, "records_lost", ring.records_lost);
		json_u64(json, "pads", info->packets[i].pads);
		json_u64(json, "packets", info->packets[i].packets);
		json_u64(json, "slots", ring.slots_read);
		json_u64(json, "slots_lost", ring.slots_lost);
		json_u64(json, "bytes", info->packets[i].bytes);
		json_u64(json, "first_tsc", ring.first_tsc);
		json_u64(json, "last_tsc", ring.last_tsc);
		json_close(json);
	}
	json_close(json);
}

static void print_json(const struct info *info)
{
	struct json json;
	const struct clock_steps steps = {
		.hz = hft_reader_hz(info->reader), .take = json_step, .context = &json,
	};
	struct clock_error error;
	char text[FORMAT_SIZE];

	json_start(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "recording", info->path);
	json_facts(&json, info);
	if (info->begin) {
		json_string(&json, "first_record",
			    format_date(text, hft_reader_realtime(info->reader, info->begin)));
		json_string(&json, "last_record",
			    format_date(text, hft_reader_realtime(info->reader, info->end)));
	}
	json_double(&json, "clock_hz", hft_reader_hz(info->reader));
	if (!clock_error(info->path, &error)) {
		json_u64(&json, "clock_samples", error.samples);
		json_double(&json, "clock_uncertainty_ns", error.uncertainty_ns);
		json_double(&json, "clock_error_ns", error.distance_ns);
	}
	json_array(&json, "clock_steps");
	clock_each_step(info->path, &steps);
	json_close(&json);
	json_rings(&json, info);
	json_u64(&json, "records", info->records);
	json_u64(&json, "records_lost", info->lost);
	json_u64(&json, "slots_lost", info->slots_lost);
	json_u64(&json, "pads", info->pads);
	json_u64(&json, "babeltrace2_events", info->records + info->pads);
	json_u64(&json, "bytes", info->bytes);
	json_bool(&json, "ended", !info->running);
	if (info->damage)
		json_string(&json, "damage", info->damage);
	json_close(&json);
	json_newline(&json);
}

static int show(struct info *info, bool json)
{
	char *state;
	int err = count(info);

	if (err) {
		message("cannot read %s: %s", info->path, strerror(-err));
		return HFT_EXIT_FAILED;
	}
	state = facts_value(info->path, "recording", "state");
	info->running = state && !strcmp(state, "running");
	free(state);
	if (json)
		print_json(info);
	else
		print_text(info);
	if (info->running)
		message("%s was not ended: its recorder was killed, or runs still", info->path);
	if (info->damage)
		message("%s is damaged: %s", info->path, info->damage);
	return info->lost || info->slots_lost || info->damage ? HFT_EXIT_LOST : HFT_EXIT_OK;
}

static int run(int argc, char **argv)
{
	struct info info = { 0 };
	bool json = false;
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) >= 0) {
		if (option != 'j')
			return option_error(&cmd_info, option, argv);
		json = true;
	}
	if (optind >= argc)
		return usage_error(&cmd_info, "name a recording");
	info.path = argv[optind++];
	status = no_more_arguments(&cmd_info, argc, argv);
	if (!status)
		status = source_open_recording(&info.reader, info.path);
	if (status)
		return status;
	status = show(&info, json);
	hft_reader_close(info.reader);
	free(info.packets);
	return status;
}

const struct hft_command cmd_info = {
	.name = "info",
	.summary = "Tells what a recording holds and whether it is whole",
	.usage = "[--json] NAME.hft",
	.risk = HFT_RISK_NONE,
	.run = run,
	.help =
"Reads all of it: when, where and how it was recorded, its rings with their records\n"
"and losses, the clock's error, damage, and how many events babeltrace2 will count.\n"
"\n"
"  --json               the same in JSON\n"
"\n"
"Exit status: 0 fine, 1 failed, 3 records were lost or the recording is damaged,\n"
"64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace info monday.hft\n"
"  hftrace info --json monday.hft | jq .records_lost\n",
};
