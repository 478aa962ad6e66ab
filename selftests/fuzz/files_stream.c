// SPDX-License-Identifier: GPL-2.0
/* Streams of a recording: packets, records, and how to keep them readable. */
#include <string.h>

#include <hftrace/abi.h>
#include "files_fuzz.h"
#include "files_mutate.h"

static const uint16_t types[] = {
	HFT_REC_PAD, HFT_REC_SWITCH, HFT_REC_WAKING, HFT_REC_WAKEUP, HFT_REC_MIGRATE, HFT_REC_EXEC,
	HFT_REC_EXIT, HFT_REC_WAKEUP_NEW, HFT_REC_FORK, HFT_REC_IRQ, HFT_REC_SOFTIRQ,
	HFT_REC_VECTOR, HFT_REC_NMI, HFT_REC_VISIT, HFT_REC_TLB_FLUSH, HFT_REC_TASKLET,
	HFT_REC_IPI_SEND, HFT_REC_HIDDEN, HFT_REC_SOFTIRQ_TASK, HFT_REC_FAULT, HFT_REC_SYSCALL,
	HFT_REC_SYSCALL_STACK, HFT_REC_MMCALL, HFT_REC_RECLAIM, HFT_REC_COMPACTION, HFT_REC_NUMA,
	HFT_REC_OOM, HFT_REC_HRTIMER, HFT_REC_TIMER, HFT_REC_TICK_STOP, HFT_REC_WORK,
	HFT_REC_KTHREAD_WORK, HFT_REC_IDLE, HFT_REC_FREQUENCY, HFT_REC_WORK_QUEUE,
	HFT_REC_KTHREAD_QUEUE, HFT_REC_SIGNAL, HFT_REC_SIGNAL_DELIVER, HFT_REC_COREDUMP,
	HFT_REC_COUNTERS, HFT_REC_SAMPLE, HFT_REC_WATCH, HFT_REC_PROBE, HFT_REC_CALL,
	HFT_REC_GOVERNOR, HFT_REC_MARK, HFT_REC_SPAN, HFT_REC_LOG, HFT_REC_FLOW, HFT_REC_TRIGGER,
	HFT_REC_SPAN_PMU,
};

static size_t packet_bytes(const struct files_one *one, size_t at)
{
	struct hft_packet packet;
	size_t left = one->size - at;

	if (left < sizeof(packet))
		return left;
	memcpy(&packet, one->bytes + at, sizeof(packet));
	if (packet.packet_bits / 8 < HFT_PAGE_SIZE || packet.packet_bits / 8 > left)
		return left;
	return packet.packet_bits / 8;
}

/* Where one of its packets begins. */
static size_t any_packet(const struct files_one *one)
{
	size_t start[64], count = 0, at;

	for (at = 0; at < one->size && count < 64; at += packet_bytes(one, at))
		start[count++] = at;
	return count ? start[files_random((uint32_t)count)] : 0;
}

/* Where one of the records of a packet begins; 0: it has none. */
static size_t any_record(const struct files_one *one, size_t packet)
{
	size_t end = packet + packet_bytes(one, packet), at = packet + HFT_PAGE_SIZE;
	size_t found = 0, seen = 0;
	struct hft_slot slot;

	while (at + sizeof(slot) <= end) {
		memcpy(&slot, one->bytes + at, sizeof(slot));
		if (slot.type != HFT_REC_PAD && !files_random((uint32_t)++seen))
			found = at;
		at += (slot.slots ? slot.slots : 1) * sizeof(slot);
	}
	return found;
}

static void set_number(struct files_one *one, size_t at, size_t bytes)
{
	uint64_t value = 0;

	memcpy(&value, one->bytes + at, bytes);
	value = files_edge(value);
	memcpy(one->bytes + at, &value, bytes);
}

