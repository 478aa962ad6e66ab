/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where on this machine the file is that a recorded process had mapped: that build,
 * and no other. Nothing is fetched from a network.
 */
#ifndef HFT_LOCATE_H
#define HFT_LOCATE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include "lib/image.h"
#include "lib/maps.h"

#define LOCATE_PATH	4400

/*
 * --symbols DIR: looked at first, as a copy of the recorded machine's or container's
 * root, as a directory of binaries, and as one of debug files. 0 or -errno.
 */
int locate_add_directory(const char *directory);

struct located {
	int fd;			/* -1: none */
	char path[LOCATE_PATH];
	bool debug_only;	/* it has symbols, and not the code */
	const char *reason;	/* why there is none */
};

/*
 * `image` NULL: what it was is not known. `lives`: the process may still be there, and
 * is asked for its file. False: `reason` says why.
 */
bool locate_binary(struct located *located, const struct image *image,
		   const struct mapping *mapping, __s32 tgid, bool lives);

/* A file of debug symbols by its build id. A descriptor, or -1. */
int locate_debug(const char *id, char path[LOCATE_PATH]);

#endif /* HFT_LOCATE_H */
