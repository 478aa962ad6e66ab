/* SPDX-License-Identifier: GPL-2.0 */
/* The functions of one program or library, by address; from its symbol tables. */
#ifndef HFT_FUNCTIONS_H
#define HFT_FUNCTIONS_H

#ifdef HAVE_LIBDW
#include <stdbool.h>
#include <elfutils/libdwfl.h>

struct function {
	GElf_Addr start;
	GElf_Addr end;
	GElf_Addr reach;	/* the furthest end of those up to this one */
	const char *name;	/* the module's */
	int rank;		/* of several at one place the lowest is shown */
};

struct functions {
	struct function *function;
	size_t count;
	bool stripped;		/* it has its dynamic symbols alone */
};

/* 0 or -ENOMEM. */
int functions_read(struct functions *functions, Dwfl_Module *module);
void functions_uninit(struct functions *functions);

/* NULL: none is known to be there. */
const struct function *functions_find(const struct functions *functions, GElf_Addr address);

#endif /* HAVE_LIBDW */
#endif /* HFT_FUNCTIONS_H */
