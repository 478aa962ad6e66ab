// SPDX-License-Identifier: GPL-2.0
/* Reads files of limits, strictly. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hftrace/abi.h>
#include "command.h"
#include "lib/args.h"
#include "lib/bound.h"
#include "lib/limits.h"
#include "lib/output.h"

#define WORDS_MAX	16

struct word {
	char *text;
	bool quoted;
};

struct parser {
	struct limits *limits;
	unsigned int number;	/* of the line */
	bool spans;		/* in the section of spans */
	bool any_spans;
	bool any_cpus;
};

static __printf(2, 3) int refuse(const struct parser *parser, const char *format, ...)
{
	char text[600];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	message("%s:%u: %s", parser->limits->path, parser->number, text);
	return HFT_EXIT_USAGE;
}

static int out_of_memory(void)
{
	message("%s", strerror(ENOMEM));
	return HFT_EXIT_FAILED;
}

/* ------------------------------------------------------------------ words */

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts the line into words, in place. Their number, or minus an exit code. */
static int cut_words(const struct parser *parser, char *line, struct word words[WORDS_MAX])
{
	int count = 0;
	char *end;

	for (;;) {
		while (is_blank(*line))
			line++;
		if (!*line || *line == '#')
			return count;
		if (count == WORDS_MAX)
			return -refuse(parser, "more than %d words", WORDS_MAX);
		words[count].quoted = *line == '"';
		if (*line == '"') {
			end = strchr(++line, '"');
			if (!end)
				return -refuse(parser, "a quotation mark is missing");
			if (end[1] && !is_blank(end[1]))
				return -refuse(parser, "a blank is missing behind \"");
		} else {
			for (end = line; *end && !is_blank(*end); end++)
				;
		}
		words[count++].text = line;
		if (!*end)
			return count;
		*end = '\0';
		line = end + 1;
	}
}

/* ------------------------------------------------------------------ bounds */

#define FORMS "count<10, count<5/s, time<1ms, time<50ppm, max<10us, p99.9<40us or none"

/* "5", "5/s" */
static int parse_count(struct limit *limit, const char *text)
{
	char *end;

	limit->bound = bound_number(text, &end);
	if (end == text)
		return -EINVAL;
	limit->rate = !strcmp(end, "/s");
	return *end && !limit->rate ? -EINVAL : 0;
}

/* "1ms"; "1ms/s", "50ppm", "0.1%": of each second. */
static int parse_time(struct limit *limit, const char *text)
{
	size_t length = strlen(text);
	char plain[64], *end;
	double share;
	__u64 ns;

	share = bound_number(text, &end);
	limit->rate = true;
	if (end != text && !strcmp(end, "ppm")) {
		limit->bound = share * 1e3;
		return 0;
	}
	if (end != text && !strcmp(end, "%")) {
		limit->bound = share * 1e7;
		return 0;
	}
	if (length >= sizeof(plain))
		return -EINVAL;
	strcpy(plain, text);
	limit->rate = length > 2 && !strcmp(text + length - 2, "/s");
	if (limit->rate)
		plain[length - 2] = '\0';
	if (parse_duration(plain, 0, &ns))
		return -EINVAL;
	limit->bound = (double)ns;
	return 0;
}

static int parse_length(struct limit *limit, const char *text)
{
	__u64 ns;

	if (parse_duration(text, 0, &ns))
		return -EINVAL;
	limit->bound = (double)ns;
	return 0;
}

