/* SPDX-License-Identifier: GPL-2.0 */
/* Questions that one command answers: which hooks each takes, and what counts as an answer. */
#ifndef HFT_PRESETS_H
#define HFT_PRESETS_H

#include <stdio.h>

#include "lib/cases.h"

struct preset {
	const char *name;
	const char *question;
	__u64 needs;		/* hooks without which there is no answer */
	__u64 hooks;		/* besides those: what they see is told if they are attached */
	struct cases_rule rule;
	bool spans;		/* a program's slowest spans are explained, too */
};

/* NULL: there is none of that name. */
const struct preset *preset_find(const char *name);

/* Each with its question. */
void presets_print(FILE *file);

/* "jitter, faults, ..."; returns buf. */
const char *presets_names(char *buf, size_t size);

#endif /* HFT_PRESETS_H */
