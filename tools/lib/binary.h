/* SPDX-License-Identifier: GPL-2.0 */
/* Functions and source lines of one program or library, by elfutils. */
#ifndef HFT_BINARY_H
#define HFT_BINARY_H

#include <stdbool.h>
#include <linux/types.h>
#include "lib/buildid.h"
#include "lib/code.h"
#include "lib/locate.h"

struct binary {
	const char *reason;	/* why there are no symbols, NULL if there are */
	bool stripped;		/* of its functions only those have names that others call */
	bool no_lines;
	struct binary_symbols *symbols;
};

/* Takes over located->fd. What is no program is no error. 0 or -ENOMEM. */
int binary_init(struct binary *binary, const struct located *located, const struct image *image);
void binary_uninit(struct binary *binary);

/* For an offset in the file. 0, -ENOENT: nothing has a name there; or -ENOMEM. */
int binary_find(struct binary *binary, __u64 offset, struct code *code);

#endif /* HFT_BINARY_H */
