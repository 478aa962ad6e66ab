/* SPDX-License-Identifier: GPL-2.0 */
/* Separate files of debug symbols, for elfutils; from this machine alone. */
#ifndef HFT_DEBUGINFO_H
#define HFT_DEBUGINFO_H

#ifdef HAVE_LIBDW
#include <elfutils/libdwfl.h>

/* A find_debuginfo callback. */
int debuginfo_find(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
		   const char *file, const char *debuglink, GElf_Word check, char **found);

/* Of one that is not the memory of a process. */
extern const Dwfl_Callbacks debuginfo_offline;

/* The program's file, open as a module of its own. NULL: it is none. `fd` -1: by `path`. */
Dwfl *debuginfo_open(const char *path, int fd, Dwfl_Module **module);

#endif /* HAVE_LIBDW */
#endif /* HFT_DEBUGINFO_H */
