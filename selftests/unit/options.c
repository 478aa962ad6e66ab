// SPDX-License-Identifier: GPL-2.0
/* Starting and ending: bad options, twice, without the module, never. */
#include "ktap.h"
#include "live.h"

static int bad_options(void)
{
	static const struct hft_options bad[] = {
		{ .size = 0 },
		{ .size = sizeof(struct hft_options) + 8 },
		{ .size = sizeof(struct hft_options), .flags = 0x80 },
		{ .size = sizeof(struct hft_options), .rings = HFT_REGION_RINGS_MAX + 1 },
		{ .size = sizeof(struct hft_options), .ring_slots = 128 },
		{ .size = sizeof(struct hft_options), .ring_slots = 1000 },
		{ .size = sizeof(struct hft_options), .ring_slots = 2 * HFT_RING_SLOTS_MAX },
	};
	struct hft_status status = { .size = 1 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_EQ(hft_init(&bad[i]), -EINVAL);
	CHECK_EQ(hft_status(&status), -EINVAL);
	CHECK_EQ(hft_status(NULL), -EINVAL);
	return 0;
}

static int without_init(void)
{
	struct hft_thread *thread = hft_thread_attach("none");
	struct hft_status status = { .size = sizeof(status) };

	CHECK(thread);
	hft_mark(thread, 1, 1);
	hft_span_begin(thread, 1, 1);
	hft_span_end(thread);
	hft_thread_detach(thread);
	hft_fini();
	CHECK_EQ(hft_status(&status), 0);
	CHECK_EQ(status.state, HFT_STATE_NONE);
	CHECK(strstr(status.text, "hft_init"));
	return 0;
}

static int twice_and_again(void)
{
	struct hft_status status = { .size = sizeof(status) };
	struct hft_thread *thread;

	CHECK_EQ(init_private(0, 0), 0);
	CHECK_EQ(init_private(0, 0), -EALREADY);
	CHECK_EQ(hft_status(&status), 0);
	CHECK_EQ(status.state, HFT_STATE_PRIVATE);
	CHECK_EQ(status.rings, 16);
	CHECK(status.module_error < 0);
	thread = hft_thread_attach("again");
	hft_mark(thread, 1, 1);
	hft_fini();
	hft_mark(thread, 1, 1);
	CHECK_EQ(init_private(4, 256), 0);
	CHECK(hft_thread_attach("again") == thread);
	hft_mark(thread, 1, 1);
	CHECK_EQ(thread->ctl->records, 1);
	hft_fini();
	return 0;
}

KTAP_MAIN({ "bad options are refused", bad_options },
	  { "without hft_init() everything does nothing", without_init },
	  { "hft_init() twice, and again after hft_fini()", twice_and_again })
