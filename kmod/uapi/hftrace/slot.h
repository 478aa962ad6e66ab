/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/* Slots, what their headers say, and the types of records. */
#ifndef _HFTRACE_SLOT_H
#define _HFTRACE_SLOT_H

#include <linux/types.h>

#define HFT_SLOT_SIZE		32U	/* bytes */
#define HFT_PAGE_SIZE		4096U	/* bytes; a page of slots, whatever the MMU's page */
#define HFT_PAGE_SLOTS		(HFT_PAGE_SIZE / HFT_SLOT_SIZE)	/* 128 */

/*
 * The first slot of a record. A record is 1 to 8 slots that never cross a page
 * of slots; slots after the first are payload alone, so a record's payload is
 * contiguous: 16 bytes + 32 bytes per further slot.
 */
struct hft_slot {
	__u64 tsc;	/* ticks when the record was reserved: an interval's end */
	__u16 type;	/* enum hft_record_type */
	__u8 slots;	/* length of the record, 1..HFT_RECORD_SLOTS_MAX; of a pad, 1..128 */
	__u8 ctx;	/* HFT_CTX_* */
	__u32 seq;	/* low half of this slot's index since the ring's birth */
	__u64 arg[2];	/* payload begins */
};

#define HFT_RECORD_SLOTS_MAX	8U
#define HFT_PAYLOAD_MAX		(16U + 32U * (HFT_RECORD_SLOTS_MAX - 1))	/* bytes */

/*
 * type, slots, ctx and seq are one aligned word, which a reader loads at once.
 * The writer stores it last, or its two halves, seq last; with release, which
 * commits the record.
 */
#define HFT_SLOT_WORD(type, slots, ctx, seq)				\
	((__u64)(__u16)(type) | ((__u64)(__u8)(slots) << 16) |		\
	 ((__u64)(__u8)(ctx) << 24) | ((__u64)(__u32)(seq) << 32))

/* hft_slot.ctx */
#define HFT_CTX_LEVEL_MASK	0x03	/* where the record was written: */
#define HFT_CTX_TASK		0x00
#define HFT_CTX_SOFTIRQ		0x01
#define HFT_CTX_HARDIRQ		0x02
#define HFT_CTX_NMI		0x03
#define HFT_CTX_CONTINUED	0x04	/* an end whose start was not seen here: duration is 0 */
#define HFT_CTX_SWITCHED_OUT	0x08	/* a segment, closed because its task left the CPU */
#define HFT_CTX_SATURATED	0x10	/* a 32-bit tick count met its limit */
#define HFT_CTX_CLAMPED		0x20	/* time went back, and was set right by the reader */

enum hft_record_type {
	HFT_REC_NONE		= 0,	/* never written */
	HFT_REC_PAD		= 1,	/* fills a page of slots up to its end */

	/* kernel rings */
	HFT_REC_SWITCH		= 16,	/* struct hft_rec_switch */
	HFT_REC_WAKING		= 17,	/* struct hft_rec_wakeup, by the waker */
	HFT_REC_WAKEUP		= 18,	/* struct hft_rec_wakeup, when runnable */
	HFT_REC_MIGRATE		= 19,	/* struct hft_rec_migrate */
	HFT_REC_EXEC		= 20,	/* struct hft_rec_exec */
	HFT_REC_EXIT		= 21,	/* struct hft_rec_exit */
	HFT_REC_WAKEUP_NEW	= 22,	/* struct hft_rec_wakeup, by the parent */
	HFT_REC_FORK		= 23,	/* struct hft_rec_fork, by the parent */
	HFT_REC_IRQ		= 32,	/* struct hft_rec_irq, an interval */
	HFT_REC_SOFTIRQ		= 33,	/* struct hft_rec_softirq, an interval */
	HFT_REC_VECTOR		= 34,	/* struct hft_rec_vector, an interval */
	HFT_REC_NMI		= 35,	/* struct hft_rec_nmi, an interval */
	HFT_REC_VISIT		= 36,	/* struct hft_rec_visit, an interval */
	HFT_REC_TLB_FLUSH	= 37,	/* struct hft_rec_tlb_flush */
	HFT_REC_TASKLET		= 38,	/* struct hft_rec_tasklet, an interval */
	HFT_REC_IPI_SEND	= 39,	/* struct hft_rec_ipi_send, by the sender */
	HFT_REC_HIDDEN		= 40,	/* struct hft_rec_hidden */
	HFT_REC_SOFTIRQ_TASK	= 41,	/* struct hft_rec_softirq_task, an interval */
	HFT_REC_FAULT		= 48,	/* struct hft_rec_fault */
	HFT_REC_SYSCALL		= 49,	/* struct hft_rec_syscall, an interval */
	HFT_REC_SYSCALL_STACK	= 50,	/* struct hft_rec_syscall_stack */
	HFT_REC_MMCALL		= 51,	/* struct hft_rec_mmcall, an interval */
	HFT_REC_RECLAIM		= 52,	/* struct hft_rec_reclaim, an interval */
	HFT_REC_COMPACTION	= 53,	/* struct hft_rec_compaction, an interval */
	HFT_REC_NUMA		= 54,	/* struct hft_rec_numa */
	HFT_REC_OOM		= 55,	/* struct hft_rec_oom */
	HFT_REC_HRTIMER		= 64,	/* struct hft_rec_hrtimer, an interval */
	HFT_REC_TIMER		= 65,	/* struct hft_rec_timer, an interval */
	HFT_REC_TICK_STOP	= 66,	/* struct hft_rec_tick_stop */
	HFT_REC_WORK		= 67,	/* struct hft_rec_work, an interval */
	HFT_REC_KTHREAD_WORK	= 68,	/* struct hft_rec_work, of a kthread_worker */
	HFT_REC_IDLE		= 69,	/* struct hft_rec_idle, an interval */
	HFT_REC_FREQUENCY	= 70,	/* struct hft_rec_frequency */
	HFT_REC_WORK_QUEUE	= 71,	/* struct hft_rec_work_queue, by who queues */
	HFT_REC_KTHREAD_QUEUE	= 72,	/* struct hft_rec_work_queue, of a kthread_worker */
	HFT_REC_SIGNAL		= 80,	/* struct hft_rec_signal, by the sender */
	HFT_REC_SIGNAL_DELIVER	= 81,	/* struct hft_rec_signal, by the receiver */
	HFT_REC_COREDUMP	= 82,	/* struct hft_rec_coredump, an interval */
	HFT_REC_COUNTERS	= 96,	/* struct hft_rec_counters */
	HFT_REC_SAMPLE		= 97,	/* struct hft_rec_sample */
	HFT_REC_WATCH		= 98,	/* struct hft_rec_watch */
	HFT_REC_PROBE		= 99,	/* struct hft_rec_probe */
	HFT_REC_CALL		= 100,	/* struct hft_rec_call, an interval */
	HFT_REC_GOVERNOR	= 112,	/* struct hft_rec_governor */

	/* user rings */
	HFT_REC_MARK		= 256,	/* struct hft_rec_mark */
	HFT_REC_SPAN		= 257,	/* struct hft_rec_span, an interval */
	HFT_REC_LOG		= 258,	/* struct hft_rec_log, as long as its words */
	HFT_REC_FLOW		= 259,	/* struct hft_rec_flow */
	HFT_REC_TRIGGER		= 260,	/* struct hft_rec_trigger */
	HFT_REC_SPAN_PMU	= 261,	/* struct hft_rec_span_pmu, behind its span */
};

#endif /* _HFTRACE_SLOT_H */
