/* SPDX-License-Identifier: GPL-2.0 */
/* A stream file as a CTF reader walks through it. */
#ifndef HFT_PACKETS_H
#define HFT_PACKETS_H

#include <linux/types.h>

struct packets {
	__u64 packets;
	__u64 records;
	__u64 pads;		/* those of the header pages too */
	__u64 bytes;		/* of the file */
	__u64 begin;		/* ticks; 0: no record */
	__u64 end;
};

/*
 * Up to the end, or to the first thing that is not as it should be, which
 * hft_reader_damage() names. 0 or -errno.
 */
int packets_count(const char *recording, const char *stream, struct packets *packets);

#endif /* HFT_PACKETS_H */
