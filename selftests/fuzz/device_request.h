/* SPDX-License-Identifier: GPL-2.0 */
/* Structures of the ioctls: as they should be, then changed. */
#ifndef FUZZ_DEVICE_REQUEST_H
#define FUZZ_DEVICE_REQUEST_H

#include <linux/types.h>
#include <stddef.h>

#include "device_world.h"

#define REQUEST_ROOM	8192U	/* bytes: more than a page, which is too much */

struct request {
	unsigned int number;	/* of the ioctl; FUZZ_REQUESTS - 1 for one that there is not */
	unsigned long command;
	size_t known;		/* bytes of its structure */
	size_t bytes;		/* that are there: as its first word says, or more */
	union {
		__u64 made[REQUEST_ROOM / 8];
		__u32 halves[REQUEST_ROOM / 4];
		__u8 each[REQUEST_ROOM];
	};
};

/* Draws one: which, what stands in it, and what is wrong with it. */
void request_draw(struct request *request);

/* Only what is right, of the ioctl `number`. */
void request_make(struct request *request, unsigned int number);

#endif /* FUZZ_DEVICE_REQUEST_H */
