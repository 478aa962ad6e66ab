// SPDX-License-Identifier: GPL-2.0
/*
 * Does babeltrace2 read a recording as hftrace does?
 *
 *	babel BABELTRACE.TXT DUMP.JSON
 *
 * from "babeltrace2 --clock-cycles" and "hftrace dump --json": by CPU the same
 * records, times in ticks, field names and values; pads, which hftrace does
 * not print, left out.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPUS	64
#define SHOWN	10

/* A record in one common form: "ticks type name=value name=value...". */
struct lines {
	char **at;
	size_t count, room;
};

static void keep(struct lines *lines, const char *text)
{
	if (lines->count == lines->room) {
		lines->room = lines->room ? lines->room * 2 : 4096;
		lines->at = reallocarray(lines->at, lines->room, sizeof(*lines->at));
	}
	if (!lines->at)
		err(EXIT_FAILURE, "lines");
	lines->at[lines->count] = strdup(text);
	if (!lines->at[lines->count++])
		err(EXIT_FAILURE, "lines");
}

static long long number_after(const char *line, const char *what)
{
	const char *at = strstr(line, what);

	if (!at)
		errx(EXIT_FAILURE, "no %s in: %s", what, line);
	return strtoll(at + strlen(what), NULL, 10);
}

struct form {
	char text[1024];
	size_t length;
};

static void put(struct form *form, const char *text, size_t size)
{
	if (form->length + size + 1 > sizeof(form->text))
		errx(EXIT_FAILURE, "a line too long: %s", form->text);
	memcpy(form->text + form->length, text, size);
	form->length += size;
	form->text[form->length] = '\0';
}

/* Behind a quoted text, its quotes and escapes as they are. */
static const char *quoted(const char *at)
{
	for (at++; *at && *at != '"'; at++) {
		if (*at == '\\' && at[1])
			at++;
	}
	return *at ? at + 1 : at;
}

/* A number in whatever base, or a text; returns what follows. */
static const char *put_value(struct form *form, const char *at)
{
	char number[32], *end;

	if (*at == '"') {
		const char *close = quoted(at);

		put(form, at, close - at);
		return close;
	}
	if (*at == '-')
		snprintf(number, sizeof(number), "%lld", strtoll(at, &end, 0));
	else
		snprintf(number, sizeof(number), "%llu", strtoull(at, &end, 0));
	if (end == at)
		errx(EXIT_FAILURE, "not a value: %.40s", at);
	put(form, number, strlen(number));
	return end;
}

/* ( "label" : container = 1 ): its label, or its number when it has none. */
static const char *put_enum(struct form *form, const char *at)
{
	const char *end;

	at += strspn(at, "( ");
	if (*at == '"') {
		end = quoted(at);
		put(form, at, end - at);
	} else {
		end = strstr(at, "container = ");
		if (!end)
			errx(EXIT_FAILURE, "not an enumeration: %.40s", at);
		end = put_value(form, end + 12);
	}
	end = strchr(end, ')');
	if (!end)
		errx(EXIT_FAILURE, "not an enumeration: %.40s", at);
	return end + 1;
}

/* [ [0] = 1, [1] = 2 ] */
static const char *put_array(struct form *form, const char *at)
{
	at = strchr(at, '[') + 1;
	for (;;) {
		at += strspn(at, ", ");
		if (*at == ']' || !*at)
			return *at ? at + 1 : at;
		at = strstr(at, "= ");
		if (!at)
			errx(EXIT_FAILURE, "not an array");
		at = put_value(form, at + 2);
		put(form, ",", 1);
	}
}

/* The third pair of braces holds the fields: name = value, ... */
static void form_babel(struct form *form, const char *fields)
{
	struct form skipped;

	for (;;) {
		const char *name = fields + strspn(fields, ", {");
		size_t size = strcspn(name, " }");
		struct form *to = form;

		if (!size)
			return;
		if (strncmp(name + size, " = ", 3))
			errx(EXIT_FAILURE, "not a field: %.40s", name);
		if (!strncmp(name, "reserved", 8)) {
			skipped.length = 0;
			to = &skipped;
		}
		put(to, " ", 1);
		put(to, name, size);
		put(to, "=", 1);
		fields = name + size + 3;
		if (*fields == '(')
			fields = put_enum(to, fields);
		else if (*fields == '[')
			fields = put_array(to, fields);
		else
			fields = put_value(to, fields);
	}
}

