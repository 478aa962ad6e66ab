// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "recording.h"

#define PACKET_PAGES	64
#define RINGS_MAX	64

struct ring {
	char *path;
	FILE *file;		/* made when the first packet comes */
	__u32 kind;
	__s32 id;
	__s32 tgid;
	struct hft_slot page[PACKET_PAGES][HFT_PAGE_SLOTS];
	unsigned int pages;	/* whole ones before `at` */
	unsigned int at;	/* next slot of the page being filled */
	__u64 slot;		/* ring index of that slot */
	__u64 begin;
	__u64 end;
	__u64 content;		/* bytes, from the packet's slots */
	__u64 records;
	__u64 lost_records;
	__u64 lost_slots;
	__u64 packets;
	__u64 lose_records;	/* with the next packet */
	__u64 lose_slots;
	__u64 written;
};

struct recording {
	char *path;
	struct ring *ring[RINGS_MAX];
	unsigned int rings;
};

struct recording *recording_new(const char *path)
{
	struct recording *recording = calloc(1, sizeof(*recording));
	char *facts;

	if (!recording || asprintf(&facts, "%s/facts", path) < 0)
		err(1, "out of memory");
	recording->path = strdup(path);
	if (mkdir(path, 0700) || mkdir(facts, 0700))
		err(1, "%s", facts);
	free(facts);
	return recording;
}

static FILE *open_below(const struct recording *recording, const char *directory, const char *name)
{
	char *path;
	FILE *file;

	if (asprintf(&path, "%s/%s%s", recording->path, directory, name) < 0)
		err(1, "out of memory");
	file = fopen(path, "we");
	if (!file)
		err(1, "%s", path);
	free(path);
	return file;
}

FILE *recording_fact(struct recording *recording, const char *name)
{
	return open_below(recording, "facts/", name);
}

void recording_clocked(struct recording *recording, __u64 started, __u64 stopped, const char *cpus,
		       const struct recording_clock *clock)
{
	FILE *file = recording_fact(recording, "recording");

	fprintf(file, "version=test\nabi=%d.%d\nclock_khz=%llu\n", HFT_ABI_MAJOR, HFT_ABI_MINOR,
		clock->khz);
	fprintf(file, "started_ns=%llu\nstopped_ns=%llu\n", started, stopped);
	fprintf(file, "kernel=yes\ncpus=%s\n", cpus);
	fprintf(file, "hooks=%s,%s\n", "switch,wakeup,migrate,task,irq,softirq,vectors,nmi,visit",
		"fault,tlb,ipi,mmcall,reclaim,compaction,signal,coredump");
	fclose(file);
	file = recording_fact(recording, "clock");
	fprintf(file, "0 0 10 0 0 0 0\n0 %llu 10 %llu %llu %llu %llu\n", clock->ticks, clock->ns,
		clock->ns, clock->ns, clock->ns);
	fclose(file);
}

void recording_times(struct recording *recording, __u64 started, __u64 stopped, const char *cpus)
{
	const struct recording_clock clock = { 1000000, stopped, stopped };

	recording_clocked(recording, started, stopped, cpus, &clock);
}

static struct ring *add_ring(struct recording *recording, const char *name)
{
	struct ring *ring = calloc(1, sizeof(*ring));

	if (!ring || recording->rings == RINGS_MAX)
		errx(1, "no more rings");
	if (asprintf(&ring->path, "%s/%s", recording->path, name) < 0)
		err(1, "out of memory");
	recording->ring[recording->rings++] = ring;
	return ring;
}

struct ring *recording_cpu(struct recording *recording, __s32 cpu)
{
	struct ring *ring;
	char name[32];

	snprintf(name, sizeof(name), "cpu%d", cpu);
	ring = add_ring(recording, name);
	ring->kind = HFT_RING_CPU;
	ring->id = cpu;
	return ring;
}

struct ring *recording_thread(struct recording *recording, __s32 tgid, __s32 tid)
{
	struct ring *ring;
	char name[64];

	snprintf(name, sizeof(name), "user-%d-%d-1", tgid, tid);
	ring = add_ring(recording, name);
	ring->kind = HFT_RING_USER;
	ring->id = tid;
	ring->tgid = tgid;
	return ring;
}

static void pad_page(struct ring *ring)
{
	struct hft_slot *slot = &ring->page[ring->pages][ring->at];
	unsigned int left = HFT_PAGE_SLOTS - ring->at;

	memset(slot, 0, left * sizeof(*slot));
	slot->tsc = ring->end;
	slot->type = HFT_REC_PAD;
	slot->slots = (__u8)left;
	slot->seq = (__u32)ring->slot;
	ring->slot += left;
	ring->at = 0;
	ring->pages++;
}

