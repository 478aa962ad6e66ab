/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads the pages of tracefs's trace_pipe_raw by the layout that its
 * header_event and header_page files describe. What fails ends the program
 * with a line, and with TRACE_PAGES_LOST when the kernel lost events.
 */
#ifndef SELFTEST_TRACE_PAGES_H
#define SELFTEST_TRACE_PAGES_H

#include <stddef.h>
#include <stdint.h>

#define TRACE_PAGE		4096U
#define TRACE_PAGES_LOST	3	/* exit status: no verdict */

struct trace_pages_event {
	uint64_t ts;		/* in what trace_clock counts */
	const char *data;	/* in the pages; common fields first */
	uint32_t size;
	uint16_t id;		/* as in its format file */
};

/* Calls `take` with each event of a CPU's pages, in their order. */
void trace_pages_read(const char *pages, size_t size, unsigned int cpu,
		      void (*take)(void *to, const struct trace_pages_event *event), void *to);

#endif /* SELFTEST_TRACE_PAGES_H */
