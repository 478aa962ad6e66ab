/* SPDX-License-Identifier: GPL-2.0 */
/* The formats of a process's log. */
#ifndef HFT_FORMATS_H
#define HFT_FORMATS_H

#include <stdbool.h>
#include <stddef.h>
#include <hftrace-reader.h>

struct formats {
	__u32 count;		/* those behind are not known */
	struct hft_format_info *at[HFT_FORMATS];	/* NULL: not known */
};

/*
 * Takes what is new from one of the process's rings; `all` also looks behind
 * the first one that is not known yet. 1: something was new; 0; or -ENOMEM.
 */
int formats_refresh(struct formats *formats, const struct hft_reader *reader, __u32 ring,
		    bool all);
void formats_free(struct formats *formats);

/* "engine.c:42 order %d", escaped. Returns buf. */
#define FORMAT_LABEL 1024
const char *format_label(char *buf, size_t size, const struct hft_format_info *format);

#endif /* HFT_FORMATS_H */
