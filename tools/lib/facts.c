// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/facts.h"

/* A regular file below facts/: a recording may come from anybody. 0 or -errno. */
static int open_fact(const char *recording, const char *name, FILE **file)
{
	struct stat status;
	char *path;
	int fd, err = 0;

	if (asprintf(&path, "%s/facts/%s", recording, name) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		err = -errno;
	free(path);
	if (err)
		return err;
	if (fstat(fd, &status) || !S_ISREG(status.st_mode)) {
		close(fd);
		return -EBADMSG;
	}
	*file = fdopen(fd, "r");
	if (!*file) {
		close(fd);
		return -ENOMEM;
	}
	return 0;
}

int facts_each_line(const char *recording, const char *name,
		    int (*line)(void *context, char *text), void *context)
{
	char *text = NULL;
	ssize_t length;
	size_t room = 0;
	FILE *file;
	int err;

	err = open_fact(recording, name, &file);
	if (err)
		return err;
	while (!err && (length = getline(&text, &room, file)) >= 0) {
		if (length && text[length - 1] == '\n')
			text[length - 1] = '\0';
		err = line(context, text);
	}
	if (!err && ferror(file))
		err = -EIO;
	free(text);
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

char *facts_value(const char *recording, const char *name, const char *key)
{
	struct wanted wanted = { .key = key };

	facts_each_line(recording, name, take_value, &wanted);
	return wanted.value;
}

int facts_number(const char *recording, const char *name, const char *key, __u64 *value)
{
	char *text = facts_value(recording, name, key);
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
