// SPDX-License-Identifier: GPL-2.0
/* Names: the same text has the same number, and readers see it. */
#include "ktap.h"
#include "live.h"

static const char longest[] = "12345678901234567890123456789012345678901234567890123456789";

static int the_same_text(void)
{
	struct hft_reader *reader;
	__u32 a, b, c;

	CHECK_EQ(hft_name("early"), 0);
	CHECK_EQ(init_private(1, 256), 0);
	hft_thread_attach("names");
	a = hft_name("tick_to_order");
	b = hft_name("übertrag");
	c = hft_name(longest);
	CHECK(a && b && c && a != b && b != c);
	CHECK_EQ(hft_name("tick_to_order"), a);
	CHECK_EQ(hft_name(longest), c);
	CHECK_EQ(hft_name("(unnamed)"), 0);
	CHECK_EQ(hft_name(NULL), 0);
	CHECK_EQ(open_self(&reader), 0);
	CHECK(!strcmp(hft_reader_name(reader, 0, 0), "(unnamed)"));
	CHECK(!strcmp(hft_reader_name(reader, 0, a), "tick_to_order"));
	CHECK(!strcmp(hft_reader_name(reader, 0, c), longest));
	CHECK(!strcmp(hft_reader_name(reader, 0, c + 1), "?"));
	CHECK(!strcmp(hft_reader_name(reader, 0, ~0U), "?"));
	CHECK(!strcmp(hft_reader_name(reader, 1, a), "?"));
	CHECK(hft_reader_region(reader, 0));
	CHECK_EQ(hft_reader_region(reader, 1), 0);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int too_long_and_too_many(void)
{
	struct hft_status status = { .size = sizeof(status) };
	char text[80];
	int i;

	CHECK_EQ(init_private(1, 256), 0);
	snprintf(text, sizeof(text), "%s0", longest);
	CHECK_EQ(hft_name(text), 0);
	for (i = 1; i < (int)HFT_NAMES; i++) {
		snprintf(text, sizeof(text), "name %d", i);
		CHECK_EQ(hft_name(text), i);
	}
	CHECK_EQ(hft_name("one too many"), 0);
	CHECK_EQ(hft_name("two too many"), 0);
	CHECK_EQ(hft_name("name 5"), 5);
	CHECK_EQ(hft_status(&status), 0);
	CHECK_EQ(status.names_used, HFT_NAMES);
	hft_fini();
	return 0;
}

KTAP_MAIN({ "the same text has the same number", the_same_text },
	  { "names that are too long or too many are 0", too_long_and_too_many })
