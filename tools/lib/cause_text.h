/* SPDX-License-Identifier: GPL-2.0 */
/* How a culprit reads. For lib/causes.c, which keeps the text. */
#ifndef HFT_CAUSE_TEXT_H
#define HFT_CAUSE_TEXT_H

#include <stddef.h>
#include <linux/types.h>

struct causes;
struct culprit;

/* What names come from. */
struct namer {
	struct tasks *tasks;
	struct irqs *irqs;
	struct symbols *symbols;
	char *machine;		/* whose system call numbers they are; NULL: not known */
	int housekeeping;	/* a CPU that was not traced, -1: none */
};

const struct namer *causes_namer(const struct causes *causes);

/* Returns buf. */
const char *cause_text(struct causes *causes, const struct culprit *culprit, char *buf,
		       size_t size);

#endif /* HFT_CAUSE_TEXT_H */
