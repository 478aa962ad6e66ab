// SPDX-License-Identifier: GPL-2.0
/*
 * Spoils one record in the middle of a saved ring, to see that the comparison
 * notices.
 *
 *	spoil RING TYPE drop	as if it had never been recorded
 *	spoil RING TYPE late	2^26 ticks later, and all that follow with it
 *	spoil RING TYPE long	an interval, 2^30 ticks longer
 *	spoil RING TYPE BYTE	another value of that byte of its payload
 *
 * Exit status 2 if there is no such record.
 */
#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hftrace/abi.h>

#include "observation.h"

#define LATE	(1ULL << 26)
#define LONGER	(1U << 30)

static struct hft_slot *slots;

/* Of this type; an end without its start has no length to spoil. */
static bool fits(const struct hft_slot *slot, int type, bool with_length)
{
	return slot->type == type && !(with_length && slot->ctx & HFT_CTX_CONTINUED);
}

/* The middle one of the records that fit. */
static uint64_t middle(const struct hft_ring_ctl *ring, int type, bool with_length)
{
	uint64_t i, count = 0, at = 0;

	for (i = 0; i < ring->head; i += slots[i].slots)
		count += fits(&slots[i], type, with_length);
	if (!count)
		exit(2);
	count = count / 2 + 1;
	for (i = 0; count; i += slots[i].slots) {
		if (fits(&slots[i], type, with_length) && count--)
			at = i;
	}
	return at;
}

int main(int argc, char **argv)
{
	struct hft_ring_ctl *ring;
	uint64_t at, i;
	FILE *file;
	size_t size;

	if (argc != 4)
		errx(64, "usage: spoil RING TYPE drop|late|long|BYTE");
	ring = file_read(argv[1], "", "", &size);
	slots = (struct hft_slot *)((char *)ring + HFT_PAGE_SIZE);
	if (size < HFT_PAGE_SIZE || size != HFT_RING_STRIDE(ring->head))
		errx(EXIT_FAILURE, "%s is not a saved ring", argv[1]);
	at = middle(ring, atoi(argv[2]), !strcmp(argv[3], "long"));
	if (!strcmp(argv[3], "drop")) {
		slots[at].type = HFT_REC_PAD;
		ring->records--;
	} else if (!strcmp(argv[3], "late")) {
		for (i = at; i < ring->head; i += slots[i].slots)
			slots[i].tsc += LATE;
	} else if (!strcmp(argv[3], "long")) {
		slots[at].arg[0] += LONGER;
	} else {
		((uint8_t *)slots[at].arg)[atoi(argv[3])] ^= 1;
	}
	file = fopen(argv[1], "w");
	if (!file || fwrite(ring, 1, size, file) != size || fclose(file))
		err(EXIT_FAILURE, "%s", argv[1]);
	return 0;
}
