// SPDX-License-Identifier: GPL-2.0
/* The live rings of hftrace top: kernel records into a ledger, spans into rows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <hftrace.h>
#include "lib/records.h"
#include "lib/tasks.h"
#include "lib/top.h"

#define RECORDS_AT_ONCE	200000U		/* then keys are looked at */
#define RINGS_MORE	1024U		/* of threads that came, and may have gone: open anew */
#define NUMBERS_MAX	(1U << 16)	/* of tasks, of culprits: then the ledger begins anew */

static int open_ledger(struct top *top)
{
	const struct recorder_plan *plan = top->recorder.plan;
	struct ledger *ledger;
	int err;

	if (!plan->kernel)
		return 0;
	err = ledger_open(&ledger, top->path, top->reader, &plan->arming.cpus);
	if (err)
		return err;
	ledger_close(top->ledger);
	top->ledger = ledger;
	top->ledger_rings = top->rings;
	ledger_begin(ledger, top->since);
	return 0;
}

static int add_rings(struct top *top)
{
	size_t count = hft_reader_rings(top->reader);
	struct hft_ring_info info;
	struct top_ring *ring;

	if (count == top->rings)
		return 0;
	ring = realloc(top->ring, count * sizeof(*ring));
	if (!ring)
		return -ENOMEM;
	top->ring = ring;
	for (; top->rings < count; top->rings++) {
		hft_reader_ring(top->reader, (__u32)top->rings, &info);
		ring[top->rings] = (struct top_ring){ .is_cpu = info.kind == HFT_RING_CPU };
	}
	return 0;
}

static int open_reader(struct top *top, __u32 flags)
{
	const struct recorder_options *options = top->recorder.options;
	const struct recorder_plan *plan = top->recorder.plan;
	struct hft_live live = {
		.size = sizeof(live),
		.flags = flags,
		.tgids = options->tgids,
		.tgids_count = options->tgids_count,
	};
	int err;

	if (plan->kernel) {
		live.cpus = plan->rings.word;
		live.cpus_words = CPUS_WORDS;
	}
	if (!options->tgids_count)
		live.flags |= HFT_LIVE_ALL_PROCESSES;
	err = hft_reader_open_live(&top->reader, &live);
	if (err)
		return err == -ENOENT && !plan->kernel ? 0 : err;
	err = add_rings(top);
	top->rings_first = top->rings;
	return err;
}

int top_read_open(struct top *top)
{
	int err;

	top->since = hft_ticks();
	err = open_reader(top, HFT_LIVE_FROM_NOW);
	return err || !top->reader ? err : open_ledger(top);
}

static void close_reader(struct top *top)
{
	size_t i;

	for (i = 0; i < top->rings; i++)
		free(top->ring[i].of_name);
	free(top->ring);
	top->ring = NULL;
	top->rings = 0;
	hft_reader_close(top->reader);
	top->reader = NULL;
}

void top_read_close(struct top *top)
{
	ledger_close(top->ledger);
	top->ledger = NULL;
	if (top->reader)
		close_reader(top);
}

static __u64 count_lost(struct top *top)
{
	__u64 lost = 0, most = 0;
	struct hft_ring_info info;
	__u32 ring;

	for (ring = 0; top->reader && !hft_reader_ring(top->reader, ring, &info); ring++) {
		lost += info.slots_lost;
		if (info.slots_lost <= most)
			continue;
		most = info.slots_lost;
		ring_text(&info, top->lost_ring, sizeof(top->lost_ring));
	}
	return lost;
}

/* Most of those that came will have gone: what is kept of them goes, too. */
static int open_anew(struct top *top)
{
	int err;

	top_read_forget(top);
	top->lost_before += count_lost(top);
	ledger_close(top->ledger);
	top->ledger = NULL;
	close_reader(top);
	err = open_reader(top, HFT_LIVE_FROM_NOW);
	return err || !top->reader ? err : open_ledger(top);
}

