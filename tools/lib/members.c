// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "lib/members.h"
#include "lib/output.h"

/* Little-endian, as the machines are. */
static __u64 get_uint(const struct hft_member *member, const char *at)
{
	__u64 value = 0;

	memcpy(&value, at, member->bytes);
	return value;
}

static __s64 get_int(const struct hft_member *member, const char *at)
{
	const unsigned int unused = 64 - 8 * member->bytes;

	return (__s64)(get_uint(member, at) << unused) >> unused;
}

static double get_double(const struct hft_member *member, const char *at)
{
	double value;
	float small;

	if (member->bytes == sizeof(small)) {
		memcpy(&small, at, sizeof(small));
		return small;
	}
	memcpy(&value, at, sizeof(value));
	return value;
}

/* As few digits as tell it from all others. */
static void print_double(FILE *file, const struct hft_member *member, const char *at)
{
	const bool is_float = member->bytes == sizeof(float);
	double value = get_double(member, at);
	int digits = is_float ? 6 : 15;
	char text[40];

	for (; digits <= (is_float ? 9 : 17); digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (is_float ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
			break;
	}
	fputs(text, file);
}

static void print_bytes(FILE *file, const char *at, size_t bytes)
{
	while (bytes--)
		fprintf(file, "%02x", (unsigned char)*at++);
}

static void print_text(FILE *file, const char *at, size_t bytes)
{
	char *text = malloc(4 * bytes + 1);

	/* As many bytes become four times as many characters at most. */
	fprintf(file, "\"%s\"", text ? text_escape(text, 4 * bytes + 1, at, bytes) : "?");
	free(text);
}

static void print_one(FILE *file, const struct hft_member *member, const char *at)
{
	switch (member->type) {
	case HFT_MEMBER_INT:
		fprintf(file, "%lld", get_int(member, at));
		break;
	case HFT_MEMBER_UINT:
		fprintf(file, "%llu", get_uint(member, at));
		break;
	case HFT_MEMBER_DOUBLE:
		print_double(file, member, at);
		break;
	case HFT_MEMBER_TEXT:
		print_text(file, at, member->bytes);
		break;
	default:
		print_bytes(file, at, member->bytes);
	}
}

void member_print(FILE *file, const struct hft_member *member, const void *data)
{
	const char *at = (const char *)data + member->offset;
	unsigned int i;

	for (i = 0; i < member->count; i++, at += member->bytes) {
		if (i)
			fputc(' ', file);
		print_one(file, member, at);
	}
}

static void one_json(struct json *json, const char *key, const struct hft_member *member,
		     const char *at)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file;

	switch (member->type) {
	case HFT_MEMBER_INT:
		json_s64(json, key, get_int(member, at));
		return;
	case HFT_MEMBER_UINT:
		json_u64(json, key, get_uint(member, at));
		return;
	case HFT_MEMBER_DOUBLE:
		json_double(json, key, get_double(member, at));
		return;
	case HFT_MEMBER_TEXT:
		json_text(json, key, at, member->bytes);
		return;
	}
	file = open_memstream(&text, &size);
	if (file) {
		print_bytes(file, at, member->bytes);
		fclose(file);
	}
	json_string(json, key, text ? text : "?");
	free(text);
}

void member_json(struct json *json, const struct hft_member *member, const void *data)
{
	const char *at = (const char *)data + member->offset;
	unsigned int i;

	if (member->count == 1) {
		one_json(json, member->name, member, at);
		return;
	}
	json_array(json, member->name);
	for (i = 0; i < member->count; i++, at += member->bytes)
		one_json(json, NULL, member, at);
	json_close(json);
}
