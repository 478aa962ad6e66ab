/* SPDX-License-Identifier: GPL-2.0 */
/* Where a symbol of a running process stands in its memory, by elfutils. */
#ifndef HFT_LIVE_SYMBOL_H
#define HFT_LIVE_SYMBOL_H

#include <sys/types.h>
#include <linux/types.h>

/*
 * *size may be 0: the file does not say. 0, -ENOENT: no such symbol, -ENOSYS:
 * built without elfutils, or another -errno.
 */
int live_symbol(pid_t pid, const char *name, __u64 *address, __u64 *size);

#endif /* HFT_LIVE_SYMBOL_H */
