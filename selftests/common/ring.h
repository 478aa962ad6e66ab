/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A reader of one ring that shares no code with the library's, so that the
 * two cannot be wrong together. It believes nothing: what it cannot explain is
 * counted in `broken`.
 */
#ifndef SELFTEST_RING_H
#define SELFTEST_RING_H

#include <hftrace/abi.h>
#include <stdbool.h>
#include <stddef.h>

struct ring {
	const struct hft_ring_ctl *ctl;
	const struct hft_slot *slots;
	size_t bytes;		/* of the mapping, 0 if it is not ours */
	__u64 next;		/* slot */
	__u64 first;		/* slot where reading began */
	__u64 first_records;	/* ctl->records then */
	__u64 slots_read;	/* pads included */
	__u64 slots_lost;
	__u64 records_read;	/* pads not counted */
	__u64 pads;
	__u64 laps;		/* times that the writer was faster */
	__u64 broken;		/* slots that should have held a record and did not */
	__u64 disorders;	/* time went back */
	__u64 last_tsc;
};

struct record {
	union {
		struct hft_slot slot[HFT_RECORD_SLOTS_MAX];
		struct {
			__u64 tsc;
			__u16 type;
			__u8 slots;
			__u8 ctx;
			__u32 seq;
			union {
				struct hft_rec_switch switched;
				struct hft_rec_wakeup wakeup;
				struct hft_rec_migrate migrate;
				struct hft_rec_exec exec;
				struct hft_rec_exit exit;
				struct hft_rec_irq irq;
				struct hft_rec_softirq softirq;
				struct hft_rec_vector vector;
				struct hft_rec_nmi nmi;
				struct hft_rec_visit visit;
				struct hft_rec_tlb_flush tlb_flush;
				struct hft_rec_softirq_task softirq_task;
				struct hft_rec_tasklet tasklet;
				struct hft_rec_ipi_send ipi_send;
				struct hft_rec_hrtimer hrtimer;
				struct hft_rec_timer timer;
				struct hft_rec_tick_stop tick_stop;
				struct hft_rec_work work;
				struct hft_rec_idle idle;
				struct hft_rec_mmcall mmcall;
				struct hft_rec_signal signal;
				struct hft_rec_fault fault;
				struct hft_rec_syscall syscall;
				struct hft_rec_governor governor;
				struct hft_rec_mark mark;
				struct hft_rec_span span;
			};
		};
	};
	__u64 index;
	bool gap;		/* slots were lost just before */
};

/* The hooks that the control page shows as armed. */
__u64 ring_armed(const struct ring *ring);

/* CPU's ring, from what is written from now on. 0 or -errno. */
int ring_map(struct ring *ring, int fd, unsigned int cpu);
void ring_unmap(struct ring *ring);

/* A ring that stands in memory already, from its first slot. */
void ring_at(struct ring *ring, const void *ctl);

/* Goes on at the ring's head: what was written up to now does not count. */
void ring_skip(struct ring *ring);

/*
 * The next record, pads passed over. True: *record is it. With `settled`
 * nobody writes any more, so that a slot without a record is a broken one.
 */
bool ring_next(struct ring *ring, struct record *record, bool settled);

/* Written since reading began. */
__u64 ring_slots_written(const struct ring *ring);
__u64 ring_records_written(const struct ring *ring);

/* Slots that a record of this type has; 0: not known. */
unsigned int record_slots(unsigned int type);

/* An interval's length in ticks and without what nested inside; false: no interval. */
bool record_length(const struct record *record, __u64 *duration, __u64 *net);

#endif /* SELFTEST_RING_H */
