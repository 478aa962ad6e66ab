/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What has no symbols, and how to get them: noted while addresses are named, said once
 * for each when the command has printed its answer.
 */
#ifndef HFT_MISSING_H
#define HFT_MISSING_H

#include <stdbool.h>
#include "lib/binary.h"
#include "lib/image.h"

/* Of a program or library; `image` NULL: what it was is not known. `here`: its path means it. */
void missing_binary(const char *path, const struct image *image, const struct binary *binary,
		    bool here);
/* Of the kernel: "were hidden ..." */
void missing_kernel(const char *reason);

/* Says what was noted. */
void missing_say(void);

#endif /* HFT_MISSING_H */
