/* SPDX-License-Identifier: GPL-2.0 */
/* Opening a recording to read it, and what is to be said about its losses. */
#ifndef HFT_INPUT_H
#define HFT_INPUT_H

#include <stdio.h>
#include <hftrace-reader.h>
#include "lib/json.h"

/* Says why if it cannot be opened. 0 or HFT_EXIT_FAILED. */
int input_open(struct hft_reader **reader, const char *path);

/* After all was read: records and slots lost in all rings. */
struct losses {
	__u64 records;
	__u64 slots;
	__u32 rings;		/* that lost some */
};

void losses_sum(const struct hft_reader *reader, struct losses *losses);

/* A line for each ring that lost records, and for damage; nothing if all is well. */
void losses_print(const struct hft_reader *reader, FILE *file);

/* {"records":,"slots":,"rings":[{"ring":"cpu1","records":,"slots":}],"damage":} */
void losses_json(const struct hft_reader *reader, struct json *json, const char *key);

/* "cpu3", "user-1234-1240-1": as the stream's file is called. Returns buf. */
#define RING_TEXT 48
const char *ring_name(const struct hft_ring_info *info, char *buf);

#endif /* HFT_INPUT_H */