static void write_packet(struct ring *ring)
{
	union {
		struct hft_packet packet;
		char page[HFT_PAGE_SIZE];
	} header;
	struct hft_packet *packet = &header.packet;
	unsigned int pages;

	if (!ring->records)
		return;
	if (!ring->file)
		ring->file = fopen(ring->path, "we");
	if (!ring->file)
		err(1, "%s", ring->path);
	if (ring->at)
		pad_page(ring);
	pages = ring->pages;
	ring->lost_records += ring->lose_records;
	ring->lost_slots += ring->lose_slots;
	memset(&header, 0, sizeof(header));
	packet->magic = HFT_PACKET_MAGIC;
	packet->stream_class = ring->kind == HFT_RING_USER;	/* of the one process there is */
	packet->begin = ring->begin;
	packet->end = ring->end;
	packet->content_bits = (HFT_PAGE_SIZE + ring->content) * 8;
	packet->packet_bits = (__u64)(pages + 1) * HFT_PAGE_SIZE * 8;
	packet->events_discarded = ring->lost_records;
	packet->sequence = ring->packets++;
	packet->slots_lost = ring->lost_slots;
	packet->first_slot = ring->slot - (__u64)pages * HFT_PAGE_SLOTS;
	packet->records = ring->records;
	packet->ring_kind = ring->kind;
	packet->ring_id = ring->id;
	packet->tgid = ring->tgid;
	packet->generation = 1;
	packet->pad.tsc = ring->begin;
	packet->pad.type = HFT_REC_PAD;
	packet->pad.slots = 1;
	if (fwrite(&header, sizeof(header), 1, ring->file) != 1 ||
	    fwrite(ring->page, HFT_PAGE_SIZE, pages, ring->file) != pages)
		err(1, "writing");
	ring->pages = 0;
	ring->records = 0;
	ring->content = 0;
	ring->lose_records = 0;
	ring->lose_slots = 0;
}

void ring_lose(struct ring *ring, __u64 records, __u64 slots)
{
	write_packet(ring);
	ring->lose_records = records;
	ring->lose_slots = slots;
	/* A packet begins with a page. */
	ring->slot += (slots + HFT_PAGE_SLOTS - 1) / HFT_PAGE_SLOTS * HFT_PAGE_SLOTS;
}

/* Of a payload what its description in CTF covers: not what is reserved at its end. */
static size_t described(__u16 type, size_t bytes)
{
	switch (type) {
	case HFT_REC_SPAN:
		return offsetof(struct hft_rec_span, reserved);
	case HFT_REC_FAULT:
		return offsetof(struct hft_rec_fault, reserved);
	case HFT_REC_SOFTIRQ:
		return offsetof(struct hft_rec_softirq, reserved);
	case HFT_REC_MMCALL:
		return offsetof(struct hft_rec_mmcall, reserved);
	default:
		return bytes;
	}
}

void ring_add(struct ring *ring, __u16 type, __u8 ctx, __u64 tsc, const void *payload,
	      size_t bytes)
{
	unsigned int slots = 1 + (unsigned int)((bytes + 15) / 32);
	struct hft_slot *slot;

	if (tsc < ring->end)
		errx(1, "records out of order at %llu", tsc);
	if (ring->at + slots > HFT_PAGE_SLOTS)
		pad_page(ring);
	if (ring->pages == PACKET_PAGES)
		write_packet(ring);
	slot = &ring->page[ring->pages][ring->at];
	memset(slot, 0, slots * sizeof(*slot));
	slot->tsc = tsc;
	slot->type = type;
	slot->slots = (__u8)slots;
	slot->ctx = ctx;
	slot->seq = (__u32)ring->slot;
	memcpy(slot->arg, payload, bytes);
	if (!ring->records++)
		ring->begin = tsc;
	ring->end = tsc;
	ring->content = ((__u64)ring->pages * HFT_PAGE_SLOTS + ring->at) * HFT_SLOT_SIZE + 16 +
			described(type, bytes);
	ring->at += slots;
	ring->slot += slots;
	if (ring->at == HFT_PAGE_SLOTS) {
		ring->at = 0;
		ring->pages++;
	}
	ring->written++;
}

void recording_close(struct recording *recording)
{
	unsigned int i;

	for (i = 0; i < recording->rings; i++) {
		write_packet(recording->ring[i]);
		if (recording->ring[i]->file && fclose(recording->ring[i]->file))
			err(1, "writing");
		free(recording->ring[i]->path);
		free(recording->ring[i]);
	}
	free(recording->path);
	free(recording);
}

void add_switch(struct ring *ring, __u64 tsc, __s32 prev, const char *prev_comm, __u32 state,
		__s32 next, const char *next_comm)
{
	struct hft_rec_switch rec = { .prev_tid = prev, .next_tid = next, .prev_state = state };

	snprintf(rec.prev_comm, sizeof(rec.prev_comm), "%s", prev_comm);
	snprintf(rec.next_comm, sizeof(rec.next_comm), "%s", next_comm);
	ring_add(ring, HFT_REC_SWITCH, HFT_CTX_TASK, tsc, &rec, sizeof(rec));
}

