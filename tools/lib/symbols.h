/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands at an address: kernel symbols from facts/kallsyms; user code
 * from facts/maps-<tgid> and, with elfutils, from the files named there when
 * they are here and are the same build (facts/buildids). What cannot be found
 * is noted in missing.h.
 */
#ifndef HFT_SYMBOLS_H
#define HFT_SYMBOLS_H

#include <stddef.h>
#include <linux/types.h>

struct symbols;

#define SYMBOLS_TEXT	512	/* a buffer of this size is enough for most */

/* The files are read when they are first asked for. 0 or -errno. */
int symbols_open(struct symbols **symbols, const char *recording);
void symbols_close(struct symbols *symbols);

/*
 * "name+0x12 [module]", "name" at its start; the address alone when there is
 * no symbol. Returns buf.
 */
const char *symbols_kernel(struct symbols *symbols, __u64 address, char *buf, size_t size);

/*
 * "function+0x12 (file.c:34)", "inlined (inlined) <- function+0x12 (file.h:3 <- file.c:34)";
 * "engine+0x1234 (stripped)" and the like, with the reason, when there is no symbol. Returns
 * buf.
 */
const char *symbols_user(struct symbols *symbols, __s32 tgid, __u64 address, char *buf,
			 size_t size);

/*
 * The same without what is behind the function's name: equal for all of its code. What has
 * no symbols and no functions either has its place. Returns buf.
 */
const char *symbols_kernel_function(struct symbols *symbols, __u64 address, char *buf,
				    size_t size);
const char *symbols_user_function(struct symbols *symbols, __s32 tgid, __u64 address, char *buf,
				  size_t size);

/* The mapping that an address lies in: "[heap]", a file's name, "anonymous memory". Returns buf. */
const char *symbols_mapping(struct symbols *symbols, __s32 tgid, __u64 address, char *buf,
			    size_t size);

#endif /* HFT_SYMBOLS_H */
