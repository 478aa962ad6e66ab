/* SPDX-License-Identifier: GPL-2.0 */
/* The memory areas of a recorded process: facts/maps-<tgid>. */
#ifndef HFT_MAPS_H
#define HFT_MAPS_H

#include <stddef.h>
#include <linux/types.h>

struct mapping {
	__u64 start;
	__u64 end;
	__u64 offset;		/* in the file */
	char permissions[5];
	char *path;		/* "" for anonymous memory */
};

struct maps {
	struct mapping *mapping;
	size_t count;
	size_t room;
};

/* 0, -ENOENT: nothing is known of this process, or another -errno. */
int maps_read(struct maps *maps, const char *recording, __s32 tgid);
void maps_uninit(struct maps *maps);

/* NULL if nothing was mapped there. */
const struct mapping *maps_find(const struct maps *maps, __u64 address);

#endif /* HFT_MAPS_H */
