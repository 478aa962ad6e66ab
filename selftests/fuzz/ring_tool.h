/* SPDX-License-Identifier: GPL-2.0 */
/* Runs a command beside a hostile engine: how it ends, what it takes and what it says. */
#ifndef FUZZ_RING_TOOL_H
#define FUZZ_RING_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#define TOOL_SAID	65536U	/* of what it says, that is kept */

struct tool_end {
	int status;		/* exit status, 128 + signal */
	long memory_kib;	/* most that it had */
	size_t said_bytes;
	char said[TOOL_SAID];	/* the first of it, with a NUL */
	char why[128];		/* what is wrong with it; empty: nothing */
};

/* `arguments` end with NULL. True: it ended in time and said nothing that a terminal obeys. */
bool tool_run(char *const *arguments, struct tool_end *end);

#endif /* FUZZ_RING_TOOL_H */