static void mutate_header(struct files_one *one, size_t packet)
{
	size_t at = files_random(offsetof(struct hft_packet, pad) / 4) * 4;

	if (one->size - packet >= sizeof(struct hft_packet))
		set_number(one, packet + at, at % 8 || !files_random(2) ? 4 : 8);
}

/* The payload, and seldom what says how long it is and when it was. */
static void mutate_record(struct files_one *one, size_t at)
{
	struct hft_slot slot;
	size_t bytes, field, width = 1U << files_random(4);

	memcpy(&slot, one->bytes + at, sizeof(slot));
	bytes = slot.slots * sizeof(slot);
	if (!bytes || at + bytes > one->size)
		return;
	switch (files_random(12)) {
	case 0:
		slot.type = files_random(8) ? types[files_random(sizeof(types) / 2)] :
			    (uint16_t)files_edge(slot.type);
		break;
	case 1:
		slot.slots = (uint8_t)files_edge(slot.slots);
		break;
	case 2:
		slot.ctx = (uint8_t)files_random(256);
		break;
	case 3:
		slot.tsc = files_edge(slot.tsc);
		break;
	case 4:
		slot.seq = (uint32_t)files_edge(slot.seq);
		break;
	case 5:
		bytes -= 16;
		LLVMFuzzerMutate(one->bytes + at + 16, bytes, bytes);
		return;
	default:
		field = 16 + files_random((uint32_t)bytes - 16) / width * width;
		set_number(one, at + field, width);
		return;
	}
	memcpy(one->bytes + at, &slot, sizeof(slot));
}

/* One record over another, as far as it has room. */
static void copy_record(struct files_one *one, size_t packet)
{
	size_t from = any_record(one, packet), to = any_record(one, any_packet(one)), bytes;
	struct hft_slot slot;

	if (!from || !to)
		return;
	memcpy(&slot, one->bytes + from, sizeof(slot));
	bytes = slot.slots * sizeof(slot);
	if (from + bytes > one->size || to + bytes > one->size)
		return;
	memmove(one->bytes + to, one->bytes + from, bytes);
}

/* A record where the page's last pad stands, which becomes shorter. */
static void add_record(struct files_one *one, size_t packet)
{
	size_t end = packet + packet_bytes(one, packet), at = packet + HFT_PAGE_SIZE, bytes;
	size_t from = any_record(one, packet), to = from;
	struct hft_slot slot, pad;

	if (!from)
		return;
	memcpy(&slot, one->bytes + from, sizeof(slot));
	bytes = slot.slots * sizeof(slot);
	while (at + sizeof(pad) <= end) {
		memcpy(&pad, one->bytes + at, sizeof(pad));
		if (pad.type == HFT_REC_PAD && pad.slots > slot.slots)
			to = at;
		at += (pad.slots ? pad.slots : 1) * sizeof(pad);
	}
	if (to == from || !bytes || to + bytes + sizeof(pad) > end || from + bytes > one->size)
		return;
	memcpy(&pad, one->bytes + to, sizeof(pad));
	memmove(one->bytes + to, one->bytes + from, bytes);
	memcpy(one->bytes + to, &pad.tsc, sizeof(pad.tsc));
	pad.slots -= slot.slots;
	memcpy(one->bytes + to + bytes, &pad, sizeof(pad));
	mutate_record(one, to);
}

static void mutate_packets(struct files_one *one, size_t packet)
{
	size_t bytes = packet_bytes(one, packet);

	switch (files_random(4)) {
	case 0:		/* once more, at the end */
		if (one->size + bytes <= FILES_BYTES) {
			memmove(one->bytes + one->size, one->bytes + packet, bytes);
			one->size += bytes;
		}
		break;
	case 1:		/* gone */
		memmove(one->bytes + packet, one->bytes + packet + bytes,
			one->size - packet - bytes);
		one->size -= bytes;
		break;
	case 2:		/* cut off */
		if (one->size)
			one->size = files_random((uint32_t)one->size);
		break;
	default:	/* cut off at a page */
		if (one->size > HFT_PAGE_SIZE)
			one->size -= HFT_PAGE_SIZE;
	}
}

