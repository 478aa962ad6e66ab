// SPDX-License-Identifier: LGPL-2.1
/* How long each record type is, and where its duration stands. */
#include "schema.h"

#define DURATION(rec) sizeof(((struct hft_rec_##rec *)0)->duration)
#define SHAPE(id, rec, duration)						\
	[HFT_REC_##id] = { HFT_SLOTS_OF(rec), HFT_SLOTS_OF(rec), duration,	\
			   sizeof(struct hft_rec_##rec) }

const struct hft_shape hft_shapes[HFT_TYPES_MAX] = {
	SHAPE(SWITCH, switch, 0),
	SHAPE(WAKING, wakeup, 0),
	SHAPE(WAKEUP, wakeup, 0),
	SHAPE(MIGRATE, migrate, 0),
	SHAPE(EXEC, exec, 0),
	SHAPE(EXIT, exit, 0),
	SHAPE(WAKEUP_NEW, wakeup, 0),
	SHAPE(FORK, fork, 0),
	SHAPE(IRQ, irq, DURATION(irq)),
	SHAPE(SOFTIRQ, softirq, DURATION(softirq)),
	SHAPE(VECTOR, vector, DURATION(vector)),
	SHAPE(NMI, nmi, DURATION(nmi)),
	SHAPE(VISIT, visit, DURATION(visit)),
	SHAPE(TLB_FLUSH, tlb_flush, 0),
	SHAPE(TASKLET, tasklet, DURATION(tasklet)),
	SHAPE(IPI_SEND, ipi_send, 0),
	SHAPE(HIDDEN, hidden, 0),
	SHAPE(SOFTIRQ_TASK, softirq_task, DURATION(softirq_task)),
	SHAPE(FAULT, fault, 0),
	SHAPE(SYSCALL, syscall, DURATION(syscall)),
	SHAPE(SYSCALL_STACK, syscall_stack, 0),
	SHAPE(MMCALL, mmcall, DURATION(mmcall)),
	SHAPE(RECLAIM, reclaim, DURATION(reclaim)),
	SHAPE(COMPACTION, compaction, DURATION(compaction)),
	SHAPE(NUMA, numa, 0),
	SHAPE(OOM, oom, 0),
	SHAPE(HRTIMER, hrtimer, DURATION(hrtimer)),
	SHAPE(TIMER, timer, DURATION(timer)),
	SHAPE(TICK_STOP, tick_stop, 0),
	SHAPE(WORK, work, DURATION(work)),
	SHAPE(KTHREAD_WORK, work, DURATION(work)),
	SHAPE(IDLE, idle, DURATION(idle)),
	SHAPE(FREQUENCY, frequency, 0),
	SHAPE(WORK_QUEUE, work_queue, 0),
	SHAPE(KTHREAD_QUEUE, work_queue, 0),
	SHAPE(SIGNAL, signal, 0),
	SHAPE(SIGNAL_DELIVER, signal, 0),
	SHAPE(COREDUMP, coredump, DURATION(coredump)),
	SHAPE(COUNTERS, counters, 0),
	SHAPE(SAMPLE, sample, 0),
	SHAPE(WATCH, watch, 0),
	SHAPE(PROBE, probe, 0),
	SHAPE(CALL, call, DURATION(call)),
	SHAPE(GOVERNOR, governor, 0),
	SHAPE(MARK, mark, 0),
	SHAPE(SPAN, span, DURATION(span)),
	[HFT_REC_LOG] = { 1, HFT_SLOTS_OF(log), 0, sizeof(struct hft_rec_log) },
	SHAPE(FLOW, flow, 0),
	SHAPE(TRIGGER, trigger, 0),
	SHAPE(SPAN_PMU, span_pmu, 0),
};

uint32_t hft_shape_measure(const struct hft_slot *slot)
{
	const struct hft_rec_log *log = (const struct hft_rec_log *)slot->arg;

	return log->words <= HFT_LOG_WORDS && slot->slots == HFT_LOG_SLOTS(log->words) ?
	       offsetof(struct hft_rec_log, word) + log->words * sizeof(log->word[0]) : 0;
}

__u64 hft_record_duration(__u16 type, const void *payload)
{
	const struct hft_shape *shape = hft_shape(type);

	return shape ? hft_shape_duration(shape, payload) : 0;
}
