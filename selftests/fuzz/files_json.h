/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FILES_JSON_H
#define FILES_JSON_H

#include <stdbool.h>
#include <stddef.h>

/* NULL, or what keeps it from being a row of JSON values. */
const char *files_json_check(const char *text, size_t size);

#endif /* FILES_JSON_H */
