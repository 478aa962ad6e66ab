// SPDX-License-Identifier: GPL-2.0
/* What the recorder writes down about the machine. */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/cpus.h"
#include "lib/doctor.h"
#include "lib/facts_write.h"
#include "lib/output.h"

int facts_copy(FILE *to, const char *path)
{
	char buf[16384];
	size_t total = 0;
	size_t got;
	FILE *from;
	int err = 0;

	from = fopen(path, "re");
	if (!from)
		return -errno;
	while ((got = fread(buf, 1, sizeof(buf), from))) {
		fwrite(buf, 1, got, to);
		total += got;
	}
	if (ferror(from))
		err = -EIO;
	fclose(from);
	return err || total ? err : -ESRCH;
}

static int copy_file(struct recording *recording, const char *path, const char *name)
{
	FILE *file = recording_new_file(recording, name);
	int err;

	if (!file)
		return -errno;
	err = facts_copy(file, path);
	if (!err)
		return recording_put(recording, file, name, false);
	/* What stands there already is better than nothing. */
	recording_drop(recording, file, name);
	return err;
}

static void print_line_of(FILE *file, const char *key, const char *path, const char *prefix)
{
	char *line = NULL;
	size_t room = 0;
	FILE *from;

	from = fopen(path, "re");
	if (!from)
		return;
	while (getline(&line, &room, from) > 0) {
		if (strncmp(line, prefix, strlen(prefix)))
			continue;
		line[strcspn(line, "\n")] = 0;
		fprintf(file, "%s=%s\n", key, line + (*prefix ? strcspn(line, ":") + 2 : 0));
		break;
	}
	free(line);
	fclose(from);
}

static void print_set(FILE *file, const char *key, int (*get)(struct cpus *))
{
	struct cpus cpus;
	char text[512];

	if (!get(&cpus))
		fprintf(file, "%s=%s\n", key, cpus_format(&cpus, text, sizeof(text)));
}

int facts_host(struct recording *recording)
{
	FILE *file = recording_new_file(recording, "host");
	struct utsname name;

	if (!file)
		return -errno;
	uname(&name);
	fprintf(file, "node=%s\nkernel=%s %s\nmachine=%s\n", name.nodename, name.release,
		name.version, name.machine);
	print_line_of(file, "boot_id", "/proc/sys/kernel/random/boot_id", "");
	print_line_of(file, "cmdline", "/proc/cmdline", "");
	print_line_of(file, "cpu_model", "/proc/cpuinfo", "model name");
	print_set(file, "online", cpus_online);
	print_set(file, "isolated", cpus_isolated);
	print_set(file, "nohz_full", cpus_nohz_full);
	print_line_of(file, "clocksource",
		      "/sys/devices/system/clocksource/clocksource0/current_clocksource", "");
	return recording_put(recording, file, "host", false);
}

int facts_doctor(struct recording *recording, const struct cpus *cpus)
{
	struct doctor_report report = { 0 };
	struct doctor_host host;
	FILE *file;
	int err;

	/* A CPU that went offline, or no /sys: the recording goes on, and says so. */
	err = doctor_host_init(&host, "", cpus);
	if (!err && doctor_examine(&host, &report))
		return -ENOMEM;
	file = recording_new_file(recording, "doctor");
	if (file && err)
		fprintf(file, "doctor=not examined: %s\n", err == -EINVAL ?
			"a traced CPU is not online" : strerror(-err));
	else if (file)
		doctor_facts(&host, &report, file);
	err = file ? 0 : -errno;
	doctor_report_uninit(&report);
	return err ? err : recording_put(recording, file, "doctor", false);
}

int facts_interrupts(struct recording *recording)
{
	return copy_file(recording, "/proc/interrupts", "interrupts");
}

/* The text symbols of /proc/kallsyms. 1: their addresses are hidden. */
static int copy_symbols(FILE *to)
{
	char *line = NULL;
	bool visible = false;
	size_t room = 0;
	FILE *from;

	from = fopen("/proc/kallsyms", "re");
	if (!from)
		return -errno;
	while (getline(&line, &room, from) > 0) {
		const char *kind = strchr(line, ' ');

		if (!kind || (!strchr("tTwW", kind[1]) && strcmp(kind + 2, " _etext\n")))
			continue;
		visible |= strspn(line, "0") < (size_t)(kind - line);
		if (visible)
			fputs(line, to);
	}
	free(line);
	fclose(from);
	return !visible;
}

/* The code that every process has of the kernel, to be read as a library is. */
static int copy_vdso(struct recording *recording)
{
	const Elf64_Ehdr *vdso = (const Elf64_Ehdr *)getauxval(AT_SYSINFO_EHDR);
	FILE *file;

	if (!vdso)
		return 0;
	file = recording_new_file(recording, "vdso");
	if (!file)
		return -errno;
	/* its sections' headers stand at its end */
	fwrite(vdso, 1, vdso->e_shoff + (size_t)vdso->e_shnum * vdso->e_shentsize, file);
	return recording_put(recording, file, "vdso", false);
}

int facts_symbols(struct recording *recording)
{
	FILE *file = recording_new_file(recording, "kallsyms");
	int hidden, err;

	if (!file)
		return -errno;
	hidden = copy_symbols(file);
	if (hidden > 0)
		fputs("# hidden by kptr_restrict\n", file);
	else if (hidden < 0)
		fprintf(file, "# not readable: %s\n", strerror(-hidden));
	err = recording_put(recording, file, "kallsyms", false);
	if (!err)
		err = copy_file(recording, "/proc/modules", "modules");
	/* a kernel without modules has none, or an empty one */
	return err && err != -ENOENT && err != -ESRCH ? err : copy_vdso(recording);
}

