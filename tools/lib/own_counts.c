// SPDX-License-Identifier: GPL-2.0
/* See own_counts.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hooks.h"
#include "lib/output.h"
#include "lib/own_counts.h"

#define TYPES		256
#define NO_HOOK		0xff

struct ring_counts {
	bool is_cpu;
	int cpu;
	__u64 records[HFT_HOOKS];
	__u64 lost_slots;
};

struct own_counts {
	const struct own_cost *cost;
	double hz;
	__u8 hook_of[TYPES];
	struct ring_counts *ring;
	__u32 rings;
};

int own_counts_new(struct own_counts **made, const struct own_cost *cost,
		   const struct hft_reader *reader)
{
	struct own_counts *counts = calloc(1, sizeof(*counts));
	struct hft_ring_info info;
	__u32 ring;
	int hook, i;

	if (!counts)
		return -ENOMEM;
	counts->cost = cost;
	counts->hz = hft_reader_hz(reader);
	counts->rings = hft_reader_rings(reader);
	counts->ring = calloc(counts->rings ? counts->rings : 1, sizeof(*counts->ring));
	if (!counts->ring) {
		free(counts);
		return -ENOMEM;
	}
	memset(counts->hook_of, NO_HOOK, sizeof(counts->hook_of));
	for (hook = 0; hook < HFT_HOOKS; hook++)
		for (i = 0; i < HOOK_TYPES && hooks[hook].types[i]; i++)
			if (hooks[hook].types[i] < TYPES)
				counts->hook_of[hooks[hook].types[i]] = (__u8)hook;
	for (ring = 0; ring < counts->rings; ring++) {
		counts->ring[ring].is_cpu = !hft_reader_ring(reader, ring, &info) &&
					    info.kind == HFT_RING_CPU;
		counts->ring[ring].cpu = info.id;
	}
	*made = counts;
	return 0;
}

void own_counts_free(struct own_counts *counts)
{
	if (!counts)
		return;
	free(counts->ring);
	free(counts);
}

void own_counts_feed(struct own_counts *counts, const struct hft_record *record)
{
	struct ring_counts *ring = &counts->ring[record->ring];

	ring->lost_slots += record->lost_slots;
	if (ring->is_cpu && record->type < TYPES && counts->hook_of[record->type] != NO_HOOK)
		ring->records[counts->hook_of[record->type]]++;
}

void own_counts_reset(struct own_counts *counts)
{
	__u32 i;

	for (i = 0; i < counts->rings; i++) {
		memset(counts->ring[i].records, 0, sizeof(counts->ring[i].records));
		counts->ring[i].lost_slots = 0;
	}
}

static const struct ring_counts *ring_of(const struct own_counts *counts, int cpu)
{
	__u32 i;

	for (i = 0; i < counts->rings; i++)
		if (counts->ring[i].is_cpu && counts->ring[i].cpu == cpu)
			return &counts->ring[i];
	return NULL;
}

__u64 own_counts_lost_by_programs(const struct own_counts *counts)
{
	__u64 lost = 0;
	__u32 i;

	for (i = 0; i < counts->rings; i++)
		if (!counts->ring[i].is_cpu)
			lost += counts->ring[i].lost_slots;
	return lost;
}

struct sum {
	__u64 records;
	__u64 untimed;
	double ns;
	double most;		/* ns */
	int dearest;		/* hook, -1: none */
};

static double ns_each(const struct own_counts *counts, int cpu, int hook)
{
	const struct own_cost_row *row = own_cost_row(counts->cost, cpu, hook);

	return row ? row->ns_each : -1;
}

static void sum_up(const struct own_counts *counts, const struct ring_counts *ring,
		   struct sum *sum)
{
	int hook;

	*sum = (struct sum){ .dearest = -1 };
	for (hook = 0; hook < HFT_HOOKS; hook++) {
		double each = ns_each(counts, ring->cpu, hook);
		double ns = (double)ring->records[hook] * each;

		if (!ring->records[hook])
			continue;
		sum->records += ring->records[hook];
		if (each < 0) {
			sum->untimed += ring->records[hook];
			continue;
		}
		sum->ns += ns;
		if (ns > sum->most) {
			sum->most = ns;
			sum->dearest = hook;
		}
	}
}

static double share_of(const struct own_counts *counts, double ns, __u64 ticks)
{
	return ticks && counts->hz > 0 ? ns / ((double)ticks * 1e9 / counts->hz) : 0;
}

void own_counts_print(const struct own_counts *counts, int cpu, __u64 ticks, FILE *file)
{
	const struct ring_counts *ring = ring_of(counts, cpu);
	char count[FORMAT_SIZE], each[FORMAT_SIZE];
	struct sum sum;
	double ppm;

	if (!ring)
		return;
	sum_up(counts, ring, &sum);
	ppm = 1e6 * share_of(counts, sum.ns, ticks);
	fprintf(file, "  hftrace itself: %s records", format_count(count, sum.records));
	if (!counts->cost->known)
		fputs(", what they took was not noted", file);
	else if (sum.dearest >= 0)
		fprintf(file, ppm < 100 ? ", %.3g ppm of this CPU, most of it for %s, %s each" :
			", %.0f ppm of this CPU, most of it for %s, %s each",
			ppm, hooks[sum.dearest].name,
			format_ns(each, ns_each(counts, cpu, sum.dearest)));
	if (counts->cost->known && sum.untimed)
		fprintf(file, "; of %s too few were timed", format_count(count, sum.untimed));
	if (ring->lost_slots)
		fprintf(file, "; %s slots of records lost", format_count(count, ring->lost_slots));
	else
		fputs("; none lost", file);
	fputc('\n', file);
}

void own_counts_json(const struct own_counts *counts, int cpu, __u64 ticks, struct json *json,
		     const char *key)
{
	const struct ring_counts *ring = ring_of(counts, cpu);
	struct sum sum;
	int hook;

	if (!ring) {
		json_null(json, key);
		return;
	}
	sum_up(counts, ring, &sum);
	json_object(json, key);
	json_u64(json, "records", sum.records);
	json_u64(json, "records_untimed", sum.untimed);
	json_u64(json, "lost_slots", ring->lost_slots);
	if (counts->cost->known) {
		json_double(json, "ns", sum.ns);
		json_double(json, "ppm", 1e6 * share_of(counts, sum.ns, ticks));
	} else {
		json_null(json, "ns");
		json_null(json, "ppm");
	}
	json_array(json, "hooks");
	for (hook = 0; hook < HFT_HOOKS; hook++) {
		double each = ns_each(counts, cpu, hook);

		if (!ring->records[hook])
			continue;
		json_object(json, NULL);
		json_string(json, "hook", hooks[hook].name);
		json_u64(json, "records", ring->records[hook]);
		if (each < 0) {
			json_null(json, "ns_each");
			json_null(json, "ppm");
		} else {
			json_double(json, "ns_each", each);
			json_double(json, "ppm", 1e6 * share_of(counts, each *
						 (double)ring->records[hook], ticks));
		}
		json_close(json);
	}
	json_close(json);
	json_close(json);
}
