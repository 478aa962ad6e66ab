// SPDX-License-Identifier: GPL-2.0
/* What the kernel counts of some CPUs. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/counts.h"
#include "lib/pinned.h"

static bool kernel_counts_wakeups(void)
{
	FILE *file = fopen("/proc/sys/kernel/sched_schedstats", "re");
	int on = 0;

	if (!file)
		return false;
	if (fscanf(file, "%d", &on) != 1)
		on = 0;
	fclose(file);
	return on;
}

int counts_init(struct counts *counts, const struct cpus *cpus)
{
	int cpu, err;

	memset(counts, 0, sizeof(*counts));
	counts->cpu = calloc(cpus_count(cpus), sizeof(*counts->cpu));
	if (!counts->cpu)
		return -ENOMEM;
	for (cpu = cpus_next(cpus, 0); cpu >= 0; cpu = cpus_next(cpus, cpu + 1))
		counts->cpu[counts->columns++] = cpu;
	counts->wakeups = kernel_counts_wakeups();
	err = pinned_find(counts);
	if (err)
		counts_uninit(counts);
	return err;
}

void counts_uninit(struct counts *counts)
{
	free(counts->cpu);
	free(counts->row);
	free(counts->thread);
	memset(counts, 0, sizeof(*counts));
}

ssize_t counts_row(struct counts *counts, enum count_kind kind, const char *name,
		   const char *what)
{
	struct count_row *row;
	size_t i, room;

	/* A file has the same lines in the same order each time, but for new ones. */
	for (i = 0; i < counts->rows; i++) {
		size_t number = (counts->hint + i) % counts->rows;

		row = &counts->row[number];
		if (row->kind == kind && !strcmp(row->name, name)) {
			counts->hint = number + 1;
			return (ssize_t)number;
		}
	}
	if (counts->rows == counts->room) {
		room = counts->room ? 2 * counts->room : 64;
		row = reallocarray(counts->row, room, sizeof(*row));
		if (!row)
			return -ENOMEM;
		counts->row = row;
		counts->room = room;
	}
	row = &counts->row[counts->rows];
	memset(row, 0, sizeof(*row));
	row->kind = kind;
	snprintf(row->name, sizeof(row->name), "%s", name);
	snprintf(row->what, sizeof(row->what), "%s", what);
	counts->hint = counts->rows + 1;
	return (ssize_t)counts->rows++;
}

int reading_fit(struct reading *reading, const struct counts *counts)
{
	size_t old = reading->rows * counts->columns, new = counts->rows * counts->columns;
	__u64 *value;

	if (new <= old)
		return 0;
	value = reallocarray(reading->value, new, sizeof(*value));
	if (!value)
		return -ENOMEM;
	memset(value + old, 0, (new - old) * sizeof(*value));
	reading->value = value;
	reading->rows = counts->rows;
	return 0;
}

void reading_free(struct reading *reading)
{
	free(reading->value);
	memset(reading, 0, sizeof(*reading));
}

__u64 reading_value(const struct reading *reading, const struct counts *counts, size_t row,
		    size_t column)
{
	return row < reading->rows ? reading->value[row * counts->columns + column] : 0;
}

static int put(struct counts *counts, struct reading *reading, enum count_kind kind,
	       const char *name, const char *what, size_t column, __u64 value)
{
	ssize_t row = counts_row(counts, kind, name, what);
	int err = row < 0 ? (int)row : reading_fit(reading, counts);

	if (!err)
		reading->value[row * counts->columns + column] += value;
	return err;
}

/* ------------------------------------------- tables with a column for each CPU */

/* A file of the form "CPU0 CPU1\nNAME: 1 2 what it is\n". */
struct matrix {
	int *column;		/* of each column of the file: of ours, or -1 */
	size_t columns;
	__u64 *value;		/* of the line at hand, ours */
	char name[24];
	char what[48];
};

static int matrix_head(struct matrix *matrix, const struct counts *counts, const char *line)
{
	size_t room = strlen(line) / 4 + 1, i;

	matrix->column = calloc(room, sizeof(*matrix->column));
	matrix->value = calloc(counts->columns, sizeof(*matrix->value));
	if (!matrix->column || !matrix->value)
		return -ENOMEM;
	while ((line = strstr(line, "CPU"))) {
		int cpu = atoi(line + 3);

		matrix->column[matrix->columns] = -1;
		for (i = 0; i < counts->columns; i++) {
			if (counts->cpu[i] == cpu)
				matrix->column[matrix->columns] = (int)i;
		}
		matrix->columns++;
		line += 3;
	}
	return 0;
}

/* False: no line of numbers. A line with fewer numbers than CPUs is the machine's, not a CPU's. */
static bool matrix_line(struct matrix *matrix, const struct counts *counts, char *line)
{
	char *colon = strchr(line, ':'), *at, *end;
	size_t i;

	if (!colon)
		return false;
	memset(matrix->value, 0, counts->columns * sizeof(*matrix->value));
	*colon = 0;
	line += strspn(line, " ");
	snprintf(matrix->name, sizeof(matrix->name), "%s", line);
	at = colon + 1;
	for (i = 0; i < matrix->columns; i++) {
		__u64 value = strtoull(at, &end, 10);

		if (end == at)
			return false;
		if (matrix->column[i] >= 0)
			matrix->value[matrix->column[i]] = value;
		at = end;
	}
	at += strspn(at, " ");
	at[strcspn(at, "\n")] = 0;
	snprintf(matrix->what, sizeof(matrix->what), "%s", at);
	return true;
}

