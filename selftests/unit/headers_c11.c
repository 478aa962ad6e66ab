// SPDX-License-Identifier: GPL-2.0
/* The public headers are valid, strict C11; the Makefile compiles this so. */
#include <hftrace-reader.h>
#include <hftrace.h>

#include "ktap.h"

static int c11(void)
{
	struct hft_thread *thread = hft_thread_attach("c11");

	hft_mark(thread, 1, 2);
	hft_span_begin(thread, 1, 2);
	hft_span_end(thread);
	hft_span_end_within(thread, &(struct hft_limit){ 0 });
	hft_operation(thread, &(struct hft_operations){ 0 });
	CHECK_EQ(sizeof(struct hft_slot), HFT_SLOT_SIZE);
	CHECK_EQ(sizeof(struct hft_ring_ctl), HFT_PAGE_SIZE);
	CHECK_EQ(sizeof(struct hft_region), HFT_PAGE_SIZE);
	CHECK_EQ(sizeof(struct hft_name), 64);
	CHECK_EQ(sizeof(struct hft_thread), 64);
	return 0;
}

KTAP_MAIN({ "the headers are C11", c11 })
