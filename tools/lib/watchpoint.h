/* SPDX-License-Identifier: GPL-2.0 */
/* What people type after --watch: ADDRESS[:LENGTH][:w|rw]. */
#ifndef HFT_WATCHPOINT_H
#define HFT_WATCHPOINT_H

#include <hftrace/abi.h>

#define WATCHPOINT_WHY	200

struct watchpoint {
	const char *text;
	__u64 address;
	__u32 length;
	__u32 access;		/* HFT_WATCH_WRITE, _READ */
};

/*
 * ADDRESS is a number or, of process `pid` if that is not 0, a symbol, perhaps
 * +N. LENGTH is 1, 2, 4 or 8 bytes; without it the symbol's own, else 8, or
 * what the address is aligned to. 0, or -EINVAL with a line in `why`.
 */
int watchpoint_parse(struct watchpoint *watch, const char *text, __s32 pid,
		     char why[WATCHPOINT_WHY]);

#endif /* HFT_WATCHPOINT_H */
