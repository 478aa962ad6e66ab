// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/flows.h"

#define BUCKETS	(2 * FLOWS_OUT)
#define NONE	(~0U)

struct out {
	__u64 id;
	__u64 tsc;
	__s32 tgid;
	__u32 name;		/* index in the process's table, which its rings share */
	__u32 ring;
	__u32 next;		/* older one of the same bucket, NONE */
};

struct flows {
	const struct hft_reader *reader;
	const struct spans *spans;
	__s32 *tgid;		/* by ring; 0: none of a process */
	__u32 rings;
	struct out *out;	/* the last FLOWS_OUT, round and round */
	__u64 outs;
	__u32 *bucket;		/* newest out of each, NONE */
	struct flow_in *in;	/* in order of time, once finished by span */
	size_t ins;
	size_t room;
	__u64 *of_span;		/* how many each span has */
};

int flows_open(struct flows **opened, const struct hft_reader *reader, const struct spans *spans)
{
	struct flows *flows = calloc(1, sizeof(*flows));
	struct hft_ring_info info;
	__u32 ring;

	*opened = flows;
	if (!flows)
		return -ENOMEM;
	flows->reader = reader;
	flows->spans = spans;
	flows->rings = hft_reader_rings(reader);
	flows->tgid = calloc(flows->rings + 1, sizeof(*flows->tgid));
	flows->out = calloc(FLOWS_OUT, sizeof(*flows->out));
	flows->bucket = malloc(BUCKETS * sizeof(*flows->bucket));
	flows->of_span = calloc(spans->count + 1, sizeof(*flows->of_span));
	if (!flows->tgid || !flows->out || !flows->bucket || !flows->of_span)
		return -ENOMEM;
	memset(flows->bucket, 0xff, BUCKETS * sizeof(*flows->bucket));
	for (ring = 0; !hft_reader_ring(reader, ring, &info); ring++)
		if (info.kind == HFT_RING_USER)
			flows->tgid[ring] = info.tgid;
	return 0;
}

void flows_close(struct flows *flows)
{
	if (!flows)
		return;
	free(flows->tgid);
	free(flows->out);
	free(flows->bucket);
	free(flows->in);
	free(flows->of_span);
	free(flows);
}

static __u32 *bucket_of(const struct flows *flows, __s32 tgid, const struct hft_rec_flow *flow)
{
	__u64 hash = (flow->id + ((__u64)flow->name << 32) + (__u32)tgid) * 0x9e3779b97f4a7c15ULL;

	return &flows->bucket[hash >> 47];	/* 17 bits */
}

static void forget(struct flows *flows, __u32 index)
{
	const struct out *out = &flows->out[index];
	const struct hft_rec_flow key = { .id = out->id, .name = out->name };
	__u32 *at = bucket_of(flows, out->tgid, &key);

	while (*at != index)
		at = &flows->out[*at].next;
	*at = out->next;
}

static void remember(struct flows *flows, const struct hft_record *record,
		     const struct hft_rec_flow *flow)
{
	__u32 index = (__u32)(flows->outs % FLOWS_OUT);
	__s32 tgid = flows->tgid[record->ring];
	__u32 *bucket;

	_Static_assert(BUCKETS == 1 << 17, "as bucket_of() has it");
	if (flows->outs >= FLOWS_OUT)
		forget(flows, index);
	bucket = bucket_of(flows, tgid, flow);
	flows->out[index] = (struct out){
		.id = flow->id,
		.tsc = record->tsc,
		.tgid = tgid,
		.name = flow->name,
		.ring = record->ring,
		.next = *bucket,
	};
	*bucket = index;
	flows->outs++;
}

static const struct out *find_out(const struct flows *flows, const struct hft_record *record,
				  const struct hft_rec_flow *flow)
{
	__s32 tgid = flows->tgid[record->ring];
	const struct out *out;
	__u32 index;

	for (index = *bucket_of(flows, tgid, flow); index != NONE; index = out->next) {
		out = &flows->out[index];
		if (out->id == flow->id && out->name == flow->name && out->tgid == tgid)
			return out;
	}
	return NULL;
}

