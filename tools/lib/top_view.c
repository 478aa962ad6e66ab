// SPDX-License-Identifier: GPL-2.0
/* hftrace top on a screen: what is drawn, and what the keys do. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/output.h"
#include "lib/top_view.h"

#define TREND		8U	/* intervals in a row's last column */
#define ROW_KEYS	"q quit  ? help  Tab causes/spans  s sort  f freeze  r reset  Enter outlier"
#define NAME_MAX_WIDTH	500

static const char *const sort_names[TOP_SORTS] = {
	[TOP_BY_TIME] = "time", [TOP_BY_COUNT] = "count", [TOP_BY_MAX] = "max",
	[TOP_BY_NAME] = "name",
};

static const char help_text[] =
"Causes: a second of the last interval, by CPU: how often, ns, ppm of the CPU.\n"
"LONGEST is that since the start. The last column: time in the last intervals.\n"
"Spans: COUNT, p50, p99, p99.9 and MAX since the start; the last column: the\n"
"longest of each of the last intervals.\n"
"\n"
"  Tab v            causes, spans\n"
"  s                sort: next of time, count, max, name\n"
"  t c m n          sort by time, count, max, name\n"
"  up down k j      move the selection; also PageUp, PageDown, Home, End\n"
"  Enter            what the selection's longest was made of: that since the start,\n"
"                   or, if it is overwritten, of its last interval\n"
"  f Space          freeze what is shown, go on\n"
"  r                reset: count anew from now\n"
"  q                back, or quit; so does Escape back\n"
"\n"
"'hooks' is what hftrace's hooks took of the CPU; a + behind it: of some that is\n"
"not known yet. What was lost is counted since the start or the last reset.\n";

/* -------------------------------------------------------------------- text */

/* Exactly so many columns of it; `buf` has 4 bytes for each, and 1. */
static const char *fit(char *buf, const char *text, int columns)
{
	char *to = buf;

	while (*text && columns > 0) {
		*to++ = *text++;
		while ((*text & 0xc0) == 0x80)
			*to++ = *text++;
		columns--;
	}
	memset(to, ' ', (size_t)columns);
	to[columns] = 0;
	return buf;
}

/* At most 7 columns. */
static const char *short_number(char buf[FORMAT_SIZE], double number)
{
	if (number < 9.95 && number > 0)
		snprintf(buf, FORMAT_SIZE, "%.1f", number);
	else if (number < 1e7)
		snprintf(buf, FORMAT_SIZE, "%.0f", number);
	else if (number < 1e9)
		snprintf(buf, FORMAT_SIZE, "%.1fM", number / 1e6);
	else
		snprintf(buf, FORMAT_SIZE, "%.1fG", number / 1e9);
	return buf;
}

static const char *trend_text(const struct top_view *view, const struct top_row *row,
			      char buf[4 * TREND + 1])
{
	static const char *const bars[] = {
		" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"
	};
	static const char *const signs[] = { " ", ".", ":", "-", "=", "+", "*", "%", "#" };
	const __u64 *trend = row->trend + TOP_TREND - TREND;
	__u64 most = 0;
	size_t i;

	for (i = 0; i < TREND; i++)
		most = trend[i] > most ? trend[i] : most;
	*buf = 0;
	for (i = 0; i < TREND; i++) {
		double part = trend[i] ? (double)trend[i] / (double)most : 0;
		int step = trend[i] ? 1 + (int)(part * 7 + 0.5) : 0;

		strcat(buf, view->screen.unicode ? bars[step] : signs[step]);
	}
	return buf;
}

/* ------------------------------------------------------------------- items */

static int add_item(struct top_view *view, const struct top_cpu *cpu, struct top_row *row)
{
	struct item *item;

	if (view->items == view->room) {
		item = realloc(view->item, (view->room + 256) * sizeof(*item));
		if (!item)
			return -ENOMEM;
		view->item = item;
		view->room += 256;
	}
	view->item[view->items++] = (struct item){ cpu, row };
	return 0;
}

static int add_rows(struct top_view *view, __s32 cpu)
{
	struct top_row *row[TOP_ROWS_MAX];
	size_t count, i;
	int err = 0;

	count = top_rows_sorted(&view->top->rows, view->spans, cpu, view->sort, row);
	for (i = 0; i < count && !err; i++)
		err = add_item(view, NULL, row[i]);
	return err;
}

/* The row that was chosen stays so wherever it has gone; if it went altogether, its place. */
static void find_chosen(struct top_view *view)
{
	size_t i;

	for (i = 0; i < view->items && view->chosen_row; i++) {
		if (view->item[i].row == view->chosen_row) {
			view->chosen = i;
			return;
		}
	}
	if (view->chosen >= view->items)
		view->chosen = view->items ? view->items - 1 : 0;
	while (view->chosen < view->items && !view->item[view->chosen].row)
		view->chosen++;
	if (view->chosen >= view->items)
		view->chosen = 0;
	view->chosen_row = view->items ? view->item[view->chosen].row : NULL;
}