int top_read_refresh(struct top *top)
{
	int err;

	/* Whoever came only now wrote nothing before we began. */
	if (!top->reader)
		return open_reader(top, 0);
	err = hft_reader_refresh(top->reader);
	return err < 0 ? err : add_rings(top);
}

static bool has_many_rings(const struct top *top)
{
	return top->reader &&
	       hft_reader_rings(top->reader) > 2 * top->rings_first + RINGS_MORE;
}

bool top_read_full(const struct top *top)
{
	return has_many_rings(top) ||
	       (top->ledger && (causes_count(ledger_causes(top->ledger)) > NUMBERS_MAX ||
				tasks_count(ledger_tasks(top->ledger)) > NUMBERS_MAX));
}

int top_read_renew(struct top *top)
{
	if (has_many_rings(top))
		return open_anew(top);
	top_read_forget(top);
	return open_ledger(top);
}

void top_read_forget(struct top *top)
{
	size_t i;

	for (i = 0; i < top->rings; i++)
		if (top->ring[i].of_name)
			memset(top->ring[i].of_name, 0, HFT_NAMES * sizeof(struct top_row *));
	for (i = 0; i < top->cpus; i++)
		if (top->cpu[i].culprits)
			memset(top->cpu[i].of_culprit, 0,
			       top->cpu[i].culprits * sizeof(struct top_row *));
	top->evicted = top->rows.evicted;
}

int top_read_reset(struct top *top)
{
	top_rows_uninit(&top->rows);
	top_read_forget(top);
	top->lost_before -= top->lost;
	top->lost = 0;
	top->since = hft_ticks();
	top->reset_at = top->since;
	if (!top->ledger)
		return 0;
	ledger_reset(top->ledger);
	ledger_begin(top->ledger, top->since);
	return 0;
}

/* ------------------------------------------------------------------ records */

static int take_span(struct top *top, const struct hft_record *record, __u32 name)
{
	struct top_ring *ring = &top->ring[record->ring];
	struct top_row *row = NULL;
	const char *text;

	if (top->evicted != top->rows.evicted)
		top_read_forget(top);
	if (name < HFT_NAMES && ring->of_name)
		row = ring->of_name[name];
	if (!row) {
		text = hft_reader_name(top->reader, record->ring, name);
		row = top_rows_find(&top->rows, true, -1, CAUSE_USER, text);
		if (!row)
			return -ENOMEM;
		if (top->evicted != top->rows.evicted)
			top_read_forget(top);
		if (!ring->of_name)
			ring->of_name = calloc(HFT_NAMES, sizeof(struct top_row *));
		/* A name may become known later. */
		if (ring->of_name && name < HFT_NAMES && strcmp(text, "?"))
			ring->of_name[name] = row;
	}
	return top_row_span(row, record->start, record->tsc);
}

static int take(struct top *top, const struct hft_record *record)
{
	const struct hft_rec_call *call = record->payload;
	const struct hft_rec_span *span = record->payload;
	int err = 0;

	if (!top->ring[record->ring].is_cpu)
		return record->type == HFT_REC_SPAN ? take_span(top, record, span->name) : 0;
	/* Calls whose start was not seen have no length. */
	if (record->type == HFT_REC_CALL && !(record->ctx & HFT_CTX_CONTINUED))
		err = take_span(top, record, call->probe);
	if (err || !top->ledger || record->ring >= top->ledger_rings)
		return err;
	return ledger_feed(top->ledger, record);
}

int top_read_on(struct top *top, bool *more)
{
	struct hft_record record;
	unsigned int count;
	int err = 0;

	*more = false;
	if (!top->reader)
		return 0;
	for (count = 0; !err && count < RECORDS_AT_ONCE; count++) {
		err = hft_reader_next(top->reader, &record);
		if (!err)
			err = take(top, &record);
	}
	*more = !err;
	top->lost = top->lost_before + count_lost(top);
	return err == -ENODATA ? 0 : err;
}
