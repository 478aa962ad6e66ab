// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tids.h"

#define SLOTS	64U	/* to begin with; at most half of them are taken */

/* Where it is, or the free slot where it would be. */
static __u32 *slot_of(const struct tids *tids, __s32 tid)
{
	__u32 at = ((__u32)tid * 0x9e3779b1U) & (tids->slots - 1);

	while (tids->slot[at] && tids->tid[tids->slot[at] - 1] != tid)
		at = (at + 1) & (tids->slots - 1);
	return &tids->slot[at];
}

static int grow(struct tids *tids)
{
	__u32 slots = tids->slots ? 2 * tids->slots : SLOTS;
	__s32 *tid = realloc(tids->tid, slots / 2 * sizeof(*tid));
	__u32 *slot;
	__u32 i;

	if (!tid)
		return -ENOMEM;
	tids->tid = tid;
	slot = calloc(slots, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	free(tids->slot);
	tids->slot = slot;
	tids->slots = slots;
	for (i = 0; i < tids->count; i++)
		*slot_of(tids, tids->tid[i]) = i + 1;
	return 0;
}

void tids_uninit(struct tids *tids)
{
	free(tids->tid);
	free(tids->slot);
	memset(tids, 0, sizeof(*tids));
}

__u32 tids_find(const struct tids *tids, __s32 tid)
{
	__u32 found = tids->slots ? *slot_of(tids, tid) : 0;

	return found ? found - 1 : TID_NONE;
}

int tids_add(struct tids *tids, __s32 tid, __u32 *number)
{
	*number = tids_find(tids, tid);
	if (*number != TID_NONE)
		return 0;
	if (2 * tids->count >= tids->slots && grow(tids))
		return -ENOMEM;
	tids->tid[tids->count] = tid;
	*number = tids->count++;
	*slot_of(tids, tid) = tids->count;
	return 0;
}
