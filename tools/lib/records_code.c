// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "lib/compiler.h"
#include "lib/output.h"
#include "lib/records_code.h"

/* Fields that hold addresses of code, whichever record they are of; arrays are call chains. */
static bool is_code(const struct hft_field *field)
{
	static const char *const names[] = { "ip", "function", "caller", "handler", "kernel",
					     "user" };
	size_t i;

	if (field->kind != HFT_FIELD_HEX || field->bytes != sizeof(__u64))
		return false;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(field->name, names[i]))
			return true;
	return false;
}

/* 0: it does not say. */
static __s32 tgid_of(const struct hft_schema *schema, const struct hft_record *record)
{
	__s32 tgid = 0;
	size_t i;

	for (i = 0; i < schema->fields_count; i++)
		if (!strcmp(schema->fields[i].name, "tgid"))
			memcpy(&tgid, (const char *)record->payload + schema->fields[i].offset,
			       sizeof(tgid));
	return tgid;
}

struct reading {
	struct symbols *symbols;
	const struct hft_record *record;
	__s32 tgid;
};

/* The one at `index` of a field; false if there is none to be named. */
static bool name_code(const struct reading *reading, const struct hft_field *field, __u32 index,
		      char text[SYMBOLS_TEXT])
{
	__u64 address;

	memcpy(&address, (const char *)reading->record->payload + field->offset +
	       index * sizeof(address), sizeof(address));
	if (!address)
		return false;
	/* behind a call: the line of the call itself */
	if (index)
		address--;
	if ((__s64)address < 0)
		symbols_kernel(reading->symbols, address, text, SYMBOLS_TEXT);
	else if (reading->tgid)
		symbols_user(reading->symbols, reading->tgid, address, text, SYMBOLS_TEXT);
	else
		return false;
	return true;
}

void record_code_print(FILE *file, struct symbols *symbols, const struct hft_schema *schema,
		       const struct hft_record *record)
{
	const struct reading reading = { symbols, record, tgid_of(schema, record) };
	char text[SYMBOLS_TEXT], escaped[4 * SYMBOLS_TEXT];
	const char *before = " code: ";
	size_t i;
	__u32 j;

	for (i = 0; i < schema->fields_count; i++) {
		const struct hft_field *field = &schema->fields[i];

		for (j = 0; is_code(field) && j < field->count; j++) {
			if (!name_code(&reading, field, j, text))
				break;
			text_escape(escaped, sizeof(escaped), text, sizeof(text));
			if (j)
				fprintf(file, ", %s", escaped);
			else
				fprintf(file, "%s%s=%s", before, field->name, escaped);
			before = "; ";
		}
	}
}

void record_code_json(struct json *json, struct symbols *symbols, const struct hft_schema *schema,
		      const struct hft_record *record)
{
	const struct reading reading = { symbols, record, tgid_of(schema, record) };
	char text[SYMBOLS_TEXT];
	bool any = false;
	size_t i;
	__u32 j;

	for (i = 0; i < schema->fields_count; i++) {
		const struct hft_field *field = &schema->fields[i];

		if (!is_code(field) || !name_code(&reading, field, 0, text))
			continue;
		if (!any)
			json_object(json, "code");
		any = true;
		if (field->count == 1) {
			json_text(json, field->name, text, sizeof(text));
			continue;
		}
		json_array(json, field->name);
		for (j = 0; j < field->count && name_code(&reading, field, j, text); j++)
			json_text(json, NULL, text, sizeof(text));
		json_close(json);
	}
	if (any)
		json_close(json);
}
