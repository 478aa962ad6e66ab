// SPDX-License-Identifier: LGPL-2.1
/* The boards of processes. What stands there may be anything, and change meanwhile. */
#include "member.h"
#include "process.h"
#include "reader.h"

#include <errno.h>
#include <hftrace/ring-write.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>

#define COPY_TRIES	1000	/* of a state that is being written: about 1 ms */

/* ---------------------------------------------------------------- processes */

static uint64_t birth_of(const struct hft_live_region *region)
{
	return hft_source_u64(&region->source, offsetof(struct hft_region, birth));
}

/*
 * The module knows. Private memory's process has ended when it is not there, or
 * when it has made another region since: it has become another program.
 */
static bool has_ended(const struct hft_reader *reader, const struct hft_live_region *region)
{
	struct hft_region_info info = { .size = sizeof(info), .after = region->number - 1 };
	size_t i;

	if (!region->private_memory)
		return ioctl(reader->device, HFT_IOC_REGION_INFO, &info) ||
		       info.region != region->number || info.age_ms;
	for (i = 0; i < reader->regions_count; i++)
		if (reader->regions[i]->tgid == region->tgid &&
		    birth_of(reader->regions[i]) > birth_of(region))
			return true;
	if (kill(region->tgid, 0) && errno == ESRCH)
		return true;
	return hft_process_is_another(region->tgid,
				      hft_source_u64(&region->source,
						     offsetof(struct hft_region, process_start)));
}

static const char *name_of(struct hft_live_region *region, uint32_t name)
{
	const char *text = hft_live_name(region, name);

	return text ? text : "?";
}

/* ------------------------------------------------------------------- values */

static uint64_t value_offset(const struct hft_live_region *region, uint32_t line)
{
	return region->board_offset + offsetof(struct hft_board, value) +
	       line * sizeof(struct hft_value);
}

/* Lines of the same name and kind, from this one on; they are not looked at again. */
static int add_value(struct hft_reader *reader, struct hft_live_region *region,
		     struct hft_value *values, uint32_t first, bool ended)
{
	struct hft_value_info *info = hft_boards_add_value(&reader->boards);
	const uint32_t name = values[first].name, kind = values[first].kind;
	struct hft_value_line *line;
	uint32_t i;

	if (!info)
		return -ENOMEM;
	info->name = name_of(region, name);
	info->kind = kind;
	info->tgid = region->tgid;
	info->region = region->number;
	info->process_ended = ended;
	for (i = first; i < HFT_VALUES; i++) {
		if (values[i].name != name || values[i].kind != kind)
			continue;
		line = hft_boards_add_line(&reader->boards);
		if (!line)
			return -ENOMEM;
		line->value = (int64_t)hft_source_u64(&region->source, value_offset(region, i));
		line->ended = values[i].tid < 0;
		line->tid = line->ended ? (int32_t)-(uint32_t)values[i].tid : values[i].tid;
		values[i].kind = 0;
		/* The library makes one line of a gauge; more would be no sum. */
		if (kind == HFT_VALUE_GAUGE)
			break;
	}
	return 0;
}

/*
 * Two copies: what had its kind before the second one began is whole there.
 * 0, or -EIO: it is not there any more.
 */
static int copy_values(const struct hft_live_region *region, struct hft_value *values)
{
	const size_t bytes = HFT_VALUES * sizeof(*values);
	struct hft_value before[HFT_VALUES];
	uint32_t i;

	if (hft_source_copy(&region->source, value_offset(region, 0), before, bytes))
		return -EIO;
	hft_read_fence();
	if (hft_source_copy(&region->source, value_offset(region, 0), values, bytes))
		return -EIO;
	for (i = 0; i < HFT_VALUES; i++)
		if (before[i].kind != values[i].kind ||
		    (values[i].kind != HFT_VALUE_COUNTER && values[i].kind != HFT_VALUE_GAUGE))
			values[i].kind = 0;
	return 0;
}

