// SPDX-License-Identifier: LGPL-2.1
#include "formats.h"
#include "reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void hft_formats_free(struct hft_formats *formats)
{
	uint32_t i;

	for (i = 0; i < HFT_FORMATS; i++)
		free(formats->at[i]);
}

/* Makes good what others wrote; false: it is no format. */
static bool is_format(struct hft_format *format)
{
	unsigned int i;

	format->file[sizeof(format->file) - 1] = '\0';
	format->text[sizeof(format->text) - 1] = '\0';
	if (format->committed != 1 || format->args > HFT_LOG_ARGS ||
	    format->level < HFT_LOG_DEBUG || format->level > HFT_LOG_ERROR)
		return false;
	for (i = 0; i < format->args; i++)
		if (format->type[i] < HFT_LOG_INT || format->type[i] > HFT_LOG_STRING)
			return false;
	return true;
}

static const struct hft_format *keep(struct hft_formats *formats, uint32_t number,
				     const struct hft_format *format)
{
	struct hft_format *copy = malloc(sizeof(*copy));

	if (copy)
		*copy = *format;
	formats->at[number] = copy;
	return copy;
}

const struct hft_format *hft_formats_live(struct hft_formats *formats,
					  const struct hft_source *source, uint64_t board,
					  uint32_t number)
{
	uint64_t at = board + offsetof(struct hft_board, format) +
		      number * sizeof(struct hft_format);
	struct hft_format format;

	if (formats->at[number])
		return formats->at[number];
	if (!board ||
	    hft_source_u32(source, at + offsetof(struct hft_format, committed)) != 1 ||
	    hft_source_copy(source, at, &format, sizeof(format)) || !is_format(&format))
		return NULL;
	return keep(formats, number, &format);
}

/* -------------------------------------------------------------- recordings */

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What is no printable ASCII stands as \xNN. */
static void unescape(char *to, size_t size, const char *from)
{
	size_t used = 0;

	while (*from && used < size - 1) {
		if (from[0] == '\\' && from[1] == 'x' && digit(from[2]) >= 0 &&
		    digit(from[3]) >= 0) {
			to[used++] = (char)(digit(from[2]) << 4 | digit(from[3]));
			from += 4;
		} else {
			to[used++] = *from++;
		}
	}
	to[used] = '\0';
}

/* number, level, line, types as digits (- for none), file, text */
int hft_formats_take_line(struct hft_formats *formats, char *line)
{
	struct hft_format format = { .committed = 1 };
	char *field[6], *types;
	unsigned long number;
	size_t i;

	for (i = 0; i < 6; i++) {
		field[i] = line;
		line += strcspn(line, "\t");
		if (*line)
			*line++ = '\0';
		else if (i < 5)
			return 0;
	}
	number = strtoul(field[0], NULL, 10);
	format.level = (uint8_t)strtoul(field[1], NULL, 10);
	format.line = (uint32_t)strtoul(field[2], NULL, 10);
	for (types = field[3]; *types && *types != '-' && format.args < HFT_LOG_ARGS; types++)
		format.type[format.args++] = (uint8_t)(*types - '0');
	unescape(format.file, sizeof(format.file), field[4]);
	unescape(format.text, sizeof(format.text), field[5]);
	if (number >= HFT_FORMATS || formats->at[number] || !is_format(&format))
		return 0;
	return keep(formats, (uint32_t)number, &format) ? 0 : -ENOMEM;
}

/* ----------------------------------------------------------------- asking */

int hft_reader_format(const struct hft_reader *reader, __u32 number, __u32 index,
		      struct hft_format_info *info)
{
	const struct hft_format *format = NULL;
	struct hft_ring *ring;

	if (number >= reader->rings_count)
		return -EINVAL;
	if (index >= HFT_FORMATS)
		return -ENOENT;
	ring = reader->rings[number];
	if (ring->region)
		format = hft_formats_live(&ring->region->names.formats, &ring->region->source,
					  ring->region->board_offset, index);
	else if (ring->names)
		format = ring->names->formats.at[index];
	if (!format)
		return -ENOENT;
	*info = (struct hft_format_info){
		.level = format->level,
		.line = format->line,
		.args = format->args,
		.file = format->file,
		.text = format->text,
	};
	memcpy(info->type, format->type, sizeof(info->type));
	return 0;
}
