/* SPDX-License-Identifier: GPL-2.0 */
/* Two engines: one whose rings hold anything at all, and an honest one beside it. */
#ifndef FUZZ_RING_ENGINE_H
#define FUZZ_RING_ENGINE_H

#include <hftrace/abi.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

enum scribble {
	SCRIBBLE_REST,		/* what the library wrote, names for no terminal and all */
	SCRIBBLE_EACH,		/* one byte after the other is another one */
	SCRIBBLE_STORM,		/* bytes anywhere, without pause */
	SCRIBBLE_HEADERS,	/* words of the headers say what may break a reader */
	SCRIBBLE_SLOTS,		/* words of slots, the head running on */
	SCRIBBLE_BOARD,		/* formats, counters, states */
	SCRIBBLE_NAMES,		/* names come, change and are not ended */
	SCRIBBLE_FILE,		/* private memory: the file is cut off, grows, is another */
	SCRIBBLES,
};

/* Shared by the engines and the driver. */
struct ring_world {
	__u64 seed;
	bool private;			/* without the module, if it is there */
	atomic_int scribble;		/* what the hostile one does now */
	atomic_uint ready;		/* engines whose rings are there */
	atomic_ullong scribbles;	/* bytes and words that were written */
	atomic_ullong bytes_covered;	/* by SCRIBBLE_EACH */
	atomic_ullong region_bytes;
	atomic_ullong marks;		/* of the honest one */
	atomic_int stop;
};

extern struct ring_world *ring_world;
extern const char *const scribble_names[SCRIBBLES];

/* Starts them; their pids, or -errno. */
pid_t hostile_start(void);
pid_t honest_start(void);

#endif /* FUZZ_RING_ENGINE_H */
