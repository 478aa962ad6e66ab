// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef HAVE_LIBDW
#include <elfutils/libdwfl.h>
#include <gelf.h>
#endif

#include "lib/binary.h"
#include "lib/facts.h"

#ifdef HAVE_LIBDW

#define BUILD_ID_MAX	64	/* bytes */

struct build_id {
	const char *path;
	char hex[2 * BUILD_ID_MAX + 1];
};

static int take_build_id(void *context, char *text)
{
	struct build_id *wanted = context;
	const char *path = facts_column(&text);

	if (!text || strcmp(path, wanted->path))
		return 0;
	snprintf(wanted->hex, sizeof(wanted->hex), "%s", text);
	return 1;
}

/* Whether the file here is another one than was recorded. */
static int is_other_build(Dwfl_Module *module, const char *recording, const char *path)
{
	struct build_id wanted = { .path = path };
	char hex[2 * BUILD_ID_MAX + 1] = "";
	const unsigned char *bits;
	GElf_Addr address;
	int length, i;

	facts_each_line(recording, "buildids", take_build_id, &wanted);
	if (!wanted.hex[0])
		return 0;	/* the program has none */
	length = dwfl_module_build_id(module, &bits, &address);
	for (i = 0; i < length && i < BUILD_ID_MAX; i++)
		snprintf(hex + 2 * i, 3, "%02x", bits[i]);
	return strcmp(hex, wanted.hex) != 0;
}

static char *debug_path;

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.section_address = dwfl_offline_section_address,
	.debuginfo_path = &debug_path,
};

static void open_binary(struct binary *binary, const char *recording)
{
	Dwfl_Module *module;
	struct stat status;
	GElf_Addr bias;
	Dwfl *dwfl;

	/* A recording's path may name anything: a pipe, a device. */
	if (stat(binary->path, &status) || !S_ISREG(status.st_mode)) {
		binary->reason = "not on this machine";
		return;
	}
	if (access(binary->path, R_OK)) {
		binary->reason = "not readable";
		return;
	}
	binary->reason = "not an ELF file";
	dwfl = dwfl_begin(&callbacks);
	if (!dwfl)
		return;
	binary->dwfl = dwfl;
	module = dwfl_report_offline(dwfl, "", binary->path, -1);
	dwfl_report_end(dwfl, NULL, NULL);
	if (!module || !dwfl_module_getelf(module, &bias))
		return;
	if (is_other_build(module, recording, binary->path)) {
		binary->reason = "another build is on this machine";
		return;
	}
	binary->reason = dwfl_module_getsymtab(module) > 1 ? NULL : "stripped";
	binary->module = module;
}

/* An offset in the file as an address in elfutils' address space. 0 or -ENOENT. */
static int address_of(Dwfl_Module *module, __u64 offset, GElf_Addr *address)
{
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(module, &bias);
	size_t headers, i;

	if (!elf || elf_getphdrnum(elf, &headers))
		return -ENOENT;
	for (i = 0; i < headers; i++) {
		GElf_Phdr header;

		if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_LOAD ||
		    offset < header.p_offset || offset - header.p_offset >= header.p_filesz)
			continue;
		*address = offset - header.p_offset + header.p_vaddr + bias;
		return 0;
	}
	return -ENOENT;
}

int binary_symbol(struct binary *binary, __u64 offset, char *buf, size_t size)
{
	GElf_Off in_symbol;
	GElf_Addr address;
	const char *name, *source = NULL;
	Dwfl_Line *line;
	GElf_Sym symbol;
	int number;

	if (!binary->module || address_of(binary->module, offset, &address))
		return -ENOENT;
	name = dwfl_module_addrinfo(binary->module, address, &in_symbol, &symbol, NULL, NULL, NULL);
	/* A file without its symbol table still shows some neighbour from .dynsym. */
	if (!name || (symbol.st_size && in_symbol >= symbol.st_size)) {
		binary->reason = "stripped";
		return -ENOENT;
	}
	line = dwfl_module_getsrc(binary->module, address);
	if (line)
		source = dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL);
	if (source) {
		const char *slash = strrchr(source, '/');

		snprintf(buf, size, "%s+0x%llx (%s:%d)", name, (unsigned long long)in_symbol,
			 slash ? slash + 1 : source, number);
	} else {
		snprintf(buf, size, "%s+0x%llx", name, (unsigned long long)in_symbol);
	}
	return 0;
}

void binary_uninit(struct binary *binary)
{
	if (binary->dwfl)
		dwfl_end(binary->dwfl);
	free(binary->path);
}

#else

static void open_binary(struct binary *binary, const char *recording)
{
	(void)recording;
	binary->reason = "hftrace was built without elfutils";
}

int binary_symbol(struct binary *binary, __u64 offset, char *buf, size_t size)
{
	(void)binary;
	(void)offset;
	(void)buf;
	(void)size;
	return -ENOENT;
}

void binary_uninit(struct binary *binary)
{
	free(binary->path);
}

#endif

int binary_init(struct binary *binary, const char *recording, const char *path)
{
	memset(binary, 0, sizeof(*binary));
	binary->path = strdup(path);
	if (!binary->path)
		return -ENOMEM;
	open_binary(binary, recording);
	return 0;
}
