// SPDX-License-Identifier: GPL-2.0
/* See trace_pages.h. */
#include "trace_pages.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_HEADER	16U
#define MISSED		(1ULL << 31)	/* in a page's commit: events were lost before it */
#define COMMIT_MASK	0xfffffULL

enum { PADDING = 29, TIME_EXTEND = 30, TIME_STAMP = 31 };

struct reading {
	unsigned int cpu;
	void (*take)(void *to, const struct trace_pages_event *event);
	void *to;
};

static void take(const struct reading *reading, const char *data, uint32_t size, uint64_t ts)
{
	struct trace_pages_event event = { .ts = ts, .data = data, .size = size };

	memcpy(&event.id, data, sizeof(event.id));
	reading->take(reading->to, &event);
}

static void read_page(const struct reading *reading, const char *page)
{
	uint64_t ts, commit;
	uint32_t at = PAGE_HEADER, end;

	memcpy(&ts, page, 8);
	memcpy(&commit, page + 8, 8);
	if (commit & MISSED)
		errx(TRACE_PAGES_LOST, "tracefs lost events of CPU %u", reading->cpu);
	end = PAGE_HEADER + (commit & COMMIT_MASK);
	if (end > TRACE_PAGE)
		errx(EXIT_FAILURE, "CPU %u: a page of %u bytes", reading->cpu, end);
	while (at + 4 <= end) {
		uint32_t word[2] = { 0, 0 }, type, delta, size;

		memcpy(word, page + at, at + 8 <= end ? 8 : 4);
		type = word[0] & 31;
		delta = word[0] >> 5;
		if (type == TIME_STAMP) {
			/* 59 bits, which ticks do not leave for years */
			ts = ((uint64_t)word[1] << 27) + delta;
			at += 8;
			continue;
		}
		ts += delta;
		if (type == TIME_EXTEND) {
			ts += (uint64_t)word[1] << 27;
			at += 8;
			continue;
		}
		if (type == PADDING) {
			if (!delta)
				return;
			at += 4 + word[1];
			continue;
		}
		size = type ? 4 + 4 * type : 4 + word[1];
		if (size < 4 || at + size > end)
			errx(EXIT_FAILURE, "CPU %u: an event of %u bytes", reading->cpu, size);
		take(reading, page + at + (type ? 4 : 8), size - (type ? 4 : 8), ts);
		at += size;
	}
}

void trace_pages_read(const char *pages, size_t size, unsigned int cpu,
		      void (*taker)(void *to, const struct trace_pages_event *event), void *to)
{
	const struct reading reading = { .cpu = cpu, .take = taker, .to = to };
	size_t at;

	if (size % TRACE_PAGE)
		errx(EXIT_FAILURE, "CPU %u: not whole pages", cpu);
	for (at = 0; at < size; at += TRACE_PAGE)
		read_page(&reading, pages + at);
}
