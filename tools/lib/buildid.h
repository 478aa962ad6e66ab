/* SPDX-License-Identifier: GPL-2.0 */
/* Build ids: which binary it was; and where its code stands in it. */
#ifndef HFT_BUILDID_H
#define HFT_BUILDID_H

#include <stddef.h>
#include <linux/types.h>

#define BUILDID_TEXT 65	/* hex digits and a NUL */

/* Of an ELF file. 0, -ENOENT: it has none or is no ELF file, or another -errno. */
int buildid_of_file(int fd, char text[BUILDID_TEXT]);

/* Where the code of an ELF file stands in the file, and at what address it asks to be. */
struct code_segment {
	__u64 offset;
	__u64 address;
	__u64 bytes;
};

#define CODE_SEGMENTS	4

/* So many were found, or -ENOENT: it is no ELF file, or another -errno. */
int code_segments(int fd, struct code_segment segments[CODE_SEGMENTS]);

/* Of a row of ELF notes, as in /sys/kernel/notes. 0 or -ENOENT. */
int buildid_of_notes(const void *notes, size_t bytes, char text[BUILDID_TEXT]);

#endif /* HFT_BUILDID_H */
