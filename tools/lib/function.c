// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/debuginfo.h"
#include "lib/demangle.h"
#include "lib/function.h"

#ifdef HAVE_LIBDW

struct opened {
	Dwfl *dwfl;
	Dwfl_Module *module;
	Elf *elf;
	GElf_Addr bias;
};

static int open_file(struct opened *opened, const char *path, char *why)
{
	opened->dwfl = debuginfo_open(path, -1, &opened->module);
	if (!opened->dwfl) {
		snprintf(why, FUNCTION_WHY, "%s is no program or library", path);
		return -ENOEXEC;
	}
	opened->elf = dwfl_module_getelf(opened->module, &opened->bias);
	return 0;
}

/* The code segment that holds an address, or with `by_offset` a place in the file. */
static bool find_segment(const struct opened *opened, __u64 at, bool by_offset, GElf_Phdr *header)
{
	size_t headers, i;

	if (elf_getphdrnum(opened->elf, &headers))
		return false;
	for (i = 0; i < headers; i++) {
		__u64 start;

		if (!gelf_getphdr(opened->elf, (int)i, header) || header->p_type != PT_LOAD ||
		    !(header->p_flags & PF_X))
			continue;
		start = by_offset ? header->p_offset : header->p_vaddr;
		if (at >= start && at - start < header->p_filesz)
			return true;
	}
	return false;
}

/* "Engine::on_order(int)" is meant by that and by "Engine::on_order". */
static bool is_meant(const char *symbol, const char *name)
{
	size_t length = strlen(name);
	char *readable;
	bool meant;

	if (!strcmp(symbol, name))
		return true;
	readable = demangle(symbol);
	if (!readable)
		return false;
	meant = !strncmp(readable, name, length) &&
		(!readable[length] || (readable[length] == '(' && name[length - 1] != ')'));
	free(readable);
	return meant;
}

struct matches {
	GElf_Addr address;
	GElf_Xword size;
	unsigned int count;
	char first[100];
	char other[100];	/* at another address, as people are to write it */
};

static void show(char *text, const char *symbol)
{
	char *readable = demangle(symbol);

	snprintf(text, 100, "%s", readable ? readable : symbol);
	free(readable);
}

static void look(const struct opened *opened, const char *name, struct matches *matches)
{
	int count = dwfl_module_getsymtab(opened->module), i;

	memset(matches, 0, sizeof(*matches));
	for (i = 1; i < count; i++) {
		GElf_Word section;
		GElf_Addr address;
		const char *symbol;
		GElf_Sym entry;

		symbol = dwfl_module_getsym_info(opened->module, i, &entry, &address, &section,
						 NULL, NULL);
		if (!symbol || section == SHN_UNDEF || GELF_ST_TYPE(entry.st_info) != STT_FUNC ||
		    !is_meant(symbol, name))
			continue;
		/* a constructor has two names for one place */
		if (matches->count && matches->address == address)
			continue;
		if (!matches->count++) {
			matches->address = address;
			matches->size = entry.st_size;
			show(matches->first, symbol);
		} else if (!matches->other[0]) {
			show(matches->other, symbol);
		}
	}
}

static int explain_none(const struct opened *opened, const char *path, const char *name, char *why)
{
	Elf_Scn *section = NULL;
	bool stripped = true;
	GElf_Shdr header;

	while ((section = elf_nextscn(opened->elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
			stripped = false;
	if (stripped)
		snprintf(why, FUNCTION_WHY,
			 "%s is stripped, so '%s' is not found in it: install its debug symbols, or write its place in the file as %s:0x1234",
			 path, name, path);
	else
		snprintf(why, FUNCTION_WHY, "%s has no function '%s'%s; 'nm -C %s' lists them",
			 path, name, demangle_works() ? "" :
			 " (C++ names are not known without libstdc++.so.6)", path);
	return -ENOENT;
}

/* Lines of the source begin at instructions: where none does, nothing is known. */
static int check_inside(const struct opened *opened, const struct matches *matches, __u64 inside,
			char *why)
{
	Dwfl_Line *line = dwfl_module_getsrc(opened->module, matches->address + inside);
	Dwarf_Addr start = 0;

	if (!inside)
		return 0;
	if (matches->size && inside >= matches->size) {
		snprintf(why, FUNCTION_WHY, "%s has only %llu bytes", matches->first,
			 (unsigned long long)matches->size);
		return -ENXIO;
	}
	if (line && dwfl_lineinfo(line, &start, NULL, NULL, NULL, NULL) &&
	    start == matches->address + inside)
		return 0;
	snprintf(why, FUNCTION_WHY,
		 "no line of source begins at %s+0x%llx, so it may be in the middle of an instruction; a probe there breaks the program. If it is not, write its place in the file",
		 matches->first, (unsigned long long)inside);
	return -ENXIO;
}

/* "name+0x12": cut off, and what stood behind. */
static __u64 take_inside(char *name)
{
	char *plus = strrchr(name, '+'), *end;
	unsigned long long inside;

	if (!plus || strncmp(plus, "+0x", 3))
		return 0;
	inside = strtoull(plus + 1, &end, 16);
	if (*end || end == plus + 3)
		return 0;
	*plus = '\0';
	return inside;
}

static int find_in(const struct opened *opened, const char *path, char *name, __u64 *offset,
		   char *why)
{
	__u64 inside = take_inside(name);
	struct matches matches;
	GElf_Phdr header;
	int err;

	look(opened, name, &matches);
	if (!matches.count)
		return explain_none(opened, path, name, why);
	if (matches.count > 1) {
		snprintf(why, FUNCTION_WHY,
			 "%s has %u functions '%s', for example %s and %s; write more of it, or its place in the file",
			 path, matches.count, name, matches.first, matches.other);
		return -ENOTUNIQ;
	}
	err = check_inside(opened, &matches, inside, why);
	if (err)
		return err;
	if (!find_segment(opened, matches.address - opened->bias, false, &header)) {
		snprintf(why, FUNCTION_WHY, "%s: '%s' is not in its code", path, name);
		return -ENOENT;
	}
	*offset = matches.address - opened->bias + inside - header.p_vaddr + header.p_offset;
	return 0;
}

int function_find(const char *path, const char *name, __u64 *offset, char why[FUNCTION_WHY])
{
	struct opened opened;
	char *copy;
	int err;

	err = open_file(&opened, path, why);
	if (err)
		return err;
	copy = strdup(name);
	err = copy ? find_in(&opened, path, copy, offset, why) : -ENOMEM;
	free(copy);
	dwfl_end(opened.dwfl);
	return err;
}

int function_check(const char *path, __u64 offset, char why[FUNCTION_WHY])
{
	struct opened opened;
	GElf_Phdr header;
	int err;

	err = open_file(&opened, path, why);
	if (err)
		return err;
	if (!find_segment(&opened, offset, true, &header)) {
		snprintf(why, FUNCTION_WHY, "0x%llx is not in the code of %s", offset, path);
		err = -ERANGE;
	}
	dwfl_end(opened.dwfl);
	return err;
}

#else

int function_find(const char *path, const char *name, __u64 *offset, char why[FUNCTION_WHY])
{
	(void)offset;
	snprintf(why, FUNCTION_WHY,
		 "this hftrace was built without elfutils: write the place of '%s' in the file as %s:0x1234",
		 name, path);
	return -ENOSYS;
}

int function_check(const char *path, __u64 offset, char why[FUNCTION_WHY])
{
	(void)path;
	(void)offset;
	(void)why;
	return 0;
}

#endif
