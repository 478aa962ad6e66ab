// SPDX-License-Identifier: GPL-2.0
/*
 * The description of a recording in CTF's language. All integers have an
 * alignment of one byte, so that nothing moves but by fields that are written
 * here; a slot begins where the event header's alignment says.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <hftrace-reader.h>
#include "lib/ctf_metadata.h"
#include "lib/output.h"

size_t ctf_payload_bytes(const struct hft_slot *slot)
{
	const struct hft_schema *schema = hft_schema(slot->type);
	size_t bytes = 0;
	size_t i;

	for (i = 0; schema && i < schema->fields_count; i++) {
		const struct hft_field *field = &schema->fields[i];

		bytes = field->offset +
			field->bytes * hft_field_count(schema, field, slot->arg);
	}
	return bytes;
}

/* As a string literal. The text has no control characters. */
static void print_literal(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', file);
		fputc(*text, file);
	}
	fputc('"', file);
}

static void print_integer(FILE *file, int size, const char *name, const char *properties)
{
	fprintf(file, "typealias integer { size = %d; align = 8; %s } := %s%d_t;\n", size,
		properties, name, size);
}

static void print_types(FILE *file)
{
	static const int sizes[] = { 8, 16, 32, 64 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		int size = sizes[i];

		print_integer(file, size, "uint", "signed = false;");
		print_integer(file, size, "int", "signed = true;");
		print_integer(file, size, "hex", "signed = false; base = 16;");
	}
	print_integer(file, 8, "text", "signed = false; encoding = UTF8;");
}

static void print_trace(FILE *file, const struct ctf_trace *trace)
{
	const __u8 *u = trace->uuid;
	unsigned int i;

	fprintf(file,
		"trace {\n\tmajor = 1;\n\tminor = 8;\n\tbyte_order = le;\n"
		"\tuuid = \"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x\";\n",
		u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12],
		u[13], u[14], u[15]);
	fputs("\tpacket.header := struct {\n\t\tuint32_t magic;\n\t\tuint8_t uuid[16];\n"
	      "\t\tuint32_t stream_id;\n\t};\n};\n", file);
	fputs("env {\n\ttracer_name = \"hftrace\";\n\ttracer_version = ", file);
	print_literal(file, HFT_VERSION);
	fputs(";\n\thostname = ", file);
	print_literal(file, trace->host);
	fputs(";\n", file);
	for (i = 0; trace->events && i < trace->events->count; i++) {
		fprintf(file, "\tpmu_event_%u = ", i);
		print_literal(file, trace->events->name[i]);
		fputs(";\n", file);
	}
	fputs("};\n", file);
}

/* Where the ticks were zero, as seconds and ticks since the epoch. */
static void print_clock(FILE *file, const struct timeline *clock)
{
	__u64 freq = llround(clock->hz);
	__int128 zero = (__int128)clock->realtime_ns * freq / 1000000000 - clock->ticks;
	__int128 rest = zero % freq;

	if (rest < 0)
		rest += freq;
	fprintf(file,
		"clock {\n\tname = ticks;\n\tdescription = \"the CPU's own clock\";\n"
		"\tfreq = %llu;\n\toffset_s = %lld;\n\toffset = %llu;\n\tabsolute = true;\n};\n"
		"typealias integer { size = 64; align = 8; signed = false; map = clock.ticks.value; } := tsc_t;\n",
		freq, (__s64)((zero - rest) / freq), (__u64)rest);
}

/* The stream class of CPU rings is 0. */
static void print_stream(FILE *file, size_t class)
{
	fprintf(file,
		"stream {\n\tid = %zu;\n"
		"\tevent.header := struct { tsc_t timestamp; uint16_t id; } align(%u);\n"
		"\tevent.context := struct { uint8_t slots; hex8_t ctx; uint32_t seq; };\n"
		"\tpacket.context := struct {\n"
		"\t\ttsc_t timestamp_begin;\n\t\ttsc_t timestamp_end;\n"
		"\t\tuint64_t content_size;\n\t\tuint64_t packet_size;\n"
		"\t\tuint64_t events_discarded;\n\t\tuint64_t packet_seq_num;\n"
		"\t\tuint64_t slots_lost;\n\t\tuint64_t first_slot;\n\t\tuint64_t records;\n"
		"\t\tuint32_t ring_kind;\n\t\tint32_t %s;\n\t\tint32_t tgid;\n\t\tuint32_t generation;\n"
		"\t};\n};\n", class, HFT_SLOT_SIZE * 8, class ? "tid" : "cpu_id");
}

static void print_labels(FILE *file, const struct hft_field *field)
{
	int i;

	fprintf(file, "enum : uint%d_t { ", field->bytes * 8);
	for (i = 0; field->labels[i]; i++) {
		fputs(i ? ", " : "", file);
		print_literal(file, field->labels[i]);
		fprintf(file, " = %d", i);
	}
	fputs(" }", file);
}