void files_splice_stream(struct files_one *one, const struct files_one *from)
{
	size_t packet = any_packet(from), bytes = packet_bytes(from, packet);

	if (!from->size || one->size % HFT_PAGE_SIZE || one->size + bytes > FILES_BYTES)
		return;
	memcpy(one->bytes + one->size, from->bytes + packet, bytes);
	one->size += bytes;
}

void files_mutate_stream(struct files_one *one)
{
	size_t packet = any_packet(one), record;

	if (one->size < HFT_PAGE_SIZE + sizeof(struct hft_slot)) {
		one->size = LLVMFuzzerMutate(one->bytes, one->size, FILES_PAGE);
		return;
	}
	switch (files_random(16)) {
	case 0: case 1:
		mutate_header(one, packet);
		break;
	case 2:
		if (!files_random(3))
			mutate_packets(one, packet);
		break;
	case 3:
		copy_record(one, packet);
		break;
	case 4: case 5:
		add_record(one, packet);
		break;
	default:
		record = any_record(one, packet);
		if (record)
			mutate_record(one, record);
	}
}

/* One page: returns how many records it has, and where the last one ends. */
static uint64_t repair_page(struct hft_slot *slots, uint64_t first, uint64_t *last_tsc,
			    uint32_t *content)
{
	uint64_t records = 0;
	uint32_t at = 0;

	while (at < HFT_PAGE_SLOTS) {
		struct hft_slot *slot = &slots[at];
		bool pad = slot->type == HFT_REC_PAD;

		if (!slot->slots || (!pad && slot->slots > HFT_RECORD_SLOTS_MAX))
			slot->slots = 1;
		if (slot->slots > HFT_PAGE_SLOTS - at)
			slot->slots = (uint8_t)(HFT_PAGE_SLOTS - at);
		slot->seq = (uint32_t)(first + at);
		if (slot->tsc < *last_tsc)
			slot->tsc = *last_tsc;
		if (!pad) {
			*last_tsc = slot->tsc;
			records++;
			*content = (at + slot->slots) * HFT_SLOT_SIZE;
		}
		at += slot->slots;
	}
	return records;
}

void files_repair_stream(struct files_one *one)
{
	uint64_t next = 0, last_tsc = 0, sequence = 0;
	size_t at, bytes, page;

	for (at = 0; at < one->size; at += bytes) {
		struct hft_slot slots[HFT_PAGE_SLOTS];
		struct hft_packet packet;
		uint32_t content = 0;

		bytes = packet_bytes(one, at);
		if (bytes < 2 * HFT_PAGE_SIZE || bytes % HFT_PAGE_SIZE)
			return;
		memcpy(&packet, one->bytes + at, sizeof(packet));
		packet.magic = HFT_PACKET_MAGIC;
		packet.packet_bits = bytes * 8;
		packet.sequence = sequence++;
		packet.first_slot = packet.first_slot / HFT_PAGE_SLOTS * HFT_PAGE_SLOTS;
		if (packet.first_slot < next)
			packet.first_slot = next;
		packet.records = 0;
		for (page = HFT_PAGE_SIZE; page < bytes; page += HFT_PAGE_SIZE) {
			next = packet.first_slot + (page / HFT_PAGE_SIZE - 1) * HFT_PAGE_SLOTS;
			memcpy(slots, one->bytes + at + page, sizeof(slots));
			packet.records += repair_page(slots, next, &last_tsc, &content);
			memcpy(one->bytes + at + page, slots, sizeof(slots));
		}
		packet.content_bits = (bytes - HFT_PAGE_SIZE + content) * 8;
		packet.end = last_tsc;
		next += HFT_PAGE_SLOTS;
		memcpy(one->bytes + at, &packet, sizeof(packet));
	}
}
