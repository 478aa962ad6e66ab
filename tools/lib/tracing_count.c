// SPDX-License-Identifier: GPL-2.0
/* tracefs as a witness: what it saw. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/output.h"
#include "lib/tracing.h"
#include "lib/tracing_private.h"

#define MODULE "[hftrace]"

/* "comm-PID [CPU] flags time: event: details" */
struct line {
	pid_t pid;
	char event[40];
	const char *details;
};

static bool parse(const char *text, struct line *line)
{
	const char *bracket = text, *at, *dash;
	int length = 0;

	do {
		bracket = strstr(bracket + 1, " [");
		if (!bracket)
			return false;
		sscanf(bracket, " [%*[0-9]] %n", &length);
	} while (!length);
	for (dash = bracket; dash > text && *dash != '-'; dash--)
		;
	line->pid = atoi(dash + 1);
	at = strstr(bracket + length, ": ");
	if (!at || sscanf(at, ": %39[^:]:%n", line->event, &length) != 1)
		return false;
	line->details = at + length;
	return true;
}

static bool by_us(const struct line *line)
{
	return line->pid == getpid() || strstr(line->details, MODULE);
}

static void say_ours(FILE *say, int cpu, const char *text)
{
	char clean[256];

	if (say)
		fprintf(say, "of hftrace, CPU %d: %s\n", cpu,
			text_escape(clean, sizeof(clean), text, strcspn(text, "\n")));
}

/* Nothing may have been overwritten. 0, -ENOBUFS or -errno. */
static int check_whole(const char *instance, int cpu)
{
	unsigned long count, lost = 0;
	char text[256];
	FILE *file;

	snprintf(text, sizeof(text), "%s/per_cpu/cpu%d/stats", instance, cpu);
	file = fopen(text, "re");
	if (!file)
		return -errno;
	while (fgets(text, sizeof(text), file)) {
		if (sscanf(text, "overrun: %lu", &count) == 1 ||
		    sscanf(text, "commit overrun: %lu", &count) == 1 ||
		    sscanf(text, "dropped events: %lu", &count) == 1)
			lost += count;
	}
	fclose(file);
	return lost ? -ENOBUFS : 0;
}

static FILE *open_trace(const char *instance, int cpu)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/per_cpu/cpu%d/trace", instance, cpu);
	return fopen(path, "re");
}

static int count_there(const struct tracing *tracing, size_t column, __u64 *count, FILE *say)
{
	int cpu = tracing->cpu[column], err;
	enum traced_kind kind;
	struct line line;
	char text[1024];
	FILE *file;

	err = check_whole(TRACING_HERE, cpu);
	if (err)
		return err;
	file = open_trace(TRACING_HERE, cpu);
	if (!file)
		return -errno;
	while (fgets(text, sizeof(text), file)) {
		if (*text == '#' || !parse(text, &line) || !tracing_kind_of(line.event, &kind))
			continue;
		count[kind]++;
		if (by_us(&line)) {
			count[TRACED_OURS]++;
			say_ours(say, cpu, text);
		}
	}
	fclose(file);
	return 0;
}

/* ------------------------------------------------------------------ senders */

/* A mask as the kernel prints it: hexadecimal, highest first, a comma each 32 bits. */
static bool mask_has(const char *text, int cpu)
{
	size_t length = strspn(text, "0123456789abcdefABCDEF,"), i;
	int digit = 0;

	for (i = length; i-- > 0;) {
		char one[2] = { text[i], 0 };

		if (text[i] == ',')
			continue;
		if (digit == cpu / 4)
			return strtoul(one, NULL, 16) >> (cpu % 4) & 1;
		digit++;
	}
	return false;
}

static bool aims_at(const char *details, int cpu)
{
	const char *at;

	at = strstr(details, "target_cpu=") ?: strstr(details, " cpu=");
	if (at)
		return atoi(strchr(at, '=') + 1) == cpu;
	at = strstr(details, "mask=");
	if (!at)
		return false;
	at += 5;
	return mask_has(strncmp(at, "0x", 2) ? at : at + 2, cpu);
}

/* A sending, until its stack has been read. */
struct sending {
	bool pending;
	bool ours;
	char text[1024];
	char details[1024];
};

static void settle(const struct tracing *tracing, struct sending *sending, __u64 *count, FILE *say)
{
	size_t column;

	for (column = 0; sending->pending && column < tracing->cpus; column++) {
		__u64 *own = count + column * TRACED_KINDS;

		if (!aims_at(sending->details, tracing->cpu[column]))
			continue;
		own[TRACED_SENT]++;
		if (sending->ours) {
			own[TRACED_OURS]++;
			say_ours(say, tracing->cpu[column], sending->text);
		}
	}
	sending->pending = false;
}

static int count_sent_from(const struct tracing *tracing, int cpu, __u64 *count, FILE *say)
{
	struct sending sending = { 0 };
	struct line line;
	char text[1024];
	FILE *file;
	int err;

	err = check_whole(TRACING_SENDERS, cpu);
	if (err)
		return err;
	file = open_trace(TRACING_SENDERS, cpu);
	if (!file)
		return -errno;
	while (fgets(text, sizeof(text), file)) {
		if (*text == '#')
			continue;
		if (!strncmp(text, " => ", 4)) {
			sending.ours |= !!strstr(text, MODULE);
			continue;
		}
		/* The line above a stack. */
		if (strstr(text, ": <stack trace>") || !parse(text, &line))
			continue;
		settle(tracing, &sending, count, say);
		sending.pending = true;
		sending.ours = by_us(&line);
		memcpy(sending.text, text, sizeof(text));
		snprintf(sending.details, sizeof(sending.details), " %s", line.details);
	}
	settle(tracing, &sending, count, say);
	fclose(file);
	return 0;
}

int tracing_count(const struct tracing *tracing, __u64 *count, FILE *say)
{
	struct cpus online;
	size_t column;
	int cpu, err;

	memset(count, 0, tracing->cpus * TRACED_KINDS * sizeof(*count));
	err = cpus_online(&online);
	for (column = 0; column < tracing->cpus && !err; column++)
		err = count_there(tracing, column, count + column * TRACED_KINDS, say);
	for (cpu = cpus_next(&online, 0); cpu >= 0 && !err; cpu = cpus_next(&online, cpu + 1))
		err = count_sent_from(tracing, cpu, count, say);
	return err;
}
