/* SPDX-License-Identifier: GPL-2.0 */
/* System calls of threads that were to make none: which, from where, how often. */
#ifndef HFT_VIOLATIONS_H
#define HFT_VIOLATIONS_H

#include <hftrace-reader.h>
#include <stdio.h>

#include "lib/json.h"
#include "lib/symbols.h"

/* One call from one place. */
struct violation {
	struct hft_rec_syscall_stack call;
	__u64 count;
	__u64 first;		/* ticks */
};

/* All zeros is the beginning. */
struct violations {
	struct violation *of;
	size_t places;
	__u64 count;		/* all */
	__u64 elsewhere;	/* of them, from more places than are kept */
};

/* Any record. 0 or -ENOMEM. */
int violations_feed(struct violations *violations, const struct hft_record *record);
void violations_uninit(struct violations *violations);

/*
 * The most frequent first. `threads` are those that were watched, as the
 * recorder noted: nothing is said when NULL and there was no call.
 */
void violations_print(struct violations *violations, const char *recording, const char *threads,
		      const struct hft_reader *reader, FILE *file);
void violations_json(struct violations *violations, const char *recording,
		     const struct hft_reader *reader, struct json *json, const char *key);

#endif /* HFT_VIOLATIONS_H */
