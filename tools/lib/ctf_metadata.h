/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The description of a recording in CTF's language, generated from the schema
 * of the records.
 */
#ifndef HFT_CTF_METADATA_H
#define HFT_CTF_METADATA_H

#include <stdio.h>
#include <hftrace/abi.h>
#include "lib/clock.h"
#include "lib/events.h"
#include "lib/names.h"

struct ctf_trace {
	__u8 uuid[16];
	struct timeline clock;
	const char *host;
	const struct events *events;	/* that are counted; NULL: none */
	const struct names *probes;	/* of the kernel; NULL: none */
	const struct names *const *processes;	/* stream class 1 and following */
	size_t processes_count;
};

/* A pad's arg[1]: where a CTF reader goes on. */
#define CTF_PAD_TO_PAGE	0
#define CTF_PAD_TO_SLOT	1

/* Bytes of a whole record's payload that its CTF description covers; 0: type not known. */
size_t ctf_payload_bytes(const struct hft_slot *slot);

/* 0, or -EINVAL: the schema cannot be put into CTF; what cannot be written shows in ferror(). */
int ctf_metadata_print(FILE *file, const struct ctf_trace *trace);

#endif /* HFT_CTF_METADATA_H */
