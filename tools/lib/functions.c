// SPDX-License-Identifier: GPL-2.0
#ifdef HAVE_LIBDW
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/functions.h"

/* A symbol without a size, an assembler's label, ends at the next one: the last resort. */
#define RANK_LABEL	100

static int rank_of(const GElf_Sym *symbol, const char *name)
{
	int rank = 0;

	if (!symbol->st_size)
		return RANK_LABEL;
	if (GELF_ST_BIND(symbol->st_info) == STB_LOCAL)
		rank = 20;
	else if (GELF_ST_BIND(symbol->st_info) == STB_WEAK)
		rank = 10;
	/* "_IO_puts" and "puts" are one place: the plainer name is what people call. */
	return rank + (int)strspn(name, "_") % 10;
}

static bool is_code(Elf *elf, const GElf_Sym *symbol, GElf_Word section)
{
	GElf_Shdr header;

	switch (GELF_ST_TYPE(symbol->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		return true;
	case STT_NOTYPE:
		return elf && section < SHN_LORESERVE &&
		       gelf_getshdr(elf_getscn(elf, section), &header) &&
		       header.sh_flags & SHF_EXECINSTR;
	}
	return false;
}

static bool has_symtab(Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while (elf && (section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
			return true;
	return false;
}

static int compare(const void *a, const void *b)
{
	const struct function *left = a, *right = b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	if (left->rank != right->rank)
		return left->rank > right->rank ? -1 : 1;
	return strcmp(right->name, left->name);
}

static void close_ends(struct functions *functions)
{
	GElf_Addr next = 0, reach = 0;
	size_t i;

	for (i = functions->count; i--;) {
		struct function *function = &functions->function[i];

		if (function->end == function->start)
			function->end = next > function->start ? next : function->start + 1;
		if (!i || functions->function[i - 1].start != function->start)
			next = function->start;
	}
	for (i = 0; i < functions->count; i++) {
		if (functions->function[i].end > reach)
			reach = functions->function[i].end;
		functions->function[i].reach = reach;
	}
}

int functions_read(struct functions *functions, Dwfl_Module *module)
{
	int count = dwfl_module_getsymtab(module), i;
	GElf_Addr bias;
	Dwarf *dwarf;

	memset(functions, 0, sizeof(*functions));
	dwarf = dwfl_module_getdwarf(module, &bias);
	functions->stripped = !has_symtab(dwfl_module_getelf(module, &bias)) &&
			      !(dwarf && has_symtab(dwarf_getelf(dwarf)));
	if (count <= 0)
		return 0;
	functions->function = calloc(count, sizeof(*functions->function));
	if (!functions->function)
		return -ENOMEM;
	for (i = 1; i < count; i++) {
		struct function *function = &functions->function[functions->count];
		GElf_Word section;
		GElf_Addr address;
		GElf_Sym symbol;
		const char *name;
		Elf *elf;

		name = dwfl_module_getsym_info(module, i, &symbol, &address, &section, &elf, NULL);
		if (!name || !*name || section == SHN_UNDEF || !is_code(elf, &symbol, section))
			continue;
		function->start = address;
		function->end = address + symbol.st_size < address ? address :
				address + symbol.st_size;
		function->name = name;
		function->rank = rank_of(&symbol, name);
		functions->count++;
	}
	qsort(functions->function, functions->count, sizeof(*functions->function), compare);
	close_ends(functions);
	return 0;
}

void functions_uninit(struct functions *functions)
{
	free(functions->function);
	memset(functions, 0, sizeof(*functions));
}

const struct function *functions_find(const struct functions *functions, GElf_Addr address)
{
	const struct function *function = functions->function, *label = NULL;
	size_t low = 0, high = functions->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (function[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low && function[low - 1].reach > address; low--) {
		if (address >= function[low - 1].end)
			continue;
		if (function[low - 1].rank < RANK_LABEL)
			return &function[low - 1];
		if (!label)
			label = &function[low - 1];
	}
	return label;
}
#endif
