// SPDX-License-Identifier: GPL-2.0
/* How long spans and intervals took, by name. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/durations.h"
#include "lib/syscalls.h"

#define NAME_UNKNOWN "?"

enum {
	RING_NOT_CHOSEN,
	RING_OF_KERNEL,
	RING_OF_PROGRAM,
};

void durations_reset(struct durations *durations)
{
	size_t i;

	for (i = 0; i < durations->count; i++) {
		histogram_reset(&durations->at[i].ticks);
		durations->at[i].cut = 0;
	}
}

void durations_uninit(struct durations *durations)
{
	size_t i;

	for (i = 0; i < durations->count; i++) {
		histogram_uninit(&durations->at[i].ticks);
		free(durations->at[i].name);
	}
	free(durations->at);
	for (i = 0; i < durations->rings; i++)
		free(durations->known[i]);
	free(durations->known);
	free(durations->chosen);
	durations->chosen = NULL;
	durations->prepared = 0;
	durations->at = NULL;
	durations->known = NULL;
	durations->count = 0;
	durations->rings = 0;
}

static int by_name(const void *a, const void *b)
{
	const struct duration *left = a, *right = b;

	if (left->type != right->type)
		return left->type > right->type ? -1 : 1;	/* spans first */
	return strcmp(left->name, right->name);
}

void durations_sort(struct durations *durations)
{
	__u32 i;

	if (durations->count)
		qsort(durations->at, durations->count, sizeof(*durations->at), by_name);
	/* The places have changed. */
	for (i = 0; i < durations->rings; i++) {
		free(durations->known[i]);
		durations->known[i] = NULL;
	}
}

const char *duration_kind(const struct duration *duration)
{
	return duration->type == HFT_REC_SPAN ? "span" : hft_schema(duration->type)->name;
}

/* ------------------------------------------------------------------- which */

static bool is_named(__u16 type)
{
	return type == HFT_REC_SPAN || type == HFT_REC_CALL;
}

/* What tells intervals of a type apart; -1: nothing does. */
static __s64 number_of(const struct hft_record *record)
{
	switch (record->type) {
	case HFT_REC_SPAN:
		return ((const struct hft_rec_span *)record->payload)->name;
	case HFT_REC_CALL:
		return ((const struct hft_rec_call *)record->payload)->probe;
	case HFT_REC_IRQ:
		return ((const struct hft_rec_irq *)record->payload)->irq;
	case HFT_REC_SOFTIRQ:
		return ((const struct hft_rec_softirq *)record->payload)->vec;
	case HFT_REC_VECTOR:
		return ((const struct hft_rec_vector *)record->payload)->kind;
	case HFT_REC_SYSCALL:
		return ((const struct hft_rec_syscall *)record->payload)->nr;
	default:
		return -1;
	}
}

/* The word that the schema has for a value of a field, or NULL. */
static const char *label_of(__u16 type, const char *field, __s64 number)
{
	const struct hft_schema *schema = hft_schema(type);
	const char *const *label = NULL;
	size_t i;

	for (i = 0; i < schema->fields_count && !label; i++)
		if (!strcmp(schema->fields[i].name, field))
			label = schema->fields[i].labels;
	for (; label && *label && number > 0; number--)
		label++;
	return label && number == 0 ? *label : NULL;
}

/* To be freed; NULL: memory is short. */
static char *make_name(const struct durations *durations, const struct hft_record *record)
{
	const char *type = hft_schema(record->type)->name, *word = NULL;
	__s64 number = number_of(record);
	char *name;

	if (is_named(record->type))
		return strdup(hft_reader_name(durations->reader, record->ring, (__u32)number));
	if (number == -1)
		return strdup(type);
	if (record->type == HFT_REC_SYSCALL && durations->machine)
		word = syscall_name(durations->machine, (__s32)number);
	else if (record->type == HFT_REC_SOFTIRQ)
		word = label_of(record->type, "vec", number);
	else if (record->type == HFT_REC_VECTOR)
		word = label_of(record->type, "kind", number);
	if (word)
		return asprintf(&name, "%s %s", type, word) < 0 ? NULL : name;
	return asprintf(&name, "%s %lld", type, number) < 0 ? NULL : name;
}

static __u8 choose_ring(const struct durations *durations, __u32 ring)
{
	struct hft_ring_info info;
	size_t i;

	if (hft_reader_ring(durations->reader, ring, &info))
		return RING_NOT_CHOSEN;
	if (info.kind != HFT_RING_USER)
		return !durations->cpus ||
		       (info.id >= 0 && cpus_has(durations->cpus, (unsigned int)info.id)) ?
		       RING_OF_KERNEL : RING_NOT_CHOSEN;
	for (i = 0; i < durations->tgids_count && durations->tgids[i] != info.tgid; i++)
		;
	return !durations->tgids_count || i < durations->tgids_count ?
	       RING_OF_PROGRAM : RING_NOT_CHOSEN;
}

