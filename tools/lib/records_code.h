/* SPDX-License-Identifier: GPL-2.0 */
/* The functions and lines at a record's addresses of code. */
#ifndef HFT_RECORDS_CODE_H
#define HFT_RECORDS_CODE_H

#include <stdio.h>
#include <hftrace-reader.h>
#include "lib/json.h"
#include "lib/symbols.h"

/* " code: ip=main+0x12 (a.c:3); user=..., ..."; nothing if it has none. */
void record_code_print(FILE *file, struct symbols *symbols, const struct hft_schema *schema,
		       const struct hft_record *record);

/* "code": an object with a text, or an array of them, for each such field. */
void record_code_json(struct json *json, struct symbols *symbols, const struct hft_schema *schema,
		      const struct hft_record *record);

#endif /* HFT_RECORDS_CODE_H */
