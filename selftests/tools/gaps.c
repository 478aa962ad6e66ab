// SPDX-License-Identifier: GPL-2.0
/*
 * gaps RECORDING: of a producer's spans "inner", whose numbers go up by one. Where numbers are
 * missing slots are told as lost, at least as many, and where slots are told as lost numbers are
 * missing. Prints how often that was so.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <hftrace-reader.h>
#include <hftrace/abi.h>

#define INNER		1	/* depth */
#define SURE_SLOTS	64	/* more than one step of the producer takes */

struct trail {
	__u64 last;
	__u64 lost_slots;	/* since */
	unsigned int spans;
	unsigned int gaps;
	unsigned int wrong;
};

static void follow(struct trail *trail, const struct hft_rec_span *span)
{
	const __u64 missing = trail->spans ? span->id - trail->last - 1 : 0;

	if (missing > trail->lost_slots ||
	    (trail->spans && !missing && trail->lost_slots > SURE_SLOTS)) {
		printf("from %llu to %llu, with %llu slots told as lost\n", trail->last, span->id,
		       trail->lost_slots);
		trail->wrong++;
	}
	trail->gaps += missing > 0;
	trail->spans++;
	trail->last = span->id;
	trail->lost_slots = 0;
}

int main(int argc, char **argv)
{
	struct hft_reader *reader;
	struct hft_record record;
	struct trail trail = { 0 };
	int err;

	err = argc == 2 ? hft_reader_open_file(&reader, argv[1]) : -EINVAL;
	if (err) {
		printf("cannot read it: %s\n", strerror(-err));
		return 1;
	}
	while (!(err = hft_reader_next(reader, &record))) {
		const struct hft_rec_span *span = record.payload;

		trail.lost_slots += record.lost_slots;
		if (record.type == HFT_REC_SPAN && span->depth == INNER)
			follow(&trail, span);
	}
	hft_reader_close(reader);
	printf("%u gaps in %u spans\n", trail.gaps, trail.spans);
	return err != -ENODATA || trail.wrong;
}
