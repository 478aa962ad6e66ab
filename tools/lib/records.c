// SPDX-License-Identifier: GPL-2.0
/* Records as people and scripts read them. */
#include <errno.h>
#include <string.h>

#include "lib/formats.h"
#include "lib/hooks.h"
#include "lib/irqs.h"
#include "lib/json.h"
#include "lib/log_lines.h"
#include "lib/output.h"
#include "lib/records.h"
#include "lib/records_code.h"
#include "lib/senders.h"
#include "lib/symbols.h"

static const char *const levels[] = { "task", "softirq", "hardirq", "nmi" };

static const struct {
	__u8 flag;
	const char *name;
} flags[] = {
	{ HFT_CTX_CONTINUED, "continued" },
	{ HFT_CTX_SWITCHED_OUT, "switched_out" },
	{ HFT_CTX_SATURATED, "saturated" },
	{ HFT_CTX_CLAMPED, "clamped" },
};

#define FLAGS ARRAY_SIZE(flags)

#define NAME_TEXT sizeof(((struct hft_probe *)NULL)->label)	/* the longest names: of probes */

const char *ring_text(const struct hft_ring_info *info, char *buf, size_t size)
{
	char name[4 * sizeof(info->name) + 1];

	if (info->kind == HFT_RING_CPU)
		snprintf(buf, size, "cpu%d", info->id);
	else
		snprintf(buf, size, "%s/%d",
			 text_escape(name, sizeof(name), info->name, sizeof(info->name)),
			 info->id);
	return buf;
}

static __u64 unsigned_at(const void *at, unsigned int bytes)
{
	__u64 value = 0;

	/* Little-endian, as all of the ABI. */
	memcpy(&value, at, bytes <= 8 ? bytes : 8);
	return value;
}

static __s64 signed_at(const void *at, unsigned int bytes)
{
	unsigned int shift = 64 - 8 * (bytes <= 8 ? bytes : 8);

	return (__s64)(unsigned_at(at, bytes) << shift) >> shift;
}

/* The word for a value, NULL if there is none. */
static const char *label(const struct hft_field *field, __u64 value)
{
	__u64 i;

	for (i = 0; field->labels && field->labels[i]; i++) {
		if (i == value)
			return field->labels[i];
	}
	return NULL;
}

static const char *format_text(const struct hft_reader *reader, __u32 ring, __u64 format,
			       char *buf, size_t size)
{
	struct hft_format_info info;

	if (hft_reader_format(reader, ring, format, &info))
		return NULL;
	return format_label(buf, size, &info);
}

static void print_value(FILE *file, const struct hft_reader *reader,
			const struct hft_record *record, const struct hft_field *field,
			const char *at, bool raw)
{
	char text[4 * HFT_PAYLOAD_MAX];
	const char *word;
	__u64 value;

	if (field->kind == HFT_FIELD_STRING) {
		fputs(text_escape(text, sizeof(text), at, field->bytes), file);
		return;
	}
	value = unsigned_at(at, field->bytes);
	word = label(field, value);
	if (word)
		fputs(word, file);
	else if (field->kind == HFT_FIELD_INT)
		fprintf(file, "%lld", signed_at(at, field->bytes));
	else if (field->kind == HFT_FIELD_HEX)
		fprintf(file, "0x%llx", value);
	else if (field->kind == HFT_FIELD_TICKS && !raw)
		fprintf(file, "%.0fns", value * 1e9 / hft_reader_hz(reader));
	else if (field->kind == HFT_FIELD_NAME)
		fputs(text_escape(text, sizeof(text),
				  hft_reader_name(reader, record->ring, value), NAME_TEXT),
		      file);
	else
		fprintf(file, "%llu", value);
}

/* Call chains end with a 0. */
static bool is_chain_end(const struct hft_field *field, const char *at)
{
	return (!strcmp(field->name, "user") || !strcmp(field->name, "kernel")) &&
	       field->count > 1 && !unsigned_at(at, field->bytes);
}

/* Names and counts of span_pmu, which are shown in pairs. */
static bool is_half_of_pair(const struct hft_schema *schema, const struct hft_field *field)
{
	return schema->type == HFT_REC_SPAN_PMU && field->count > 1;
}

