/* SPDX-License-Identifier: GPL-2.0 */
/* The memory areas of a recorded process: facts/maps-<tgid>. */
#ifndef HFT_MAPS_H
#define HFT_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct mapped_file {
	unsigned int major;
	unsigned int minor;
	unsigned long long inode;
};

struct mapping {
	__u64 start;
	__u64 end;
	__u64 reach;		/* the furthest end of those up to this one */
	__u64 offset;		/* in the file */
	char permissions[5];
	struct mapped_file file;
	char *path;		/* "" for anonymous memory */
};

/* By their start. */
struct maps {
	struct mapping *mapping;
	size_t count;
	size_t room;
};

static inline bool mapped_file_same(const struct mapped_file *a, const struct mapped_file *b)
{
	return a->inode == b->inode && a->major == b->major && a->minor == b->minor;
}

/*
 * A line as in /proc/PID/maps, without its newline; the path points into it. False
 * if it is none.
 */
bool mapping_parse(struct mapping *mapping, char *line);

/* 0, -ENOENT: nothing is known of this process, or another -errno. */
int maps_read(struct maps *maps, const char *recording, __s32 tgid);
int maps_read_fact(struct maps *maps, const char *recording, const char *name);	/* facts/NAME */
void maps_uninit(struct maps *maps);

/* NULL if nothing was mapped there. */
const struct mapping *maps_find(const struct maps *maps, __u64 address);

#endif /* HFT_MAPS_H */
