// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/binary.h"

#ifdef HAVE_LIBDW
#include "lib/debuginfo.h"
#include "lib/functions.h"
#include "lib/sources.h"

struct binary_symbols {
	Dwfl *dwfl;
	GElf_Addr bias;
	struct code_segment segment[CODE_SEGMENTS];
	int segments;
	struct functions functions;
	struct sources sources;
};

/* A file of debug symbols alone says no longer where the code was: the recording does. */
static int find_segments(struct binary_symbols *symbols, const struct located *located,
			 const struct image *image)
{
	if (image && image->segments) {
		memcpy(symbols->segment, image->segment, sizeof(symbols->segment));
		symbols->segments = image->segments;
	} else if (!located->debug_only) {
		symbols->segments = code_segments(located->fd, symbols->segment);
	}
	return symbols->segments > 0 ? 0 : -ENOENT;
}

static int open_symbols(struct binary *binary, const struct located *located,
			const struct image *image)
{
	struct binary_symbols *symbols = binary->symbols;
	Dwfl_Module *module;
	int err;

	binary->reason = "not an ELF file";
	if (find_segments(symbols, located, image))
		return 0;
	/* by its path it would be opened anew, and might be another */
	symbols->dwfl = debuginfo_open(located->path, dup(located->fd), &module);
	if (!symbols->dwfl)
		return 0;
	dwfl_module_getelf(module, &symbols->bias);
	err = functions_read(&symbols->functions, module);
	if (!err)
		err = sources_read(&symbols->sources, module);
	if (err)
		return err;
	binary->stripped = symbols->functions.stripped;
	binary->no_lines = !symbols->sources.units;
	binary->reason = NULL;
	return 0;
}

int binary_init(struct binary *binary, const struct located *located, const struct image *image)
{
	int err;

	memset(binary, 0, sizeof(*binary));
	binary->symbols = calloc(1, sizeof(*binary->symbols));
	err = binary->symbols ? open_symbols(binary, located, image) : -ENOMEM;
	close(located->fd);
	if (err)
		binary_uninit(binary);
	return err;
}

void binary_uninit(struct binary *binary)
{
	struct binary_symbols *symbols = binary->symbols;

	if (!symbols)
		return;
	functions_uninit(&symbols->functions);
	sources_uninit(&symbols->sources);
	if (symbols->dwfl)
		dwfl_end(symbols->dwfl);
	free(symbols);
	binary->symbols = NULL;
}

/* An offset in the file as an address in elfutils' address space. 0 or -ENOENT. */
static int address_of(const struct binary_symbols *symbols, __u64 offset, GElf_Addr *address)
{
	int i;

	for (i = 0; i < symbols->segments; i++) {
		const struct code_segment *segment = &symbols->segment[i];

		if (offset < segment->offset || offset - segment->offset >= segment->bytes)
			continue;
		*address = offset - segment->offset + segment->address + symbols->bias;
		return 0;
	}
	return -ENOENT;
}

int binary_find(struct binary *binary, __u64 offset, struct code *code)
{
	struct binary_symbols *symbols = binary->symbols;
	const struct function *function;
	struct code_frame *outer;
	GElf_Addr address;
	int err;

	if (!symbols || binary->reason || address_of(symbols, offset, &address))
		return -ENOENT;
	err = sources_find(&symbols->sources, address, code);
	if (err)
		return err;
	function = functions_find(&symbols->functions, address);
	if (!function && !(code->frames && code->frame[code->frames - 1].function[0]))
		return -ENOENT;
	code->stripped = binary->stripped;
	if (!function) {
		code->has_offset = false;
		return 0;
	}
	if (!code->frames) {
		memset(code->frame, 0, sizeof(code->frame[0]));
		code->frames = 1;
	}
	outer = &code->frame[code->frames - 1];
	/* The name that its offset counts from, where a function is in several pieces, too. */
	code_set_function(outer, function->name);
	code->offset = address - function->start;
	code->has_offset = true;
	return 0;
}

#else

struct binary_symbols {
	int none;
};

int binary_init(struct binary *binary, const struct located *located, const struct image *image)
{
	(void)image;
	memset(binary, 0, sizeof(*binary));
	close(located->fd);
	binary->reason = "hftrace was built without elfutils";
	return 0;
}

int binary_find(struct binary *binary, __u64 offset, struct code *code)
{
	(void)binary;
	(void)offset;
	(void)code;
	return -ENOENT;
}

void binary_uninit(struct binary *binary)
{
	(void)binary;
}

#endif
