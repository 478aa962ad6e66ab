// SPDX-License-Identifier: GPL-2.0
/*
 * Holds what "hftrace explain --all" tells of each span, as JSON and as text, to
 * what the writer of the recording knows. Shares no code with hftrace; clocks are
 * converted in whole numbers.
 */
#include <err.h>
#include <linux/types.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX	65536
#define DEPTH_MAX	16
#define KEY		32

struct part {
	__u64 ticks;
	__u64 ns;
};

struct told {
	__u64 start, end, ticks, ns;
	unsigned int known;	/* of the four above */
	size_t parts;
	struct part part[PARTS_MAX];
};

struct clock {
	__u64 ticks;
	__u64 ns;			/* that many ticks take so long */
};

static __u64 line_number;

static void fail(const char *what)
{
	errx(1, "span %llu: %s", line_number, what);
}

/* ------------------------------------------------------------------- JSON */

/* Behind a string; its first bytes, as they are written, in `text`. */
static const char *read_string(const char *at, char text[KEY])
{
	size_t used = 0;

	if (*at++ != '"')
		fail("JSON: no string");
	for (; *at != '"'; at++) {
		if (!*at)
			fail("JSON: a string without end");
		if (*at == '\\' && *++at == '\0')
			fail("JSON: a string without end");
		if (used < KEY - 1)
			text[used++] = *at;
	}
	text[used] = '\0';
	return at + 1;
}

static void take_number(struct told *told, unsigned int depth, bool in_parts, const char *key,
			__u64 value)
{
	static const char *const keys[] = { "start_tsc", "end_tsc", "ticks", "ns" };
	__u64 *const places[] = { &told->start, &told->end, &told->ticks, &told->ns };
	unsigned int i;

	if (in_parts && depth == 3 && told->parts && !strcmp(key, "ticks"))
		told->part[told->parts - 1].ticks = value;
	if (in_parts && depth == 3 && told->parts && !strcmp(key, "ns"))
		told->part[told->parts - 1].ns = value;
	for (i = 0; depth == 1 && i < 4; i++) {
		if (strcmp(key, keys[i]))
			continue;
		*places[i] = value;
		told->known |= 1U << i;
	}
}

static void read_json(const char *at, struct told *told)
{
	bool in_parts = false;
	unsigned int depth = 0;
	char key[KEY] = "", text[KEY];

	told->known = 0;
	told->parts = 0;
	for (; *at && *at != '\n';) {
		switch (*at) {
		case '{':
		case '[':
			if (depth == 1)
				in_parts = *at == '[' && !strcmp(key, "parts");
			if (in_parts && depth == 2 && *at == '{' && told->parts++ == PARTS_MAX)
				fail("more parts than anybody looks at");
			if (++depth > DEPTH_MAX)
				fail("JSON: too deep");
			at++;
			break;
		case '}':
		case ']':
			if (!depth--)
				fail("JSON: closed too often");
			at++;
			break;
		case '"':
			at = read_string(at, text);
			if (*at == ':')
				strcpy(key, text);
			break;
		case '0' ... '9':
			take_number(told, depth, in_parts, key, strtoull(at, (char **)&at, 10));
			break;
		default:
			at++;
			break;
		}
	}
	if (depth || told->known != 15)
		fail("JSON: not a whole span");
}

/* ------------------------------------------------------------------- sums */

/* Whether `ns` is as near to so many ticks as `most` halves of a ns, and a hair. */
static bool is_near(const struct clock *clock, __u64 ticks, __u64 ns, __int128 most)
{
	__int128 off = (__int128)ns * clock->ticks - (__int128)ticks * clock->ns;

	if (off < 0)
		off = -off;
	return 2 * off <= most * clock->ticks + clock->ticks / 1000;
}

