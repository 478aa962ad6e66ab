/* SPDX-License-Identifier: GPL-2.0 */
/* What a person reads: messages on stderr, tables, numbers with units. */
#ifndef HFT_OUTPUT_H
#define HFT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/types.h>
#include "lib/compiler.h"

/* "hftrace: ..." and a newline on stderr, escaped by text_escape(); wipes the status line first. */
void message(const char *format, ...) __printf(1, 2);

/* A line on the terminal that the next one replaces; NULL wipes it. */
void status_line(const char *text);

/* Whether somebody sees a status line. */
bool output_terminal(void);

/* Whether to colour what goes there: a terminal, and NO_COLOR is not set. */
bool output_colour(FILE *file);

/* Flushes stdout; says so and returns HFT_EXIT_FAILED if what was written did not arrive. */
int output_finish(int status);

/*
 * Text that others wrote, safe for a terminal and for a line-based file: what
 * is not printable UTF-8 becomes \xNN. Reads to `length` or to a NUL. Returns buf.
 */
const char *text_escape(char *buf, size_t size, const char *text, size_t length);

/* "1.23 us", "4.0 MiB", "12,345,678"; buf holds at least FORMAT_SIZE; returns buf. */
#define FORMAT_SIZE 40
const char *format_ns(char *buf, double ns);
const char *format_bytes(char *buf, __u64 bytes);
const char *format_count(char *buf, __u64 count);

/* ns since the epoch: "14:03:22.123456789" in local time, "2026-03-01T13:03:22.123456789Z". */
const char *format_clock(char *buf, __s64 ns);
const char *format_date(char *buf, __s64 ns);

/*
 * A table whose columns are as wide as they need to be. `align` has a letter
 * per column: l or r. A cell that does not fit into memory is left out, and
 * table_print() says so.
 */
struct table;

struct table *table_new(const char *align, const char *const *headings);
void table_cell(struct table *table, const char *format, ...) __printf(2, 3);
void table_print(struct table *table, FILE *file);
void table_free(struct table *table);

#endif /* HFT_OUTPUT_H */
