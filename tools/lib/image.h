/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which file it was that a process had mapped: facts/buildids. Its lines have
 * these columns, tabs between them; those of the kernel and its modules end
 * behind the second:
 *   the path, as the process saw it, or [kernel], or [module]
 *   the build id; "-": it has none; "?": the file could not be read
 *   the process
 *   device and inode, as facts/maps-<tgid> has them
 *   size and time of its last change in ns since the epoch
 *   where its code stands: offset, address, bytes, in hex
 *   "here", or "elsewhere" if the process had another mount namespace
 */
#ifndef HFT_IMAGE_H
#define HFT_IMAGE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <linux/types.h>
#include "lib/buildid.h"
#include "lib/maps.h"

struct image {
	char *path;
	char id[BUILDID_TEXT];	/* "-", "?" */
	__s32 tgid;		/* 0: of an older recording, anybody's */
	struct mapped_file file;
	__u64 bytes;
	__s64 changed_ns;
	struct code_segment segment[CODE_SEGMENTS];
	int segments;
	bool elsewhere;
};

struct images {
	struct image *image;
	size_t count;
	size_t room;
};

/* A file that is missing has no lines. 0 or -errno. */
int images_read(struct images *images, const char *recording);
void images_uninit(struct images *images);

/* Takes a copy. 0 or -ENOMEM. */
int images_add(struct images *images, const struct image *image);

/* What a process had mapped. NULL: nothing is known. */
const struct image *images_find(const struct images *images, __s32 tgid,
				const struct mapping *mapping);

/* Whether it has a build id that can be compared. */
static inline bool image_has_id(const struct image *image)
{
	return image && image->id[0] && image->id[0] != '-' && image->id[0] != '?';
}

/* What an open file is: all but path, tgid, file and elsewhere. */
void image_of_file(int fd, struct image *image);

void image_print(FILE *file, const struct image *image);

#endif /* HFT_IMAGE_H */
