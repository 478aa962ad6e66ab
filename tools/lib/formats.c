// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/formats.h"
#include "lib/output.h"

int formats_refresh(struct formats *formats, const struct hft_reader *reader, __u32 ring,
		    bool all)
{
	struct hft_format_info format;
	int changed = 0;
	__u32 i;

	for (i = all ? 0 : formats->count; i < HFT_FORMATS; i++) {
		if (formats->at[i])
			continue;
		if (hft_reader_format(reader, ring, i, &format)) {
			if (all)
				continue;
			break;
		}
		formats->at[i] = malloc(sizeof(format));
		if (!formats->at[i])
			return -ENOMEM;
		*formats->at[i] = format;
		changed = 1;
		if (formats->count <= i)
			formats->count = i + 1;
	}
	return changed;
}

void formats_free(struct formats *formats)
{
	__u32 i;

	for (i = 0; i < HFT_FORMATS; i++)
		free(formats->at[i]);
}

const char *format_label(char *buf, size_t size, const struct hft_format_info *format)
{
	char file[4 * sizeof(((struct hft_format *)0)->file) + 1], text[4 * HFT_FORMAT_TEXT + 1];

	snprintf(buf, size, "%s:%u %s",
		 text_escape(file, sizeof(file), format->file, strlen(format->file)),
		 format->line,
		 text_escape(text, sizeof(text), format->text, strlen(format->text)));
	return buf;
}