/* A line of a log: its words would tell nobody anything. */
static void print_log(FILE *file, const struct hft_reader *reader,
		      const struct hft_record *record)
{
	char text[4 * sizeof(((struct log_line *)0)->text)];
	struct log_line line;

	if (log_line_read(&line, reader, record))
		return;
	if (line.level)
		fprintf(file, " level=%s place=%s:%u", line.level,
			text_escape(text, sizeof(text), line.file, strlen(line.file)), line.line);
	if (line.every > 1)
		fprintf(file, " every=%u", line.every);
	fprintf(file, " text=%s",
		text_escape(text, sizeof(text), line.text, strlen(line.text)));
}

static void print_fields(FILE *file, const struct hft_reader *reader,
			 const struct hft_record *record, const struct hft_schema *schema,
			 bool raw)
{
	size_t i, j;

	if (record->type == HFT_REC_LOG) {
		print_log(file, reader, record);
		return;
	}
	for (i = 0; i < schema->fields_count; i++) {
		const struct hft_field *field = &schema->fields[i];
		const char *at = (const char *)record->payload + field->offset;

		if (is_half_of_pair(schema, field))
			continue;
		fprintf(file, " %s=", field->name);
		for (j = 0; j < field->count && !is_chain_end(field, at); j++, at += field->bytes) {
			if (j)
				fputc(',', file);
			print_value(file, reader, record, field, at, raw);
		}
	}
}

/* Which event it is that a value or a sample is of; NULL when it has no name. */
static const char *event_of(const struct event_names *events, const struct hft_record *record,
			    unsigned int index)
{
	const struct hft_rec_counters *counters = record->payload;
	const struct hft_rec_sample *sample = record->payload;

	if (record->type == HFT_REC_COUNTERS)
		return event_name(events, counters->set, index);
	if (record->type == HFT_REC_SAMPLE)
		return event_name(events, sample->set, sample->event);
	return NULL;
}

static void print_events(FILE *file, const struct hft_record *record,
			 const struct event_names *events)
{
	const struct hft_rec_counters *counters = record->payload;
	const char *name = event_of(events, record, 0);
	unsigned int i;

	if (!name)
		return;
	if (record->type == HFT_REC_SAMPLE) {
		fprintf(file, " of=%s", name);
		return;
	}
	for (i = 0; (name = event_of(events, record, i)); i++) {
		if (counters->valid >> i & 1)
			fprintf(file, " %s=%llu", name, counters->value[i]);
		else
			fprintf(file, " %s=stopped", name);
	}
}

/* What a span's thread has called the event. */
static const char *pair_name(const struct hft_reader *reader, const struct hft_record *record,
			     unsigned int index)
{
	const struct hft_rec_span_pmu *rec = record->payload;

	if (record->type != HFT_REC_SPAN_PMU || index >= rec->events ||
	    index >= HFT_SPAN_PMU_EVENTS)
		return NULL;
	return hft_reader_name(reader, record->ring, rec->event[index]);
}

static void print_pairs(FILE *file, const struct hft_reader *reader,
			const struct hft_record *record)
{
	const struct hft_rec_span_pmu *rec = record->payload;
	char text[4 * NAME_TEXT + 1];
	const char *name;
	unsigned int i;

	for (i = 0; (name = pair_name(reader, record, i)); i++) {
		fprintf(file, " %s=", text_escape(text, sizeof(text), name, NAME_TEXT));
		if (rec->count[i] == HFT_SPAN_PMU_MISSING)
			fputs("missing", file);
		else
			fprintf(file, "%llu", rec->count[i]);
	}
}

static void print_sender(FILE *file, const struct record_print *how)
{
	const struct sender *sender = how->sender;
	char comm[4 * sizeof(sender->comm) + 1], text[SYMBOLS_TEXT];
	const char *kind = ipi_kind_name(sender->kind), *function;

	if (sender->state == SENDER_NO_NEED)
		return;
	if (sender->state == SENDER_NOT_RECORDED) {
		fputs(" sender=not_recorded", file);
		return;
	}
	fprintf(file, " sender=%s/%d sender_cpu=%d sent=%s",
		text_escape(comm, sizeof(comm), sender->comm, strlen(sender->comm)), sender->tid,
		sender->cpu, kind ? kind : "?");
	function = sender_function(sender, how->symbols, text, sizeof(text));
	if (function)
		fprintf(file, " function=%s", function);
}

