// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"

int facts_each_line(const char *recording, const char *name,
		    int (*line)(void *context, char *text), void *context)
{
	char text[FACTS_LINE_MAX];
	int whole = 1, err = 0;
	char *path;
	FILE *file;

	if (asprintf(&path, "%s/facts/%s", recording, name) < 0)
		return -ENOMEM;
	file = fopen(path, "re");
	free(path);
	if (!file)
		return -errno;

	while (!err && fgets(text, sizeof(text), file)) {
		int rest = !whole;	/* of a line that was cut: not a line */
		size_t length = strlen(text);

		whole = length && text[length - 1] == '\n';
		if (whole)
			text[length - 1] = '\0';
		if (!rest)
			err = line(context, text);
	}
	if (!err && ferror(file))
		err = -EIO;
	fclose(file);
	return err;
}

struct wanted {
	const char *key;
	char *value;
};

static int take_value(void *context, char *text)
{
	struct wanted *wanted = context;
	char *equals = strchr(text, '=');

	if (!equals)
		return 0;
	*equals = '\0';
	if (strcmp(text, wanted->key))
		return 0;
	wanted->value = strdup(equals + 1);
	return 1;
}

char *facts_value(const char *recording, const char *key)
{
	struct wanted wanted = { .key = key };

	facts_each_line(recording, "recording", take_value, &wanted);
	return wanted.value;
}

int facts_number(const char *recording, const char *key, __u64 *value)
{
	char *text = facts_value(recording, key);
	int err;

	if (!text)
		return -ENOENT;
	err = facts_parse(text, value);
	free(text);
	return err;
}

char *facts_column(char **text)
{
	char *column = *text;
	char *tab;

	if (!column)
		return NULL;
	tab = strchr(column, '\t');
	if (tab)
		*tab++ = '\0';
	*text = tab;
	return column;
}

int facts_parse_signed(const char *text, __s64 *value)
{
	char *end;

	if (!text || !*text)
		return -EINVAL;
	errno = 0;
	*value = strtoll(text, &end, 10);
	return errno || *end ? -EINVAL : 0;
}

int facts_parse(const char *text, __u64 *value)
{
	char *end;

	if (!text || *text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno || *end ? -EINVAL : 0;
}
