// SPDX-License-Identifier: GPL-2.0
/* Lines, numbers and words of a text; headers of a program. */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files_fuzz.h"
#include "files_mutate.h"

/* What a terminal must not see, what a parser may stumble over. */
static const char *const ugly[] = {
	"\033[31m", "\x9b", "\xc2\x9b", "\xe2\x80\xae", "\t", "\r", "\x7f", "\xff", "\xf0\x9f\x98",
	"\"", "\\", "%s%n", "=", ";", ",", "|", "[", "(deleted)", "nan", "inf", "-inf", "1e999",
	"-", "-1", "0x", "*", "..", "/", "", " ", "\n", "\n\n", "\xed\xa0\x80", "\xc3\xa4", "<",
	"0", "00000000000000000000", "18446744073709551616", "99999999999999999999999",
};

/* Puts text in place of `gone` bytes. */
static void replace(struct files_one *one, size_t at, size_t gone, const void *text, size_t length)
{
	if (at > one->size)
		return;
	if (gone > one->size - at)
		gone = one->size - at;
	if (one->size - gone + length > FILES_BYTES)
		return;
	memmove(one->bytes + at + length, one->bytes + at + gone, one->size - at - gone);
	memcpy(one->bytes + at, text, length);
	one->size += length - gone;
}

static size_t any_place(const struct files_one *one)
{
	return one->size ? files_random((uint32_t)one->size) : 0;
}

static void line_at(const struct files_one *one, size_t at, size_t *from, size_t *length)
{
	const unsigned char *end;

	*from = at;
	while (*from && one->bytes[*from - 1] != '\n')
		--*from;
	end = memchr(one->bytes + at, '\n', one->size - at);
	*length = end ? (size_t)(end + 1 - one->bytes) - *from : one->size - *from;
}

static void mutate_lines(struct files_one *one)
{
	size_t from, length, there = any_place(one), ignored;
	char line[512];

	line_at(one, any_place(one), &from, &length);
	if (length > sizeof(line))
		length = sizeof(line);
	memcpy(line, one->bytes + from, length);
	if (files_random(2))
		replace(one, from, length, "", 0);
	if (there > one->size || files_random(4) == 0)
		return;
	line_at(one, there, &there, &ignored);
	replace(one, there, 0, line, length);
}

static bool is_digit(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static void mutate_number(struct files_one *one)
{
	size_t at = any_place(one), from, to;
	char text[32], old[24] = "";
	uint64_t value;
	int length;

	while (at < one->size && (one->bytes[at] < '0' || one->bytes[at] > '9'))
		at++;
	if (at == one->size)
		return;
	for (from = at; from && is_digit(one->bytes[from - 1]); from--)
		;
	for (to = at; to < one->size && is_digit(one->bytes[to]); to++)
		;
	snprintf(old, sizeof(old), "%.*s", (int)(to - from), one->bytes + from);
	if (strpbrk(old, "abcdef")) {
		value = files_edge(strtoull(old, NULL, 16));
		length = snprintf(text, sizeof(text), "%" PRIx64, value);
	} else {
		value = files_edge(strtoull(old, NULL, 10));
		length = snprintf(text, sizeof(text), files_random(8) ? "%" PRIu64 : "%" PRId64,
				  value);
	}
	replace(one, from, to - from, text, (size_t)length);
}

static void make_long(struct files_one *one)
{
	static char filler[6000];
	size_t at = any_place(one);

	memset(filler, one->size ? one->bytes[at] : 'x', sizeof(filler));
	if (filler[0] == '\n')
		memset(filler, 'y', sizeof(filler));
	replace(one, at, 0, filler, 1 + files_random(sizeof(filler)));
}

void files_mutate_text(struct files_one *one)
{
	const char *word = ugly[files_random(sizeof(ugly) / sizeof(ugly[0]))];

	switch (files_random(16)) {
	case 0: case 1: case 2: case 3:
		mutate_number(one);
		break;
	case 4: case 5: case 6:
		if (one->size)
			mutate_lines(one);
		break;
	case 7: case 8: case 9:
		replace(one, any_place(one), files_random(4), word, strlen(word));
		break;
	case 10:
		if (!files_random(8))
			make_long(one);
		else
			replace(one, any_place(one), 1, "\0", 1);
		break;
	case 11:
		one->size = any_place(one);
		break;
	default:
		one->size = LLVMFuzzerMutate(one->bytes, one->size,
					     one->size + 64 < FILES_BYTES ? one->size + 64 :
					     FILES_BYTES);
	}
}

/* A number of 2, 4 or 8 bytes becomes one at an edge. */
static void set_edge(struct files_one *one, size_t at, size_t bytes)
{
	uint64_t value = 0;

	if (at + bytes > one->size)
		return;
	memcpy(&value, one->bytes + at, bytes);
	value = files_random(4) ? files_edge(value) : files_edge(one->size);
	memcpy(one->bytes + at, &value, bytes);
}

void files_mutate_elf(struct files_one *one)
{
	size_t width = 1U << files_random(4), at, table, entry;
	Elf64_Ehdr header;

	if (one->size < sizeof(header)) {
		one->size = LLVMFuzzerMutate(one->bytes, one->size, FILES_PAGE);
		return;
	}
	memcpy(&header, one->bytes, sizeof(header));
	switch (files_random(10)) {
	case 0:
		at = 16 + files_random(sizeof(header) - 16);
		break;
	case 1: case 2: case 3: case 4:
		table = header.e_shoff;
		entry = sizeof(Elf64_Shdr) * (header.e_shnum ? header.e_shnum : 1);
		at = table + files_random((uint32_t)entry) / 4 * 4;
		break;
	case 5:
		table = header.e_phoff;
		entry = sizeof(Elf64_Phdr) * (header.e_phnum ? header.e_phnum : 1);
		at = table + files_random((uint32_t)entry) / 4 * 4;
		break;
	case 6:
		one->size = LLVMFuzzerMutate(one->bytes, one->size, one->size);
		return;
	case 7:
		if (!files_random(8)) {
			one->size = any_place(one);
			return;
		}
		/* fall through */
	default:
		at = any_place(one);
	}
	set_edge(one, at, width);
}
