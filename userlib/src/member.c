// SPDX-License-Identifier: LGPL-2.1
#include "member.h"

#include <string.h>

static bool size_fits(unsigned int type, unsigned int bytes)
{
	switch (type) {
	case HFT_MEMBER_INT:
	case HFT_MEMBER_UINT:
		return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
	case HFT_MEMBER_DOUBLE:
		return bytes == 4 || bytes == 8;
	case HFT_MEMBER_TEXT:
	case HFT_MEMBER_BYTES:
		return bytes;
	default:
		return false;
	}
}

static bool is_sound(const struct hft_member *member, size_t bytes)
{
	return member->name[0] && memchr(member->name, '\0', sizeof(member->name)) &&
	       member->count && size_fits(member->type, member->bytes) &&
	       member->offset + (size_t)member->bytes * member->count <= bytes;
}

bool hft_members_are_sound(const struct hft_member *members, size_t count, size_t bytes)
{
	size_t i;

	if (!bytes || bytes > HFT_STATE_DATA || !count || count > HFT_STATE_MEMBERS)
		return false;
	for (i = 0; i < count; i++)
		if (!is_sound(&members[i], bytes))
			return false;
	return true;
}