void record_print(FILE *file, const struct record_print *how, const struct hft_record *record)
{
	const struct hft_reader *reader = how->reader;
	const struct hft_schema *schema = hft_schema(record->type);
	struct hft_ring_info info;
	char time[FORMAT_SIZE], where[100];
	size_t i;

	hft_reader_ring(reader, record->ring, &info);
	ring_text(&info, where, sizeof(where));
	if (record->lost_slots)
		fprintf(file, "# %llu slots of %s were lost here\n", record->lost_slots, where);
	if (how->raw)
		fprintf(file, "%llu", record->tsc);
	else
		fputs(format_clock(time, hft_reader_realtime(reader, record->tsc)), file);
	fprintf(file, "  %-14s %s", where, schema->name);
	if (record->ctx & HFT_CTX_LEVEL_MASK)
		fprintf(file, " [%s]", levels[record->ctx & HFT_CTX_LEVEL_MASK]);
	for (i = 0; i < FLAGS; i++) {
		if (record->ctx & flags[i].flag)
			fprintf(file, " [%s]", flags[i].name);
	}
	print_fields(file, reader, record, schema, how->raw);
	print_events(file, record, how->events);
	print_pairs(file, reader, record);
	if (how->symbols) {
		print_sender(file, how);
		record_code_print(file, how->symbols, schema, record);
	}
	fputc('\n', file);
}

static void json_value(struct json *json, const char *key, const struct hft_reader *reader,
		       const struct hft_record *record, const struct hft_field *field,
		       const char *at)
{
	char text[FORMAT_LABEL];
	const char *word;
	__u64 value;

	if (field->kind == HFT_FIELD_STRING) {
		json_text(json, key, at, field->bytes);
		return;
	}
	value = unsigned_at(at, field->bytes);
	word = field->kind == HFT_FIELD_FORMAT ?
	       format_text(reader, record->ring, value, text, sizeof(text)) : label(field, value);
	if (word)
		json_string(json, key, word);
	else if (field->kind == HFT_FIELD_INT)
		json_s64(json, key, signed_at(at, field->bytes));
	else if (field->kind == HFT_FIELD_NAME)
		json_text(json, key, hft_reader_name(reader, record->ring, value), NAME_TEXT);
	else
		json_u64(json, key, value);
}

static void json_fields(struct json *json, const struct hft_reader *reader,
			const struct hft_record *record, const struct hft_schema *schema)
{
	size_t i, j;

	json_object(json, "fields");
	for (i = 0; i < schema->fields_count; i++) {
		const struct hft_field *field = &schema->fields[i];
		const char *at = (const char *)record->payload + field->offset;
		__u32 count = hft_field_count(schema, field, record->payload);
		char key[64];

		if (is_half_of_pair(schema, field))
			continue;
		if (field->count != 1) {
			json_array(json, field->name);
			for (j = 0; j < count && !is_chain_end(field, at);
			     j++, at += field->bytes)
				json_value(json, NULL, reader, record, field, at);
			json_close(json);
			continue;
		}
		json_value(json, field->name, reader, record, field, at);
		if (field->kind != HFT_FIELD_TICKS)
			continue;
		snprintf(key, sizeof(key), "%s_ns", field->name);
		json_double(json, key, unsigned_at(at, field->bytes) * 1e9 / hft_reader_hz(reader));
	}
	json_close(json);
}

static void json_log(struct json *json, const struct hft_reader *reader,
		     const struct hft_record *record)
{
	struct log_line line;

	if (record->type != HFT_REC_LOG || log_line_read(&line, reader, record))
		return;
	json_object(json, "log");
	log_line_json(&line, json);
	json_close(json);
}

