/* SPDX-License-Identifier: GPL-2.0 */
/* What is to be said about a recording's losses, beside any figure from it. */
#ifndef HFT_LOSSES_H
#define HFT_LOSSES_H

#include <stdbool.h>
#include <stdio.h>
#include <hftrace-reader.h>
#include "lib/json.h"

/* After all was read: whether something is missing. */
bool losses_any(const struct hft_reader *reader);

/* A line for each ring that lost records, and for damage; nothing if all is well. */
void losses_print(const struct hft_reader *reader, FILE *file);

/* After all was read: whether something is missing, which is said on stderr. */
bool losses_say(const struct hft_reader *reader, const char *path);

/* {"records":,"slots":,"rings":[{"ring":"cpu1","records":,"slots":}],"damage":} */
void losses_json(const struct hft_reader *reader, struct json *json, const char *key);

#endif /* HFT_LOSSES_H */
