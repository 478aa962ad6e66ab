// SPDX-License-Identifier: GPL-2.0
/* See ring.h. */
#include "ring.h"

#include <string.h>
#include <sys/mman.h>

#include "device.h"

static __u64 look(const __u64 *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

void ring_at(struct ring *ring, const void *ctl)
{
	memset(ring, 0, sizeof(*ring));
	ring->ctl = ctl;
	ring->slots = (const void *)((const char *)ctl + HFT_PAGE_SIZE);
}

void ring_skip(struct ring *ring)
{
	struct ring mapped = {
		.ctl = ring->ctl, .slots = ring->slots, .bytes = ring->bytes,
	};

	*ring = mapped;
	ring->next = look(&ring->ctl->head);
	ring->first = ring->next;
	ring->first_records = look(&ring->ctl->records);
}

int ring_map(struct ring *ring, int fd, unsigned int cpu)
{
	struct hft_hello hello;
	size_t bytes;
	void *at;
	int err;

	err = device_hello(fd, &hello);
	if (err)
		return err;
	bytes = HFT_RING_STRIDE(hello.ring_slots);
	at = device_map(fd, HFT_MAP_CPU(cpu), bytes, PROT_READ, &err);
	if (!at)
		return err;
	ring_at(ring, at);
	ring->bytes = bytes;
	ring_skip(ring);
	return 0;
}

void ring_unmap(struct ring *ring)
{
	if (ring->bytes)
		munmap((void *)ring->ctl, ring->bytes);
	ring->bytes = 0;
}

__u64 ring_armed(const struct ring *ring)
{
	/* behind them stands a count of armings */
	return look(&ring->ctl->enable) & ALL_HOOKS;
}

__u64 ring_slots_written(const struct ring *ring)
{
	return look(&ring->ctl->head) - ring->first;
}

__u64 ring_records_written(const struct ring *ring)
{
	return look(&ring->ctl->records) - ring->first_records;
}

unsigned int record_slots(unsigned int type)
{
	switch (type) {
	case HFT_REC_SWITCH:
	case HFT_REC_WAKING:
	case HFT_REC_WAKEUP:
	case HFT_REC_WAKEUP_NEW:
	case HFT_REC_EXEC:
	case HFT_REC_EXIT:
	case HFT_REC_FORK:
	case HFT_REC_FAULT:
	case HFT_REC_HIDDEN:
	case HFT_REC_HRTIMER:
	case HFT_REC_TIMER:
	case HFT_REC_WORK:
	case HFT_REC_KTHREAD_WORK:
	case HFT_REC_WORK_QUEUE:
	case HFT_REC_KTHREAD_QUEUE:
	case HFT_REC_GOVERNOR:
	case HFT_REC_SPAN:
	case HFT_REC_RECLAIM:
	case HFT_REC_COMPACTION:
	case HFT_REC_NUMA:
	case HFT_REC_OOM:
	case HFT_REC_SIGNAL:
	case HFT_REC_SIGNAL_DELIVER:
	case HFT_REC_COREDUMP:
	case HFT_REC_SOFTIRQ_TASK:
	case HFT_REC_IPI_SEND:
		return 2;
	case HFT_REC_MIGRATE:
	case HFT_REC_IRQ:
	case HFT_REC_SOFTIRQ:
	case HFT_REC_VECTOR:
	case HFT_REC_NMI:
	case HFT_REC_VISIT:
	case HFT_REC_TLB_FLUSH:
	case HFT_REC_TICK_STOP:
	case HFT_REC_IDLE:
	case HFT_REC_FREQUENCY:
	case HFT_REC_TASKLET:
	case HFT_REC_MARK:
		return 1;
	case HFT_REC_SYSCALL:
	case HFT_REC_MMCALL:
	case HFT_REC_COUNTERS:
	case HFT_REC_PROBE:
	case HFT_REC_CALL:
		return 3;
	case HFT_REC_SYSCALL_STACK:
		return 6;
	case HFT_REC_SAMPLE:
	case HFT_REC_WATCH:
		return 8;
	}
	return 0;
}

bool record_length(const struct record *record, __u64 *duration, __u64 *net)
{
	switch (record->type) {
	case HFT_REC_IRQ:
	case HFT_REC_SOFTIRQ:
	case HFT_REC_VECTOR:
	case HFT_REC_TASKLET:
		*duration = record->irq.duration;
		*net = record->irq.net;
		return true;
	case HFT_REC_NMI:
		*duration = record->nmi.duration;
		*net = *duration;
		return true;
	case HFT_REC_VISIT:
	case HFT_REC_IDLE:
		*duration = record->visit.duration;
		*net = record->visit.net;
		return true;
	case HFT_REC_HRTIMER:
	case HFT_REC_TIMER:
	case HFT_REC_WORK:
	case HFT_REC_KTHREAD_WORK:
	/* all of them begin with the two */
	case HFT_REC_MMCALL:
	case HFT_REC_RECLAIM:
	case HFT_REC_COMPACTION:
	case HFT_REC_COREDUMP:
	case HFT_REC_SOFTIRQ_TASK:
	case HFT_REC_SYSCALL:
		*duration = record->syscall.duration;
		*net = record->syscall.net;
		return true;
	}
	return false;
}

static void lose_up_to(struct ring *ring, __u64 slot, bool *gap)
{
	if (slot <= ring->next)
		return;
	ring->slots_lost += slot - ring->next;
	ring->next = slot;
	*gap = true;
}

static __u64 page_end(__u64 slot)
{
	return (slot / HFT_PAGE_SLOTS + 1) * HFT_PAGE_SLOTS;
}

/* Has the writer reserved what stands at `slot` for its next lap? */
static bool lapped(const struct ring *ring, __u64 slot)
{
	__s64 behind = (__s64)(look(&ring->ctl->head) - slot);

	return behind > (__s64)ring->ctl->slots;
}

/* To the first page that is whole, and one further, or we are lapped again at once. */
static void catch_up(struct ring *ring, bool settled, bool *gap)
{
	__u64 head = look(&ring->ctl->head), slot = head - ring->ctl->slots;

	ring->laps++;
	if (slot % HFT_PAGE_SLOTS)
		slot = page_end(slot);
	if (!settled)
		slot += HFT_PAGE_SLOTS;
	lose_up_to(ring, slot < head ? slot : head, gap);
}

/* Types that are not listed here can have any length. */
static bool length_fits(unsigned int type, unsigned int slots)
{
	unsigned int known = record_slots(type);

	return known ? slots == known : slots <= HFT_RECORD_SLOTS_MAX;
}

/* The record at `next`, copied: 1, 0 not committed, -1 lapped, -2 broken. */
static int copy_record(const struct ring *ring, __u64 head, struct record *record)
{
	const struct hft_slot *at = &ring->slots[ring->next & (ring->ctl->slots - 1)];
	__u64 word = look((const __u64 *)&at->type);
	unsigned int slots = (__u8)(word >> 16), type = (__u16)word;
	__u64 room = page_end(ring->next) - ring->next;

	if (word >> 32 != (__u32)ring->next || !type)
		return lapped(ring, ring->next) ? -1 : 0;
	memcpy(record->slot, at, (slots <= HFT_RECORD_SLOTS_MAX ? slots : 1) * HFT_SLOT_SIZE);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (lapped(ring, ring->next))
		return -1;
	if (!slots || slots > room || ring->next + slots > head)
		return -2;
	if (type == HFT_REC_PAD ? slots != room : !length_fits(type, slots))
		return -2;
	return 1;
}

bool ring_next(struct ring *ring, struct record *record, bool settled)
{
	bool gap = false;

	for (;;) {
		__u64 head = look(&ring->ctl->head), end;
		int got;

		if (ring->next >= head)
			return false;
		got = lapped(ring, ring->next) ? -1 : copy_record(ring, head, record);
		if (got == -1) {
			catch_up(ring, settled, &gap);
			continue;
		}
		if (!got && !settled)
			return false;
		if (got != 1) {
			end = page_end(ring->next);
			end = end < head ? end : head;
			ring->broken += end - ring->next;
			lose_up_to(ring, end, &gap);
			continue;
		}
		record->index = ring->next;
		ring->next += record->slots;
		ring->slots_read += record->slots;
		if (record->tsc < ring->last_tsc)
			ring->disorders++;
		ring->last_tsc = record->tsc;
		if (record->type == HFT_REC_PAD) {
			ring->pads++;
			continue;
		}
		ring->records_read++;
		record->gap = gap;
		return true;
	}
}
