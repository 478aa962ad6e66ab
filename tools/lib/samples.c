// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/output.h"
#include "lib/samples.h"

/* Samples at one address; then, once it has a name, of one function. */
struct place {
	__s32 cpu;
	__s32 tgid;		/* 0: in the kernel, whoever ran */
	__u32 set;
	__u32 event;
	__u64 ip;
	__u64 count;
	char *name;
};

struct samples {
	__s32 *cpu;		/* by ring; -1: of none */
	__u32 rings;
	struct place *place;
	size_t count;
	size_t room;
	int named;
};

int samples_new(struct samples **made, const struct hft_reader *reader)
{
	struct samples *samples = calloc(1, sizeof(*samples));
	struct hft_ring_info info;
	__u32 ring;

	*made = samples;
	if (!samples)
		return -ENOMEM;
	samples->rings = hft_reader_rings(reader);
	samples->cpu = calloc(samples->rings + 1, sizeof(*samples->cpu));
	if (!samples->cpu)
		return -ENOMEM;
	for (ring = 0; ring < samples->rings; ring++)
		samples->cpu[ring] = !hft_reader_ring(reader, ring, &info) &&
				     info.kind == HFT_RING_CPU && info.id < CPUS_MAX ?
				     info.id : -1;
	return 0;
}

void samples_free(struct samples *samples)
{
	size_t i;

	if (!samples)
		return;
	for (i = 0; i < samples->count; i++)
		free(samples->place[i].name);
	free(samples->place);
	free(samples->cpu);
	free(samples);
}

static int compare_group(const struct place *x, const struct place *y)
{
	if (x->cpu != y->cpu)
		return x->cpu < y->cpu ? -1 : 1;
	if (x->set != y->set)
		return x->set < y->set ? -1 : 1;
	return x->event < y->event ? -1 : x->event > y->event;
}

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = compare_group(x, y);

	if (order)
		return order;
	if (x->tgid != y->tgid)
		return x->tgid < y->tgid ? -1 : 1;
	return x->ip < y->ip ? -1 : x->ip > y->ip;
}

static int compare_names(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = compare_group(x, y);

	return order ? order : strcmp(x->name, y->name);
}