static void print_names(FILE *file, const struct hft_field *field, const struct names *names)
{
	bool first = true;
	__u32 i;

	fprintf(file, "enum : uint%d_t {", field->bytes * 8);
	for (i = 0; names && i < names->count; i++) {
		if (!names->text[i])
			continue;
		fputs(first ? "\n\t\t\t" : ",\n\t\t\t", file);
		print_literal(file, names->text[i]);
		fprintf(file, " = %u", i);
		first = false;
	}
	/* An enumeration must not be empty. */
	if (first)
		fputs(" \"(unnamed)\" = 0", file);
	fputs(" }", file);
}

static void print_formats(FILE *file, const struct hft_field *field,
			  const struct formats *formats)
{
	char label[FORMAT_LABEL];
	bool first = true;
	__u32 i;

	fprintf(file, "enum : uint%d_t {", field->bytes * 8);
	for (i = 0; formats && i < formats->count; i++) {
		if (!formats->at[i])
			continue;
		fputs(first ? "\n\t\t\t" : ",\n\t\t\t", file);
		print_literal(file, format_label(label, sizeof(label), formats->at[i]));
		fprintf(file, " = %u", i);
		first = false;
	}
	if (first)
		fprintf(file, " \"(unregistered)\" = %u", HFT_FORMATS);
	fputs(" }", file);
}

/* Readers take one leading underscore off: so a name can be a word of the language. */
static const char *escape(const char *name)
{
	static const char *const words[] = {
		"align", "callsite", "clock", "enum", "env", "event", "integer", "stream",
		"string", "struct", "trace", "typealias", "variant"
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(words[i], name))
			return "_";
	}
	return "";
}

static void print_field(FILE *file, const struct hft_schema *schema,
			const struct hft_field *field, const struct names *names)
{
	const struct hft_field *counter = &schema->fields[field->counted_by];
	int bits = field->bytes * 8;

	fputs("\t\t", file);
	if (field->kind == HFT_FIELD_STRING) {
		fprintf(file, "text8_t %s%s[%u];\n", escape(field->name), field->name,
			field->bytes);
		return;
	}
	if (field->labels)
		print_labels(file, field);
	else if (field->kind == HFT_FIELD_NAME)
		print_names(file, field, names);
	else if (field->kind == HFT_FIELD_FORMAT)
		print_formats(file, field, names ? &names->formats : NULL);
	else if (field->kind == HFT_FIELD_HEX)
		fprintf(file, "hex%d_t", bits);
	else
		fprintf(file, "%sint%d_t", field->kind == HFT_FIELD_INT ? "" : "u", bits);
	fprintf(file, " %s%s", escape(field->name), field->name);
	if (!field->count)
		fprintf(file, "[%s%s]", escape(counter->name), counter->name);
	else if (field->count > 1)
		fprintf(file, "[%u]", field->count);
	fputs(";\n", file);
}

static int print_event(FILE *file, size_t class, const struct hft_schema *schema,
		       const struct names *names)
{
	size_t place = 0;
	size_t i;

	fprintf(file, "event {\n\tid = %u;\n\tname = \"%s\";\n\tstream_id = %zu;\n"
		"\tfields := struct {\n", schema->type, schema->name, class);
	for (i = 0; i < schema->fields_count; i++) {
		const struct hft_field *field = &schema->fields[i];

		if (field->offset < place)
			return -EINVAL;
		if (field->offset > place)
			fprintf(file, "\t\tuint8_t reserved_%zu[%zu];\n", place,
				field->offset - place);
		print_field(file, schema, field, names);
		place = field->offset + field->bytes * field->count;
	}
	fputs("\t};\n};\n", file);
	return 0;
}

/* A pad's fields lead to the next page, or to nothing, which is the next slot. */
static void print_pad(FILE *file, size_t class)
{
	fprintf(file, "event {\n\tid = %u;\n\tname = \"pad\";\n\tstream_id = %zu;\n"
		"\tfields := struct {\n\t\tuint64_t lost_slots;\n"
		"\t\tenum : uint8_t { \"page\" = %u, \"slot\" = %u } until;\n"
		"\t\tvariant <until> { struct { } align(%u) page; struct { } slot; } next;\n"
		"\t};\n};\n",
		HFT_REC_PAD, class, CTF_PAD_TO_PAGE, CTF_PAD_TO_SLOT, HFT_PAGE_SIZE * 8);
}

static int print_class(FILE *file, size_t class, const struct names *names)
{
	const struct hft_schema *all;
	size_t count, i;
	int err;

	print_stream(file, class);
	print_pad(file, class);
	all = hft_schema_all(&count);
	for (i = 0; i < count; i++) {
		bool user = all[i].type >= HFT_REC_MARK;

		if (all[i].type == HFT_REC_PAD || user != !!class)
			continue;
		err = print_event(file, class, &all[i], names);
		if (err)
			return err;
	}
	return 0;
}

int ctf_metadata_print(FILE *file, const struct ctf_trace *trace)
{
	size_t i;
	int err;

	fputs("/* CTF 1.8 */\n", file);
	print_types(file);
	print_trace(file, trace);
	print_clock(file, &trace->clock);
	err = print_class(file, 0, trace->probes);
	for (i = 0; !err && i < trace->processes_count; i++)
		err = print_class(file, i + 1, trace->processes[i]);
	return err;
}