static void check_sums(const struct told *told, const struct clock *clock)
{
	__u64 ticks = 0, ns = 0;
	size_t i;

	for (i = 0; i < told->parts; i++) {
		ticks += told->part[i].ticks;
		ns += told->part[i].ns;
		if (!is_near(clock, told->part[i].ticks, told->part[i].ns, 2))
			fail("a part is not as long in ns as it is in ticks");
	}
	if (told->end - told->start != told->ticks)
		fail("it is not as long as from its start to its end");
	if (ticks != told->ticks)
		fail("its parts do not add up in ticks");
	if (ns != told->ns)
		fail("its parts do not add up in ns");
	if (!is_near(clock, told->ticks, told->ns, 1))
		fail("its ns are not its ticks, rounded");
}

static __u64 mix(const struct told *told)
{
	__u64 mixed = (told->start * 0x9e3779b97f4a7c15ULL) ^ (told->end * 0xc2b2ae3d27d4eb4fULL);

	mixed ^= mixed >> 29;
	return mixed * 0xbf58476d1ce4e5b9ULL;
}

/* ------------------------------------------------------------------- text */

/* "43.1 us", "760 ns" stands for so many ns, give or take half of its last digit. */
static void check_time(const char *text, __u64 ns)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = { { " ns", 1 }, { " us", 1e3 }, { " ms", 1e6 }, { " s", 1e9 } };
	double value, unit = 0, last;
	const char *point;
	char *behind;
	size_t i;

	value = strtod(text, &behind);
	for (i = 0; i < sizeof(units) / sizeof(*units) && !unit; i++)
		if (!strncmp(behind, units[i].unit, strlen(units[i].unit)))
			unit = units[i].ns;
	if (!unit)
		fail("text: no time where one should be");
	point = memchr(text, '.', (size_t)(behind - text));
	last = unit * (point ? pow(10, -(double)(behind - point - 1)) : 1);
	if (fabs(value * unit - (double)ns) > last * 0.5000001)
		fail("text: another time than as JSON");
}

/* The length begins the head's last column: "...  46.6 us (typically 3.20 us)". */
static void check_head(const char *line, const struct told *told)
{
	const char *at = strstr(line, " (typically ");

	while (at && at > line && strncmp(at - 1, "  ", 2))
		at--;
	if (!at || at == line)
		fail("text: no head of a span");
	check_time(at + 1, told->ns);
}

static void check_text(FILE *text, char **line, size_t *size, const struct told *told)
{
	size_t i;

	do {
		if (getline(line, size, text) < 0)
			fail("text: it ends here");
	} while ((*line)[0] != '#');
	check_head(*line, told);
	for (i = 0; i < told->parts; i++) {
		if (getline(line, size, text) < 0 || strncmp(*line, "  ", 2))
			fail("text: a part is missing");
		check_time(*line + strspn(*line, " "), told->part[i].ns);
	}
}

/* ---------------------------------------------------------------- program */

int main(int argc, char **argv)
{
	struct told *told = calloc(1, sizeof(*told));
	__u64 hash = 0, wanted, expected;
	char *line = NULL, *written = NULL;
	FILE *json, *text = NULL;
	struct clock clock;
	size_t size = 0, room = 0;

	if (argc != 6 && argc != 7)
		errx(64, "usage: adds_up SPANS HASH TICKS NS JSON [TEXT]");
	expected = strtoull(argv[1], NULL, 10);
	wanted = strtoull(argv[2], NULL, 10);
	clock.ticks = strtoull(argv[3], NULL, 10);
	clock.ns = strtoull(argv[4], NULL, 10);
	json = fopen(argv[5], "r");
	if (argc == 7)
		text = fopen(argv[6], "r");
	if (!told || !json || (argc == 7 && !text))
		err(1, "%s", argv[5]);
	while (getline(&line, &size, json) > 0) {
		line_number++;
		read_json(line, told);
		check_sums(told, &clock);
		hash += mix(told);
		if (text)
			check_text(text, &written, &room, told);
	}
	if (line_number != expected)
		errx(1, "%llu of %llu spans", line_number, expected);
	if (hash != wanted)
		errx(1, "other spans than were written");
	free(line);
	free(written);
	free(told);
	return 0;
}
