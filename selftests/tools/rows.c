// SPDX-License-Identifier: GPL-2.0
/* Rows of hftrace top: never more than are kept, the busy ones stay; orders; outliers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/top_rows.h"

#define CHECK(what) do { \
	if (!(what)) { \
		printf("line %d: %s\n", __LINE__, #what); \
		exit(1); \
	} \
} while (0)

/* Instead of all causes: those here are of one. */
const char *cause_name(enum cause cause)
{
	return cause == CAUSE_IRQ ? "irq" : "user";
}

static struct top_rows rows;
static struct top_row *shown[TOP_ROWS_MAX];

static struct top_row *find(const char *text)
{
	struct top_row *row = top_rows_find(&rows, false, 1, CAUSE_IRQ, text);

	CHECK(row);
	return row;
}

static void add(const char *text, __u64 count, __u64 ticks, __u64 longest, __u64 end)
{
	const struct top_outlier outlier = { longest, end - longest, end };

	top_row_add(&rows, find(text), count, ticks, &outlier);
}

/* One row in each interval, the others come once: ten times as many as are kept. */
static void test_bounded(void)
{
	char name[32];
	int i;

	for (i = 0; i < 10 * (int)TOP_ROWS_MAX; i++) {
		top_rows_begin(&rows);
		add("always", 1, 10, 10, 1000 + i);
		snprintf(name, sizeof(name), "once %d", i);
		add(name, 1, 1000, 1000, 1000 + i);
		top_rows_end(&rows);
		CHECK(rows.count <= TOP_ROWS_MAX);
	}
	CHECK(rows.evicted >= 9 * TOP_ROWS_MAX);
	CHECK(find("always")->counted == 10 * TOP_ROWS_MAX);
	CHECK(find(name)->counted == 1);
	CHECK(find("once 0")->counted == 0);
}

static void expect(enum top_sort sort, const char *first, const char *last)
{
	size_t count = top_rows_sorted(&rows, false, 1, sort, shown);

	CHECK(count == 3);
	CHECK(!strcmp(shown[0]->text, first));
	CHECK(!strcmp(shown[2]->text, last));
}

static void test_orders(void)
{
	top_rows_uninit(&rows);
	CHECK(!rows.count);
	top_rows_begin(&rows);
	add("busy", 1, 900, 900, 5000);
	add("often", 9, 500, 90, 5000);
	add("a", 2, 300, 200, 5000);
	top_rows_end(&rows);
	expect(TOP_BY_TIME, "busy", "a");
	expect(TOP_BY_COUNT, "often", "busy");
	expect(TOP_BY_MAX, "busy", "often");
	expect(TOP_BY_NAME, "a", "often");
	CHECK(!top_rows_sorted(&rows, false, 2, TOP_BY_TIME, shown));
	CHECK(!top_rows_sorted(&rows, true, -1, TOP_BY_TIME, shown));
}

/* The worst stays, the last is of the last interval that had one. */
static void test_outliers(void)
{
	struct top_row *span = top_rows_find(&rows, true, -1, CAUSE_USER, "order");

	CHECK(span);
	CHECK(!top_row_span(span, 100, 400) && !top_row_span(span, 500, 510));
	top_rows_begin(&rows);
	add("busy", 1, 20, 20, 6000);
	top_rows_end(&rows);
	CHECK(find("busy")->worst.ticks == 900 && find("busy")->worst.start == 4100);
	CHECK(find("busy")->last.ticks == 20 && find("busy")->ticks == 20);
	CHECK(find("often")->last.ticks == 90 && !find("often")->count);
	CHECK(span->count == 2 && span->worst.end == 400 && span->max == 300);
	top_rows_begin(&rows);
	top_rows_end(&rows);
	CHECK(span->count == 0 && span->counted == 2 && span->last.end == 400);
	CHECK(span->trend[TOP_TREND - 1] == 0 && span->trend[TOP_TREND - 2] == 300);
	top_rows_uninit(&rows);
}

int main(void)
{
	test_bounded();
	test_orders();
	test_outliers();
	return 0;
}
