// SPDX-License-Identifier: GPL-2.0
/* What the keys of hftrace top do. */
#include "lib/top_view.h"

/* By so many rows; what stands above a CPU's rows is passed over. */
static void move(struct top_view *view, long rows)
{
	size_t at = view->chosen;

	while (rows && view->items) {
		if ((rows < 0 && !at) || (rows > 0 && at + 1 >= view->items))
			break;
		at += rows < 0 ? -1 : 1;
		if (!view->item[at].row)
			continue;
		view->chosen = at;
		view->chosen_row = view->item[at].row;
		rows += rows < 0 ? 1 : -1;
	}
}

static int open_outlier(struct top_view *view)
{
	if (!view->chosen_row)
		return 0;
	view->page = PAGE_OUTLIER;
	view->scrolled = 0;
	view->text_lines = 0;
	return top_outlier_open(view->top, view->chosen_row, &view->outlier);
}

static void go_back(struct top_view *view)
{
	top_outlier_close(view->outlier);
	view->outlier = NULL;
	view->page = PAGE_ROWS;
}

/* Lines or rows that a key moves by; 0: it is none that moves. */
static long moves_by(const struct top_view *view, int key)
{
	long page = (long)view_body_lines(view) - 1;

	switch (key) {
	case SCREEN_UP:
	case 'k':
		return -1;
	case SCREEN_DOWN:
	case 'j':
		return 1;
	case SCREEN_PAGE_UP:
		return -page;
	case SCREEN_PAGE_DOWN:
		return page;
	case SCREEN_HOME:
		return -100000;
	case SCREEN_END:
		return 100000;
	default:
		return 0;
	}
}

static void scroll(struct top_view *view, long by)
{
	size_t lines = view_body_lines(view);
	size_t most = view->text_lines > lines ? view->text_lines - lines : 0;

	if (by < 0)
		view->scrolled -= (size_t)-by < view->scrolled ? (size_t)-by : view->scrolled;
	else
		view->scrolled += (size_t)by;
	if (view->scrolled > most)
		view->scrolled = most;
}

static int take_row_key(struct top_view *view, int key)
{
	static const char sorts[TOP_SORTS] = { 't', 'c', 'm', 'n' };
	size_t i;

	for (i = 0; i < TOP_SORTS; i++)
		if (key == sorts[i])
			view->sort = (enum top_sort)i;
	switch (key) {
	case 's':
		view->sort = (view->sort + 1) % TOP_SORTS;
		break;
	case '\t':
	case 'v':
		view->spans = !view->spans;
		view->chosen = 0;
		view->chosen_row = NULL;
		break;
	case 'f':
	case ' ':
		view->frozen = !view->frozen;
		break;
	case 'r':
		view->chosen = 0;
		view->chosen_row = NULL;
		return top_read_reset(view->top);
	case '?':
	case 'h':
		view->page = PAGE_HELP;
		break;
	case '\r':
	case '\n':
		return open_outlier(view);
	default:
		move(view, moves_by(view, key));
	}
	return 0;
}

bool top_view_keys(struct top_view *view, int *err)
{
	int key, more;

	*err = 0;
	view->dirty |= screen_resized(&view->screen);
	while (!*err && (key = screen_key(&view->screen)) != SCREEN_NONE) {
		if (key == SCREEN_GONE)
			return false;
		view->dirty = true;
		if (view->page == PAGE_ROWS && key == 'q')
			return false;
		/* Rows that were drawn may have gone; keys behind others see what those made. */
		*err = view_make_items(view);
		if (*err)
			break;
		if (view->page == PAGE_ROWS)
			*err = take_row_key(view, key);
		else if (key == 'q' || key == SCREEN_ESCAPE)
			go_back(view);
		else if (view->page == PAGE_OUTLIER)
			scroll(view, moves_by(view, key));
	}
	more = view->outlier && !*err ? top_outlier_more(view->outlier) : 0;
	if (more < 0)
		*err = more;
	if (!*err && (view->dirty || more > 0))
		*err = top_view_draw(view);
	return true;
}
