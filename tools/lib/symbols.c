// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/binary.h"
#include "lib/facts.h"
#include "lib/maps.h"
#include "lib/symbols.h"

struct kernel_symbol {
	__u64 address;
	char *name;
};

struct process {
	__s32 tgid;
	int known;		/* facts/maps-<tgid> was there */
	struct maps maps;
};

struct symbols {
	char *recording;
	struct kernel_symbol *kernel;
	size_t kernel_count;
	size_t kernel_room;
	int kernel_read;
	struct process *process;
	size_t processes;
	struct binary *binary;	/* those looked at, by path */
	size_t binaries;
};

int symbols_open(struct symbols **made, const char *recording)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols)
		return -ENOMEM;
	symbols->recording = strdup(recording);
	if (!symbols->recording) {
		free(symbols);
		return -ENOMEM;
	}
	*made = symbols;
	return 0;
}

void symbols_close(struct symbols *symbols)
{
	size_t i;

	if (!symbols)
		return;
	for (i = 0; i < symbols->kernel_count; i++)
		free(symbols->kernel[i].name);
	free(symbols->kernel);
	for (i = 0; i < symbols->processes; i++)
		maps_uninit(&symbols->process[i].maps);
	free(symbols->process);
	for (i = 0; i < symbols->binaries; i++)
		binary_uninit(&symbols->binary[i]);
	free(symbols->binary);
	free(symbols->recording);
	free(symbols);
}

/* "ffffffff81000000 T name\t[module]" */
static int take_symbol(void *context, char *text)
{
	struct symbols *symbols = context;
	uint64_t address;
	int name = 0;
	char type;
	char *tab;

	if (sscanf(text, "%" SCNx64 " %c %n", &address, &type, &name) < 2 || !name || !address)
		return 0;
	if (type != 't' && type != 'T' && type != 'w' && type != 'W')
		return 0;
	if (symbols->kernel_count == symbols->kernel_room) {
		size_t room = symbols->kernel_room ? symbols->kernel_room * 2 : 65536;
		struct kernel_symbol *grown = realloc(symbols->kernel, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		symbols->kernel = grown;
		symbols->kernel_room = room;
	}
	tab = strchr(text + name, '\t');
	if (tab)
		*tab = ' ';
	symbols->kernel[symbols->kernel_count].address = address;
	symbols->kernel[symbols->kernel_count].name = strdup(text + name);
	if (!symbols->kernel[symbols->kernel_count].name)
		return -ENOMEM;
	symbols->kernel_count++;
	return 0;
}

static int compare_symbols(const void *a, const void *b)
{
	const struct kernel_symbol *left = a, *right = b;

	return left->address < right->address ? -1 : left->address > right->address;
}

const char *symbols_kernel(struct symbols *symbols, __u64 address, char *buf, size_t size)
{
	size_t low = 0, high;

	if (!symbols->kernel_read) {
		symbols->kernel_read = 1;
		facts_each_line(symbols->recording, "kallsyms", take_symbol, symbols);
		if (symbols->kernel_count)
			qsort(symbols->kernel, symbols->kernel_count, sizeof(*symbols->kernel),
			      compare_symbols);
	}
	for (high = symbols->kernel_count; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (symbols->kernel[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low) {
		snprintf(buf, size, "0x%llx", address);
	} else {
		const struct kernel_symbol *symbol = &symbols->kernel[low - 1];
		const char *module = strchr(symbol->name, ' ');
		int length = module ? (int)(module - symbol->name) : (int)strlen(symbol->name);
		char offset[32] = "";

		if (address != symbol->address)
			snprintf(offset, sizeof(offset), "+0x%llx", address - symbol->address);
		snprintf(buf, size, "%.*s%s%s", length, symbol->name, offset,
			 module ? module : "");
	}
	return buf;
}

/* NULL if memory is short. */
static struct process *process_of(struct symbols *symbols, __s32 tgid)
{
	struct process *process;
	size_t i;

	for (i = 0; i < symbols->processes; i++)
		if (symbols->process[i].tgid == tgid)
			return &symbols->process[i];
	process = realloc(symbols->process, (symbols->processes + 1) * sizeof(*process));
	if (!process)
		return NULL;
	symbols->process = process;
	process = &symbols->process[symbols->processes++];
	process->tgid = tgid;
	process->known = !maps_read(&process->maps, symbols->recording, tgid);
	return process;
}

static struct binary *binary_of(struct symbols *symbols, const char *path)
{
	struct binary *binary;
	size_t i;

	for (i = 0; i < symbols->binaries; i++)
		if (!strcmp(symbols->binary[i].path, path))
			return &symbols->binary[i];
	binary = realloc(symbols->binary, (symbols->binaries + 1) * sizeof(*binary));
	if (!binary)
		return NULL;
	symbols->binary = binary;
	binary = &symbols->binary[symbols->binaries];
	if (binary_init(binary, symbols->recording, path))
		return NULL;
	symbols->binaries++;
	return binary;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *symbols_user(struct symbols *symbols, __s32 tgid, __u64 address, char *buf,
			 size_t size)
{
	struct process *process = process_of(symbols, tgid);
	const struct mapping *mapping = process ? maps_find(&process->maps, address) : NULL;
	struct binary *binary;
	__u64 offset;

	if (!mapping) {
		snprintf(buf, size, "0x%llx", address);
		return buf;
	}
	offset = address - mapping->start + mapping->offset;
	if (mapping->path[0] != '/') {
		snprintf(buf, size, "%s+0x%llx",
			 mapping->path[0] ? mapping->path : "anonymous memory",
			 address - mapping->start);
		return buf;
	}
	binary = binary_of(symbols, mapping->path);
	if (!binary)
		snprintf(buf, size, "%s+0x%llx", last_part(mapping->path), offset);
	else if (binary_symbol(binary, offset, buf, size))
		snprintf(buf, size, "%s+0x%llx (%s)", last_part(mapping->path), offset,
			 binary->reason);
	return buf;
}

const char *symbols_mapping(struct symbols *symbols, __s32 tgid, __u64 address, char *buf,
			    size_t size)
{
	struct process *process = process_of(symbols, tgid);
	const struct mapping *mapping = process ? maps_find(&process->maps, address) : NULL;

	if (!process || !process->known)
		snprintf(buf, size, "memory of process %d, whose areas were not recorded", tgid);
	else if (!mapping)
		snprintf(buf, size, "an area mapped meanwhile");
	else
		snprintf(buf, size, "%s", mapping->path[0] ? last_part(mapping->path) :
			 "anonymous memory");
	return buf;
}