/* 0 or an exit code. */
static int parse_bound(const struct parser *parser, struct limit *limit, const char *text)
{
	const char *less = strchr(text, '<');
	size_t length = less ? (size_t)(less - text) : 0;
	int err;

	if (!strcmp(text, "none"))
		return 0;	/* count<0 */
	if (!less)
		return refuse(parser, "'%s' is no limit like " FORMS, text);
	err = bound_percentile(text, less, &limit->percent);
	if (err == -ERANGE)
		return refuse(parser, "'%s': a percentile is above p0 and below p100", text);
	if (!err) {
		limit->figure = LIMIT_PERCENTILE;
		err = parse_length(limit, less + 1);
	} else if (length == 5 && !strncmp(text, "count", length)) {
		limit->figure = LIMIT_COUNT;
		err = parse_count(limit, less + 1);
	} else if (length == 4 && !strncmp(text, "time", length)) {
		limit->figure = LIMIT_TIME;
		err = parse_time(limit, less + 1);
	} else if (length == 3 && !strncmp(text, "max", length)) {
		limit->figure = LIMIT_MAX;
		err = parse_length(limit, less + 1);
	} else {
		return refuse(parser, "'%s': no figure '%.*s'; there are count, time, max, p99.9",
			      text, (int)length, text);
	}
	if (err)
		return refuse(parser, "'%s' has no bound like " FORMS, text);
	if (limit->kind && limit->kind->timeless && limit->figure != LIMIT_COUNT)
		return refuse(parser, "'%s': of %s there is only the count", text,
			      limit->kind->word);
	return 0;
}

/* ------------------------------------------------------------------- lines */

static bool same_place(const struct limit *a, const struct limit *b)
{
	if (!a->kind != !b->kind || strcmp(a->what, b->what))
		return false;
	return !a->kind || a->section == b->section;
}

/* 0 or an exit code: the line has a sister, or the figure stands in it already. */
static int check_doubles(const struct parser *parser, const struct limit *limit)
{
	const struct limits *limits = parser->limits;
	size_t i;

	for (i = 0; i < limits->count; i++) {
		const struct limit *other = &limits->limit[i];

		if (!same_place(other, limit))
			continue;
		if (other->line != limit->line)
			return refuse(parser, "'%s' has its limits in line %u already: add to them",
				      limit->what, other->line);
		if (other->figure == limit->figure && other->rate == limit->rate &&
		    other->percent == limit->percent)
			return refuse(parser, "'%s' and '%s' are limits of the same",
				      other->text, limit->text);
	}
	return 0;
}

static void free_limit(struct limit *limit)
{
	free(limit->what);
	free(limit->name);
	free(limit->text);
}

/* 0 or an exit code; takes what `limit` has. */
static int add_limit(struct parser *parser, struct limit *limit)
{
	struct limits *limits = parser->limits;
	struct limit *grown;
	int status;

	status = check_doubles(parser, limit);
	if (status)
		goto err_limit;
	grown = realloc(limits->limit, (limits->count + 1) * sizeof(*grown));
	status = grown ? 0 : out_of_memory();
	if (status)
		goto err_limit;
	limits->limit = grown;
	grown[limits->count++] = *limit;
	return 0;

err_limit:
	free_limit(limit);
	return status;
}

/* "irq:eth0*" */
static int parse_what(const struct parser *parser, struct limit *limit, const char *text)
{
	const char *colon = strchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : strlen(text);
	char known[400] = "";
	size_t i;

	limit->kind = limit_kind_find(text, length);
	if (!limit->kind) {
		for (i = 0; limit_kinds[i].word; i++)
			snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
				 i ? ", " : "", limit_kinds[i].word);
		return refuse(parser, "no cause '%.*s'; there are %s", (int)length, text, known);
	}
	if (!colon)
		return 0;
	if (!limit->kind->named || !colon[1])
		return refuse(parser, limit->kind->named ? "'%s': a name is missing behind ':'" :
			      "'%s': nothing there has a name", text);
	limit->name = strdup(colon + 1);
	return limit->name ? 0 : out_of_memory();
}

static int parse_limits(struct parser *parser, const struct word *words, int count)
{
	int status = 0, i;

	if (!parser->spans && !parser->any_cpus)
		return refuse(parser, "'%s': say before for whom: 'cpu 1-3', 'cpu *' or 'spans'",
			      words[0].text);
	if (count == 1)
		return refuse(parser, "'%s' has no limit like " FORMS, words[0].text);
	for (i = 1; i < count && !status; i++) {
		struct limit limit = { .line = parser->number };

		if (!parser->spans)
			limit.section = (unsigned int)parser->limits->sections - 1;
		limit.what = strdup(words[0].text);
		limit.text = strdup(words[i].text);
		if (parser->spans)
			limit.name = strdup(words[0].text);
		if (!limit.what || !limit.text || (parser->spans && !limit.name))
			status = out_of_memory();
		else if (!parser->spans)
			status = parse_what(parser, &limit, words[0].text);
		if (!status)
			status = parse_bound(parser, &limit, words[i].text);
		if (status)
			free_limit(&limit);
		else
			status = add_limit(parser, &limit);
	}
	return status;
}

