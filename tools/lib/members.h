/* SPDX-License-Identifier: GPL-2.0 */
/* Members of a published structure, for people and for programs. */
#ifndef HFT_MEMBERS_H
#define HFT_MEMBERS_H

#include <stdio.h>
#include <hftrace-reader.h>
#include "lib/json.h"

/* The value: of an array, all elements. `data` is the whole structure. */
void member_print(FILE *file, const struct hft_member *member, const void *data);
void member_json(struct json *json, const struct hft_member *member, const void *data);

#endif /* HFT_MEMBERS_H */
