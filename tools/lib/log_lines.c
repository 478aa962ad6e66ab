// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "lib/compiler.h"
#include "lib/log_lines.h"

static const char *const levels[] = {
	[HFT_LOG_DEBUG] = "debug",
	[HFT_LOG_INFO] = "info",
	[HFT_LOG_WARNING] = "warning",
	[HFT_LOG_ERROR] = "error",
};

const char *log_level_name(__u32 level)
{
	return level < ARRAY_SIZE(levels) ? levels[level] : NULL;
}

int log_level_parse(const char *text, __u32 *level)
{
	for (*level = HFT_LOG_DEBUG; *level < ARRAY_SIZE(levels); (*level)++) {
		if (!strcmp(levels[*level], text))
			return 0;
	}
	return -EINVAL;
}

int log_line_read(struct log_line *line, const struct hft_reader *reader,
		  const struct hft_record *record)
{
	const struct hft_rec_log *log = record->payload;
	struct hft_format_info format = { 0 };
	size_t length;

	if (hft_log_text(reader, record, line->text, sizeof(line->text)) < 0)
		return -EINVAL;
	length = strlen(line->text);
	if (length && line->text[length - 1] == '\n')
		line->text[length - 1] = 0;
	hft_reader_format(reader, record->ring, log->format, &format);
	line->rank = format.level;
	line->level = log_level_name(format.level);
	line->file = format.file ? format.file : "?";
	line->line = format.line;
	line->every = log->every ? log->every : 1;
	return 0;
}

void log_line_json(const struct log_line *line, struct json *json)
{
	if (line->level) {
		json_string(json, "level", line->level);
		json_string(json, "file", line->file);
		json_u64(json, "line", line->line);
	}
	json_string(json, "text", line->text);
	json_u64(json, "every", line->every);
}
