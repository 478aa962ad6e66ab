/* SPDX-License-Identifier: GPL-2.0 */
/* Where a function of a program or library stands in its file, by elfutils. */
#ifndef HFT_FUNCTION_H
#define HFT_FUNCTION_H

#include <linux/types.h>

#define FUNCTION_WHY	400

/*
 * `name` as in the symbol table, or in C++ as people write it, with or without
 * its parameters; "name+0x12" is an instruction in it. 0; or -errno with a line
 * in `why`: -ENOENT no such function, -ENOTUNIQ several of that name, -ENXIO no
 * instruction begins there for all that is known.
 */
int function_find(const char *path, const char *name, __u64 *offset, char why[FUNCTION_WHY]);

/* Whether an offset in the file is in its code. 0, or -errno with a line in `why`. */
int function_check(const char *path, __u64 offset, char why[FUNCTION_WHY]);

#endif /* HFT_FUNCTION_H */
