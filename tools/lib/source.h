/* SPDX-License-Identifier: GPL-2.0 */
/* Opening what a command reads, with refusals put into words. */
#ifndef HFT_SOURCE_H
#define HFT_SOURCE_H

#include <hftrace-reader.h>

/* 0, or HFT_EXIT_FAILED after saying why. */
int source_open_recording(struct hft_reader **reader, const char *path);
int source_open_live(struct hft_reader **reader, const struct hft_live *live);

#endif /* HFT_SOURCE_H */