/* The last span of a ring (a track, too) that began by then; around it are its parents. */
static __u32 find_span(const struct spans *spans, __u32 ring, __u64 tsc)
{
	size_t low = 0, high = spans->count, middle;
	const struct span *span;

	while (low < high) {
		middle = low + (high - low) / 2;
		span = &spans->span[middle];
		if (span->track < ring ||
		    (span->track == ring && span->start <= tsc))
			low = middle + 1;
		else
			high = middle;
	}
	return low && spans->span[low - 1].track == ring ? (__u32)(low - 1) : SPAN_NONE;
}

static int add_in(struct flows *flows, const struct flow_in *flow)
{
	size_t room = flows->room ? 2 * flows->room : 64;
	struct flow_in *in;

	if (flows->of_span[flow->span]++ >= FLOWS_OF_SPAN)
		return 0;
	if (flows->ins == flows->room) {
		in = realloc(flows->in, room * sizeof(*in));
		if (!in)
			return -ENOMEM;
		flows->in = in;
		flows->room = room;
	}
	flows->in[flows->ins++] = *flow;
	return 0;
}

static int take_in(struct flows *flows, const struct hft_record *record,
		   const struct hft_rec_flow *flow)
{
	const struct out *out = find_out(flows, record, flow);
	const struct spans *spans = flows->spans;
	struct flow_in in = {
		.ring = record->ring,
		.name = flow->name,
		.from = out ? out->ring : FLOW_UNKNOWN,
		.id = flow->id,
		.in = record->tsc,
		.out = out ? out->tsc : 0,
		.crowded = flows->outs > FLOWS_OUT,
	};
	int err = 0;

	for (in.span = find_span(spans, record->ring, record->tsc); in.span != SPAN_NONE && !err;
	     in.span = spans->span[in.span].parent)
		if (spans->span[in.span].chosen && spans->span[in.span].end >= record->tsc)
			err = add_in(flows, &in);
	return err;
}

int flows_feed(struct flows *flows, const struct hft_record *record)
{
	const struct hft_rec_flow *flow = record->payload;

	if (record->type != HFT_REC_FLOW || record->ring >= flows->rings ||
	    !flows->tgid[record->ring])
		return 0;
	if (flow->step == HFT_FLOW_IN)
		return take_in(flows, record, flow);
	if (flow->step == HFT_FLOW_OUT)
		remember(flows, record, flow);
	return 0;
}

static int by_span(const void *a, const void *b)
{
	const struct flow_in *left = a, *right = b;

	if (left->span != right->span)
		return left->span < right->span ? -1 : 1;
	return left->in < right->in ? -1 : left->in > right->in;
}

void flows_finish(struct flows *flows)
{
	if (flows->ins)
		qsort(flows->in, flows->ins, sizeof(*flows->in), by_span);
}

const struct flow_in *flows_of(const struct flows *flows, const struct span *span, __u32 *count,
			       __u64 *more)
{
	__u32 number = (__u32)(span - flows->spans->span);
	__u64 all = flows->of_span[number];
	size_t low = 0, high = flows->ins, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (flows->in[middle].span < number)
			low = middle + 1;
		else
			high = middle;
	}
	*count = all < FLOWS_OF_SPAN ? (__u32)all : FLOWS_OF_SPAN;
	*more = all - *count;
	return all ? flows->in + low : NULL;
}

/* Of all rings that it could have come out of. */
static bool lost_any(const struct flows *flows, __s32 tgid)
{
	struct hft_ring_info info;
	__u32 ring;

	for (ring = 0; !hft_reader_ring(flows->reader, ring, &info); ring++)
		if (info.kind == HFT_RING_USER && info.tgid == tgid && info.records_lost)
			return true;
	return false;
}

const char *flows_why_unknown(const struct flows *flows, const struct flow_in *flow)
{
	if (lost_any(flows, flows->tgid[flow->ring]))
		return "records of this process were lost";
	if (flow->crowded)
		return "more than 65,536 others were handed over since, or it never was";
	return "no thread that was recorded handed it over";
}
