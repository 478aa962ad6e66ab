/* SPDX-License-Identifier: GPL-2.0 */
/* What hftrace top shows and where its keys have moved it; top_view.c draws, top_keys.c moves. */
#ifndef HFT_TOP_VIEW_H
#define HFT_TOP_VIEW_H

#include "lib/screen.h"
#include "lib/top.h"

#define HEAD_LINES	3
#define FOOT_LINES	2	/* the chosen row in full, keys */

enum view_page {
	PAGE_ROWS,
	PAGE_OUTLIER,
	PAGE_HELP,
};

/* A line between head and foot: a row, or what stands above a CPU's rows. */
struct item {
	const struct top_cpu *cpu;
	struct top_row *row;
};

struct top_view {
	struct screen screen;
	struct top *top;
	enum view_page page;
	bool spans;		/* else causes */
	bool frozen;
	enum top_sort sort;
	struct item *item;
	size_t items;
	size_t room;
	size_t chosen;		/* index of a row in `item` */
	const struct top_row *chosen_row;
	size_t first;		/* of the items, the one on top */
	struct top_outlier_text *outlier;
	size_t scrolled;	/* lines of the outlier's text */
	size_t text_lines;
	bool dirty;		/* has to be drawn anew */
};

/* Between head and foot. */
static inline size_t view_body_lines(const struct top_view *view)
{
	return (size_t)(view->screen.lines - HEAD_LINES - FOOT_LINES);
}

/* Rows as they are to be shown now. 0 or -ENOMEM. */
int view_make_items(struct top_view *view);

#endif /* HFT_TOP_VIEW_H */
