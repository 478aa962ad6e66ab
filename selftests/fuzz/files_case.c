// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "files_case.h"

/* One that is no "." or "..". */
static bool component_good(const char *at, size_t length)
{
	return length && !(length <= 2 && !strncmp(at, "..", length));
}

bool files_name_good(const char *name)
{
	unsigned int components = 0;
	const char *at = name;

	if (strlen(name) >= FILES_NAME)
		return false;
	for (; *at; at++)
		if (*at <= ' ' || *at > '~')
			return false;
	for (at = name;; at++) {
		size_t length = strcspn(at, "/");

		if (!component_good(at, length) || ++components > 5)
			return false;
		at += length;
		if (!*at)
			return true;
	}
}

bool files_is_stream(const char *name)
{
	const char *slash = strrchr(name, '/');

	slash = slash ? slash + 1 : name;
	return !strstr(name, "/facts/") &&
	       (!strncmp(slash, "cpu", 3) || !strncmp(slash, "user-", 5));
}

struct files_one *files_case_add(struct files_case *files, const char *name)
{
	struct files_one *one;
	unsigned int i;

	if (files->count == FILES_MAX || !files_name_good(name))
		return NULL;
	for (i = 0; i < files->count; i++)
		if (!strcmp(files->file[i].name, name))
			return NULL;
	one = &files->file[files->count];
	if (!one->bytes)
		one->bytes = malloc(FILES_BYTES + 1);
	if (!one->bytes)
		err(1, "a case");
	strcpy(one->name, name);
	one->size = 0;
	files->count++;
	return one;
}

void files_case_drop(struct files_case *files, unsigned int index)
{
	struct files_one dropped = files->file[index];

	files->count--;
	memmove(&files->file[index], &files->file[index + 1],
		(files->count - index) * sizeof(dropped));
	files->file[files->count] = dropped;	/* its buffer is kept */
}

static void unpack(struct files_one *one, const uint8_t *data, size_t size)
{
	bool last = false;

	while (size >= 2 && !last) {
		size_t length = data[0] | data[1] << 8, room;

		last = length & FILES_PAGE_LAST;
		length &= ~FILES_PAGE_LAST;
		if (length > FILES_PAGE || length > size - 2)
			return;
		room = last ? length : FILES_PAGE;
		if (one->size + room > FILES_BYTES)
			return;
		memcpy(one->bytes + one->size, data + 2, length);
		memset(one->bytes + one->size + length, 0, room - length);
		one->size += room;
		data += 2 + length;
		size -= 2 + length;
	}
}

void files_case_read(struct files_case *files, const uint8_t *data, size_t size)
{
	char name[FILES_NAME];
	size_t length, packed;
	struct files_one *one;

	files->count = 0;
	files->choice = size ? data[0] : 0;
	data++;
	size -= !!size;
	while (size) {
		length = data[0];
		if (!length || length >= FILES_NAME || size < 1 + length + 4)
			return;
		memcpy(name, data + 1, length);
		name[length] = '\0';
		data += 1 + length;
		packed = data[0] | data[1] << 8 | data[2] << 16 | (size_t)data[3] << 24;
		data += 4;
		size -= 1 + length + 4;
		if (packed > size)
			packed = size;
		one = strlen(name) == length ? files_case_add(files, name) : NULL;
		if (one)
			unpack(one, data, packed);
		data += packed;
		size -= packed;
	}
}

/* 0: no room. */
static size_t pack(const struct files_one *one, uint8_t *data, size_t room)
{
	size_t at = 0, used = 0;

	do {
		size_t left = one->size - at, length = left < FILES_PAGE ? left : FILES_PAGE;
		bool last = left < FILES_PAGE;

		while (!last && length && !one->bytes[at + length - 1])
			length--;
		if (room - used < length + 2)
			return 0;
		data[used] = (uint8_t)length;
		data[used + 1] = (uint8_t)(length >> 8 | (last ? FILES_PAGE_LAST >> 8 : 0));
		memcpy(data + used + 2, one->bytes + at, length);
		used += 2 + length;
		at += last ? left : FILES_PAGE;
	} while (at < one->size);
	return used;
}

size_t files_case_write(const struct files_case *files, uint8_t *data, size_t room)
{
	size_t used = 1, packed;
	unsigned int i, byte;

	if (!room)
		return 0;
	data[0] = files->choice;
	for (i = 0; i < files->count; i++) {
		const struct files_one *one = &files->file[i];
		size_t length = strlen(one->name);

		if (room - used < 1 + length + 4)
			return 0;
		data[used] = (uint8_t)length;
		memcpy(data + used + 1, one->name, length);
		used += 1 + length + 4;
		packed = pack(one, data + used, room - used);
		if (!packed)
			return 0;
		for (byte = 0; byte < 4; byte++)
			data[used - 4 + byte] = (uint8_t)(packed >> 8 * byte);
		used += packed;
	}
	return used;
}
