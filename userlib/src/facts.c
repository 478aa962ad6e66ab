// SPDX-License-Identifier: LGPL-2.1
/* The text files below facts/ of a recording. Lines that make no sense are passed over. */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A regular file below facts/, or NULL. */
FILE *hft_fact_open(int facts, const char *name)
{
	struct stat st;
	FILE *file;
	int fd;

	fd = openat(facts, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return NULL;
	}
	file = fdopen(fd, "r");
	if (!file)
		close(fd);
	return file;
}

/* The next line without its end; NULL at the file's. */
char *hft_fact_line(FILE *file, char **line, size_t *size)
{
	ssize_t length = getline(line, size, file);

	if (length < 0)
		return NULL;
	if (length && (*line)[length - 1] == '\n')
		(*line)[length - 1] = '\0';
	return *line;
}

static struct hft_ring *find_stream(struct hft_reader *reader, const char *name, size_t length)
{
	uint32_t i;

	for (i = 0; i < reader->rings_count; i++)
		if (strlen(reader->rings[i]->stream) == length &&
		    !memcmp(reader->rings[i]->stream, name, length))
			return reader->rings[i];
	return NULL;
}

/* ring.<stream>.written=<records>, .name=<of the thread>, .life=<as in struct hft_ring> */
static void take_ring_line(struct hft_reader *reader, const char *line)
{
	const char *name = line + strlen("ring."), *dot = strchr(name, '.');
	struct hft_ring *ring;

	ring = dot ? find_stream(reader, name, (size_t)(dot - name)) : NULL;
	if (ring && !strncmp(dot, ".written=", 9))
		ring->written = strtoull(dot + 9, NULL, 10);
	else if (ring && !strncmp(dot, ".life=", 6))
		ring->life = (uint32_t)strtoul(dot + 6, NULL, 10);
	else if (ring && !strncmp(dot, ".name=", 6))
		snprintf(ring->info.name, sizeof(ring->info.name), "%s", dot + 6);
}

static int read_recording(struct hft_reader *reader, int facts)
{
	FILE *file = hft_fact_open(facts, "recording");
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	if (!file)
		return -ENOENT;
	while (!err && hft_fact_line(file, &line, &size)) {
		if (!strncmp(line, "abi=", 4) &&
		    strtoul(line + 4, NULL, 10) != HFT_ABI_MAJOR)
			err = -EPROTO;
		else if (!strncmp(line, "clock_khz=", 10))
			reader->clock.khz = strtoull(line + 10, NULL, 10);
		else if (!strncmp(line, "ring.", 5))
			take_ring_line(reader, line);
	}
	free(line);
	fclose(file);
	return err;
}

static int read_clock(struct hft_reader *reader, int facts)
{
	struct hft_clock_point point;
	char *line = NULL;
	size_t size = 0;
	int err = 0;
	FILE *file;

	file = hft_fact_open(facts, "clock");
	while (!err && file && hft_fact_line(file, &line, &size))
		if (sscanf(line, "%*u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &point.ticks,
			   &point.uncertainty, &point.monotonic, &point.realtime) == 4)
			err = hft_clock_add(&reader->clock, &point);
	free(line);
	if (file)
		fclose(file);
	return err;
}

/* What a process's names stand in: the first of this number has no more than that in its name. */
static FILE *open_of_life(int facts, const char *what, const struct hft_names *names)
{
	char name[64];

	if (names->life > 1)
		snprintf(name, sizeof(name), "%s-%d.%u", what, (int)names->tgid, names->life);
	else
		snprintf(name, sizeof(name), "%s-%d", what, (int)names->tgid);
	return hft_fact_open(facts, name);
}

static int read_names(int facts, struct hft_names *names)
{
	char *line = NULL, *tab;
	unsigned long index;
	size_t size = 0;
	int err = 0;
	FILE *file;

	file = open_of_life(facts, "names", names);
	while (!err && file && hft_fact_line(file, &line, &size)) {
		index = strtoul(line, &tab, 10);
		if (tab == line || *tab != '\t' || index >= HFT_NAMES || names->text[index])
			continue;
		names->text[index] = strdup(tab + 1);
		if (!names->text[index])
			err = -ENOMEM;
	}
	free(line);
	if (file)
		fclose(file);
	return err;
}

static int read_formats(int facts, struct hft_names *names)
{
	char *line = NULL;
	size_t size = 0;
	int err = 0;
	FILE *file;

	file = open_of_life(facts, "formats", names);
	while (!err && file && hft_fact_line(file, &line, &size))
		err = hft_formats_take_line(&names->formats, line);
	free(line);
	if (file)
		fclose(file);
	return err;
}

/* The names of a ring's process, read once for all its rings. */
static int give_names(struct hft_reader *reader, int facts, struct hft_ring *ring)
{
	struct hft_names **all, *names;
	size_t i;
	int err;

	for (i = 0; i < reader->names_count; i++) {
		if (reader->names[i]->tgid == ring->info.tgid &&
		    reader->names[i]->life == ring->life) {
			ring->names = reader->names[i];
			return 0;
		}
	}
	all = realloc(reader->names, (reader->names_count + 1) * sizeof(*all));
	if (!all)
		return -ENOMEM;
	reader->names = all;
	names = calloc(1, sizeof(*names));
	if (!names)
		return -ENOMEM;
	names->tgid = ring->info.tgid;
	names->life = ring->life;
	all[reader->names_count++] = names;
	ring->names = names;
	err = read_names(facts, names);
	return err ? err : read_formats(facts, names);
}

/* Lines of tid, tgid, name and more: the threads that rings without a name belong to. */
static void read_tasks(struct hft_reader *reader, int facts)
{
	char *line = NULL;
	int tid, tgid, at;
	size_t size = 0;
	FILE *file;
	uint32_t i;

	file = hft_fact_open(facts, "tasks");
	while (file && hft_fact_line(file, &line, &size)) {
		at = 0;
		if (sscanf(line, "%d\t%d\t%n", &tid, &tgid, &at) != 2 || !at)
			continue;
		line[at + strcspn(line + at, "\t")] = '\0';
		for (i = 0; i < reader->rings_count; i++)
			if (reader->rings[i]->info.kind == HFT_RING_USER &&
			    reader->rings[i]->info.id == tid &&
			    reader->rings[i]->info.tgid == tgid &&
			    !reader->rings[i]->info.name[0])
				snprintf(reader->rings[i]->info.name,
					 sizeof(reader->rings[i]->info.name), "%s", line + at);
	}
	free(line);
	if (file)
		fclose(file);
}

int hft_facts_read(struct hft_reader *reader, int dir)
{
	uint32_t i;
	int facts, err;

	facts = openat(dir, "facts", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (facts < 0)
		return -errno;
	err = read_recording(reader, facts);
	if (err)
		goto out;
	err = read_clock(reader, facts);
	for (i = 0; !err && i < reader->rings_count; i++)
		/* those of CPU rings are the probes' */
		if (reader->rings[i]->info.kind == HFT_RING_USER || !reader->rings[i]->info.tgid)
			err = give_names(reader, facts, reader->rings[i]);
	if (!err)
		read_tasks(reader, facts);
	if (!err)
		err = hft_boards_read(&reader->boards, facts);
out:
	close(facts);
	return err;
}
