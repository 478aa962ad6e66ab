/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the processes of a recording showed last: facts/values and facts/states,
 * which hft_reader_values() and hft_reader_states() read again.
 */
#ifndef HFT_FACTS_BOARDS_H
#define HFT_FACTS_BOARDS_H

#include <hftrace-reader.h>
#include "lib/names.h"
#include "lib/recording.h"

/* Of these processes; no file where there is nothing. 0 or -errno. */
int facts_values(struct recording *recording, struct hft_reader *reader,
		 struct names *const *processes, size_t count);
int facts_states(struct recording *recording, struct hft_reader *reader,
		 struct names *const *processes, size_t count);

#endif /* HFT_FACTS_BOARDS_H */
