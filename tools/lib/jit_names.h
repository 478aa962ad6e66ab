/* SPDX-License-Identifier: GPL-2.0 */
/* Functions that a process compiled at run time: facts/perf-<tgid>.map. */
#ifndef HFT_JIT_NAMES_H
#define HFT_JIT_NAMES_H

#include <stddef.h>
#include <linux/types.h>

struct jit_name {
	__u64 start;
	__u64 end;
	__u64 reach;		/* the furthest end of those up to this one */
	size_t order;
	char *name;
};

struct jit_names {
	struct jit_name *at;
	size_t count;
	size_t room;
};

/* A process that has none has no names. 0 or -errno. */
int jit_names_read(struct jit_names *names, const char *recording, __s32 tgid);
void jit_names_uninit(struct jit_names *names);

/* Where code was made anew, what was told last. NULL: nothing is known. */
const struct jit_name *jit_names_find(const struct jit_names *names, __u64 address);

#endif /* HFT_JIT_NAMES_H */
