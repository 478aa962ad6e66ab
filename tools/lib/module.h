/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel module: out and in again, as it was. */
#ifndef HFT_MODULE_H
#define HFT_MODULE_H

#include <linux/types.h>

#define MODULE_WHY 200

struct module {
	const char *path;	/* of hftrace.ko; NULL: modprobe knows it */
	char parameters[512];	/* as it was loaded with */
	__u64 attached;
};

/* Notes how it was loaded, and that it can be loaded again. 0 or -errno, in words. */
int module_note(struct module *module, const char *path, __u64 attached, char why[MODULE_WHY]);

int module_unload(char why[MODULE_WHY]);
int module_load(const struct module *module, char why[MODULE_WHY]);

#endif /* HFT_MODULE_H */