int durations_prepare(struct durations *durations)
{
	__u32 rings = hft_reader_rings(durations->reader), ring;
	__u8 *chosen;

	if (rings <= durations->prepared)
		return 0;
	chosen = realloc(durations->chosen, rings);
	if (!chosen)
		return -ENOMEM;
	for (ring = durations->prepared; ring < rings; ring++)
		chosen[ring] = choose_ring(durations, ring);
	durations->chosen = chosen;
	durations->prepared = rings;
	return 0;
}

/* What the kernel did is in its rings alone, whatever programs say. */
static bool is_chosen(const struct durations *durations, const struct hft_record *record)
{
	bool by_program = record->type >= HFT_REC_MARK;

	return record_types_has(durations->types, record->type) &&
	       hft_schema(record->type)->interval &&
	       durations->chosen[record->ring] == (by_program ? RING_OF_PROGRAM : RING_OF_KERNEL);
}

/* ------------------------------------------------------------------- where */

static int add(struct durations *durations, __u16 type, __s64 number, char *name)
{
	struct duration *grown;

	if (!name)
		return -ENOMEM;
	grown = realloc(durations->at, (durations->count + 1) * sizeof(*grown));
	if (!grown) {
		free(name);
		return -ENOMEM;
	}
	durations->at = grown;
	grown[durations->count++] = (struct duration){
		.type = type, .number = number, .name = name, .ticks.fine = true,
	};
	return 0;
}

/* Where a ring's name was found before. NULL: memory is short. */
static __u32 *known_place(struct durations *durations, const struct hft_record *record)
{
	__u32 rings = hft_reader_rings(durations->reader), **known;
	__s64 number = number_of(record);

	if (record->ring >= durations->rings) {
		known = realloc(durations->known, rings * sizeof(*known));
		if (!known)
			return NULL;
		memset(known + durations->rings, 0,
		       (rings - durations->rings) * sizeof(*known));
		durations->known = known;
		durations->rings = rings;
	}
	known = &durations->known[record->ring];
	if (!*known)
		*known = calloc(HFT_NAMES + 1, sizeof(**known));
	return *known ? &(*known)[number < HFT_NAMES ? number : HFT_NAMES] : NULL;
}

/* Processes that call theirs the same share the name. */
static int find_named(struct durations *durations, const struct hft_record *record,
		      struct duration **found)
{
	__u32 *place = known_place(durations, record);
	char *name;
	size_t i;
	int err;

	if (!place)
		return -ENOMEM;
	if (*place) {
		*found = &durations->at[*place - 1];
		return 0;
	}
	name = make_name(durations, record);
	if (!name)
		return -ENOMEM;
	for (i = 0; i < durations->count; i++)
		if (durations->at[i].type == record->type && !strcmp(durations->at[i].name, name))
			break;
	if (i < durations->count) {
		free(name);
	} else {
		err = add(durations, record->type, number_of(record), name);
		if (err)
			return err;
	}
	*found = &durations->at[i];
	/* Live, it may become known yet. */
	if (strcmp((*found)->name, NAME_UNKNOWN))
		*place = (__u32)i + 1;
	return 0;
}

static int find(struct durations *durations, const struct hft_record *record,
		struct duration **found)
{
	__s64 number = number_of(record);
	size_t i;
	int err;

	if (is_named(record->type))
		return find_named(durations, record, found);
	for (i = 0; i < durations->count; i++)
		if (durations->at[i].type == record->type && durations->at[i].number == number)
			break;
	if (i == durations->count) {
		err = add(durations, record->type, number, make_name(durations, record));
		if (err)
			return err;
	}
	*found = &durations->at[i];
	return 0;
}

int durations_feed(struct durations *durations, const struct hft_record *record)
{
	struct duration *duration;
	int err = 0;

	if (record->ring >= durations->prepared)
		err = durations_prepare(durations);
	if (err || !is_chosen(durations, record))
		return err;
	err = find(durations, record, &duration);
	if (err)
		return err;
	if (record->type == HFT_REC_SPAN && durations->span &&
	    strcmp(duration->name, durations->span))
		return 0;
	if (record->ctx & HFT_CTX_CONTINUED) {
		duration->cut++;
		return 0;
	}
	return histogram_add(&duration->ticks, hft_record_duration(record->type, record->payload));
}
