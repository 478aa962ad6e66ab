// SPDX-License-Identifier: GPL-2.0
/* Sets of CPUs, and which CPUs of this machine are what. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cpus.h"

/* sched_setaffinity() takes any size; this type is only its pointer. */
#define AFFINITY(cpus) ((cpu_set_t *)(cpus)->word)

unsigned int cpus_count(const struct cpus *cpus)
{
	unsigned int count = 0;
	int i;

	for (i = 0; i < CPUS_WORDS; i++)
		count += __builtin_popcountll(cpus->word[i]);
	return count;
}

bool cpus_equal(const struct cpus *a, const struct cpus *b)
{
	return !memcmp(a, b, sizeof(*a));
}

void cpus_without(struct cpus *dst, const struct cpus *a, const struct cpus *b)
{
	int i;

	for (i = 0; i < CPUS_WORDS; i++)
		dst->word[i] = a->word[i] & ~b->word[i];
}

void cpus_or(struct cpus *dst, const struct cpus *a, const struct cpus *b)
{
	int i;

	for (i = 0; i < CPUS_WORDS; i++)
		dst->word[i] = a->word[i] | b->word[i];
}

int cpus_next(const struct cpus *cpus, int from)
{
	int cpu;

	for (cpu = from; cpu < CPUS_MAX; cpu++) {
		if (!cpus->word[cpu / 64])
			cpu |= 63;
		else if (cpus_has(cpus, cpu))
			return cpu;
	}
	return -1;
}

int cpus_parse(struct cpus *cpus, const char *text)
{
	memset(cpus, 0, sizeof(*cpus));
	while (*text) {
		unsigned long first, last;
		char *end;

		if (!isdigit((unsigned char)*text))
			return -EINVAL;
		first = strtoul(text, &end, 10);
		last = first;
		if (*end == '-') {
			if (!isdigit((unsigned char)end[1]))
				return -EINVAL;
			last = strtoul(end + 1, &end, 10);
		}
		if (last < first)
			return -EINVAL;
		if (last >= CPUS_MAX)
			return -ERANGE;
		for (; first <= last; first++)
			cpus_add(cpus, first);
		if (*end == ',' && end[1])
			end++;
		else if (*end)
			return -EINVAL;
		text = end;
	}
	return 0;
}

const char *cpus_format(const struct cpus *cpus, char *buf, size_t size)
{
	size_t used = 0;
	int cpu = cpus_next(cpus, 0);

	buf[0] = 0;
	while (cpu >= 0) {
		const char *comma = used ? "," : "";
		char range[40];
		int last = cpu;

		while (cpus_has(cpus, last + 1))
			last++;
		if (last == cpu)
			snprintf(range, sizeof(range), "%s%d", comma, cpu);
		else
			snprintf(range, sizeof(range), "%s%d-%d", comma, cpu, last);
		if (used + strlen(range) + 4 > size) {
			snprintf(buf + used, size - used, "...");
			break;
		}
		used += sprintf(buf + used, "%s", range);
		cpu = cpus_next(cpus, last + 1);
	}
	return buf;
}

int cpus_parse_mask(struct cpus *cpus, const char *text)
{
	size_t length = strlen(text), bit = 0;

	memset(cpus, 0, sizeof(*cpus));
	if (!length)
		return -EINVAL;
	while (length--) {
		const char digit[] = { text[length], 0 };

		if (digit[0] == ',')
			continue;
		if (!isxdigit((unsigned char)digit[0]))
			return -EINVAL;
		if (bit >= CPUS_MAX)
			return -ERANGE;
		cpus->word[bit / 64] |= strtoull(digit, NULL, 16) << (bit % 64);
		bit += 4;
	}
	return 0;
}

const char *cpus_format_mask(const struct cpus *cpus, char *buf, size_t size)
{
	int i = CPUS_WORDS * 2 - 1;
	size_t used;

	while (i && !(__u32)(cpus->word[i / 2] >> (i % 2 * 32)))
		i--;
	used = snprintf(buf, size, "%x", (__u32)(cpus->word[i / 2] >> (i % 2 * 32)));
	while (i-- && used < size)
		used += snprintf(buf + used, size - used, ",%08x",
				 (__u32)(cpus->word[i / 2] >> (i % 2 * 32)));
	return buf;
}

int cpus_read(const char *path, struct cpus *cpus)
{
	char *line = NULL;
	size_t room = 0;
	FILE *file;
	int err;

	memset(cpus, 0, sizeof(*cpus));
	file = fopen(path, "re");
	if (!file)
		return errno == ENOENT ? 0 : -errno;
	if (getline(&line, &room, file) < 0) {
		err = ferror(file) ? -EIO : 0;
	} else {
		line[strcspn(line, "\n")] = 0;
		/* nohz_full says "(null)" when it is off. */
		err = line[0] == ' ' || line[0] == '(' ? 0 : cpus_parse(cpus, line);
	}
	free(line);
	fclose(file);
	return err;
}

int cpus_online(struct cpus *cpus)
{
	return cpus_read("/sys/devices/system/cpu/online", cpus);
}

int cpus_isolated(struct cpus *cpus)
{
	return cpus_read("/sys/devices/system/cpu/isolated", cpus);
}

int cpus_nohz_full(struct cpus *cpus)
{
	return cpus_read("/sys/devices/system/cpu/nohz_full", cpus);
}

int cpus_of_thread(pid_t tid, struct cpus *cpus)
{
	memset(cpus, 0, sizeof(*cpus));
	return sched_getaffinity(tid, sizeof(cpus->word), AFFINITY(cpus)) ? -errno : 0;
}

bool cpus_pinned(const struct cpus *affinity)
{
	struct cpus online, isolated, offline, narrowed;
	int i;

	if (cpus_online(&online) || cpus_isolated(&isolated))
		return false;
	for (i = 0; i < CPUS_WORDS; i++) {
		offline.word[i] = ~online.word[i];
		narrowed.word[i] = ~affinity->word[i];
	}
	cpus_without(&narrowed, &narrowed, &offline);
	cpus_without(&isolated, &isolated, &offline);
	/* Every process of a machine with isolcpus= starts off those. */
	return cpus_count(&narrowed) && !cpus_equal(&narrowed, &isolated);
}

int cpus_of_process(pid_t pid, struct cpus *cpus)
{
	struct dirent *entry;
	struct cpus affinity;
	char path[64];
	DIR *dir;

	memset(cpus, 0, sizeof(*cpus));
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? -ESRCH : -errno;
	while ((entry = readdir(dir))) {
		pid_t tid = atoi(entry->d_name);

		/* A thread may end meanwhile. */
		if (tid > 0 && !cpus_of_thread(tid, &affinity) && cpus_pinned(&affinity))
			cpus_or(cpus, cpus, &affinity);
	}
	closedir(dir);
	return 0;
}

int cpus_move_to(const struct cpus *cpus)
{
	return sched_setaffinity(0, sizeof(cpus->word), AFFINITY(cpus)) ? -errno : 0;
}

int cpus_keep_off(const struct cpus *traced)
{
	struct cpus own, online, others;
	int err;

	err = cpus_of_thread(0, &own);
	if (err)
		return err;
	cpus_without(&others, &own, traced);
	if (!cpus_count(&others)) {
		/* Started on a traced CPU, as by taskset: go where the machine allows. */
		err = cpus_online(&online);
		if (err)
			return err;
		cpus_without(&others, &online, traced);
	}
	if (!cpus_count(&others))
		return -EBUSY;
	err = cpus_move_to(&others);
	return err == -EINVAL ? -EBUSY : err;
}