int hft_live_values(struct hft_reader *reader)
{
	struct hft_value values[HFT_VALUES];
	struct hft_live_region *region;
	size_t i;
	uint32_t line;
	bool ended;
	int err;

	for (i = 0; i < reader->regions_count; i++) {
		region = reader->regions[i];
		if (!region->board_offset || copy_values(region, values))
			continue;
		ended = has_ended(reader, region);
		for (line = 0; line < HFT_VALUES; line++) {
			err = values[line].kind ?
			      add_value(reader, region, values, line, ended) : 0;
			if (err)
				return err;
		}
	}
	return 0;
}

/* ------------------------------------------------------------------- states */

/* What tells which copy is whole, and when each was written: one line, one read. */
struct turn {
	uint64_t writes, ticks[2];
};

static int read_turn(const struct hft_source *source, uint64_t page, struct turn *turn)
{
	int err = hft_source_copy(source, page + offsetof(struct hft_state_page, writes), turn,
				  sizeof(*turn));

	hft_read_fence();
	return err;
}

/*
 * The copy that the last change-over has shown is left alone until the next one;
 * if that has come meanwhile, what was copied may be torn. The words of a turn are
 * read in any order, but when the turn is the same before and after, they belong together.
 */
static int copy_state(const struct hft_source *source, uint64_t page, struct hft_kept_state *state)
{
	struct hft_state_info *info = &state->info;
	struct turn turn, before;
	uint64_t copy;
	int try;

	if (read_turn(source, page, &turn))
		return -EIO;
	for (try = 0; try < COPY_TRIES; try++) {
		if (!turn.writes)
			return -ENODATA;
		before = turn;
		copy = before.writes & 1;
		info->writes = before.writes;
		if (hft_source_copy(source, page + offsetof(struct hft_state_page, copy) +
				    copy * HFT_STATE_DATA, state->data, info->bytes))
			return -EIO;
		hft_read_fence();
		if (read_turn(source, page, &turn))
			return -EIO;
		info->ticks = turn.ticks[copy];
		if (turn.writes == before.writes && info->ticks == before.ticks[copy])
			return 0;
	}
	return -EAGAIN;
}

static int64_t age_of(const struct hft_reader *reader, uint64_t ticks)
{
	uint64_t now = hft_ticks();
	double hz = hft_clock_hz(&reader->clock);

	return ticks < now && hz > 0 ? (int64_t)((double)(now - ticks) * 1e9 / hz) : 0;
}

static void take_value(const struct hft_reader *reader, const struct hft_source *source,
		       uint64_t page, struct hft_kept_state *state)
{
	struct hft_state_info *info = &state->info;

	info->error = copy_state(source, page, state);
	if (info->error) {
		info->ticks = 0;
		return;
	}
	info->data = state->data;
	info->age_ns = age_of(reader, info->ticks);
}

static int add_state(struct hft_reader *reader, struct hft_live_region *region, uint64_t page,
		     bool ended)
{
	const struct hft_source *source = &region->source;
	struct hft_kept_state *state;
	struct hft_state_page head;
	struct hft_state_info *info;

	if (hft_source_u32(source, page + offsetof(struct hft_state_page, committed)) != 1 ||
	    hft_source_copy(source, page, &head, offsetof(struct hft_state_page, reserved3)))
		return 0;
	state = hft_boards_add_state(&reader->boards);
	if (!state)
		return -ENOMEM;
	info = &state->info;
	info->name = name_of(region, head.name);
	info->tgid = region->tgid;
	info->tid = head.tid;
	info->region = region->number;
	info->process_ended = ended;
	info->error = -EBADMSG;
	if (!hft_members_are_sound(head.member, head.members, head.bytes))
		return 0;
	info->bytes = head.bytes;
	info->members_count = head.members;
	memcpy(state->member, head.member, head.members * sizeof(*head.member));
	info->members = state->member;
	take_value(reader, source, page, state);
	return 0;
}

int hft_live_states(struct hft_reader *reader)
{
	struct hft_live_region *region;
	uint32_t page;
	bool ended;
	size_t i;
	int err;

	for (i = 0; i < reader->regions_count; i++) {
		region = reader->regions[i];
		if (!region->board_offset)
			continue;
		ended = has_ended(reader, region);
		for (page = 0; page < HFT_STATES; page++) {
			err = add_state(reader, region, region->board_offset +
					offsetof(struct hft_board, state) +
					page * sizeof(struct hft_state_page), ended);
			if (err)
				return err;
		}
	}
	return 0;
}
