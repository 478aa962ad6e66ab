// SPDX-License-Identifier: GPL-2.0
#include "checker.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define AT_ONCE		4096	/* records of a ring before others have their turn */

static void __attribute__((format(printf, 2, 3))) wrong(struct checker *c, const char *format, ...)
{
	va_list args;

	if (c->wrong[0])
		return;
	va_start(args, format);
	vsnprintf(c->wrong, sizeof(c->wrong), format, args);
	va_end(args);
}

/* Rings that are new; their writers hear that they are known. */
static int learn(struct checker *c)
{
	uint32_t rings = hft_reader_rings(c->reader), i;
	struct hft_ring_info info;
	struct follow *grown;

	if (rings == c->rings)
		return 0;
	grown = realloc(c->ring, rings * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	c->ring = grown;
	for (i = c->rings; i < rings; i++) {
		c->ring[i] = (struct follow){ 0 };
		hft_reader_ring(c->reader, i, &info);
		if (sscanf(info.name, "life-%u", &c->ring[i].life) != 1 ||
		    c->ring[i].life >= LIVES_MAX) {
			wrong(c, "ring %u has the name '%s'", i, info.name);
			continue;
		}
		__atomic_fetch_add(&c->shared->life[c->ring[i].life].seen, 1, __ATOMIC_RELEASE);
	}
	c->rings = rings;
	return 0;
}

static unsigned int slots_of(enum stream stream)
{
	return stream == SPANS || stream == SIGNAL_SPANS ? 2 : 1;
}

/* Numbers are missing only where slots were lost, and no more of them than had room there. */
static void count_gap(struct checker *c, struct follow *f, enum stream stream, uint64_t number,
		      uint64_t lost_slots)
{
	uint64_t gap = number - f->next[stream];
	enum stream each;

	for (each = 0; each < STREAMS; each++)
		f->lost[each] += lost_slots;
	if (number < f->next[stream])
		wrong(c, "order: life %u stream %d: %llu behind %llu", f->life, stream,
		      (unsigned long long)number, (unsigned long long)f->next[stream] - 1);
	else if (gap * slots_of(stream) > f->lost[stream])
		wrong(c, "life %u stream %d: %llu missing before %llu, %llu slots lost there",
		      f->life, stream, (unsigned long long)gap, (unsigned long long)number,
		      (unsigned long long)f->lost[stream]);
	else
		f->missing += gap;
	f->next[stream] = number + 1;
	f->lost[stream] = 0;
}

static void look(struct checker *c, const struct hft_record *rec)
{
	const struct hft_rec_mark *mark = rec->payload;
	const struct hft_rec_span *span = rec->payload;
	struct follow *f = &c->ring[rec->ring];
	uint32_t name, number, most = 0;
	enum stream stream;
	uint64_t value;

	if (rec->type != HFT_REC_MARK && rec->type != HFT_REC_SPAN) {
		wrong(c, "life %u: type %u", f->life, rec->type);
		return;
	}
	value = rec->type == HFT_REC_MARK ? mark->value : span->id;
	name = rec->type == HFT_REC_MARK ? mark->name : span->name;
	number = (uint32_t)value;
	stream = (name - 1) / NAMES;
	if (!name || stream >= STREAMS || slots_of(stream) != rec->slots ||
	    value != value_of(stream, f->life, number) || name != name_of(stream, value)) {
		wrong(c, "torn: life %u slot %llu: type %u name %u value %llx", f->life,
		      rec->slot, rec->type, name, (unsigned long long)value);
		return;
	}
	most = stream == SIGNAL_SPANS;	/* it can stand in the thread's own */
	if (rec->type == HFT_REC_SPAN &&
	    (span->depth > most || rec->start > rec->tsc ||
	     span->reserved[0] | span->reserved[1] | span->reserved[2]))
		wrong(c, "torn: life %u slot %llu: a span of depth %u", f->life, rec->slot,
		      span->depth);
	if (rec->type == HFT_REC_MARK && mark->reserved)
		wrong(c, "torn: life %u slot %llu: a mark", f->life, rec->slot);
	count_gap(c, f, stream, number, rec->lost_slots);
	if (rec->tsc < f->last_tsc || rec->ctx)
		wrong(c, "time goes back: life %u slot %llu ctx %x", f->life, rec->slot, rec->ctx);
	c->late += c->merged && rec->tsc < c->last_tsc;
	f->last_tsc = rec->tsc;
	c->last_tsc = rec->tsc;
	f->read++;
}

/* What there is now. Whether there was any. */
static bool read_some(struct checker *c)
{
	struct hft_record rec;
	unsigned int most;
	bool any = false;
	uint32_t ring;

	if (c->merged) {
		for (most = AT_ONCE; most && !hft_reader_next(c->reader, &rec); most--)
			look(c, &rec);
		return most < AT_ONCE;
	}
	for (ring = 0; ring < c->rings; ring++) {
		for (most = AT_ONCE; most && !hft_reader_next_in(c->reader, ring, &rec); most--)
			look(c, &rec);
		any |= most < AT_ONCE;
	}
	return any;
}

/* Written is what the writer itself says; lost, what is missing in the order of the numbers. */
static void balance(struct checker *c, uint32_t ring)
{
	struct follow *f = &c->ring[ring];
	const struct life *life = &c->shared->life[f->life];
	struct hft_ring_info info;
	uint64_t written = 0;
	enum stream stream;

	hft_reader_ring(c->reader, ring, &info);
	for (stream = 0; stream < STREAMS; stream++) {
		written += life->written[stream];
		if (f->next[stream] > life->written[stream])
			wrong(c, "life %u: read what was never written", f->life);
		/* what is missing behind the last one that was read */
		count_gap(c, f, stream, life->written[stream], info.slots_lost);
	}
	if (info.records_written != written)
		wrong(c, "life %u: %llu written instead of %llu", f->life, info.records_written,
		      (unsigned long long)written);
	if (info.records_read != f->read || info.records_lost != f->missing)
		wrong(c, "life %u: %llu read %llu lost instead of %llu and %llu", f->life,
		      info.records_read, info.records_lost, (unsigned long long)f->read,
		      (unsigned long long)f->missing);
	if (info.head != info.slots_read + info.slots_lost)
		wrong(c, "life %u: head %llu, %llu slots read and %llu lost", f->life, info.head,
		      info.slots_read, info.slots_lost);
	c->written += written;
	c->read += f->read;
	c->lost += f->missing;
}

int checker_run(struct checker *c)
{
	const struct timespec pause = { .tv_nsec = 500000 };
	bool any = true, done = false;
	uint32_t ring;
	int err;

	while (!done) {
		done = __atomic_load_n(&c->shared->done, __ATOMIC_ACQUIRE);
		err = hft_reader_refresh(c->reader);
		if (err >= 0)
			err = learn(c);
		if (err < 0)
			return err;
		any = read_some(c);
		if (!any && !done)
			nanosleep(&pause, NULL);
	}
	hft_reader_settle(c->reader);
	while (read_some(c))
		;
	for (ring = 0; ring < c->rings; ring++)
		balance(c, ring);
	if (c->rings != __atomic_load_n(&c->shared->lives, __ATOMIC_RELAXED))
		wrong(c, "%u rings of %u lives", c->rings, c->shared->lives);
	free(c->ring);
	return 0;
}