static enum count_kind kind_of(const struct matrix *matrix, enum count_kind kind)
{
	if (kind != COUNT_INTERRUPT)
		return kind;
	if (!strcmp(matrix->name, "LOC") || strstr(matrix->what, "arch_timer"))
		return COUNT_TICK;
	return kind;
}

static int read_matrix(struct counts *counts, struct reading *reading, const char *path,
		       enum count_kind kind)
{
	struct matrix matrix = { 0 };
	char *line = NULL;
	size_t room = 0, i;
	FILE *file;
	int err = 0;

	file = fopen(path, "re");
	if (!file)
		return -errno;
	if (getline(&line, &room, file) < 0)
		err = -EIO;
	else
		err = matrix_head(&matrix, counts, line);
	while (!err && getline(&line, &room, file) >= 0) {
		if (!matrix_line(&matrix, counts, line))
			continue;
		for (i = 0; i < counts->columns && !err; i++)
			err = put(counts, reading, kind_of(&matrix, kind), matrix.name,
				  matrix.what, i, matrix.value[i]);
	}
	free(matrix.column);
	free(matrix.value);
	free(line);
	fclose(file);
	return err;
}

/* --------------------------------------------------- files with a line for each CPU */

static ssize_t column_of(const struct counts *counts, int cpu)
{
	size_t i;

	for (i = 0; i < counts->columns; i++) {
		if (counts->cpu[i] == cpu)
			return (ssize_t)i;
	}
	return -1;
}

/* The numbers behind "cpuN"; false: another line, or a CPU that is not asked for. */
static bool cpu_line(const struct counts *counts, const char *line, size_t *column,
		     __u64 *number, size_t numbers)
{
	char *end;
	ssize_t found;
	size_t i;
	int cpu;

	if (strncmp(line, "cpu", 3) || !isdigit((unsigned char)line[3]))
		return false;
	cpu = (int)strtol(line + 3, &end, 10);
	found = column_of(counts, cpu);
	if (found < 0)
		return false;
	*column = (size_t)found;
	for (i = 0; i < numbers; i++)
		number[i] = strtoull(end, &end, 10);
	return true;
}

/* Fields: docs of the kernel, scheduler/sched-stats. The last counts tasks that came to run. */
static int take_schedstat(struct counts *counts, struct reading *reading, size_t column,
			  const __u64 *number)
{
	int err = put(counts, reading, COUNT_SWITCH, "switches", "tasks that came to run",
		      column, number[8]);

	if (!err && counts->wakeups)
		err = put(counts, reading, COUNT_WAKEUP, "wake-ups", "tasks that were woken",
			  column, number[4]);
	return err;
}

/* user nice system idle iowait irq softirq */
static int take_stat(struct counts *counts, struct reading *reading, size_t column,
		     const __u64 *number)
{
	return put(counts, reading, COUNT_KERNEL_TIME, "kernel time", "clock ticks in the kernel",
		   column, number[2] + number[5] + number[6]);
}

static int read_lines(struct counts *counts, struct reading *reading, const char *path,
		      int (*take)(struct counts *, struct reading *, size_t, const __u64 *))
{
	char *line = NULL;
	__u64 number[9];
	size_t room = 0, column;
	FILE *file;
	int err = 0;

	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (!err && getline(&line, &room, file) >= 0) {
		if (cpu_line(counts, line, &column, number, 9))
			err = take(counts, reading, column, number);
	}
	free(line);
	fclose(file);
	return err;
}

static int read_threads(struct counts *counts, struct reading *reading)
{
	size_t i;
	int err = 0;

	for (i = 0; i < counts->threads && !err; i++) {
		struct pinned_thread *thread = &counts->thread[i];
		char name[24];

		pinned_look(thread);
		snprintf(name, sizeof(name), "%d", thread->tid);
		err = put(counts, reading, COUNT_THREAD_SWITCH, name, "switches of this thread",
			  thread->column, thread->switches);
	}
	return err;
}

int counts_read(struct counts *counts, struct reading *reading)
{
	int err;

	memset(reading, 0, sizeof(*reading));
	counts->hint = 0;
	err = read_matrix(counts, reading, "/proc/interrupts", COUNT_INTERRUPT);
	if (!err)
		err = read_matrix(counts, reading, "/proc/softirqs", COUNT_SOFTIRQ);
	if (!err)
		err = read_lines(counts, reading, "/proc/schedstat", take_schedstat);
	if (err == -ENOENT)	/* a kernel without CONFIG_SCHEDSTATS */
		err = 0;
	if (!err)
		err = read_lines(counts, reading, "/proc/stat", take_stat);
	if (!err)
		err = read_threads(counts, reading);
	if (err)
		reading_free(reading);
	return err;
}
