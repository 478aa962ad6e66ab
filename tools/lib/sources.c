// SPDX-License-Identifier: GPL-2.0
/*
 * Not by elfutils' own look-up of scopes: that walks all of a unit for each address, and finds
 * no unit where the compiler left its table of addresses out.
 */
#ifdef HAVE_LIBDW
#include <dwarf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/sources.h"

#define DEPTH_MAX	64

/* ------------------------------------------------------------- extents */

static int add_extent(struct extents *extents, const struct extent *extent)
{
	if (extents->count == extents->room) {
		size_t room = extents->room ? extents->room * 2 : 64;
		struct extent *grown = realloc(extents->at, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		extents->at = grown;
		extents->room = room;
	}
	extents->at[extents->count++] = *extent;
	return 0;
}

/* All that a die has. */
static int add_ranges(struct extents *extents, Dwarf_Die *die, size_t unit)
{
	struct extent extent = { .die = *die, .unit = unit };
	Dwarf_Addr base;
	ptrdiff_t at = 0;
	int err = 0;

	/* 0 is where a linker puts what it left out */
	while (!err && (at = dwarf_ranges(die, at, &base, &extent.low, &extent.high)) > 0)
		if (extent.low && extent.low < extent.high)
			err = add_extent(extents, &extent);
	return err;
}

static int compare(const void *a, const void *b)
{
	const struct extent *left = a, *right = b;

	if (left->low != right->low)
		return left->low < right->low ? -1 : 1;
	return left->high > right->high ? -1 : left->high < right->high;
}

static void sort(struct extents *extents)
{
	Dwarf_Addr reach = 0;
	size_t i;

	if (extents->count)
		qsort(extents->at, extents->count, sizeof(*extents->at), compare);
	for (i = 0; i < extents->count; i++) {
		if (extents->at[i].high > reach)
			reach = extents->at[i].high;
		extents->at[i].reach = reach;
	}
}

static struct extent *find(const struct extents *extents, Dwarf_Addr address)
{
	size_t low = 0, high = extents->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (extents->at[middle].low <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low && extents->at[low - 1].reach > address; low--)
		if (address < extents->at[low - 1].high)
			return &extents->at[low - 1];
	return NULL;
}

/* ----------------------------------------------------------------- units */

int sources_read(struct sources *sources, Dwfl_Module *module)
{
	Dwarf *dwarf = dwfl_module_getdwarf(module, &sources->bias);
	Dwarf_Die lines, die;
	Dwarf_CU *cu = NULL;
	struct unit *grown;
	int err = 0;

	sources->unit = NULL;
	sources->units = 0;
	memset(&sources->of_unit, 0, sizeof(sources->of_unit));
	while (dwarf && !err && !dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &lines, &die)) {
		if (dwarf_tag(&lines) != DW_TAG_compile_unit &&
		    dwarf_tag(&lines) != DW_TAG_skeleton_unit)
			continue;
		grown = realloc(sources->unit, (sources->units + 1) * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		sources->unit = grown;
		grown += sources->units;
		memset(grown, 0, sizeof(*grown));
		grown->lines = lines;
		grown->die = die.addr ? die : lines;
		err = add_ranges(&sources->of_unit, &lines, sources->units++);
	}
	sort(&sources->of_unit);
	return err;
}

void sources_uninit(struct sources *sources)
{
	size_t i;

	for (i = 0; i < sources->units; i++)
		free(sources->unit[i].functions.at);
	free(sources->unit);
	free(sources->of_unit.at);
	memset(sources, 0, sizeof(*sources));
}

/* Functions stand in namespaces, in types, and in other functions. */
static int read_functions(struct extents *functions, Dwarf_Die *parent, unsigned int depth)
{
	Dwarf_Die die;
	int err = 0;

	if (depth > DEPTH_MAX || dwarf_child(parent, &die))
		return 0;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_subprogram:
			err = add_ranges(functions, &die, 0);
			/* fall through */
		case DW_TAG_namespace:
		case DW_TAG_class_type:
		case DW_TAG_structure_type:
		case DW_TAG_union_type:
		case DW_TAG_lexical_block:
		case DW_TAG_module:
			if (!err)
				err = read_functions(functions, &die, depth + 1);
			break;
		}
	} while (!err && !dwarf_siblingof(&die, &die));
	return err;
}

