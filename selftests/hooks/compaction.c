// SPDX-License-Identifier: GPL-2.0
/*
 * compaction: of all zones, on request; each as compaction:mm_compaction_end
 * shows it, as long as the time since its mm_compaction_begin.
 */
#include <stdio.h>

#include "hook_test.h"
#include "intervals.h"

#define ROUNDS	5

static const char *const sources[] = {
	"compaction/mm_compaction_begin", "compaction/mm_compaction_end", NULL
};

static const struct field_pair fields[] = {
	FIELD(hft_rec_compaction, zone_start, "zone_start"),
	FIELD(hft_rec_compaction, zone_end, "zone_end"),
	FIELD(hft_rec_compaction, sync, "sync"),
	FIELD(hft_rec_compaction, status, "status"),
	FIELD(hft_rec_compaction, tid, "common_pid"),
	{ 0 }
};

static int compact(void *told)
{
	int i, err = 0;

	(void)told;
	for (i = 0; i < ROUNDS && !err; i++)
		err = write_file("/proc/sys/vm/compact_memory", "1");
	return err;
}

static bool is_end(const struct record *record)
{
	return !(record->ctx & HFT_CTX_SWITCHED_OUT);
}

static int on_request(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(COMPACTION), .cpus = 1 << QUIET_CPU, .on = QUIET_CPU,
		.provoke = compact, .events = sources,
	};
	const struct pairing pairing = {
		.type = HFT_REC_COMPACTION, .event = sources[1], .fields = fields,
		.record_is = is_end,
	};
	static struct watch watch;
	unsigned int own = 0;
	size_t i;

	watch_run(&watch, &want);
	CHECK(durations_check(&watch, &pairing, sources[0], "common_pid", sizeof(__u64)) > 0);
	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];
		const struct hft_rec_compaction *rec = record_payload(record);

		if (rec->tid != watch.child || !is_end(record))
			continue;
		CHECK(rec->sync);
		CHECK(rec->zone_start < rec->zone_end);
		own++;
	}
	/* each time each zone, and there is one at least */
	CHECK(own >= ROUNDS);
	return 0;
}

HOOK_TEST_MAIN("compaction", sources, NULL,
	       { "each zone that is compacted, with result and length", on_request })
