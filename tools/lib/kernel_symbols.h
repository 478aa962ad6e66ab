/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions of the kernel that was recorded, as facts/kallsyms has them. A recording
 * that lacks them has addresses alone: those of another boot would be others.
 */
#ifndef HFT_KERNEL_SYMBOLS_H
#define HFT_KERNEL_SYMBOLS_H

#include <stddef.h>
#include <linux/types.h>

struct kernel_symbol {
	__u64 address;
	__u64 end;		/* of what can be its code */
	size_t order;
	char *name;		/* "name", "name [module]" */
};

struct kernel_symbols {
	struct kernel_symbol *symbol;
	size_t count;
	size_t room;
	__u64 text_end;		/* where the kernel's own code ends, 0: not known */
	const char *missing;	/* why there are none, NULL if there are */
};

/* 0 or -errno. */
int kernel_symbols_read(struct kernel_symbols *symbols, const char *recording);
void kernel_symbols_uninit(struct kernel_symbols *symbols);

/* NULL: no function is known there. */
const struct kernel_symbol *kernel_symbols_find(const struct kernel_symbols *symbols,
						__u64 address);

#endif /* HFT_KERNEL_SYMBOLS_H */
