// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/output.h"
#include "lib/syscalls.h"
#include "lib/violations.h"

#define PLACES_MAX	1000U
#define PLACES_SHOWN	20U

int violations_feed(struct violations *violations, const struct hft_record *record)
{
	const struct hft_rec_syscall_stack *call = record->payload;
	struct violation *grown;
	size_t i;

	if (record->type != HFT_REC_SYSCALL_STACK)
		return 0;
	violations->count++;
	for (i = 0; i < violations->places; i++) {
		if (!memcmp(&violations->of[i].call, call, sizeof(*call))) {
			violations->of[i].count++;
			return 0;
		}
	}
	if (i == PLACES_MAX) {
		violations->elsewhere++;
		return 0;
	}
	grown = realloc(violations->of, (i + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	violations->of = grown;
	grown[i].call = *call;
	grown[i].count = 1;
	grown[i].first = record->tsc;
	violations->places++;
	return 0;
}

void violations_uninit(struct violations *violations)
{
	free(violations->of);
}

static int more_first(const void *a, const void *b)
{
	const struct violation *left = a, *right = b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return left->first < right->first ? -1 : left->first > right->first;
}

/* What the stack reads like; `maybe` is of the word that may be the caller. */
struct frame_text {
	char text[SYMBOLS_TEXT];
	bool maybe;
};

#define FRAMES	20

/* Code of a file, not some number that lay on the stack. */
static bool is_code(const char *text)
{
	return strncmp(text, "0x", 2) && strncmp(text, "anonymous memory", 16) && text[0] != '[';
}

static size_t name_frames(struct symbols *symbols, const struct hft_rec_syscall_stack *call,
			  struct frame_text frames[FRAMES])
{
	size_t count = 0, i;

	for (i = 0; i < sizeof(call->user) / sizeof(*call->user) && call->user[i]; i++) {
		/* behind a call: the line of the call itself */
		__u64 at = i ? call->user[i] - 1 : call->user[i];

		frames[count].maybe = false;
		symbols_user(symbols, call->tgid, at, frames[count].text,
			     sizeof(frames[count].text));
		count++;
		if (i || !call->top || call->top == call->user[1])
			continue;
		symbols_user(symbols, call->tgid, call->top - 1, frames[count].text,
			     sizeof(frames[count].text));
		frames[count].maybe = true;
		count += is_code(frames[count].text);
	}
	return count;
}

static const char *call_name(const char *machine, __s32 nr, char buf[32])
{
	const char *name = syscall_name(machine, nr);

	if (name)
		return name;
	snprintf(buf, 32, "system call %d", nr);
	return buf;
}

static void print_one(struct symbols *symbols, const struct violation *violation,
		      const char *machine, const struct hft_reader *reader, FILE *file)
{
	char count[FORMAT_SIZE], first[FORMAT_SIZE], text[SYMBOLS_TEXT * 2], name[32];
	struct frame_text frames[FRAMES];
	size_t i, n;

	fprintf(file, "  %s x %s, thread %d of process %d, first at %s\n",
		format_count(count, violation->count),
		call_name(machine, violation->call.nr, name), violation->call.tid,
		violation->call.tgid,
		format_clock(first, hft_reader_realtime(reader, violation->first)));
	n = name_frames(symbols, &violation->call, frames);
	for (i = 0; i < n; i++)
		fprintf(file, "    %s%s\n", frames[i].maybe ? "perhaps " : "",
			text_escape(text, sizeof(text), frames[i].text, sizeof(frames[i].text)));
	if (violation->call.flags & HFT_STACK_BROKEN)
		fputs("    (from there on without frame pointers)\n", file);
	else if (violation->call.flags & HFT_STACK_CUT)
		fputs("    ...\n", file);
	else if (violation->call.flags & HFT_STACK_COMPAT)
		fputs("    (a 32-bit program: its stack is not walked)\n", file);
}

static void sort(struct violations *violations)
{
	if (violations->places)
		qsort(violations->of, violations->places, sizeof(*violations->of), more_first);
}

void violations_print(struct violations *violations, const char *recording, const char *threads,
		      const struct hft_reader *reader, FILE *file)
{
	char *machine = facts_value(recording, "host", "machine");
	char count[FORMAT_SIZE], escaped[256];
	struct symbols *symbols = NULL;
	size_t i;

	if (threads)
		text_escape(escaped, sizeof(escaped), threads, strlen(threads));
	if (!violations->count && threads)
		fprintf(file, "No system call by threads that were to make none: %s\n\n", escaped);
	if (!violations->count || symbols_open(&symbols, recording))
		goto out;
	sort(violations);
	fprintf(file, "%s system calls by threads that were to make none:\n",
		format_count(count, violations->count));
	for (i = 0; i < violations->places && i < PLACES_SHOWN; i++)
		print_one(symbols, &violations->of[i], machine, reader, file);
	if (violations->places > PLACES_SHOWN || violations->elsewhere)
		fputs("  and from other places; --json has more\n", file);
	fputc('\n', file);
out:
	symbols_close(symbols);
	free(machine);
}

static void json_one(struct symbols *symbols, const struct violation *violation,
		     const char *machine, const struct hft_reader *reader, struct json *json)
{
	struct frame_text frames[FRAMES];
	char name[32];
	size_t i, n;

	json_object(json, NULL);
	json_string(json, "syscall", call_name(machine, violation->call.nr, name));
	json_s64(json, "nr", violation->call.nr);
	json_s64(json, "tid", violation->call.tid);
	json_s64(json, "tgid", violation->call.tgid);
	json_u64(json, "count", violation->count);
	json_u64(json, "first_tsc", violation->first);
	json_s64(json, "first_realtime_ns", hft_reader_realtime(reader, violation->first));
	json_u64(json, "flags", violation->call.flags);
	n = name_frames(symbols, &violation->call, frames);
	json_array(json, "stack");
	for (i = 0; i < n; i++) {
		json_object(json, NULL);
		json_text(json, "frame", frames[i].text, sizeof(frames[i].text));
		json_bool(json, "certain", !frames[i].maybe);
		json_close(json);
	}
	json_close(json);
	json_close(json);
}

void violations_json(struct violations *violations, const char *recording,
		     const struct hft_reader *reader, struct json *json, const char *key)
{
	char *machine = facts_value(recording, "host", "machine");
	struct symbols *symbols = NULL;
	size_t i;

	json_array(json, key);
	sort(violations);
	if (violations->places && !symbols_open(&symbols, recording)) {
		for (i = 0; i < violations->places; i++)
			json_one(symbols, &violations->of[i], machine, reader, json);
	}
	json_close(json);
	symbols_close(symbols);
	free(machine);
}
