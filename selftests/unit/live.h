/* SPDX-License-Identifier: GPL-2.0 */
/* What tests of the library begin with: private memory, and a reader of oneself. */
#ifndef HFT_TEST_LIVE_H
#define HFT_TEST_LIVE_H

#include <errno.h>
#include <glob.h>
#include <hftrace-reader.h>
#include <hftrace.h>
#include <stdio.h>
#include <unistd.h>

static inline int init_private(__u32 rings, __u32 ring_slots)
{
	struct hft_options options = {
		.size = sizeof(options),
		.rings = rings,
		.ring_slots = ring_slots,
		.flags = HFT_OPTION_PRIVATE,
	};

	return hft_init(&options);
}

static inline int open_process(struct hft_reader **reader, __s32 tgid, __u32 flags)
{
	struct hft_live live = {
		.size = sizeof(live),
		.flags = flags,
		.tgids = &tgid,
		.tgids_count = 1,
	};

	return hft_reader_open_live(reader, &live);
}

static inline int open_self(struct hft_reader **reader)
{
	return open_process(reader, getpid(), 0);
}

/* What a process that was killed has left, and nobody needs as evidence. */
static inline void remove_region(pid_t pid)
{
	char pattern[64];
	glob_t files;
	size_t i;

	snprintf(pattern, sizeof(pattern), "/dev/shm/hftrace-%d-*", (int)pid);
	if (glob(pattern, 0, NULL, &files))
		return;
	for (i = 0; i < files.gl_pathc; i++)
		unlink(files.gl_pathv[i]);
	globfree(&files);
}

#endif /* HFT_TEST_LIVE_H */
