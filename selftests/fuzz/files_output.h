/* SPDX-License-Identifier: GPL-2.0 */
/* What a command writes, kept in memory, and what must hold of it. */
#ifndef FILES_OUTPUT_H
#define FILES_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#define FILES_OUTPUT_MAX	(64U << 20)

/* From here on stdout and stderr of the program go to memory. */
void files_output_init(void);

/* Forgets what was written before. */
void files_output_begin(void);

/*
 * NULL, or what is wrong: a control character (escape sequences are such), text
 * that is not UTF-8, JSON that is none, an end that was not reached. `json`:
 * standard output is a row of JSON values, or nothing.
 */
const char *files_output_check(bool json);

/* What was written last, for who looks for the defect. */
void files_output_show(void);

#endif /* FILES_OUTPUT_H */
