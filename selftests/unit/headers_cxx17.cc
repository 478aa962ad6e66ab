// SPDX-License-Identifier: GPL-2.0
// The public headers are valid C++17; the Makefile compiles this so.
#include <hftrace-reader.h>
#include <hftrace.h>

#include <cstdio>

struct position {
	int quantity;
	char symbol[8];
	double level[2];
};

static const struct hft_member members[] = {
	HFT_MEMBER(position, quantity, INT),
	HFT_MEMBER(position, symbol, TEXT),
	HFT_MEMBER_ARRAY(position, level, DOUBLE),
};

int main()
{
	struct position position = {};
	struct hft_thread *thread = hft_thread_attach("c++17");
	struct hft_operations operations = {};
	struct hft_limit limit = {};
	std::size_t count = 0;

	hft_mark(thread, 1, 2);
	hft_span_begin(thread, 1, 2);
	hft_span_end(thread);
	hft_span_end_within(thread, &limit);
	hft_operation(thread, &operations);
	hft_counter_add(hft_counter(thread, "n"), 1);
	hft_gauge_set(hft_gauge("g"), 1);
	hft_state_write(hft_state_publish("p", sizeof(position), members, 3), &position);
	hft_span_begin_pmu(thread, 1, 2);
	hft_span_end_pmu(thread);
	hft_schema_all(&count);
	std::printf("KTAP version 1\n1..1\n%sok 1 the headers are C++17\n", count ? "" : "not ");
	return count ? 0 : 1;
}
