/* SPDX-License-Identifier: GPL-2.0 */
/* Probes as the tests add them: the bare ioctls. */
#ifndef SELFTEST_PROBES_H
#define SELFTEST_PROBES_H

#include <hftrace/abi.h>
#include <stdbool.h>

#include "watch.h"

/* Each: the probe's number, or -errno. */
int probe_add(int fd, struct hft_probe *probe);
int probe_kernel(int fd, enum hft_probe_kind kind, const char *symbol, __u64 offset);

/* A function of this program, in all processes that run it. */
int probe_own(int fd, enum hft_probe_kind kind, const void *function);

/* Where a function of this program stands in its file. */
__u64 offset_in_file(const void *function);

/* id 0: all. 0 or -errno. */
int probe_remove(int fd, unsigned int id, unsigned int flags);

/* The one with this number, or -ENOENT. */
int probe_info(int fd, unsigned int id, struct hft_probe *info);

/* How many there are. */
unsigned int probes_count(int fd);

/* The n-th record of a probe, on any CPU, in order of time by CPU; NULL: there are fewer. */
const struct record *probe_record(const struct watch *watch, unsigned int id, size_t n);

/* All of them. */
size_t probe_records(const struct watch *watch, unsigned int id);

#endif /* SELFTEST_PROBES_H */
