/* SPDX-License-Identifier: GPL-2.0 */
/* Follows a process live and looks at every record of the load. */
#ifndef STRESS_CHECKER_H
#define STRESS_CHECKER_H

#include <hftrace-reader.h>
#include "payload.h"

struct follow {		/* what the checker knows of a ring */
	uint32_t life;
	uint64_t next[STREAMS];
	uint64_t read;
	uint64_t missing;
	uint64_t lost[STREAMS];	/* slots, since the last record of each stream */
	uint64_t last_tsc;
};

struct checker {
	struct hft_reader *reader;
	struct shared *shared;
	bool merged;
	struct follow *ring;
	uint32_t rings;
	uint64_t last_tsc;	/* of all */
	/* Found, in the end. */
	uint64_t written;
	uint64_t read;
	uint64_t lost;
	uint64_t late;		/* merged out of order, committed 10 ms after their time */
	char wrong[160];	/* the first thing that is not as it should be, else empty */
};

/* Reads until the writers are done, and settles. 0 or -errno; else look at `wrong`. */
int checker_run(struct checker *checker);

#endif /* STRESS_CHECKER_H */
