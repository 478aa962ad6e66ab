// SPDX-License-Identifier: GPL-2.0
/* What is to be said about a recording's losses. */
#include <string.h>

#include "lib/losses.h"
#include "lib/output.h"
#include "lib/records.h"

#define RING_TEXT 64

bool losses_any(const struct hft_reader *reader)
{
	struct hft_ring_info info;
	__u32 ring;

	for (ring = 0; !hft_reader_ring(reader, ring, &info); ring++)
		if (info.records_lost || info.slots_lost)
			return true;
	return hft_reader_damage(reader);
}

void losses_print(const struct hft_reader *reader, FILE *file)
{
	char lost[FORMAT_SIZE], written[FORMAT_SIZE], name[RING_TEXT], text[512];
	const char *damage = hft_reader_damage(reader);
	struct hft_ring_info info;
	__u32 ring;

	for (ring = 0; !hft_reader_ring(reader, ring, &info); ring++)
		if (info.records_lost || info.slots_lost)
			fprintf(file, "lost: %s of %s records of %s\n",
				format_count(lost, info.records_lost),
				format_count(written, info.records_written),
				ring_text(&info, name, sizeof(name)));
	if (damage)
		fprintf(file, "damage: %s\n", text_escape(text, sizeof(text), damage,
							  strlen(damage)));
}

bool losses_say(const struct hft_reader *reader, const char *path)
{
	const char *damage = hft_reader_damage(reader);
	char text[FORMAT_SIZE];
	struct hft_ring_info info;
	__u64 records = 0;
	__u32 ring;

	if (damage)
		message("%s is damaged: %s", path, damage);
	for (ring = 0; !hft_reader_ring(reader, ring, &info); ring++)
		records += info.records_lost;
	if (records)
		message("%s records were lost when this was recorded; 'hftrace info %s' says where",
			format_count(text, records), path);
	return damage || records;
}

void losses_json(const struct hft_reader *reader, struct json *json, const char *key)
{
	__u64 records = 0, slots = 0;
	struct hft_ring_info info;
	char name[RING_TEXT];
	__u32 ring;

	json_object(json, key);
	json_array(json, "rings");
	for (ring = 0; !hft_reader_ring(reader, ring, &info); ring++) {
		if (!info.records_lost && !info.slots_lost)
			continue;
		records += info.records_lost;
		slots += info.slots_lost;
		json_object(json, NULL);
		json_string(json, "ring", ring_text(&info, name, sizeof(name)));
		json_u64(json, "records", info.records_lost);
		json_u64(json, "slots", info.slots_lost);
		json_close(json);
	}
	json_close(json);
	json_u64(json, "records", records);
	json_u64(json, "slots", slots);
	if (hft_reader_damage(reader))
		json_string(json, "damage", hft_reader_damage(reader));
	else
		json_null(json, "damage");
	json_close(json);
}
