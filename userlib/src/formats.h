/* SPDX-License-Identifier: LGPL-2.1 */
/* Formats of logs, as a process's board or a recording has them. */
#ifndef HFT_FORMATS_H
#define HFT_FORMATS_H

#include <hftrace-reader.h>

#include "source.h"

/* By number, kept until the reader is closed. */
struct hft_formats {
	struct hft_format *at[HFT_FORMATS];	/* NULL: not known */
};

void hft_formats_free(struct hft_formats *formats);

/* From a board. NULL: it is not there yet, or makes no sense. */
const struct hft_format *hft_formats_live(struct hft_formats *formats,
					  const struct hft_source *source, uint64_t board,
					  uint32_t number);

/* A line of a recording's facts/formats-TGID, which it changes. 0, also for nonsense; -ENOMEM. */
int hft_formats_take_line(struct hft_formats *formats, char *line);

#endif /* HFT_FORMATS_H */
