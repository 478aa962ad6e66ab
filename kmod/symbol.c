// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel functions by name. The kernel tells a module an address in one way
 * only: it registers a probe by name. The probe is disabled, so no code is
 * patched.
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "symbol.h"

/* A probe may stand behind what the function begins with, as "endbr64". */
static u64 function_of(const void *probed)
{
	char text[KSYM_SYMBOL_LEN];
	unsigned long offset = 0;
	const char *plus;

	sprint_symbol(text, (unsigned long)probed);
	plus = strrchr(text, '+');
	if (!plus || sscanf(plus, "+%lx", &offset) != 1)
		return 0;
	return (uintptr_t)probed - offset;
}

void hft_symbols_find(struct hft_symbol *symbols, unsigned int count)
{
	struct kprobe **registered = kcalloc(count, sizeof(*registered), GFP_KERNEL);
	struct kprobe *probes = kcalloc(count, sizeof(*probes), GFP_KERNEL);
	unsigned int i, found = 0;

	for (i = 0; i < count; i++)
		symbols[i].address = 0;
	for (i = 0; i < count && probes && registered; i++) {
		probes[i].symbol_name = symbols[i].name;
		probes[i].flags = KPROBE_FLAG_DISABLED;
		if (register_kprobe(&probes[i]))
			continue;
		symbols[i].address = function_of(probes[i].addr);
		registered[found++] = &probes[i];
	}
	if (found)
		unregister_kprobes(registered, found);
	kfree(registered);
	kfree(probes);
}
