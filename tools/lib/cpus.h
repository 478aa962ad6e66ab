/* SPDX-License-Identifier: GPL-2.0 */
/* Sets of CPUs, and which CPUs of this machine are what. */
#ifndef HFT_CPUS_H
#define HFT_CPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <linux/types.h>

#define CPUS_MAX	8192
#define CPUS_WORDS	(CPUS_MAX / 64)

struct cpus {
	__u64 word[CPUS_WORDS];	/* CPU 0 is the first word's lowest bit */
};

static inline void cpus_add(struct cpus *cpus, unsigned int cpu)
{
	cpus->word[cpu / 64] |= (__u64)1 << (cpu % 64);
}

static inline bool cpus_has(const struct cpus *cpus, unsigned int cpu)
{
	return cpu < CPUS_MAX && (cpus->word[cpu / 64] >> (cpu % 64) & 1);
}

unsigned int cpus_count(const struct cpus *cpus);
bool cpus_equal(const struct cpus *a, const struct cpus *b);
/* dst becomes a without, or with, what is in b; dst may be a or b. */
void cpus_without(struct cpus *dst, const struct cpus *a, const struct cpus *b);
void cpus_or(struct cpus *dst, const struct cpus *a, const struct cpus *b);
/*
 * The first CPU from `from` on, or -1:
 *	for (cpu = cpus_next(c, 0); cpu >= 0; cpu = cpus_next(c, cpu + 1))
 */
int cpus_next(const struct cpus *cpus, int from);

/* "1-3,7"; an empty text is an empty set. 0, -EINVAL or -ERANGE. */
int cpus_parse(struct cpus *cpus, const char *text);

/* The reverse, cut off with "..." if it does not fit. Returns buf. */
const char *cpus_format(const struct cpus *cpus, char *buf, size_t size);

/* Masks as in /proc and /sys: "ff,00000003". 0, -EINVAL or -ERANGE; returns buf. */
int cpus_parse_mask(struct cpus *cpus, const char *text);
const char *cpus_format_mask(const struct cpus *cpus, char *buf, size_t size);

/* The list that a file of the kernel holds, empty when there is no such file. 0 or -errno. */
int cpus_read(const char *path, struct cpus *cpus);

/*
 * This machine's sets, as the kernel says. An empty set when the kernel has
 * no such thing. 0 or -errno.
 */
int cpus_online(struct cpus *cpus);
int cpus_isolated(struct cpus *cpus);	/* isolcpus=, isolated cpusets */
int cpus_nohz_full(struct cpus *cpus);

/* Where a thread may run; 0 is the caller. 0 or -errno. */
int cpus_of_thread(pid_t tid, struct cpus *cpus);

/*
 * Where a process is pinned: the CPUs of those of its threads whose affinity
 * was narrowed, empty when none was. 0 or -errno.
 */
int cpus_of_process(pid_t pid, struct cpus *cpus);

/* Whether an affinity was narrowed by somebody: not all, not all but the isolated. */
bool cpus_pinned(const struct cpus *affinity);

/*
 * Moves the caller off the CPUs `traced`. 0; -EBUSY: it may run on none of the
 * others; or another -errno.
 */
int cpus_keep_off(const struct cpus *traced);

/* Moves the caller to `cpus`. 0 or -errno. */
int cpus_move_to(const struct cpus *cpus);

#endif /* HFT_CPUS_H */
