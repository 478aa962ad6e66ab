// SPDX-License-Identifier: GPL-2.0
/* libFuzzer's hooks: what is changed of a case, and what two cases make together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files_fuzz.h"
#include "files_mutate.h"

static struct files_case mine, other;
static uint64_t state;

static uint32_t next_random(void)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(state >> 33);
}

uint32_t files_random(uint32_t limit)
{
	return next_random() % limit;
}

uint64_t files_edge(uint64_t value)
{
	static const uint64_t edges[] = {
		0, 1, 2, 7, 8, 9, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 511, 512, 1023,
		1024, 4095, 4096, 4097, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff,
		0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff,
		1000000000, 999999999, 4000000000, 1000000000000000000,
	};

	switch (files_random(8)) {
	case 0:
		return value + 1;
	case 1:
		return value - 1;
	case 2:
		return -value;
	case 3:
		return value ^ 1ULL << files_random(64);
	case 4:
		return value * 2;
	case 5:
		return (uint64_t)next_random() << 32 | next_random();
	default:
		return edges[files_random(sizeof(edges) / sizeof(edges[0]))];
	}
}

static bool is_elf(const struct files_one *one)
{
	return !strcmp(one->name, "program") || !strncmp(one->name, "symbols/", 8);
}

static void mutate_one(struct files_one *one)
{
	if (is_elf(one)) {
		files_mutate_elf(one);
	} else if (files_is_stream(one->name)) {
		unsigned int times = 1 + files_random(3);

		while (times--)
			files_mutate_stream(one);
		if (files_random(4))
			files_repair_stream(one);
	} else {
		files_mutate_text(one);
	}
}

/* A file goes, or has another's name, or there is one more of it. */
static void mutate_tree(struct files_case *files)
{
	struct files_one *one = &files->file[files_random(files->count)], *copy;
	char name[FILES_NAME];
	char *number;
	size_t length;

	if (!files_random(3)) {
		files_case_drop(files, (unsigned int)(one - files->file));
		return;
	}
	length = (size_t)snprintf(name, sizeof(name), "%s", one->name);
	number = length ? name + length - 1 : name;
	if (*number >= '0' && *number <= '9')
		*number = (char)('0' + files_random(10));
	else
		*number = (char)(' ' + files_random(95));
	copy = files_case_add(files, name);
	if (!copy)
		return;
	memcpy(copy->bytes, one->bytes, one->size);
	copy->size = one->size;
	if (files_random(2))
		files_case_drop(files, (unsigned int)(one - files->file));
}

static size_t give(uint8_t *data, size_t size, size_t room)
{
	size_t packed = files_case_write(&mine, data, room);

	/* too long: the one that was there, changed by the fuzzer alone */
	return packed ? packed : LLVMFuzzerMutate(data, size, room);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed)
{
	unsigned int times;

	state = seed;
	next_random();
	if (!files_random(64))
		return LLVMFuzzerMutate(data, size, room);
	files_case_read(&mine, data, size);
	for (times = 1 + files_random(4); times && mine.count; times--) {
		uint32_t what = files_random(24);

		if (!what)
			mutate_tree(&mine);
		else if (what < 3)
			mine.choice = (unsigned char)files_random(256);
		else
			mutate_one(&mine.file[files_random(mine.count)]);
	}
	return give(data, size, room);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
				 uint8_t *out, size_t room, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
				 uint8_t *out, size_t room, unsigned int seed)
{
	unsigned int i, j;

	state = seed;
	next_random();
	files_case_read(&mine, a, a_size);
	files_case_read(&other, b, b_size);
	for (i = 0; i < other.count; i++) {
		struct files_one *from = &other.file[i], *to = NULL;

		if (files_random(3))
			continue;
		for (j = 0; j < mine.count; j++)
			if (!strcmp(mine.file[j].name, from->name))
				to = &mine.file[j];
		if (to && files_is_stream(to->name) && files_random(2)) {
			files_splice_stream(to, from);
			files_repair_stream(to);
			continue;
		}
		if (!to)
			to = files_case_add(&mine, from->name);
		if (!to)
			continue;
		memcpy(to->bytes, from->bytes, from->size);
		to->size = from->size;
	}
	return files_case_write(&mine, out, room);
}
