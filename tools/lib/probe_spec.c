// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/function.h"
#include "lib/probe_spec.h"

#define RETURN	"%return"

/* A whole number in base 16, "0x" before it. */
static bool parse_hex(const char *text, __u64 *value)
{
	char *end;

	if (strncmp(text, "0x", 2) || !text[2])
		return false;
	errno = 0;
	*value = strtoull(text + 2, &end, 16);
	return !*end && !errno;
}

/* ------------------------------------------------------------------ kernel */

struct named {
	unsigned int count;
	unsigned long long address[2];
};

/* Functions of a name, in all of the kernel or in one module. */
static int count_functions(const char *module, const char *name, struct named *named)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char symbol[256], in[80], type;
	unsigned long long address;
	char *line = NULL;
	size_t room = 0;
	int columns;

	memset(named, 0, sizeof(*named));
	if (!file)
		return -errno;
	while (getline(&line, &room, file) > 0) {
		columns = sscanf(line, "%llx %c %255s [%79[^]]", &address, &type, symbol, in);
		if (columns < 3 || !strchr("tTwW", type) || strcmp(symbol, name))
			continue;
		if (module && (columns < 4 || strcmp(in, module)))
			continue;
		if (named->count < 2)
			named->address[named->count] = address;
		named->count++;
	}
	free(line);
	fclose(file);
	return 0;
}

static int check_function(const char *symbol, char *why)
{
	const char *colon = strchr(symbol, ':');
	const char *name = colon ? colon + 1 : symbol;
	char *module = colon ? strndup(symbol, (size_t)(colon - symbol)) : NULL;
	struct named named;
	int err = count_functions(module, name, &named);

	free(module);
	/* then the kernel itself will say whether there is one */
	if (err)
		return 0;
	if (!named.count) {
		snprintf(why, PROBE_WHY,
			 "the kernel has no function '%s'; /proc/kallsyms lists them, a program's stands behind its file: FILE:%s",
			 symbol, name);
		return -ENOENT;
	}
	if (named.count > 1) {
		snprintf(why, PROBE_WHY,
			 "the kernel has %u functions '%s': write the address of the one that is meant, 0x%llx or 0x%llx (see /proc/kallsyms)",
			 named.count, symbol, named.address[0], named.address[1]);
		return -ENOTUNIQ;
	}
	return 0;
}

static int parse_kernel(struct hft_probe *want, char *text, char *why)
{
	char *plus;

	snprintf(want->label, sizeof(want->label), "%s", text);
	if (parse_hex(text, &want->offset))
		return 0;
	plus = strchr(text, '+');
	if (plus) {
		*plus++ = '\0';
		if (!parse_hex(plus, &want->offset)) {
			snprintf(why, PROBE_WHY, "'%s' is no offset like 0x12", plus);
			return -EINVAL;
		}
	}
	if (!*text || strlen(text) >= sizeof(want->symbol) ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:") !=
	    strlen(text)) {
		snprintf(why, PROBE_WHY, "'%.100s' is no function of the kernel", text);
		return -EINVAL;
	}
	snprintf(want->symbol, sizeof(want->symbol), "%s", text);
	return check_function(text, why);
}

/* -------------------------------------------------------------------- user */

/* The colon behind a file's name, which may have colons, too, as C++ names have. */
static char *find_colon(const char *text)
{
	struct stat status;
	const char *colon;

	for (colon = strchr(text, ':'); colon; colon = strchr(colon + 1, ':')) {
		char *path = strndup(text, (size_t)(colon - text));
		bool there = path && !stat(path, &status) && S_ISREG(status.st_mode);

		free(path);
		if (there)
			return (char *)colon;
	}
	return NULL;
}

static int parse_user(struct hft_probe *want, char *text, char *why)
{
	char *colon = find_colon(text), *slash, *function;
	int err;

	if (!colon) {
		snprintf(why, PROBE_WHY, "no file '%.*s'; write FILE:FUNCTION",
			 (int)strcspn(text, ":"), text);
		return -ENOENT;
	}
	*colon = '\0';
	function = colon + 1;
	slash = strrchr(text, '/');
	snprintf(want->label, sizeof(want->label), "%.50s:%s", slash ? slash + 1 : text, function);
	if (!*function) {
		snprintf(why, PROBE_WHY, "which function of %s? Write FILE:FUNCTION", text);
		return -EINVAL;
	}
	if (parse_hex(function, &want->offset))
		err = function_check(text, want->offset, why);
	else
		err = function_find(text, function, &want->offset, why);
	if (err)
		return err;
	want->file = open(text, O_RDONLY | O_CLOEXEC);
	if (want->file >= 0)
		return 0;
	err = -errno;
	want->file = 0;
	snprintf(why, PROBE_WHY, "cannot read %s: %s", text, strerror(-err));
	return err;
}

int probe_spec_parse(struct hft_probe *want, const char *text, char why[PROBE_WHY])
{
	size_t length = strlen(text);
	char *copy = strdup(text);
	bool call, user;
	int err;

	memset(want, 0, sizeof(*want));
	snprintf(why, PROBE_WHY, "out of memory");
	if (!copy)
		return -ENOMEM;
	call = length > strlen(RETURN) && !strcmp(copy + length - strlen(RETURN), RETURN);
	if (call)
		copy[length - strlen(RETURN)] = '\0';
	user = strchr(copy, '/');
	want->kind = user ? call ? HFT_PROBE_USER_CALL : HFT_PROBE_USER :
		     call ? HFT_PROBE_KERNEL_CALL : HFT_PROBE_KERNEL;
	err = user ? parse_user(want, copy, why) : parse_kernel(want, copy, why);
	free(copy);
	return err;
}

void probe_spec_close(struct hft_probe *want)
{
	if (want->file > 0)
		close(want->file);
	want->file = 0;
}
