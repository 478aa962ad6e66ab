// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/names.h"
#include "lib/output.h"

static bool known(const char *text)
{
	return strcmp(text, "?");
}

int names_refresh(struct names *names, const struct hft_reader *reader, __u32 ring, bool all)
{
	char escaped[4 * sizeof(((struct hft_name *)NULL)->text) + 1];
	int changed = 0, new;
	__u32 i;

	for (i = all ? 0 : names->count; i < HFT_NAMES; i++) {
		const char *text = hft_reader_name(reader, ring, i);

		if (names->text[i])
			continue;
		if (!known(text)) {
			if (all)
				continue;
			break;
		}
		text_escape(escaped, sizeof(escaped), text, strlen(text));
		names->text[i] = strdup(escaped);
		if (!names->text[i])
			return -ENOMEM;
		changed = 1;
		if (names->count <= i)
			names->count = i + 1;
	}
	new = formats_refresh(&names->formats, reader, ring, all);
	return new < 0 ? new : changed | new;
}

void names_free(struct names *names)
{
	__u32 i;

	for (i = 0; i < HFT_NAMES; i++)
		free(names->text[i]);
	formats_free(&names->formats);
}
