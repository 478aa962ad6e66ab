/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A recording's facts: small text files that the recorder left beside the
 * streams. Nothing in them is believed; a missing file is -ENOENT.
 */
#ifndef HFT_FACTS_H
#define HFT_FACTS_H

#include <linux/types.h>

/*
 * Calls `line` with each line of facts/<name>, without its newline; a result
 * other than 0 ends it and is returned. 0, or -errno.
 */
int facts_each_line(const char *recording, const char *name,
		    int (*line)(void *context, char *text), void *context);

/*
 * The value of a line "key=value" of facts/<name>, to be freed; NULL if it is
 * not there or memory is short.
 */
char *facts_value(const char *recording, const char *name, const char *key);

/* The same, as a number: 0, -ENOENT or -EINVAL. */
int facts_number(const char *recording, const char *name, const char *key, __u64 *value);

/* Cuts `text` at the next tab; returns what stands before and moves `text` behind it, or NULL. */
char *facts_column(char **text);

/* A whole decimal number: 0 or -EINVAL. */
int facts_parse(const char *text, __u64 *value);
int facts_parse_signed(const char *text, __s64 *value);

#endif /* HFT_FACTS_H */
