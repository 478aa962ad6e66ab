/* SPDX-License-Identifier: GPL-2.0 */
/* Functions and source lines of one program or library, by elfutils. */
#ifndef HFT_BINARY_H
#define HFT_BINARY_H

#include <stddef.h>
#include <linux/types.h>

struct binary {
	char *path;
	const char *reason;	/* why there are no symbols, NULL if there are */
	void *dwfl;
	void *module;
};

/* A file that is not here, or not the recorded build, is no error. 0 or -ENOMEM. */
int binary_init(struct binary *binary, const char *recording, const char *path);
void binary_uninit(struct binary *binary);

/*
 * "function+0x12 (file.c:34)" for an offset in the file. 0, or -ENOENT: no
 * symbol there, `reason` says why.
 */
int binary_symbol(struct binary *binary, __u64 offset, char *buf, size_t size);

#endif /* HFT_BINARY_H */
