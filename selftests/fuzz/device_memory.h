/* SPDX-License-Identifier: GPL-2.0 */
/* A thread's memory for arguments: good, read-only, not there, and cut off in the middle. */
#ifndef FUZZ_DEVICE_MEMORY_H
#define FUZZ_DEVICE_MEMORY_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define MEMORY_BYTES	0x1000

/* Maps it, below 4 GiB if it is to be used by 32-bit calls as well. 0 or -errno. */
int memory_begin(void);

/* Where arguments are made; of one of the two areas, with room for MEMORY_BYTES. */
enum memory_area { MEMORY_MAIN, MEMORY_INNER };

/*
 * Puts what was made, `bytes` of it, where the kernel is to find it: mostly
 * where it can. *whole: it is all there and can be written.
 */
void *memory_place(enum memory_area area, const void *made, size_t bytes, bool *whole);

/* For many entries that are written; what does not fit meets nothing. */
void *memory_audit(void);

/* Which other threads scribble on: see device_race.c. */
void *memory_raced(void);

/* Catches faults of this thread while it touches what may be gone. */
void memory_catch(void);

/* Copies from or to what may be gone: false if that was a fault. */
bool memory_copy(void *to, const void *from, size_t bytes);

#endif /* FUZZ_DEVICE_MEMORY_H */
