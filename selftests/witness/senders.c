// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts sent to another CPU, and whether hftrace knows who sent them.
 *
 * "send COUNT LOG" sends them and notes when and how. "check LOG" reads what
 * "hftrace dump --json -e vectors" said and looks at the interrupt of each: it
 * began while its sender waited for it. "check LOG none" wants no sender said.
 */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "ipis.h"

#define PERCENT		99

#define TEXT_FORMAT(key, most)	",\"" key "\":\"%" most "[^\"]\""
#define SENDER_FORMAT	"\"sender\":{\"cpu\":%d,\"tid\":%d" TEXT_FORMAT("comm", "31") \
			TEXT_FORMAT("kind", "31") TEXT_FORMAT("function", "63")

static const char *const kinds[IPI_HOWS] = {
	[IPI_BY_MEMBARRIER] = "membarrier", [IPI_BY_CALL] = "call",
	[IPI_BY_MUNMAP] = "tlb_shootdown",
};

/* An interrupt of QUIET_CPU in which functions of other CPUs are called. */
struct called {
	__u64 start;
	bool known;
	int cpu;
	int tid;
	char comm[32];
	char kind[32];
	char function[64];
};

static int send_to(const char *count, const char *path)
{
	size_t number = strtoul(count, NULL, 10);
	struct ipi_sent *sent = calloc(number, sizeof(*sent));
	FILE *file = fopen(path, "w");

	if (!sent || !file)
		err(EXIT_FAILURE, "%s", path);
	if (ipis_send(sent, number))
		err(EXIT_FAILURE, "cannot send");
	if (fwrite(sent, sizeof(*sent), number, file) != number || fclose(file))
		err(EXIT_FAILURE, "%s", path);
	return 0;
}

static struct ipi_sent *read_log(const char *path, size_t *count)
{
	FILE *file = fopen(path, "r");
	struct ipi_sent *sent;
	long size;

	if (!file || fseek(file, 0, SEEK_END))
		err(EXIT_FAILURE, "%s", path);
	size = ftell(file);
	if (size <= 0)
		errx(EXIT_FAILURE, "%s: empty", path);
	rewind(file);
	*count = size / sizeof(*sent);
	sent = calloc(*count, sizeof(*sent));
	if (!sent || fread(sent, sizeof(*sent), *count, file) != *count)
		err(EXIT_FAILURE, "%s", path);
	fclose(file);
	return sent;
}

static unsigned long long number(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	if (!at)
		errx(EXIT_FAILURE, "no %s in: %s", key, line);
	return strtoull(at + strlen(key), NULL, 10);
}

/* False when it is none that is meant. */
static bool read_line(const char *line, struct called *called)
{
	const char *sender = strstr(line, "\"sender\":");
	int parts;

	if (number(line, "\"cpu\":") != QUIET_CPU || !strstr(line, "\"kind\":\"call_function"))
		return false;
	if (!sender)
		errx(EXIT_FAILURE, "nothing about a sender in: %s", line);
	memset(called, 0, sizeof(*called));
	called->start = number(line, "\"tsc\":") - number(line, "\"duration\":");
	if (!strncmp(sender, "\"sender\":null", 13))
		return true;
	parts = sscanf(sender, SENDER_FORMAT, &called->cpu, &called->tid, called->comm,
		       called->kind, called->function);
	called->known = parts == 5 || (parts == 4 && strstr(sender, "\"function\":null"));
	if (!called->known)
		errx(EXIT_FAILURE, "not understood: %s", line);
	return true;
}

static bool is_right(const struct ipi_sent *sent, const struct called *called)
{
	return called->cpu == OTHER_CPU && called->tid == sent->tid &&
	       !strcmp(called->comm, "senders") && !strcmp(called->kind, kinds[sent->how]) &&
	       !strcmp(called->function, ipi_function(sent->how));
}

struct tally {
	unsigned int right;
	unsigned int wrong;
	unsigned int unknown;	/* the sender was not recorded */
	unsigned int missing;	/* there is no such interrupt */
};

/* Several may have come meanwhile: one of them must be right. */
static void judge(const struct ipi_sent *sent, const struct called *called, size_t count,
		  struct tally *tally)
{
	bool any = false, known = false;
	size_t i;

	for (i = 0; i < count; i++) {
		if (called[i].start < sent->before || called[i].start > sent->after)
			continue;
		any = true;
		known |= called[i].known;
		if (called[i].known && is_right(sent, &called[i])) {
			tally->right++;
			return;
		}
	}
	if (!any)
		tally->missing++;
	else if (known)
		tally->wrong++;
	else
		tally->unknown++;
}

static int check(const char *path, bool want)
{
	struct tally tally[IPI_HOWS] = { 0 }, all = { 0 };
	struct called *called = NULL;
	size_t count, lines = 0, room = 0, i;
	struct ipi_sent *sent = read_log(path, &count);
	char line[4096];
	unsigned int how;

	while (fgets(line, sizeof(line), stdin)) {
		if (lines == room) {
			room = room ? room * 2 : 1024;
			called = reallocarray(called, room, sizeof(*called));
			if (!called)
				err(EXIT_FAILURE, "interrupts");
		}
		lines += read_line(line, &called[lines]);
	}
	for (i = 0; i < count; i++)
		judge(&sent[i], called, lines, &tally[sent[i].how]);
	for (how = 0; how < IPI_WAYS; how++) {
		const struct tally *t = &tally[how];

		printf("# %s: %u right, %u wrong, %u not recorded, %u without an interrupt\n",
		       kinds[how], t->right, t->wrong, t->unknown, t->missing);
		all.right += t->right;
		all.wrong += t->wrong;
		all.unknown += t->unknown;
	}
	printf("# %zu sent, %zu interrupts: %.2f %% right, %u wrong\n", count, lines,
	       100.0 * all.right / count, all.wrong);
	if (want)
		return all.right * 100 < count * PERCENT;
	return all.right || all.wrong || all.unknown * 100 < count * PERCENT;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "send"))
		return send_to(argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "check"))
		return check(argv[2], true);
	if (argc == 4 && !strcmp(argv[1], "check") && !strcmp(argv[3], "none"))
		return check(argv[2], false);
	errx(64, "usage: senders send COUNT LOG | check LOG [none]");
}
