/* SPDX-License-Identifier: GPL-2.0 */
/* What the checks of doctor_*.c share. */
#ifndef HFT_DOCTOR_PRIVATE_H
#define HFT_DOCTOR_PRIVATE_H

#include "lib/doctor.h"

/* A file's first line, without its newline. 0 or -errno; -ENODATA when it is empty. */
int doctor_line(const struct doctor_host *host, const char *path, char *buf, size_t size);

/* A file that is one number. 0, -EINVAL or -errno. */
int doctor_number(const struct doctor_host *host, const char *path, long long *value);

/* The path as it is on this machine. False: too long. */
bool doctor_path(const struct doctor_host *host, const char *path, char *buf, size_t size);
bool doctor_exists(const struct doctor_host *host, const char *path);

/* A list of CPUs, empty when there is no such file; or a mask in hexadecimal. 0 or -errno. */
int doctor_cpus(const struct doctor_host *host, const char *path, struct cpus *cpus);
int doctor_mask(const struct doctor_host *host, const char *path, struct cpus *cpus);

/*
 * The value of an argument that the kernel was booted with, "" for one
 * without. 0, -ENODATA: was not given, or -errno.
 */
int doctor_boot_argument(const struct doctor_host *host, const char *name, char *buf,
			 size_t size);

/* The words behind "key :" of the first CPU of /proc/cpuinfo. 0, -ENOENT or -errno. */
int doctor_cpuinfo(const struct doctor_host *host, const char *key, char *buf, size_t size);
bool doctor_has_word(const char *text, const char *word);

/* Whether any of the chosen CPUs is among these; `which` gets those that are. */
bool doctor_chosen(const struct doctor_host *host, const struct cpus *cpus, struct cpus *which);

/* "2 3 4", for a loop of the shell; returns buf. */
const char *doctor_words(const struct cpus *cpus, char *buf, size_t size);

void doctor_say(struct doctor_finding *finding, enum doctor_state state, const char *format, ...)
	__printf(3, 4);
void doctor_fix(struct doctor_finding *finding, const char *format, ...) __printf(2, 3);
/* "unknown": a file could not be read. */
void doctor_unreadable(struct doctor_finding *finding, const char *path, int err);

/* Adds to a text, with ", " between; what does not fit ends in "...". */
void doctor_add(char *text, size_t size, const char *format, ...) __printf(3, 4);

/* The checks of a subject. */
struct doctor_subject {
	const struct doctor_check *checks;
	size_t count;
};

extern const struct doctor_subject doctor_clock;
extern const struct doctor_subject doctor_isolation;
extern const struct doctor_subject doctor_interrupts;
extern const struct doctor_subject doctor_power;
extern const struct doctor_subject doctor_memory;
extern const struct doctor_subject doctor_scheduler;
extern const struct doctor_subject doctor_platform;
extern const struct doctor_subject doctor_trust;
extern const struct doctor_subject doctor_watched;

#endif /* HFT_DOCTOR_PRIVATE_H */
