// SPDX-License-Identifier: GPL-2.0
/* The public headers are valid, strict C11; the Makefile compiles this so. */
#include <hftrace-reader.h>
#include <hftrace.h>

#include "ktap.h"

struct position {
	int quantity;
	char symbol[8];
	double level[2];
};

static const struct hft_member members[] = {
	HFT_MEMBER(struct position, quantity, INT),
	HFT_MEMBER(struct position, symbol, TEXT),
	HFT_MEMBER_ARRAY(struct position, level, DOUBLE),
};

static int c11(void)
{
	struct position position = { 0 };
	struct hft_thread *thread = hft_thread_attach("c11");

	hft_mark(thread, 1, 2);
	hft_span_begin(thread, 1, 2);
	hft_span_end(thread);
	hft_span_end_within(thread, &(struct hft_limit){ 0 });
	hft_operation(thread, &(struct hft_operations){ 0 });
	hft_counter_add(hft_counter(thread, "n"), 1);
	hft_gauge_set(hft_gauge("g"), 1);
	CHECK(hft_state_write(hft_state_publish("p", sizeof(position), members, 3), &position));
	hft_span_begin_pmu(thread, 1, 2);
	hft_span_end_pmu(thread);
	CHECK_EQ(sizeof(struct hft_slot), HFT_SLOT_SIZE);
	CHECK_EQ(sizeof(struct hft_ring_ctl), HFT_PAGE_SIZE);
	CHECK_EQ(sizeof(struct hft_region), HFT_PAGE_SIZE);
	CHECK_EQ(sizeof(struct hft_name), 64);
	CHECK_EQ(sizeof(struct hft_value), 64);
	CHECK_EQ(sizeof(struct hft_state_page), 8192);
	CHECK_EQ(sizeof(struct hft_thread), 64);
	return 0;
}

KTAP_MAIN({ "the headers are C11", c11 })
