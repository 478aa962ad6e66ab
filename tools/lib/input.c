// SPDX-License-Identifier: GPL-2.0
/* Opening a recording to read it, and what is to be said about its losses. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "lib/input.h"
#include "lib/output.h"

int input_open(struct hft_reader **reader, const char *path)
{
	int err = hft_reader_open_file(reader, path);

	switch (err) {
	case 0:
		return 0;
	case -ENOENT:
		message("%s: there is no such recording", path);
		break;
	case -EACCES:
		message("%s: permission denied; recordings belong to who made them", path);
		break;
	case -EPROTO:
		message("%s: made by another version of hftrace (ABI is not %d); read it with that one",
			path, HFT_ABI_MAJOR);
		break;
	case -EBADMSG:
		message("%s: not a recording of hftrace, or damaged from its start", path);
		break;
	default:
		message("%s: %s", path, strerror(-err));
		break;
	}
	return HFT_EXIT_FAILED;
}

void losses_sum(const struct hft_reader *reader, struct losses *losses)
{
	struct hft_ring_info info;
	__u32 ring;

	memset(losses, 0, sizeof(*losses));
	for (ring = 0; !hft_reader_ring(reader, ring, &info); ring++) {
		losses->records += info.records_lost;
		losses->slots += info.slots_lost;
		losses->rings += info.records_lost || info.slots_lost;
	}
}

const char *ring_name(const struct hft_ring_info *info, char *buf)
{
	if (info->kind == HFT_RING_CPU)
		snprintf(buf, RING_TEXT, "cpu%d", info->id);
	else
		snprintf(buf, RING_TEXT, "user-%d-%d-%u", info->tgid, info->id, info->generation);
	return buf;
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
				ring_name(&info, name));
	if (damage)
		fprintf(file, "damage: %s\n", text_escape(text, sizeof(text), damage,
							  strlen(damage)));
}

void losses_json(const struct hft_reader *reader, struct json *json, const char *key)
{
	struct hft_ring_info info;
	struct losses losses;
	char name[RING_TEXT];
	__u32 ring;

	losses_sum(reader, &losses);
	json_object(json, key);
	json_u64(json, "records", losses.records);
	json_u64(json, "slots", losses.slots);
	json_array(json, "rings");
	for (ring = 0; !hft_reader_ring(reader, ring, &info); ring++) {
		if (!info.records_lost && !info.slots_lost)
			continue;
		json_object(json, NULL);
		json_string(json, "ring", ring_name(&info, name));
		json_u64(json, "records", info.records_lost);
		json_u64(json, "slots", info.slots_lost);
		json_close(json);
	}
	json_close(json);
	if (hft_reader_damage(reader))
		json_string(json, "damage", hft_reader_damage(reader));
	else
		json_null(json, "damage");
	json_close(json);
}