int view_make_items(struct top_view *view)
{
	const struct top *top = view->top;
	size_t i;
	int err = 0;

	view->items = 0;
	if (view->spans)
		err = add_rows(view, -1);
	for (i = 0; i < top->cpus && !view->spans && !err; i++) {
		err = add_item(view, &top->cpu[i], NULL);
		if (!err)
			err = add_rows(view, top->cpu[i].cpu);
	}
	find_chosen(view);
	return err;
}

/* ------------------------------------------------------------------- lines */

/* What the other columns leave. */
static int name_width(const struct top_view *view)
{
	int width = view->screen.columns - (view->spans ? 62 : 60);

	return width < 4 ? 4 : width > NAME_MAX_WIDTH ? NAME_MAX_WIDTH : width;
}

static void draw_cause(struct top_view *view, enum screen_style style, const struct top_row *row)
{
	const struct top *top = view->top;
	double ns = top_a_second(top, top_ns(top, row->ticks));
	char rate[FORMAT_SIZE], share[FORMAT_SIZE], longest[FORMAT_SIZE];
	char text[512], what[4 * NAME_MAX_WIDTH + 1];
	int width = name_width(view);
	char trend[4 * TREND + 1];

	text_escape(text, sizeof(text), row->text, strlen(row->text));
	screen_line(&view->screen, style, " %-13s %s %7s %10.0f %6s %8s %s", cause_name(row->cause),
		    fit(what, text, width),
		    short_number(rate, top_a_second(top, (double)row->count)), ns,
		    short_number(share, ns / 1000),
		    row->worst.end ? format_ns(longest, top_ns(top, row->worst.ticks)) : "-",
		    trend_text(view, row, trend));
}

static void draw_span(struct top_view *view, enum screen_style style, const struct top_row *row)
{
	const struct top *top = view->top;
	char text[512], name[4 * NAME_MAX_WIDTH + 1];
	char rate[FORMAT_SIZE], count[FORMAT_SIZE], p50[FORMAT_SIZE];
	char p99[FORMAT_SIZE], p999[FORMAT_SIZE], max[FORMAT_SIZE], trend[4 * TREND + 1];
	int width = name_width(view);

	text_escape(text, sizeof(text), row->text, strlen(row->text));
	screen_line(&view->screen, style, " %s %7s %7s %8s %8s %8s %8s %s",
		    fit(name, text, width),
		    short_number(rate, top_a_second(top, (double)row->count)),
		    short_number(count, (double)row->counted),
		    format_ns(p50, top_ns(top, row->p50)), format_ns(p99, top_ns(top, row->p99)),
		    format_ns(p999, top_ns(top, row->p999)),
		    format_ns(max, top_ns(top, row->worst.ticks)), trend_text(view, row, trend));
}

static void draw_head(struct top_view *view)
{
	const struct top *top = view->top;
	char clock[FORMAT_SIZE], length[FORMAT_SIZE], text[TOP_CPU_TEXT], since[FORMAT_SIZE];

	format_clock(clock, top_realtime(top, top->shown_at));
	format_clock(since, top_realtime(top, top->reset_at));
	/* Whole seconds. */
	clock[8] = 0;
	since[8] = 0;
	screen_line(&view->screen, SCREEN_TITLE,
		    " hftrace top  %s  last %s, since %s  %s by %s%s", clock,
		    format_ns(length, top->seconds * 1e9), since,
		    view->spans ? "spans" : "causes", sort_names[view->sort],
		    view->frozen ? "  FROZEN" : "");
	screen_line(&view->screen, top->lost ? SCREEN_ALARM : SCREEN_PLAIN, " %s",
		    top_losses_text(top, text));
}

static void draw_columns(struct top_view *view)
{
	char name[4 * NAME_MAX_WIDTH + 1];
	int width = name_width(view);

	if (view->spans)
		screen_line(&view->screen, SCREEN_STRONG, " %s %7s %7s %8s %8s %8s %8s %s",
			    fit(name, "SPAN", width), "/s", "COUNT", "p50", "p99", "p99.9",
			    "MAX", "LONGEST");
	else
		screen_line(&view->screen, SCREEN_STRONG, " %-13s %s %7s %10s %6s %8s %s", "CAUSE",
			    fit(name, "WHAT", width), "/s", "ns/s", "ppm", "LONGEST", "TIME");
}