/* "cpu 1-3", "cpu *" */
static int parse_section(struct parser *parser, const struct word *words, int count)
{
	struct limits *limits = parser->limits;
	struct limit_section section = { 0 }, *grown;
	size_t i;
	int cpu;

	section.others = count == 2 && !strcmp(words[1].text, "*");
	if (count != 2 || (!section.others && (cpus_parse(&section.cpus, words[1].text) ||
					       !cpus_count(&section.cpus))))
		return refuse(parser, "CPUs are like 'cpu 1-3,7', or 'cpu *' for all others");
	for (i = 0; i < limits->sections; i++) {
		if (section.others && limits->section[i].others)
			return refuse(parser, "'cpu *' stands twice: put its lines together");
		for (cpu = cpus_next(&section.cpus, 0); cpu >= 0;
		     cpu = cpus_next(&section.cpus, cpu + 1))
			if (cpus_has(&limits->section[i].cpus, (unsigned int)cpu))
				return refuse(parser, "CPU %d has limits already: name it once",
					      cpu);
	}
	grown = realloc(limits->section, (limits->sections + 1) * sizeof(*grown));
	if (!grown)
		return out_of_memory();
	limits->section = grown;
	grown[limits->sections++] = section;
	parser->spans = false;
	parser->any_cpus = true;
	return 0;
}

static int parse_line(struct parser *parser, char *line)
{
	struct word words[WORDS_MAX];
	int count = cut_words(parser, line, words);

	if (count <= 0)
		return -count;
	if (!words[0].quoted && !strcmp(words[0].text, "cpu"))
		return parse_section(parser, words, count);
	if (words[0].quoted || strcmp(words[0].text, "spans"))
		return parse_limits(parser, words, count);
	if (count > 1)
		return refuse(parser, "what is '%s'? Limits of spans stand below 'spans'",
			      words[1].text);
	if (parser->any_spans)
		return refuse(parser, "'spans' stands twice: put its lines together");
	parser->spans = true;
	parser->any_spans = true;
	return 0;
}

int limits_read(struct limits *limits, const char *path)
{
	struct parser parser = { .limits = limits };
	FILE *file = fopen(path, "re");
	size_t room = 0;
	char *line = NULL;
	ssize_t length;
	int status = 0;

	memset(limits, 0, sizeof(*limits));
	limits->path = path;
	if (!file) {
		message("cannot read the limits %s: %s", path, strerror(errno));
		return HFT_EXIT_FAILED;
	}
	errno = 0;
	while (!status && (length = getline(&line, &room, file)) >= 0) {
		parser.number++;
		if (strlen(line) != (size_t)length)
			status = refuse(&parser, "this is no text");
		else if (length && line[length - 1] == '\n')
			line[length - 1] = '\0';
		if (!status)
			status = parse_line(&parser, line);
	}
	if (!status && !feof(file)) {
		message("cannot read the limits %s: %s", path, strerror(errno));
		status = HFT_EXIT_FAILED;
	}
	if (!status && !limits->count) {
		message("%s has no limits; 'hftrace report --write-limits' writes a first file",
			path);
		status = HFT_EXIT_USAGE;
	}
	free(line);
	fclose(file);
	if (status)
		limits_free(limits);
	return status;
}

void limits_free(struct limits *limits)
{
	size_t i;

	for (i = 0; i < limits->count; i++)
		free_limit(&limits->limit[i]);
	free(limits->limit);
	free(limits->section);
	memset(limits, 0, sizeof(*limits));
}
