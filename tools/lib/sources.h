/* SPDX-License-Identifier: GPL-2.0 */
/* Lines of source and inlined functions of one program or library, by its debug symbols. */
#ifndef HFT_SOURCES_H
#define HFT_SOURCES_H

#ifdef HAVE_LIBDW
#include <elfutils/libdwfl.h>
#include "lib/code.h"

/* Code from `low` up to `high`, of what `die` is. */
struct extent {
	Dwarf_Addr low;
	Dwarf_Addr high;
	Dwarf_Addr reach;	/* the furthest end of those up to this one */
	Dwarf_Die die;
	size_t unit;
};

/* By their low ends. */
struct extents {
	struct extent *at;
	size_t count;
	size_t room;
};

struct unit {
	Dwarf_Die lines;	/* what has the line table */
	Dwarf_Die die;		/* what has the functions: the same, or in a file of its own */
	bool read;
	struct extents functions;
};

struct sources {
	GElf_Addr bias;
	struct unit *unit;
	size_t units;
	struct extents of_unit;
};

/* A file without debug symbols has no units. 0 or -ENOMEM. */
int sources_read(struct sources *sources, Dwfl_Module *module);
void sources_uninit(struct sources *sources);

/* Sets the frames: their number is 0 if nothing is known there. 0 or -ENOMEM. */
int sources_find(struct sources *sources, GElf_Addr address, struct code *code);

#endif /* HAVE_LIBDW */
#endif /* HFT_SOURCES_H */