static void draw_empty(struct top_view *view)
{
	const struct top *top = view->top;

	screen_line(&view->screen, SCREEN_PLAIN, "%s", "");
	if (!view->spans && !top->recorder.plan->kernel)
		screen_line(&view->screen, SCREEN_PLAIN, " The kernel is not watched: %s",
			    top->recorder.plan->why_not);
	else if (view->spans && top->seconds > 0)
		screen_line(&view->screen, SCREEN_PLAIN,
			    " No spans yet; they come from libhftrace, or a probe FUNCTION%%return");
	else
		screen_line(&view->screen, SCREEN_PLAIN, " Nothing yet.");
}

static void draw_rows(struct top_view *view)
{
	size_t lines = view_body_lines(view), i;
	char text[TOP_CPU_TEXT];

	if (view->chosen < view->first + 1)
		view->first = view->chosen ? view->chosen - 1 : 0;
	if (view->chosen >= view->first + lines)
		view->first = view->chosen - lines + 1;
	if (view->first + lines > view->items)
		view->first = view->items > lines ? view->items - lines : 0;
	draw_head(view);
	draw_columns(view);
	if (!view->items)
		draw_empty(view);
	for (i = view->first; i < view->items && i < view->first + lines; i++) {
		const struct item *item = &view->item[i];
		enum screen_style style = i == view->chosen ? SCREEN_CHOSEN : SCREEN_PLAIN;

		if (!item->row)
			screen_line(&view->screen, item->cpu->cut ? SCREEN_ALARM : SCREEN_FAINT,
				    "%s", top_cpu_text(view->top, item->cpu, text));
		else if (view->spans)
			draw_span(view, style, item->row);
		else
			draw_cause(view, style, item->row);
	}
}

/* Lines of `text`, wrapped, from `first` on; returns how many there are. */
static size_t draw_text(struct top_view *view, const char *text, size_t first, size_t lines)
{
	size_t number = 0, length, at, columns;

	while (*text) {
		length = strcspn(text, "\n");
		for (at = 0, columns = 0; at < length; at++) {
			if ((text[at] & 0xc0) != 0x80 && columns++ == (size_t)view->screen.columns)
				break;
		}
		if (number >= first && number < first + lines)
			screen_line(&view->screen, SCREEN_PLAIN, "%.*s", (int)at, text);
		number++;
		text += at;
		text += *text == '\n';
	}
	return number;
}

/* What did not fit into its column. */
static void draw_chosen(struct top_view *view)
{
	const struct top_row *row = view->chosen_row;
	char text[1024];

	text_escape(text, sizeof(text), row->text, strlen(row->text));
	screen_line(&view->screen, SCREEN_FAINT, " %s %s", row->is_span ? "span" :
		    cause_name(row->cause), text);
}

static void draw_foot(struct top_view *view, const char *text)
{
	while (view->screen.drawn < view->screen.lines - FOOT_LINES)
		screen_line(&view->screen, SCREEN_PLAIN, "%s", "");
	if (view->page == PAGE_ROWS && view->chosen_row)
		draw_chosen(view);
	if (view->screen.drawn < view->screen.lines - 1)
		screen_line(&view->screen, SCREEN_PLAIN, "%s", "");
	screen_line(&view->screen, SCREEN_TITLE, " %s", text);
}

int top_view_draw(struct top_view *view)
{
	int err = view_make_items(view);

	if (err)
		return err;
	view->dirty = false;
	screen_begin(&view->screen);
	switch (view->page) {
	case PAGE_ROWS:
		draw_rows(view);
		draw_foot(view, ROW_KEYS);
		break;
	case PAGE_OUTLIER:
		draw_head(view);
		view->text_lines = draw_text(view, top_outlier_lines(view->outlier), view->scrolled,
					     view_body_lines(view) + 1);
		draw_foot(view, "q back  up, down, PageUp, PageDown scroll");
		break;
	case PAGE_HELP:
		draw_head(view);
		screen_line(&view->screen, SCREEN_PLAIN, "%s", "");
		draw_text(view, help_text, 0, view_body_lines(view));
		draw_foot(view, "q back");
		break;
	}
	return screen_end(&view->screen);
}

/* ------------------------------------------------------------------ set-up */

bool top_view_frozen(const struct top_view *view)
{
	return view->frozen;
}

int top_view_open(struct top_view **made, struct top *top)
{
	struct top_view *view = calloc(1, sizeof(*view));
	int err;

	if (!view)
		return -ENOMEM;
	view->top = top;
	view->dirty = true;
	view->spans = !top->recorder.plan->kernel;
	err = screen_open(&view->screen);
	if (err) {
		free(view);
		return err;
	}
	*made = view;
	return 0;
}

void top_view_close(struct top_view *view)
{
	top_outlier_close(view->outlier);
	screen_close(&view->screen);
	free(view->item);
	free(view);
}
