/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A case: the files that a command is given, in one file that a fuzzer can
 * change. The first byte chooses among the command's options. Then for each
 * file: the length of its name (1 byte), the name, the packed length (4 bytes),
 * what it holds. That is a row of 4 KiB pages, each with its length (2 bytes)
 * and so many bytes; zeros behind them are left out. The last page has the
 * bit FILES_PAGE_LAST set in its length and is no longer than that.
 */
#ifndef FILES_CASE_H
#define FILES_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILES_MAX	48
#define FILES_NAME	96
#define FILES_BYTES	(256U << 10)	/* of one file, unpacked */
#define FILES_PAGE	4096U
#define FILES_PAGE_LAST	0x8000U

struct files_one {
	char name[FILES_NAME];		/* below the working directory */
	unsigned char *bytes;		/* room for FILES_BYTES + 1 */
	size_t size;
};

struct files_case {
	unsigned char choice;
	unsigned int count;
	struct files_one file[FILES_MAX];
};

/* Takes what makes sense of it. The buffers are kept and used again. */
void files_case_read(struct files_case *files, const uint8_t *data, size_t size);

/* Its packed size, or 0 when it does not fit. */
size_t files_case_write(const struct files_case *files, uint8_t *data, size_t room);

/* A new file, empty; NULL: no more room, or not such a name. */
struct files_one *files_case_add(struct files_case *files, const char *name);
void files_case_drop(struct files_case *files, unsigned int index);

/* Whether it may be made below the working directory: no "..", no path from the root. */
bool files_name_good(const char *name);

/* Whether it is a stream of a recording; else it is lines of text or a program. */
bool files_is_stream(const char *name);

#endif /* FILES_CASE_H */
