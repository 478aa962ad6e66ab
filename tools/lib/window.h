/* SPDX-License-Identifier: GPL-2.0 */
/* From when to when a recording goes, and on which CPUs. */
#ifndef HFT_WINDOW_H
#define HFT_WINDOW_H

#include <hftrace-reader.h>
#include "lib/cpus.h"

/* Ticks of a wall clock time, the reverse of hft_reader_realtime(); 0: not known. */
__u64 realtime_ticks(const struct hft_reader *reader, __s64 ns);

/* When hooks were armed, in ticks; 0: not noted. Programs' rings may have records from before. */
__u64 recording_armed(const char *recording, const struct hft_reader *reader);

/* When the recorder started and stopped, in ticks; left alone if it did not note it. */
void recording_times(const char *recording, const struct hft_reader *reader, __u64 *started,
		     __u64 *stopped);

/*
 * When the recorder started, its hooks armed if there are any, and stopped, in ticks; left alone
 * if it did not note it.
 */
void recording_window(const char *recording, const struct hft_reader *reader, __u64 *started,
		      __u64 *stopped);

/* Of the newest record that was read, in ticks; 0: there was none. */
__u64 recording_last(const struct hft_reader *reader);

/* What the recorder says it traced; without that, every CPU that has a ring. */
void recording_cpus(const char *recording, const struct hft_reader *reader, struct cpus *traced);

#endif /* HFT_WINDOW_H */
