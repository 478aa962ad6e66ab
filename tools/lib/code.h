/* SPDX-License-Identifier: GPL-2.0 */
/* What stands at an address of a program: its function, what is inlined there, lines. */
#ifndef HFT_CODE_H
#define HFT_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define CODE_FRAMES	8
#define CODE_NAME	128	/* longer names are cut */
#define CODE_SOURCE	48

struct code_frame {
	char function[CODE_NAME];	/* "": not known */
	char source[CODE_SOURCE];	/* "": not known */
	unsigned int line;
};

/* frame[0] is the innermost; the last one is the function itself, the others are inlined. */
struct code {
	struct code_frame frame[CODE_FRAMES];
	unsigned int frames;
	unsigned int more;	/* frames between the last but one and the last that are left out */
	__u64 offset;		/* in the function */
	bool has_offset;
	bool stripped;		/* the name is one of few that were left */
};

/* As people write it, and short enough. */
void code_set_function(struct code_frame *frame, const char *name);
/* The file alone, without the directories that it was built in. */
void code_set_source(struct code_frame *frame, const char *path, unsigned int line);

/* "inner (inlined) <- function+0x12 (inner.h:3 <- file.c:34)" */
void code_text(const struct code *code, char *buf, size_t size);
/* "inner (inlined) <- function" */
void code_function_text(const struct code *code, char *buf, size_t size);

#endif /* HFT_CODE_H */
