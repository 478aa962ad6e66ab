// SPDX-License-Identifier: GPL-2.0
/* From rings to streams. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/capture.h"
#include "lib/compiler.h"
#include "lib/ctf_metadata.h"
#include "lib/process.h"

#define DRAIN_TRIES	20	/* times DRAIN_WAIT_NS for a writer to commit its last record */
#define DRAIN_WAIT_NS	1000000

static int open_reader(struct capture *capture, __u32 flags)
{
	const struct capture_wish *wish = &capture->wish;
	struct hft_live live = { .size = sizeof(live), .flags = flags };

	if (wish->kernel) {
		live.cpus = wish->cpus.word;
		live.cpus_words = CPUS_WORDS;
	}
	live.tgids = wish->tgids;
	live.tgids_count = wish->tgids_count;
	if (!wish->tgids_count)
		live.flags |= HFT_LIVE_ALL_PROCESSES;
	return hft_reader_open_live(&capture->reader, &live);
}

/* Stream class of a process, and its names: others may have had its number before. */
static int find_process(struct capture *capture, __s32 tgid, __u64 region, __u32 *class)
{
	struct names **processes;
	__u32 life = 1;
	size_t i;

	for (i = 0; i < capture->processes_count; i++) {
		if (capture->processes[i]->tgid != tgid)
			continue;
		if (capture->processes[i]->region == region)
			goto out;
		life++;
	}
	processes = realloc(capture->processes, (i + 1) * sizeof(*processes));
	if (!processes)
		return -ENOMEM;
	capture->processes = processes;
	processes[i] = calloc(1, sizeof(**processes));
	if (!processes[i])
		return -ENOMEM;
	processes[i]->tgid = tgid;
	processes[i]->region = region;
	processes[i]->life = life;
	processes[i]->start = process_start(tgid);
	capture->processes_count++;
out:
	*class = i + 1;
	return 0;
}

/* A process that attached before we began is nobody's descendant; a dead one may be ours. */
static bool is_wanted(const struct capture *capture, const struct hft_ring_info *info,
		      bool first)
{
	size_t i;

	if (info->kind == HFT_RING_CPU || !capture->wish.ancestor)
		return true;
	if (first)
		return false;
	if (process_exists(info->tgid))
		return process_descends(info->tgid, capture->wish.ancestor);
	for (i = 0; i < capture->count; i++) {
		if (capture->rings[i].stream.source.tgid == info->tgid)
			return capture->rings[i].wanted;
	}
	return true;
}

static bool name_is_taken(const struct capture *capture, const char *name)
{
	size_t i;

	for (i = 0; i < capture->count; i++) {
		if (!strcmp(capture->rings[i].stream.name, name))
			return true;
	}
	return false;
}

/*
 * The file's name, which says the same as its headers. A process that calls
 * exec gets new rings with the numbers of old ones: then the next generation.
 */
static void choose_name(const struct capture *capture, struct stream_source *source,
			char name[STREAM_NAME])
{
	if (source->ring_kind == HFT_RING_CPU) {
		snprintf(name, STREAM_NAME, "cpu%d", source->ring_id);
		return;
	}
	for (;; source->generation++) {
		snprintf(name, STREAM_NAME, "user-%d-%d-%u", source->tgid, source->ring_id,
			 source->generation);
		if (!name_is_taken(capture, name))
			return;
	}
}

static int add_ring(struct capture *capture, __u32 ring, bool first)
{
	struct stream_source source = { 0 };
	struct hft_ring_info info;
	char name[STREAM_NAME];
	bool wanted;
	int err;

	hft_reader_ring(capture->reader, ring, &info);
	wanted = is_wanted(capture, &info, first);
	source.ring_kind = info.kind;
	source.ring_id = info.id;
	source.tgid = info.tgid;
	source.generation = info.generation;
	memcpy(source.uuid, capture->recording->uuid, sizeof(source.uuid));
	if (wanted && info.kind == HFT_RING_USER) {
		err = find_process(capture, info.tgid, hft_reader_region(capture->reader, ring),
				   &source.stream_class);
		if (err)
			return err;
	}
	choose_name(capture, &source, name);
	err = stream_init(&capture->rings[ring].stream, capture->recording->directory, name,
			  &source);
	if (err)
		return err;
	capture->rings[ring].capacity = info.capacity;
	capture->rings[ring].wanted = wanted;
	capture->count++;
	return 0;
}

static int add_rings(struct capture *capture, bool first)
{
	size_t count = hft_reader_rings(capture->reader);
	struct captured *rings;
	int err = 0;

	if (count == capture->count)
		return 0;
	rings = realloc(capture->rings, count * sizeof(*rings));
	if (!rings)
		return -ENOMEM;
	capture->rings = rings;
	while (!err && capture->count < count)
		err = add_ring(capture, capture->count, first);
	return err;
}

