// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's counter is the host's plus an offset in the emulator's memory, which the emulator
 * raises whenever one vCPU reads the counter just before another and takes its turn just after
 * it: up to 100 us in each second if both read it all the time. So the offset is looked up there,
 * again and again: it is the one number near what the first meeting found. Where the emulator may
 * not be looked at, the meetings alone must do.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "witness.h"

/* How much the offset may have risen between the first meeting and the search, in ticks. */
#define NEAR 1000000

static struct point *points;
static size_t nr_points;
static uint64_t where; /* in the emulator's memory; 0: not found */
static const char *not_found_because;
static uint64_t error;
static int64_t disagreement;

static void add_point(struct point point)
{
	points = grow(points, nr_points, sizeof(*points));
	points[nr_points++] = point;
}

static bool peek(int emulator, uint64_t address, void *to, size_t size)
{
	struct iovec local = { to, size }, remote = { (void *)address, size };

	return process_vm_readv(emulator, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* How many numbers in [START, END) could be the offset. */
static unsigned int search_range(int emulator, uint64_t start, uint64_t end, int64_t offset)
{
	unsigned int nr = 0;
	int64_t *words = malloc(end - start);

	if (!words || !peek(emulator, start, words, end - start)) {
		not_found_because = strerror(errno);
		end = start;
	}
	for (uint64_t i = 0; i < (end - start) / sizeof(*words); i++) {
		if (words[i] >= offset - NEAR && words[i] <= offset + NEAR) {
			where = start + i * sizeof(*words);
			nr++;
		}
	}
	free(words);
	return nr;
}

/* Its static data: what is writable of the program's file, and the range that follows it. */
static void search(int emulator, int64_t offset)
{
	char path[64], line[PATH_MAX + 128], program[PATH_MAX] = "";
	uint64_t start, end, program_end = 0;
	unsigned int nr = 0;
	char mode[8];
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/exe", emulator);
	if (readlink(path, program, sizeof(program) - 1) <= 0)
		not_found_because = strerror(errno);
	snprintf(path, sizeof(path), "/proc/%d/maps", emulator);
	maps = fopen(path, "r");
	while (maps && *program && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &start, &end, mode) != 3)
			continue;
		if (!strstr(line, program) && start != program_end)
			continue;
		program_end = strstr(line, program) ? end : 0;
		if (mode[1] == 'w')
			nr += search_range(emulator, start, end, offset);
	}
	if (maps)
		fclose(maps);
	if (nr == 1)
		return;
	where = 0;
	if (!not_found_because)
		not_found_because = nr ? "several numbers could be it" : "no number could be it";
}

void read_offset(int emulator, const struct meeting *meeting)
{
	struct point point;
	int64_t rise;

	if (!where && !not_found_because && count_meetings(meeting)) {
		point = meeting_found(meeting, 0, &error);
		search(emulator, point.offset);
		if (where)
			add_point(point);
	}
	if (!where)
		return;
	point.host_tsc = read_tsc();
	if (!peek(emulator, where, &point.offset, sizeof(point.offset)))
		return;
	/* When the guest stops, the number there becomes another one. */
	rise = point.offset - points[nr_points - 1].offset;
	if (rise >= 0 && rise <= (int64_t)(point.host_tsc - points[nr_points - 1].host_tsc) / 100)
		add_point(point);
}

/* Linear between the points before and after. */
static int64_t offset_at(uint64_t host_tsc)
{
	size_t low = 0, high = nr_points - 1;

	if (host_tsc <= points[low].host_tsc)
		return points[low].offset;
	if (host_tsc >= points[high].host_tsc)
		return points[high].offset;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (points[middle].host_tsc <= host_tsc)
			low = middle;
		else
			high = middle;
	}
	return points[low].offset +
	       (int64_t)((double)(points[high].offset - points[low].offset) *
			 (double)(host_tsc - points[low].host_tsc) /
			 (double)(points[high].host_tsc - points[low].host_tsc));
}

uint64_t guest_tsc(uint64_t host_tsc)
{
	return host_tsc + offset_at(host_tsc);
}

void settle_offset(const struct meeting *meeting)
{
	uint64_t last_error, largest_rise = 0;
	struct point last = meeting_found(meeting, count_meetings(meeting) - 1, &last_error);

	if (where) {
		disagreement = last.offset - offset_at(last.host_tsc);
	} else {
		add_point(meeting_found(meeting, 0, &error));
		add_point(last);
	}
	if (last_error > error)
		error = last_error;
	/* At some time between two points it rose from the one to the other. */
	for (size_t i = 1; i < nr_points; i++) {
		uint64_t rise = llabs(points[i].offset - points[i - 1].offset);

		if (rise > largest_rise)
			largest_rise = rise;
	}
	error += largest_rise;
}

void describe_offset(FILE *file, uint64_t clock_error)
{
	fprintf(file, "# guest_tsc = host_tsc + %" PRId64 ", rising by %" PRId64 "; ",
		points[0].offset, points[nr_points - 1].offset - points[0].offset);
	if (where)
		fprintf(file,
			"from %zu looks at the emulator; the last meeting differs by %" PRId64
			"\n",
			nr_points, disagreement);
	else
		fprintf(file, "linear between two meetings (looking at the emulator: %s)\n",
			not_found_because);
	fprintf(file, "# error_ticks: %" PRIu64 "\n", error + clock_error);
}