/* ---------------------------------------------------------------- frames */

static const char *name_of(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	const char *name = NULL;

	if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute) ||
	    dwarf_attr_integrate(die, DW_AT_MIPS_linkage_name, &attribute))
		name = dwarf_formstring(&attribute);
	return name ? name : dwarf_diename(die);
}

/* The scope in `die` that is inlined or a block, and has the address. */
static bool step_in(Dwarf_Die *die, Dwarf_Addr address)
{
	Dwarf_Die child;

	if (dwarf_child(die, &child))
		return false;
	do {
		int tag = dwarf_tag(&child);

		if ((tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block) &&
		    dwarf_haspc(&child, address) > 0) {
			*die = child;
			return true;
		}
	} while (!dwarf_siblingof(&child, &child));
	return false;
}

static void set_line(struct code_frame *frame, Dwarf_Die *unit, Dwarf_Addr address)
{
	Dwarf_Line *line = dwarf_getsrc_die(unit, address);
	const char *path = line ? dwarf_linesrc(line, NULL, NULL) : NULL;
	int number = 0;

	if (path && !dwarf_lineno(line, &number) && number > 0)
		code_set_source(frame, path, number);
}

/* Where an inlined function was called: its caller's line. */
static void set_call(struct code_frame *frame, Dwarf_Die *inlined)
{
	Dwarf_Word file = 0, line = 0;
	Dwarf_Attribute attribute;
	Dwarf_Files *files;
	const char *path;
	Dwarf_Die unit;
	size_t count;

	if (!dwarf_diecu(inlined, &unit, NULL, NULL) ||
	    dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) ||
	    dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line) ||
	    dwarf_getsrcfiles(&unit, &files, &count) || file >= count)
		return;
	path = dwarf_filesrc(files, file, NULL, NULL);
	if (path && line)
		code_set_source(frame, path, (unsigned int)line);
}

/* From the function inwards; then the innermost are turned to the front. */
int sources_find(struct sources *sources, GElf_Addr address, struct code *code)
{
	Dwarf_Die scope[DEPTH_MAX];
	struct extent *extent;
	unsigned int scopes = 0, i;
	Dwarf_Addr at = address - sources->bias;
	struct unit *unit;
	const char *name;
	Dwarf_Die die;
	int err;

	code->frames = 0;
	code->more = 0;
	extent = find(&sources->of_unit, at);
	if (!extent)
		return 0;
	unit = &sources->unit[extent->unit];
	if (!unit->read) {
		unit->read = true;
		err = read_functions(&unit->functions, &unit->die, 0);
		if (err)
			return err;
		sort(&unit->functions);
	}
	extent = find(&unit->functions, at);
	if (extent) {
		die = extent->die;
		do {
			if (dwarf_tag(&die) != DW_TAG_lexical_block)
				scope[scopes++] = die;
		} while (scopes < DEPTH_MAX && step_in(&die, at));
	}
	code->frames = scopes ? scopes : 1;
	if (code->frames > CODE_FRAMES) {
		code->more = code->frames - CODE_FRAMES;
		code->frames = CODE_FRAMES;
	}
	memset(code->frame, 0, sizeof(code->frame));
	set_line(&code->frame[0], &unit->lines, at);
	for (i = 0; i < code->frames && scopes; i++) {
		bool last = i + 1 == code->frames;
		unsigned int inner = scopes - 1 - i;

		name = name_of(&scope[last ? 0 : inner]);
		if (name)
			code_set_function(&code->frame[i], name);
		if (i)
			set_call(&code->frame[i], &scope[last ? 1 : inner + 1]);
	}
	return 0;
}
#endif