int capture_open(struct capture *capture, const struct capture_wish *wish,
		 struct recording *recording)
{
	int err;

	memset(capture, 0, sizeof(*capture));
	capture->wish = *wish;
	capture->recording = recording;
	err = open_reader(capture, HFT_LIVE_FROM_NOW);
	return err ? err : add_rings(capture, true);
}

void capture_close(struct capture *capture)
{
	size_t i;

	for (i = 0; i < capture->count; i++)
		stream_uninit(&capture->rings[i].stream);
	for (i = 0; i < capture->processes_count; i++) {
		names_free(capture->processes[i]);
		free(capture->processes[i]);
	}
	free(capture->processes);
	if (capture->probes)
		names_free(capture->probes);
	free(capture->probes);
	free(capture->rings);
	hft_reader_close(capture->reader);
	memset(capture, 0, sizeof(*capture));
}

/* From each process's first ring, as all of them see the same names. */
static int refresh_names(struct capture *capture, bool all)
{
	__u32 class = 0;
	int changed = 0;
	size_t i;

	for (i = 0; i < capture->count; i++) {
		const struct stream *stream = &capture->rings[i].stream;
		int new;

		if (!capture->rings[i].wanted || stream->source.stream_class <= class)
			continue;
		class = stream->source.stream_class;
		new = names_refresh(capture->processes[class - 1], capture->reader, i, all);
		if (new < 0)
			return new;
		changed |= new;
	}
	return changed;
}

int capture_refresh(struct capture *capture)
{
	size_t processes = capture->processes_count;
	int err;

	if (capture->reader) {
		err = hft_reader_refresh(capture->reader);
		if (err < 0)
			return err;
	} else {
		/* What attached since we began is read from its start. */
		err = open_reader(capture, 0);
		if (err)
			return err == -ENOENT ? 0 : err;
	}
	err = add_rings(capture, false);
	if (err)
		return err;
	err = refresh_names(capture, false);
	return err < 0 ? err : err || processes != capture->processes_count;
}

/* At most two rounds of a ring, so that a fast writer keeps nobody waiting. */
static int poll_ring(struct capture *capture, __u32 ring, unsigned int *fill)
{
	struct stream *stream = &capture->rings[ring].stream;
	__u64 capacity = capture->rings[ring].capacity / HFT_PAGE_SLOTS;
	struct hft_page_info info;
	unsigned int level;
	__u64 pages = 0;
	bool lost = false;
	int err = 0;

	while (!err && pages < 2 * capacity) {
		err = hft_reader_take_page(capture->reader, ring, 0, stream_next_page(stream),
					   &info);
		if (err)
			break;
		err = stream_add_page(stream, &info);
		lost |= info.lost_slots;
		pages++;
	}
	level = lost ? 1000 : 1000 * pages / capacity;
	if (level > *fill)
		*fill = level;
	return err == -ENODATA ? 0 : err;
}

int capture_poll(struct capture *capture, unsigned int *fill)
{
	int err = 0;
	size_t i;

	*fill = 0;
	for (i = 0; i < capture->count && !err; i++) {
		if (capture->rings[i].wanted)
			err = poll_ring(capture, i, fill);
	}
	return err;
}

static int flush_ring(struct capture *capture, __u32 ring)
{
	struct stream *stream = &capture->rings[ring].stream;
	struct hft_slot page[HFT_PAGE_SLOTS] __aligned(64);
	struct hft_page_info info;
	unsigned int fill = 0;
	int err;

	err = poll_ring(capture, ring, &fill);
	if (err)
		return err;
	err = hft_reader_take_page(capture->reader, ring, 1, page, &info);
	if (err == -ENODATA)
		return stream_flush(stream);
	if (err)
		return err;
	if (info.slots == HFT_PAGE_SLOTS) {
		memcpy(stream_next_page(stream), page, sizeof(page));
		err = stream_add_page(stream, &info);
		return err ? err : stream_flush(stream);
	}
	return stream_add_partial(stream, page, &info);
}

int capture_flush(struct capture *capture)
{
	int err = 0;
	size_t i;

	for (i = 0; i < capture->count && !err; i++) {
		if (capture->rings[i].wanted)
			err = flush_ring(capture, i);
	}
	return err;
}

int capture_metadata(struct capture *capture, const struct timeline *clock,
		     const struct events *events)
{
	struct ctf_trace trace = {
		.clock = *clock,
		.events = events,
		.probes = capture->probes,
		.processes = (const struct names *const *)capture->processes,
		.processes_count = capture->processes_count,
	};
	char host[65] = "";
	FILE *file;
	int err;

	gethostname(host, sizeof(host) - 1);
	trace.host = host;
	memcpy(trace.uuid, capture->recording->uuid, sizeof(trace.uuid));
	file = recording_new_file(capture->recording, "metadata");
	if (!file)
		return -errno;
	err = ctf_metadata_print(file, &trace);
	if (!err)
		return recording_put(capture->recording, file, "metadata", true);
	recording_drop(capture->recording, file, "metadata");
	return err;
}