static void json_events(struct json *json, const struct hft_record *record,
			const struct event_names *events)
{
	const struct hft_rec_counters *counters = record->payload;
	const char *name = event_of(events, record, 0);
	unsigned int i;

	if (!name)
		return;
	if (record->type == HFT_REC_SAMPLE) {
		json_text(json, "of", name, EVENT_TEXT);
		return;
	}
	json_object(json, "events");
	for (i = 0; (name = event_of(events, record, i)); i++) {
		if (counters->valid >> i & 1)
			json_u64(json, name, counters->value[i]);
		else
			json_null(json, name);
	}
	json_close(json);
}

static void json_pairs(struct json *json, const struct hft_reader *reader,
		       const struct hft_record *record)
{
	const struct hft_rec_span_pmu *rec = record->payload;
	char text[4 * NAME_TEXT + 1];
	const char *name;
	unsigned int i;

	if (!pair_name(reader, record, 0))
		return;
	json_object(json, "events");
	for (i = 0; (name = pair_name(reader, record, i)); i++) {
		text_escape(text, sizeof(text), name, NAME_TEXT);
		if (rec->count[i] == HFT_SPAN_PMU_MISSING)
			json_null(json, text);
		else
			json_u64(json, text, rec->count[i]);
	}
	json_close(json);
}

void record_print_json(FILE *file, const struct record_print *how,
		       const struct hft_record *record)
{
	const struct hft_reader *reader = how->reader;
	const struct hft_schema *schema = hft_schema(record->type);
	__s64 realtime = hft_reader_realtime(reader, record->tsc);
	struct hft_ring_info info;
	char time[FORMAT_SIZE];
	struct json json;
	size_t i;

	hft_reader_ring(reader, record->ring, &info);
	json_start(&json, file);
	json_object(&json, NULL);
	json_string(&json, "time", format_date(time, realtime));
	json_s64(&json, "time_ns", realtime);
	json_u64(&json, "tsc", record->tsc);
	if (info.kind == HFT_RING_CPU) {
		json_s64(&json, "cpu", info.id);
	} else {
		json_s64(&json, "tgid", info.tgid);
		json_s64(&json, "tid", info.id);
		json_text(&json, "thread", info.name, sizeof(info.name));
	}
	json_string(&json, "type", schema->name);
	json_string(&json, "level", levels[record->ctx & HFT_CTX_LEVEL_MASK]);
	for (i = 0; i < FLAGS; i++) {
		if (record->ctx & flags[i].flag)
			json_bool(&json, flags[i].name, true);
	}
	if (record->lost_slots)
		json_u64(&json, "lost_slots_before", record->lost_slots);
	json_fields(&json, reader, record, schema);
	json_log(&json, reader, record);
	json_events(&json, record, how->events);
	json_pairs(&json, reader, record);
	if (how->symbols) {
		sender_json(how->sender, how->symbols, &json);
		record_code_json(&json, how->symbols, schema, record);
	}
	json_close(&json);
	json_newline(&json);
}

static void add_type(struct record_types *types, __u16 type)
{
	types->word[type / 64] |= (__u64)1 << (type % 64);
}

/* All types of the hooks that a word names. */
static int add_hooks(struct record_types *types, const char *word)
{
	char unknown[8];
	__u64 mask;
	int hook, i;

	if (hooks_parse(word, &mask, unknown, sizeof(unknown)))
		return -EINVAL;
	for (hook = 0; hook < HFT_HOOKS; hook++) {
		for (i = 0; (mask & HFT_HOOK_BIT(hook)) && i < HOOK_TYPES; i++) {
			if (hooks[hook].types[i])
				add_type(types, hooks[hook].types[i]);
		}
	}
	return 0;
}

int record_types_parse(const char *text, struct record_types *types, char *word, size_t size)
{
	const struct hft_schema *all;
	size_t count, i;

	memset(types, 0, sizeof(*types));
	all = hft_schema_all(&count);
	for (;;) {
		size_t length = strcspn(text, ",");

		snprintf(word, size, "%.*s", (int)(length < 64 ? length : 64), text);
		for (i = 0; i < count && strcmp(all[i].name, word); i++)
			;
		if (i < count)
			add_type(types, all[i].type);
		else if (add_hooks(types, word))
			return -EINVAL;
		if (!text[length])
			return 0;
		text += length + 1;
	}
}