void add_waking(struct ring *ring, __u8 ctx, __u64 tsc, __s32 tid, const char *comm, __s32 by_tid,
		const char *by_comm, __u16 target)
{
	struct hft_rec_wakeup rec = { .tid = tid, .by_tid = by_tid, .target_cpu = target };

	snprintf(rec.comm, sizeof(rec.comm), "%s", comm);
	snprintf(rec.by_comm, sizeof(rec.by_comm), "%s", by_comm);
	ring_add(ring, HFT_REC_WAKING, ctx, tsc, &rec, sizeof(rec));
}

void add_irq(struct ring *ring, __u64 start, __u64 end, __u32 irq)
{
	struct hft_rec_irq rec = { .duration = (__u32)(end - start), .net = (__u32)(end - start),
				   .irq = irq, .ret = 1 };

	ring_add(ring, HFT_REC_IRQ, HFT_CTX_HARDIRQ, end, &rec, sizeof(rec));
}

void add_softirq(struct ring *ring, __u64 start, __u64 end, __u32 vec)
{
	struct hft_rec_softirq rec = { .duration = (__u32)(end - start),
				       .net = (__u32)(end - start), .vec = vec };

	ring_add(ring, HFT_REC_SOFTIRQ, HFT_CTX_SOFTIRQ, end, &rec, sizeof(rec));
}

void add_vector(struct ring *ring, __u64 start, __u64 end, __u32 kind)
{
	struct hft_rec_vector rec = { .duration = (__u32)(end - start),
				      .net = (__u32)(end - start), .vector = 0xec, .kind = kind };

	ring_add(ring, HFT_REC_VECTOR, HFT_CTX_HARDIRQ, end, &rec, sizeof(rec));
}

void add_nmi(struct ring *ring, __u64 start, __u64 end, __u64 handler)
{
	struct hft_rec_nmi rec = { .duration = (__u32)(end - start), .handled = 1,
				   .handler = handler };

	ring_add(ring, HFT_REC_NMI, HFT_CTX_NMI, end, &rec, sizeof(rec));
}

void add_flush(struct ring *ring, __u64 tsc, __u32 reason, __s32 tid)
{
	struct hft_rec_tlb_flush rec = { .reason = reason, .tid = tid, .pages = 1 };

	ring_add(ring, HFT_REC_TLB_FLUSH, HFT_CTX_HARDIRQ, tsc, &rec, sizeof(rec));
}

static void add_send(struct ring *ring, __u64 tsc, __u8 kind, __u8 flags, __s32 tid,
		     const char *comm, __u16 target)
{
	struct hft_rec_ipi_send rec = { .targets = 1ULL << target % 64, .tid = tid,
					.first_cpu = (__u16)(target / 64 * 64), .kind = kind,
					.flags = flags };

	memcpy(rec.comm, comm, strnlen(comm, sizeof(rec.comm)));
	ring_add(ring, HFT_REC_IPI_SEND, HFT_CTX_TASK, tsc, &rec, sizeof(rec));
}

void add_ipi(struct ring *ring, __u64 tsc, __u8 kind, __s32 tid, const char *comm, __u16 target)
{
	add_send(ring, tsc, kind, 0, tid, comm, target);
}

void add_maybe(struct ring *ring, __u64 tsc, __u8 kind, __s32 tid, const char *comm, __u16 target)
{
	add_send(ring, tsc, kind, HFT_IPI_MAYBE, tid, comm, target);
}

void add_fault(struct ring *ring, __u64 tsc, __s32 tid, __s32 tgid, __u64 address, __u64 ip,
	       __u32 error_code, __u32 user)
{
	struct hft_rec_fault rec = { .address = address, .ip = ip, .error_code = error_code,
				     .tid = tid, .tgid = tgid, .user = user };

	ring_add(ring, HFT_REC_FAULT, HFT_CTX_TASK, tsc, &rec, sizeof(rec));
}

void add_visit(struct ring *ring, __u64 start, __u64 end, __u16 faults, __u16 major)
{
	struct hft_rec_visit rec = { .duration = end - start, .net = (__u32)(end - start),
				     .faults = faults, .major_faults = major };

	ring_add(ring, HFT_REC_VISIT, HFT_CTX_TASK, end, &rec, sizeof(rec));
}

void add_syscall(struct ring *ring, __u8 ctx, __u64 start, __u64 end, __s32 nr, __s32 tid)
{
	struct hft_rec_syscall rec = { .duration = end - start, .net = end - start, .nr = nr,
				       .tid = tid };

	if (ctx & HFT_CTX_CONTINUED)
		rec.duration = 0;
	ring_add(ring, HFT_REC_SYSCALL, ctx, end, &rec, sizeof(rec));
}

void add_span(struct ring *ring, __u64 start, __u64 end, __u32 name, __u64 id, __u32 depth)
{
	struct hft_rec_span rec = { .duration = end - start, .id = id, .name = name,
				    .depth = depth };

	ring_add(ring, HFT_REC_SPAN, HFT_CTX_TASK, end, &rec, sizeof(rec));
}