/* Whether all that was written up to `head` has been taken. */
static bool is_drained(const struct hft_ring_info *info, __u64 head)
{
	return info->slots_read + info->slots_lost >= head;
}

/* One go at all rings that are behind their head. *left: there are such still. */
static int drain_once(struct capture *capture, const __u64 *heads, bool *left)
{
	struct hft_ring_info info;
	int err = 0;
	size_t i;

	*left = false;
	for (i = 0; i < capture->count && !err; i++) {
		if (!capture->rings[i].wanted)
			continue;
		hft_reader_ring(capture->reader, i, &info);
		if (is_drained(&info, heads[i]))
			continue;
		err = flush_ring(capture, i);
		hft_reader_ring(capture->reader, i, &info);
		*left |= !is_drained(&info, heads[i]);
	}
	return err;
}

int capture_drain(struct capture *capture)
{
	const struct timespec wait = { .tv_nsec = DRAIN_WAIT_NS };
	struct hft_ring_info info;
	int err, try;
	__u64 *heads;
	bool left;
	size_t i;

	err = capture_refresh(capture);
	if (err < 0 || !capture->reader)
		return err < 0 ? err : 0;
	err = refresh_names(capture, true);
	if (err < 0)
		return err;
	heads = calloc(capture->count + 1, sizeof(*heads));
	if (!heads)
		return -ENOMEM;
	for (i = 0; i < capture->count; i++) {
		hft_reader_ring(capture->reader, i, &info);
		heads[i] = info.head;
	}
	/*
	 * The last record may be on its way. If it does not come, its writer is
	 * dead or stopped: what stands behind it is taken all the same. Not at
	 * once, as that gives up what a running one is just writing.
	 */
	err = drain_once(capture, heads, &left);
	for (try = 0; !err && left && try < DRAIN_TRIES; try++) {
		nanosleep(&wait, NULL);
		err = drain_once(capture, heads, &left);
	}
	if (!err && left) {
		hft_reader_settle(capture->reader);
		err = drain_once(capture, heads, &left);
	}
	free(heads);
	/* Whole pages wait in batches. */
	for (i = 0; i < capture->count && !err; i++)
		err = stream_flush(&capture->rings[i].stream);
	return err;
}

bool capture_ring(const struct capture *capture, size_t number, struct capture_ring *ring)
{
	const struct stream *stream = &capture->rings[number].stream;
	struct hft_ring_info info;
	__u64 missed;

	if (!capture->rings[number].wanted)
		return false;
	hft_reader_ring(capture->reader, number, &info);
	/*
	 * A producer that is running has written more since. The records that it
	 * really lost are in lost slots.
	 */
	missed = info.records_written > info.records_read ?
		 info.records_written - info.records_read : 0;
	if (missed > info.slots_lost)
		missed = info.slots_lost;
	ring->name = stream->name;
	ring->kind = info.kind;
	ring->tgid = info.tgid;
	ring->stored = stream_stored(stream);
	ring->slots_lost = capture->windows ? stream->slots_lost : info.slots_lost;
	ring->bytes = stream_bytes(stream);
	ring->lost = capture->windows ? stream->records_lost : missed;
	ring->written = ring->stored + ring->lost;
	if (capture->windows)
		return true;
	/* Taken, but the disk did not take them. */
	if (info.records_read > ring->stored)
		ring->lost += info.records_read - ring->stored;
	ring->written = ring->stored + ring->lost;
	return true;
}

int capture_finish(struct capture *capture)
{
	struct capture_ring ring;
	int err = 0;
	size_t i;

	for (i = 0; i < capture->count; i++) {
		int failed;

		if (!capture_ring(capture, i, &ring))
			continue;
		failed = stream_finish(&capture->rings[i].stream, ring.lost, ring.slots_lost);
		if (!err)
			err = failed;
	}
	return err;
}

void capture_totals(const struct capture *capture, struct capture_totals *totals)
{
	size_t i;

	memset(totals, 0, sizeof(*totals));
	for (i = 0; i < capture->count; i++) {
		const struct stream *stream = &capture->rings[i].stream;

		if (!capture->rings[i].wanted)
			continue;
		totals->rings++;
		totals->records += stream->records_taken;
		totals->bytes += stream_bytes(stream);
		totals->records_lost += stream->records_lost;
		totals->slots_lost += stream->slots_lost;
	}
}
