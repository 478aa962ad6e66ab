// SPDX-License-Identifier: GPL-2.0
/*
 * Makes a case of files, or files of a case.
 * usage: files_pack CHOICE CASE FILE...	reads files below the working directory
 *        files_pack -x CASE			makes them there
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "files_case.h"

#define CASE_BYTES (4U << 20)

static struct files_case files;
static uint8_t packed[CASE_BYTES];

static void add(const char *name)
{
	struct files_one *one = files_case_add(&files, name);
	FILE *file = fopen(name, "re");

	if (!one || !file)
		err(1, "%s", name);
	one->size = fread(one->bytes, 1, FILES_BYTES + 1, file);
	if (one->size > FILES_BYTES)
		errx(1, "%s: more than %u bytes", name, FILES_BYTES);
	fclose(file);
}

static void unpack(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned int i;
	char *slash;

	if (!file)
		err(1, "%s", path);
	files_case_read(&files, packed, fread(packed, 1, sizeof(packed), file));
	fclose(file);
	printf("choice %d\n", files.choice);
	for (i = 0; i < files.count; i++) {
		const struct files_one *one = &files.file[i];
		char name[FILES_NAME];

		strcpy(name, one->name);
		for (slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
			*slash = '\0';
			mkdir(name, 0700);
			*slash = '/';
		}
		file = fopen(name, "we");
		if (!file || fwrite(one->bytes, 1, one->size, file) != one->size)
			err(1, "%s", name);
		fclose(file);
		printf("%s\n", name);
	}
}

int main(int argc, char **argv)
{
	size_t size;
	FILE *file;
	int i;

	if (argc == 3 && !strcmp(argv[1], "-x")) {
		unpack(argv[2]);
		return 0;
	}
	if (argc < 4)
		errx(64, "usage: files_pack CHOICE CASE FILE... | files_pack -x CASE");
	files.choice = (unsigned char)atoi(argv[1]);
	for (i = 3; i < argc; i++)
		add(argv[i]);
	size = files_case_write(&files, packed, sizeof(packed));
	file = fopen(argv[2], "we");
	if (!size || !file || fwrite(packed, 1, size, file) != size || fclose(file))
		err(1, "%s", argv[2]);
	return 0;
}
