/* SPDX-License-Identifier: GPL-2.0 */
/* The probes that the module has: adding, what that costs, removing, names. */
#ifndef HFT_PROBES_H
#define HFT_PROBES_H

#include <stdbool.h>
#include <sys/types.h>
#include "lib/device.h"
#include "lib/names.h"
#include "lib/probe_spec.h"

/* Probes that are to be added. */
struct probes {
	const char *text[HFT_PROBES];	/* as typed */
	struct hft_probe probe[HFT_PROBES];
	size_t count;
};

/* Takes what was typed. HFT_EXIT_USAGE, said, when there are too many. */
int probes_take(struct probes *probes, const char *text);

/* Looks all of them up: nothing is added when one is not found. enum hft_exit, said. */
int probes_resolve(struct probes *probes);
void probes_close(struct probes *probes);

/* Says what adding them and what each hit costs the traced CPUs. */
void probes_say_cost(const struct probes *probes);

/*
 * Adds them, in process `pid` alone if that is not 0; `flags` are HFT_PROBE_*.
 * enum hft_exit, said. What was added before one fails is removed again.
 */
int probes_add(const struct device *device, struct probes *probes, __u32 flags, pid_t pid);

/* id 0: all. 0 or -errno. */
int probes_remove(const struct device *device, __u32 id, bool force);

/* Describes the one behind info->id. 0, -ENOENT at the end, or another -errno. */
int probes_next(const struct device *device, struct hft_probe *info);

/* Their labels by number. 1: there are some, 0, or -errno. */
int probes_names(const struct device *device, struct names *names);

/* "function", "call", of the kernel or of a program. */
const char *probe_kind(const struct hft_probe *probe);

#endif /* HFT_PROBES_H */