/* The first process of a number has no more than that in the names of its facts. */
static void name_of_life(char name[48], const char *what, const struct names *names)
{
	if (names->life > 1)
		snprintf(name, 48, "%s-%d.%u", what, names->tgid, names->life);
	else
		snprintf(name, 48, "%s-%d", what, names->tgid);
}

int facts_names(struct recording *recording, const struct names *names)
{
	char name[48];
	FILE *file;
	__u32 i;

	name_of_life(name, "names", names);
	file = recording_new_file(recording, name);
	if (!file)
		return -errno;
	for (i = 0; i < names->count; i++) {
		if (names->text[i])
			fprintf(file, "%u\t%s\n", i, names->text[i]);
	}
	return recording_put(recording, file, name, false);
}

/* So that it can be read back: what is no printable ASCII, or a backslash, becomes \xNN. */
static void print_exactly(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text >= ' ' && *text < 0x7f && *text != '\\')
			fputc(*text, file);
		else
			fprintf(file, "\\x%02x", (unsigned char)*text);
	}
}

/* Number, level, line, types of the arguments as digits, file, text. */
int facts_formats(struct recording *recording, const struct names *names)
{
	const struct formats *formats = &names->formats;
	char name[48];
	FILE *file;
	__u32 i, j;

	if (!formats->count)
		return 0;
	name_of_life(name, "formats", names);
	file = recording_new_file(recording, name);
	if (!file)
		return -errno;
	for (i = 0; i < formats->count; i++) {
		const struct hft_format_info *format = formats->at[i];

		if (!format)
			continue;
		fprintf(file, "%u\t%u\t%u\t%s", i, format->level, format->line,
			format->args ? "" : "-");
		for (j = 0; j < format->args; j++)
			fprintf(file, "%u", format->type[j]);
		fputc('\t', file);
		print_exactly(file, format->file);
		fputc('\t', file);
		print_exactly(file, format->text);
		fputc('\n', file);
	}
	return recording_put(recording, file, name, false);
}

/* Fields 39 and 3 of /proc/TID/stat, counted from behind the name, which may hold anything. */
static int last_cpu(const char *path, char *state)
{
	char line[1024];
	char *at = NULL;
	FILE *from;
	int field;

	*state = '?';
	from = fopen(path, "re");
	if (!from)
		return -1;
	if (fgets(line, sizeof(line), from))
		at = strrchr(line, ')');
	fclose(from);
	if (at && at[1] == ' ' && at[2])
		*state = at[2];
	for (field = 2; at && field < 39; field++) {
		at = strchr(at, ' ');
		if (at)
			at++;
	}
	return at ? atoi(at) : -1;
}

/* False when it has gone. */
static bool print_thread(FILE *file, const char *tgid, const char *tid)
{
	char path[96], comm[64], escaped[4 * sizeof(comm)], list[256];
	struct cpus allowed;
	FILE *from;
	char state;
	int cpu;

	snprintf(path, sizeof(path), "/proc/%.16s/task/%.16s/comm", tgid, tid);
	from = fopen(path, "re");
	if (!from)
		return false;
	if (fgets(comm, sizeof(comm), from)) {
		comm[strcspn(comm, "\n")] = 0;
		snprintf(path, sizeof(path), "/proc/%.16s/task/%.16s/stat", tgid, tid);
		if (cpus_of_thread(atoi(tid), &allowed))
			memset(&allowed, 0, sizeof(allowed));
		cpu = last_cpu(path, &state);
		fprintf(file, "%s\t%s\t%s\t%d\t%s\t%c\n", tid, tgid,
			text_escape(escaped, sizeof(escaped), comm, sizeof(comm)), cpu,
			cpus_format(&allowed, list, sizeof(list)), state);
	}
	fclose(from);
	return true;
}

/* The threads of one process. */
static void print_threads(FILE *file, const char *tgid)
{
	char path[64];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.16s/task", tgid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			print_thread(file, tgid, entry->d_name);
	}
	closedir(dir);
}

FILE *facts_append(struct recording *recording, const char *name)
{
	int fd = openat(recording->facts, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	return fd < 0 ? NULL : fdopen(fd, "a");
}

int facts_append_end(FILE *file)
{
	int err = 0;

	errno = 0;
	if (fflush(file) || ferror(file))
		err = errno ? -errno : -EIO;
	fclose(file);
	return err;
}

int facts_tasks(struct recording *recording)
{
	FILE *file = facts_append(recording, "tasks");
	struct dirent *entry;
	DIR *dir;
	int err;

	if (!file)
		return -errno;
	dir = opendir("/proc");
	if (!dir) {
		err = -errno;
		fclose(file);
		return err;
	}
	while ((entry = readdir(dir))) {
		if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name))
			print_threads(file, entry->d_name);
	}
	closedir(dir);
	return facts_append_end(file);
}

int facts_thread(struct recording *recording, pid_t tgid, pid_t tid, const char *name)
{
	FILE *file = facts_append(recording, "tasks");
	char process[16], thread[16], escaped[80];

	if (!file)
		return -errno;
	snprintf(process, sizeof(process), "%d", tgid);
	snprintf(thread, sizeof(thread), "%d", tid);
	if (!print_thread(file, process, thread))
		fprintf(file, "%d\t%d\t%s\n", tid, tgid,
			text_escape(escaped, sizeof(escaped), name, 16));
	return facts_append_end(file);
}

int facts_clock(struct recording *recording, const struct hft_clock_sample *sample)
{
	FILE *file = facts_append(recording, "clock");

	if (!file)
		return -errno;
	fprintf(file, "%u %llu %llu %llu %llu %llu %llu\n", sample->cpu, sample->ticks,
		sample->uncertainty, sample->monotonic_ns, sample->realtime_ns, sample->tai_ns,
		sample->boottime_ns);
	return facts_append_end(file);
}
