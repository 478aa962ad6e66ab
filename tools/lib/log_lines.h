/* SPDX-License-Identifier: GPL-2.0 */
/* A line of a program's log, in words. */
#ifndef HFT_LOG_LINES_H
#define HFT_LOG_LINES_H

#include <hftrace-reader.h>
#include "lib/json.h"

struct log_line {
	const char *level;	/* NULL: its format is not known */
	__u32 rank;		/* enum hft_log_level; 0: not known */
	const char *file;	/* the program's, as are the bytes of the text */
	__u32 line;
	__u32 every;		/* it stands for so many */
	char text[4096];	/* cut off at that; without the newline at its end */
};

/* 0, or -EINVAL: no line of a log. */
int log_line_read(struct log_line *line, const struct hft_reader *reader,
		  const struct hft_record *record);

/* Its level, file, line, text and for how many it stands, as members of an object. */
void log_line_json(const struct log_line *line, struct json *json);

/* "info": enum hft_log_level; NULL: no such level. */
const char *log_level_name(__u32 level);

/* 0 or -EINVAL. */
int log_level_parse(const char *text, __u32 *level);

#endif /* HFT_LOG_LINES_H */
