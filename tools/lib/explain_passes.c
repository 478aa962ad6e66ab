// SPDX-License-Identifier: GPL-2.0
/* See explain_passes.h. */
#include <errno.h>

#include "lib/charges.h"
#include "lib/counted.h"
#include "lib/explain_passes.h"
#include "lib/flows.h"
#include "lib/own_code.h"
#include "lib/readahead.h"
#include "lib/threads.h"

#define BIT(type)	(1ULL << (type) % 64)
#define WORD		(HFT_REC_SPAN / 64)

_Static_assert(HFT_REC_FLOW / 64 == WORD && HFT_REC_SPAN_PMU / 64 == WORD,
	       "the bits of what spans are told with stand in one word");

/* Spans, and what they are told with. */
static const struct record_types of_programs = {
	.word[WORD] = BIT(HFT_REC_SPAN) | BIT(HFT_REC_FLOW) | BIT(HFT_REC_SPAN_PMU),
};

/* ------------------------------------------------------------- first pass */

/* Calls of probed functions are spans, too, which have their place among the programs'. */
static int scout_kernel(void *context, const struct hft_record *record)
{
	struct passes *passes = context;

	return record->type == HFT_REC_CALL ? -ERESTART :
	       charges_scout(passes->teller->charges, record);
}

static int scout_program(void *context, const struct hft_record *record)
{
	struct passes *passes = context;

	passes->more |= record->type == HFT_REC_FLOW || record->type == HFT_REC_SPAN_PMU;
	return spans_offer(passes->spans, record);
}

static int scout_both(void *context, const struct hft_record *record)
{
	struct passes *passes = context;
	int err;

	err = charges_scout(passes->teller->charges, record);
	return err ? err : scout_program(passes, record);
}

static int open_scouts(struct passes *passes)
{
	int err;

	passes->teller->reader = passes->first;
	err = spans_init(passes->spans, passes->path, passes->first, passes->choice);
	return err ? err : charges_open(&passes->teller->charges, passes->path, passes->first,
					passes->spans);
}

/* In one order. */
static int scout_again(struct passes *passes)
{
	const struct reading both = { .take = scout_both, .context = passes };
	int err;

	charges_close(passes->teller->charges);
	passes->teller->charges = NULL;
	spans_uninit(passes->spans);
	hft_reader_close(passes->first);
	passes->first = NULL;
	err = hft_reader_open_file(&passes->first, passes->path);
	if (err)
		return err;
	if (hft_reader_rings(passes->first) != hft_reader_rings(passes->second))
		return -EAGAIN;
	err = open_scouts(passes);
	return err ? err : readahead_each(passes->first, 0, &both);
}

static int scout(struct passes *passes)
{
	const struct reading kernel = {
		.take = scout_kernel, .context = passes, .types = &threads_scouted,
	};
	const struct reading program = {
		.take = scout_program, .context = passes, .types = &of_programs,
	};
	int err;

	if (hft_reader_rings(passes->first) != hft_reader_rings(passes->second))
		return -EAGAIN;
	err = open_scouts(passes);
	if (!err)
		err = readahead_kinds(passes->first, &kernel, &program);
	return err == -ERESTART ? scout_again(passes) : err;
}

/* ------------------------------------------------------------ second pass */

static int charge_kernel(void *context, const struct hft_record *record)
{
	struct passes *passes = context;

	return charges_feed(passes->teller->charges, record);
}

static int charge_program(void *context, const struct hft_record *record)
{
	struct teller *teller = ((struct passes *)context)->teller;
	int err;

	err = counted_feed(teller->counted, record);
	return err ? err : flows_feed(teller->flows, record);
}

static int charge(struct passes *passes)
{
	const struct reading kernel = { .take = charge_kernel, .context = passes };
	const struct reading program = {
		.take = charge_program, .context = passes, .types = &of_programs,
	};

	return passes->more ? readahead_kinds(passes->second, &kernel, &program) :
	       readahead_each(passes->second, HFT_RING_CPU, &kernel);
}

int passes_read(struct passes *passes)
{
	struct teller *teller = passes->teller;
	int err;

	err = scout(passes);
	if (!err)
		err = spans_settle(passes->spans);
	if (!err)
		err = counted_open(&teller->counted, passes->spans);
	if (!err)
		err = charges_start(teller->charges);
	if (!err)
		err = flows_open(&teller->flows, passes->second, passes->spans);
	if (!err)
		err = charge(passes);
	if (!err)
		err = charges_finish(teller->charges);
	if (!err)
		err = counted_finish(teller->counted);
	if (!err)
		err = own_code_find(passes->spans, teller->counted,
				    charges_causes(teller->charges));
	if (!err)
		flows_finish(teller->flows);
	return err;
}