static int compare_heat(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = compare_group(x, y);

	if (order)
		return order;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Neighbours that are equal become one. */
static void merge(struct samples *samples, int (*compare)(const void *, const void *))
{
	struct place *place = samples->place;
	size_t i, last = 0;

	if (!samples->count)
		return;
	qsort(place, samples->count, sizeof(*place), compare);
	for (i = 1; i < samples->count; i++) {
		if (compare(&place[last], &place[i])) {
			place[++last] = place[i];
			continue;
		}
		place[last].count += place[i].count;
		free(place[i].name);
	}
	samples->count = last + 1;
}

/* When it is full, equal ones are put together before more room is asked for. */
static int make_room(struct samples *samples)
{
	struct place *grown;
	size_t room;

	if (samples->count < samples->room)
		return 0;
	merge(samples, compare_places);
	if (samples->count < samples->room / 2)
		return 0;
	room = samples->room ? samples->room * 2 : 4096;
	grown = realloc(samples->place, room * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	samples->place = grown;
	samples->room = room;
	return 0;
}

int samples_feed(struct samples *samples, const struct cpus *cpus, const struct hft_record *record)
{
	const struct hft_rec_sample *sample = record->payload;
	__s32 cpu;

	if (record->type != HFT_REC_SAMPLE || record->ring >= samples->rings)
		return 0;
	cpu = samples->cpu[record->ring];
	if (cpu < 0 || !cpus_has(cpus, (unsigned int)cpu))
		return 0;
	if (make_room(samples))
		return -ENOMEM;
	samples->place[samples->count++] = (struct place){
		.cpu = cpu,
		/* an address of the kernel is anybody's; a hidden one is 0 */
		.tgid = (__s64)sample->ip > 0 ? sample->tgid : 0,
		.set = sample->set,
		.event = sample->event,
		.ip = sample->ip,
		.count = 1,
	};
	return 0;
}

static char *name_of(const struct place *place, struct symbols *symbols)
{
	char text[SYMBOLS_TEXT];

	if (!place->ip)
		return strdup("hidden by kptr_restrict");
	if ((__s64)place->ip < 0)
		symbols_kernel_function(symbols, place->ip, text, sizeof(text));
	else
		symbols_user_function(symbols, place->tgid, place->ip, text, sizeof(text));
	return strdup(text);
}

static int give_names(struct samples *samples, struct symbols *symbols)
{
	size_t i;

	if (samples->named)
		return 0;
	merge(samples, compare_places);
	for (i = 0; i < samples->count; i++) {
		free(samples->place[i].name);
		samples->place[i].name = name_of(&samples->place[i], symbols);
		if (!samples->place[i].name)
			return -ENOMEM;
	}
	merge(samples, compare_names);
	if (samples->count)
		qsort(samples->place, samples->count, sizeof(*samples->place), compare_heat);
	samples->named = 1;
	return 0;
}

/* How many places from `first` on are of its CPU and event, and their samples. */
static size_t group(const struct samples *samples, size_t first, __u64 *total)
{
	size_t i;

	*total = 0;
	for (i = first; i < samples->count; i++) {
		if (compare_group(&samples->place[first], &samples->place[i]))
			break;
		*total += samples->place[i].count;
	}
	return i - first;
}

static const char *event_text(const struct event_names *events, const struct place *place,
			      char *buf, size_t size)
{
	const char *name = event_name(events, place->set, place->event);

	if (name)
		text_escape(buf, size, name, strlen(name));
	else
		snprintf(buf, size, "event %u", place->event);
	return buf;
}

static void print_group(const struct place *place, size_t count, __u64 total,
			const struct event_names *events, FILE *file)
{
	static const char *const headings[] = { "SAMPLES", "SHARE", "FUNCTION" };
	struct table *table = table_new("rrl", headings);
	char event[4 * EVENT_TEXT + 1], name[4 * SYMBOLS_TEXT + 1], number[FORMAT_SIZE];
	size_t i;

	fprintf(file, "CPU %d: %s samples of %s\n", place->cpu, format_count(number, total),
		event_text(events, place, event, sizeof(event)));
	for (i = 0; i < count && i < SAMPLES_SHOWN; i++) {
		table_cell(table, "%s", format_count(number, place[i].count));
		table_cell(table, "%.1f %%", place[i].count * 100. / total);
		table_cell(table, "%s", text_escape(name, sizeof(name), place[i].name,
						    strlen(place[i].name)));
	}
	table_print(table, file);
	table_free(table);
	if (count > SAMPLES_SHOWN)
		fprintf(file, "and %zu more functions\n", count - SAMPLES_SHOWN);
	fputc('\n', file);
}

int samples_print(struct samples *samples, struct symbols *symbols,
		  const struct event_names *events, FILE *file)
{
	int err = give_names(samples, symbols);
	size_t at, count;
	__u64 total;

	for (at = 0; !err && at < samples->count; at += count) {
		count = group(samples, at, &total);
		print_group(&samples->place[at], count, total, events, file);
	}
	return err;
}

int samples_json(struct samples *samples, struct symbols *symbols,
		 const struct event_names *events, struct json *json, const char *key)
{
	int err = give_names(samples, symbols);
	size_t at, count, i;
	char event[4 * EVENT_TEXT + 1];
	__u64 total;

	json_array(json, key);
	for (at = 0; !err && at < samples->count; at += count) {
		const struct place *place = &samples->place[at];

		count = group(samples, at, &total);
		json_object(json, NULL);
		json_s64(json, "cpu", place->cpu);
		json_string(json, "event", event_text(events, place, event, sizeof(event)));
		json_u64(json, "samples", total);
		json_array(json, "functions");
		for (i = 0; i < count; i++) {
			json_object(json, NULL);
			json_text(json, "function", place[i].name, SYMBOLS_TEXT);
			json_u64(json, "samples", place[i].count);
			json_close(json);
		}
		json_close(json);
		json_close(json);
	}
	json_close(json);
	return err;
}
