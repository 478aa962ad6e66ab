/* SPDX-License-Identifier: GPL-2.0 */
/* The names that a process gave to its marks and spans, and the formats of its log. */
#ifndef HFT_NAMES_H
#define HFT_NAMES_H

#include <stdbool.h>
#include <hftrace-reader.h>
#include "lib/formats.h"

struct names {
	__s32 tgid;
	__u64 region;		/* as of hft_reader_region() */
	__u32 life;		/* 1: the first process of this number, 2 the next... */
	__u64 start;		/* as of process_start() when it was found */
	__u32 count;		/* those behind are not known */
	char *text[HFT_NAMES];	/* escaped; NULL: not known */
	struct formats formats;
};

/*
 * Takes what is new from one of the process's rings; `all` also looks behind
 * the first name that is not known yet. 1: something was new; 0; or -ENOMEM.
 */
int names_refresh(struct names *names, const struct hft_reader *reader, __u32 ring, bool all);
void names_free(struct names *names);

#endif /* HFT_NAMES_H */
