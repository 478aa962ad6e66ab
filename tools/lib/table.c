// SPDX-License-Identifier: GPL-2.0
/* Tables whose columns are as wide as they need to be. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/output.h"

struct table {
	const char *align;
	size_t columns;
	char **cells;		/* row by row, the headings first */
	size_t count;
	size_t room;
	bool incomplete;
};

static void add_cell(struct table *table, char *text)
{
	char **cells;
	size_t room;

	if (table->count == table->room) {
		room = table->room ? 2 * table->room : 64;
		cells = realloc(table->cells, room * sizeof(*cells));
		if (!cells) {
			free(text);
			table->incomplete = true;
			return;
		}
		table->cells = cells;
		table->room = room;
	}
	table->cells[table->count++] = text;
}

struct table *table_new(const char *align, const char *const *headings)
{
	struct table *table = calloc(1, sizeof(*table));
	size_t i;

	if (!table) {
		message("out of memory");
		return NULL;
	}
	table->align = align;
	table->columns = strlen(align);
	for (i = 0; i < table->columns; i++)
		table_cell(table, "%s", headings[i]);
	return table;
}

void table_cell(struct table *table, const char *format, ...)
{
	va_list args;
	char *text;

	if (!table)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	if (!text)
		table->incomplete = true;
	else
		add_cell(table, text);
}

/* Columns that a terminal uses for UTF-8 text: one a character will do here. */
static int text_width(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

void table_print(struct table *table, FILE *file)
{
	bool colour = output_colour(file);
	int width[32] = { 0 };
	size_t column, i;

	if (!table)
		return;
	if (table->incomplete)
		message("out of memory: the table is not complete");
	for (i = 0; i < table->count; i++) {
		int w = text_width(table->cells[i]);

		column = i % table->columns;
		if (w > width[column])
			width[column] = w;
	}
	for (i = 0; i < table->count; i++) {
		const char *text = table->cells[i];
		bool last;
		int space;

		column = i % table->columns;
		last = column == table->columns - 1;
		space = width[column] - text_width(text);
		if (colour && i == 0)
			fputs("\033[1m", file);
		if (table->align[column] == 'r')
			fprintf(file, "%*s%s", space, "", text);
		else
			fprintf(file, "%s%*s", text, last ? 0 : space, "");
		if (colour && i == table->columns - 1)
			fputs("\033[0m", file);
		fputs(last ? "\n" : "  ", file);
	}
	if (table->count % table->columns)
		fputc('\n', file);
}

void table_free(struct table *table)
{
	size_t i;

	if (!table)
		return;
	for (i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
	free(table);
}
