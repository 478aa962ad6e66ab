// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/kernel_symbols.h"

#define SYMBOLS_MAX	(1U << 23)
#define GENERATED_MAX	0x10000		/* bytes of a BPF program, if it is the last */

static int add(struct kernel_symbols *symbols, __u64 address, const char *name)
{
	struct kernel_symbol *symbol;

	if (symbols->count == symbols->room) {
		size_t room = symbols->room ? symbols->room * 2 : 65536;

		if (room > SYMBOLS_MAX)
			return 0;
		symbol = realloc(symbols->symbol, room * sizeof(*symbol));
		if (!symbol)
			return -ENOMEM;
		symbols->symbol = symbol;
		symbols->room = room;
	}
	symbol = &symbols->symbol[symbols->count];
	symbol->address = address;
	symbol->order = symbols->count;
	symbol->name = strdup(name);
	if (!symbol->name)
		return -ENOMEM;
	symbols->count++;
	return 0;
}

/* "ffffffff81000000 T name\t[module]" */
static int take_symbol(void *context, char *text)
{
	struct kernel_symbols *symbols = context;
	uint64_t address;
	char type, *tab;
	int name = 0;

	if (sscanf(text, "%" SCNx64 " %c %n", &address, &type, &name) < 2 || !name || !address)
		return 0;
	if (!strcmp(text + name, "_etext"))
		symbols->text_end = address;
	if (type != 't' && type != 'T' && type != 'w' && type != 'W')
		return 0;
	tab = strchr(text + name, '\t');
	if (tab)
		*tab = ' ';
	return add(symbols, address, text + name);
}

/* Of those at one address the first is meant, as the kernel itself means it. */
static int compare(const void *a, const void *b)
{
	const struct kernel_symbol *left = a, *right = b;

	if (left->address != right->address)
		return left->address < right->address ? -1 : 1;
	return left->order < right->order ? -1 : left->order > right->order;
}

static const char *module_of(const struct kernel_symbol *symbol)
{
	return strchr(symbol->name, ' ');
}

static bool is_generated(const char *module)
{
	return !strcmp(module, " [bpf]") || !strncmp(module, " [__builtin__", 13);
}

/* Where a module's memory ends, by facts/modules. */
struct module {
	const char *name;	/* " [name]" */
	__u64 end;
};

/* "name size references users state address" */
static int take_module(void *context, char *text)
{
	struct module *module = context;
	unsigned long long size, base;
	char name[80], wanted[90];

	if (sscanf(text, "%79s %llu %*s %*s %*s %llx", name, &size, &base) != 3)
		return 0;
	snprintf(wanted, sizeof(wanted), " [%s]", name);
	if (strcmp(wanted, module->name))
		return 0;
	module->end = base ? base + size : 0;
	return 1;
}

/*
 * A function ends where the next one begins; the last one before a gap where the module
 * ends, or the kernel's own code. An address behind that is of something that came later.
 */
static void find_end(const struct kernel_symbols *symbols, struct kernel_symbol *symbol,
		     const char *recording, struct module *last)
{
	const struct kernel_symbol *next = symbol + 1;
	const char *module = module_of(symbol);
	const char *other;

	if (next < symbols->symbol + symbols->count && next->address == symbol->address) {
		symbol->end = next->end;
		return;
	}
	symbol->end = next < symbols->symbol + symbols->count ? next->address : ~0ULL;
	if (!module) {
		/* what is behind its code was to be run at boot, and is gone */
		if (symbols->text_end && symbol->end > symbols->text_end)
			symbol->end = symbol->address < symbols->text_end ? symbols->text_end :
				      symbol->address;
		return;
	}
	other = symbol->end == ~0ULL ? NULL : module_of(next);
	if (is_generated(module)) {
		if (symbol->end - symbol->address > GENERATED_MAX)
			symbol->end = symbol->address + GENERATED_MAX;
		return;
	}
	if (other && !strcmp(other, module))
		return;
	if (!last->name || strcmp(last->name, module)) {
		last->name = module;
		last->end = 0;
		facts_each_line(recording, "modules", take_module, last);
	}
	if (last->end > symbol->address && symbol->end > last->end)
		symbol->end = last->end;
}

int kernel_symbols_read(struct kernel_symbols *symbols, const char *recording)
{
	struct module last = { 0 };
	size_t i;
	int err;

	memset(symbols, 0, sizeof(*symbols));
	err = facts_each_line(recording, "kallsyms", take_symbol, symbols);
	if (err && err != -ENOENT) {
		kernel_symbols_uninit(symbols);
		return err;
	}
	if (!symbols->count) {
		symbols->missing = err ? "were not recorded" :
				   "were hidden (kptr_restrict) when it was recorded";
		return 0;
	}
	qsort(symbols->symbol, symbols->count, sizeof(*symbols->symbol), compare);
	for (i = symbols->count; i--;)
		find_end(symbols, &symbols->symbol[i], recording, &last);
	return 0;
}

void kernel_symbols_uninit(struct kernel_symbols *symbols)
{
	size_t i;

	for (i = 0; i < symbols->count; i++)
		free(symbols->symbol[i].name);
	free(symbols->symbol);
	memset(symbols, 0, sizeof(*symbols));
}

const struct kernel_symbol *kernel_symbols_find(const struct kernel_symbols *symbols,
						__u64 address)
{
	const struct kernel_symbol *symbol = symbols->symbol;
	size_t low = 0, high = symbols->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbol[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address >= symbol[low - 1].end)
		return NULL;
	while (low > 1 && symbol[low - 2].address == symbol[low - 1].address)
		low--;
	return &symbol[low - 1];
}