static void babel_line(struct lines cpus[CPUS], const char *line)
{
	/* [00000000012345] (+...) host type: { packet }, { event }, { fields } */
	struct form form = { .length = 0 };
	const char *type, *fields;
	char head[64];
	long long cpu;
	int i;

	type = strstr(line, "guest ");
	if (!type)
		errx(EXIT_FAILURE, "not a record: %s", line);
	type += 6;
	if (!strncmp(type, "pad:", 4))
		return;
	fields = strstr(type, ": {");
	for (i = 0; fields && i < 2; i++)
		fields = strstr(fields, "}, {") + 3;
	if (!fields)
		errx(EXIT_FAILURE, "no fields: %s", line);
	snprintf(head, sizeof(head), "%lld %.*s", strtoll(line + 1, NULL, 10),
		 (int)strcspn(type, ":"), type);
	put(&form, head, strlen(head));
	form_babel(&form, fields + 1);
	cpu = number_after(line, "cpu_id = ");
	if (cpu < 0 || cpu >= CPUS)
		errx(EXIT_FAILURE, "CPU %lld", cpu);
	keep(&cpus[cpu], form.text);
}

static const char *json_array(struct form *form, const char *at)
{
	for (at++; *at && *at != ']'; at += *at == ',') {
		at = put_value(form, at);
		put(form, ",", 1);
	}
	return at + 1;
}

/* "name":value,... as "fields":{...} has them; durations in ns are dump's own. */
static void form_json(struct form *form, const char *at)
{
	struct form skipped;

	while (*at == '"') {
		const char *end = quoted(at);
		size_t size = end - at - 2;
		struct form *to = form;

		if (size > 3 && !strncmp(end - 4, "_ns", 3)) {
			skipped.length = 0;
			to = &skipped;
		}
		put(to, " ", 1);
		put(to, at + 1, size);
		put(to, "=", 1);
		at = end + 1;
		at = *at == '[' ? json_array(to, at) : put_value(to, at);
		/* a fraction, of ns alone */
		at += to == form ? 0 : strcspn(at, ",}");
		at += *at == ',';
	}
	if (*at != '}')
		errx(EXIT_FAILURE, "not the end of the fields: %s", at);
}

static void json_line(struct lines cpus[CPUS], const char *line)
{
	struct form form = { .length = 0 };
	const char *type = strstr(line, "\"type\":\""), *fields = strstr(line, "\"fields\":{");
	long long cpu = number_after(line, "\"cpu\":");
	char head[64];

	if (!type || !fields || cpu < 0 || cpu >= CPUS)
		errx(EXIT_FAILURE, "not a record: %s", line);
	type += 8;
	snprintf(head, sizeof(head), "%lld %.*s", number_after(line, "\"tsc\":"),
		 (int)strcspn(type, "\""), type);
	put(&form, head, strlen(head));
	form_json(&form, fields + 10);
	keep(&cpus[cpu], form.text);
}

static void load(const char *path, struct lines cpus[CPUS],
		 void (*take)(struct lines cpus[CPUS], const char *line))
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;

	if (!file)
		err(EXIT_FAILURE, "%s", path);
	while (getline(&line, &room, file) > 0)
		take(cpus, line);
	free(line);
	fclose(file);
}

int main(int argc, char **argv)
{
	static struct lines babel[CPUS], dump[CPUS];
	size_t records = 0, bad = 0, i;
	int cpu;

	if (argc != 3)
		errx(64, "usage: babel BABELTRACE.TXT DUMP.JSON");
	load(argv[1], babel, babel_line);
	load(argv[2], dump, json_line);
	for (cpu = 0; cpu < CPUS; cpu++) {
		if (babel[cpu].count != dump[cpu].count && ++bad)
			printf("# CPU %d: babeltrace2 read %zu records, hftrace %zu\n", cpu,
			       babel[cpu].count, dump[cpu].count);
		for (i = 0; i < babel[cpu].count && i < dump[cpu].count; i++) {
			records++;
			if (strcmp(babel[cpu].at[i], dump[cpu].at[i]) && ++bad <= SHOWN)
				printf("# CPU %d: babeltrace2: %s\n#         hftrace: %s\n", cpu,
				       babel[cpu].at[i], dump[cpu].at[i]);
		}
	}
	printf("# %zu records, %zu mismatches\n", records, bad);
	return bad || !records ? EXIT_FAILURE : 0;
}
