/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses of kernel functions that are not exported, to know them when they come by. */
#ifndef HFT_SYMBOL_H
#define HFT_SYMBOL_H

#include <linux/types.h>

struct hft_symbol {
	const char *name;
	u64 address;		/* 0: this kernel has no such function, or none to be probed */
};

/* Sleeps. Patches nothing. */
void hft_symbols_find(struct hft_symbol *symbols, unsigned int count);

#endif /* HFT_SYMBOL_H */
