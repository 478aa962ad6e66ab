// SPDX-License-Identifier: GPL-2.0
/* A host's files, of this machine or below a directory. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/doctor_private.h"

bool doctor_path(const struct doctor_host *host, const char *path, char *buf, size_t size)
{
	return snprintf(buf, size, "%s%s", host->root, path) < (int)size;
}

bool doctor_exists(const struct doctor_host *host, const char *path)
{
	char full[PATH_MAX];

	return doctor_path(host, path, full, sizeof(full)) && !access(full, F_OK);
}

static FILE *open_file(const struct doctor_host *host, const char *path)
{
	char full[PATH_MAX];

	if (doctor_path(host, path, full, sizeof(full)))
		return fopen(full, "re");
	errno = ENAMETOOLONG;
	return NULL;
}

int doctor_line(const struct doctor_host *host, const char *path, char *buf, size_t size)
{
	FILE *file = open_file(host, path);
	int err = 0;

	buf[0] = 0;
	if (!file)
		return -errno;
	errno = 0;
	if (!fgets(buf, (int)size, file))
		err = errno ? -errno : -ENODATA;
	buf[strcspn(buf, "\n")] = 0;
	fclose(file);
	return err;
}

int doctor_number(const struct doctor_host *host, const char *path, long long *value)
{
	char line[64], *end;
	int err = doctor_line(host, path, line, sizeof(line));

	if (err)
		return err;
	*value = strtoll(line, &end, 10);
	return end == line || *end ? -EINVAL : 0;
}

int doctor_cpus(const struct doctor_host *host, const char *path, struct cpus *cpus)
{
	char full[PATH_MAX];

	return doctor_path(host, path, full, sizeof(full)) ? cpus_read(full, cpus) : -ENAMETOOLONG;
}

int doctor_mask(const struct doctor_host *host, const char *path, struct cpus *cpus)
{
	char line[CPUS_MAX / 4 + CPUS_MAX / 32 + 2];
	int err = doctor_line(host, path, line, sizeof(line));

	return err ? err : cpus_parse_mask(cpus, line);
}

int doctor_boot_argument(const struct doctor_host *host, const char *name, char *buf,
			 size_t size)
{
	size_t length = strlen(name);
	char line[4096], *word, *rest;
	int err = doctor_line(host, "/proc/cmdline", line, sizeof(line));

	if (err)
		return err;
	err = -ENODATA;
	/* The last one counts. */
	for (word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if (strncmp(word, name, length) || (word[length] && word[length] != '='))
			continue;
		snprintf(buf, size, "%s", word[length] ? word + length + 1 : "");
		err = 0;
	}
	return err;
}

int doctor_cpuinfo(const struct doctor_host *host, const char *key, char *buf, size_t size)
{
	FILE *file = open_file(host, "/proc/cpuinfo");
	size_t length = strlen(key), room = 0;
	char *line = NULL;
	int err = -ENOENT;

	buf[0] = 0;
	if (!file)
		return -errno;
	while (err && getline(&line, &room, file) > 0) {
		char *colon = strchr(line, ':');

		if (!colon || strncmp(line, key, length) ||
		    !isspace((unsigned char)line[length]))
			continue;
		line[strcspn(line, "\n")] = 0;
		snprintf(buf, size, "%s", colon + 1 + strspn(colon + 1, " "));
		err = 0;
	}
	free(line);
	fclose(file);
	return err;
}

bool doctor_has_word(const char *text, const char *word)
{
	size_t length = strlen(word);
	const char *at = text;

	while ((at = strstr(at, word))) {
		if ((at == text || at[-1] == ' ' || at[-1] == ',') &&
		    (!at[length] || at[length] == ' ' || at[length] == ','))
			return true;
		at += length;
	}
	return false;
}

bool doctor_chosen(const struct doctor_host *host, const struct cpus *cpus, struct cpus *which)
{
	int i;

	for (i = 0; i < CPUS_WORDS; i++)
		which->word[i] = host->cpus.word[i] & cpus->word[i];
	return cpus_count(which);
}

const char *doctor_words(const struct cpus *cpus, char *buf, size_t size)
{
	size_t used = 0;
	int cpu;

	buf[0] = 0;
	for (cpu = cpus_next(cpus, 0); cpu >= 0 && used + 8 < size;
	     cpu = cpus_next(cpus, cpu + 1))
		used += snprintf(buf + used, size - used, "%s%d", used ? " " : "", cpu);
	return buf;
}

void doctor_say(struct doctor_finding *finding, enum doctor_state state, const char *format, ...)
{
	va_list args;

	finding->state = state;
	va_start(args, format);
	vsnprintf(finding->found, sizeof(finding->found), format, args);
	va_end(args);
}

void doctor_fix(struct doctor_finding *finding, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(finding->fix, sizeof(finding->fix), format, args);
	va_end(args);
}

void doctor_unreadable(struct doctor_finding *finding, const char *path, int err)
{
	doctor_say(finding, DOCTOR_UNKNOWN, "cannot read %s: %s", path, strerror(-err));
	if (err == -EACCES || err == -EPERM)
		doctor_fix(finding, "run it as root");
}

void doctor_add(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	char part[DOCTOR_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(part, sizeof(part), format, args);
	va_end(args);
	if (used >= 5 && !strcmp(text + used - 5, ", ..."))
		return;
	if (used + strlen(part) + 8 > size)
		snprintf(part, sizeof(part), "...");
	snprintf(text + used, size - used, "%s%s", used ? ", " : "", part);
}

static int choose(struct doctor_host *host)
{
	struct cpus isolated, tickless;
	int err, first;

	err = doctor_cpus(host, "/sys/devices/system/cpu/isolated", &isolated);
	if (!err)
		err = doctor_cpus(host, "/sys/devices/system/cpu/nohz_full", &tickless);
	if (err)
		return err;
	cpus_or(&isolated, &isolated, &tickless);
	host->cpus = host->online;
	if (doctor_chosen(host, &isolated, &host->cpus))
		return 0;
	/* An unprepared host: as if all but one were to be pinned to. */
	host->cpus = host->online;
	first = cpus_next(&host->online, 0);
	if (cpus_count(&host->online) > 1)
		host->cpus.word[first / 64] &= ~((__u64)1 << (first % 64));
	return 0;
}

int doctor_host_init(struct doctor_host *host, const char *root, const struct cpus *cpus)
{
	struct cpus missing;
	int err;

	memset(host, 0, sizeof(*host));
	host->root = root;
	err = doctor_cpus(host, "/sys/devices/system/cpu/online", &host->online);
	if (!err && !cpus_count(&host->online))
		err = -ENOENT;
	if (err)
		return err;
	host->cpus = *cpus;
	if (!cpus_count(cpus))
		err = choose(host);
	if (err)
		return err;
	cpus_without(&missing, &host->cpus, &host->online);
	if (cpus_count(&missing))
		return -EINVAL;
	cpus_without(&host->rest, &host->online, &host->cpus);
	/* Nothing can be kept off all CPUs: one is left to the rest. */
	if (!cpus_count(&host->rest))
		cpus_add(&host->rest, cpus_next(&host->online, 0));
	cpus_format(&host->cpus, host->list, sizeof(host->list));
	cpus_format(&host->rest, host->rest_list, sizeof(host->rest_list));
	return 0;
}
