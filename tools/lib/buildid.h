/* SPDX-License-Identifier: GPL-2.0 */
/* Build ids: which binary it was. */
#ifndef HFT_BUILDID_H
#define HFT_BUILDID_H

#include <stddef.h>

#define BUILDID_TEXT 65	/* hex digits and a NUL */

/* Of an ELF file. 0, -ENOENT: it has none or is no ELF file, or another -errno. */
int buildid_of_file(const char *path, char text[BUILDID_TEXT]);

/* Of a row of ELF notes, as in /sys/kernel/notes. 0 or -ENOENT. */
int buildid_of_notes(const void *notes, size_t bytes, char text[BUILDID_TEXT]);

#endif /* HFT_BUILDID_H */
