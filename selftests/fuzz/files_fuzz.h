/* SPDX-License-Identifier: GPL-2.0 */
/* The harnesses: commands of hftrace, and what of a case they are given. */
#ifndef FILES_FUZZ_H
#define FILES_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILES_ARGUMENTS	12

struct files_variant {
	const char *argument[FILES_ARGUMENTS];	/* behind "hftrace" */
};

struct files_harness {
	const char *name;
	const struct files_variant *variant;	/* ends with one without arguments */
	int (*call)(const struct files_variant *variant);	/* NULL: the tool itself */
};

extern const struct files_harness files_harnesses[];

/* hftrace's own main(). */
int hftrace_main(int argc, char **argv);

/* Of libFuzzer: changes bytes as it has learnt to, at most to `room`; returns how many. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);

#endif /* FILES_FUZZ_H */
