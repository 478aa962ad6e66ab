// SPDX-License-Identifier: LGPL-2.1
/* What is in each record type, field by field. */
#include "schema.h"
#include "schema_words.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* A field of struct hft_rec_<rec>. */
#define FIELD_AS(rec, label, member, field_kind, words)				\
	{									\
		.name = label,							\
		.kind = HFT_FIELD_##field_kind,					\
		.offset = offsetof(struct hft_rec_##rec, member),		\
		.bytes = sizeof(((struct hft_rec_##rec *)0)->member),		\
		.count = 1,							\
		.labels = words,						\
	}
#define FIELD(rec, member, field_kind) FIELD_AS(rec, #member, member, field_kind, NULL)
#define WORDS(rec, member, words) FIELD_AS(rec, #member, member, UINT, words)
#define ELEMENTS(rec, member, field_kind, elements, counter)			\
	{									\
		.name = #member,						\
		.kind = HFT_FIELD_##field_kind,					\
		.offset = offsetof(struct hft_rec_##rec, member),		\
		.bytes = sizeof(((struct hft_rec_##rec *)0)->member[0]),	\
		.count = elements,						\
		.counted_by = counter,						\
	}
#define ARRAY(rec, member, field_kind)						\
	ELEMENTS(rec, member, field_kind, ARRAY_SIZE(((struct hft_rec_##rec *)0)->member), 0)
#define COUNTED(rec, member, field_kind, counter) ELEMENTS(rec, member, field_kind, 0, counter)

static const struct hft_field switch_fields[] = {
	FIELD(switch, prev_tid, INT),
	FIELD(switch, next_tid, INT),
	FIELD(switch, prev_state, HEX),
	FIELD(switch, prev_prio, INT),
	FIELD(switch, next_prio, INT),
	FIELD(switch, prev_comm, STRING),
	FIELD(switch, next_comm, STRING),
};

static const struct hft_field wakeup_fields[] = {
	FIELD(wakeup, tid, INT),
	FIELD(wakeup, by_tid, INT),
	FIELD(wakeup, prio, INT),
	FIELD(wakeup, target_cpu, UINT),
	FIELD(wakeup, comm, STRING),
	FIELD(wakeup, by_comm, STRING),
};

static const struct hft_field migrate_fields[] = {
	FIELD(migrate, tid, INT),
	FIELD(migrate, by_tid, INT),
	FIELD(migrate, prio, INT),
	FIELD(migrate, orig_cpu, UINT),
	FIELD(migrate, dest_cpu, UINT),
};

static const struct hft_field exec_fields[] = {
	FIELD(exec, tid, INT),
	FIELD(exec, old_tid, INT),
	FIELD(exec, filename, STRING),
};

static const struct hft_field exit_fields[] = {
	FIELD(exit, tid, INT),
	FIELD(exit, tgid, INT),
	FIELD(exit, exit_code, HEX),
	FIELD(exit, prio, INT),
	FIELD(exit, comm, STRING),
};

static const struct hft_field fork_fields[] = {
	FIELD(fork, tid, INT),
	FIELD(fork, tgid, INT),
	FIELD(fork, parent_tid, INT),
	FIELD(fork, parent_tgid, INT),
	FIELD(fork, comm, STRING),
};

static const struct hft_field irq_fields[] = {
	FIELD(irq, duration, TICKS),
	FIELD(irq, net, TICKS),
	FIELD(irq, irq, UINT),
	WORDS(irq, ret, hft_words_irq_rets),
};

static const struct hft_field softirq_fields[] = {
	FIELD(softirq, duration, TICKS),
	FIELD(softirq, net, TICKS),
	WORDS(softirq, vec, hft_words_softirq_vecs),
};

static const struct hft_field softirq_task_fields[] = {
	FIELD(softirq_task, duration, TICKS),
	FIELD(softirq_task, net, TICKS),
	WORDS(softirq_task, vec, hft_words_softirq_vecs),
	FIELD(softirq_task, tid, INT),
};

static const struct hft_field vector_fields[] = {
	FIELD(vector, duration, TICKS),
	FIELD(vector, net, TICKS),
	FIELD(vector, vector, HEX),
	WORDS(vector, kind, hft_words_vector_kinds),
};

static const struct hft_field nmi_fields[] = {
	FIELD(nmi, duration, TICKS),
	FIELD(nmi, handled, UINT),
	FIELD(nmi, handler, HEX),
};

static const struct hft_field visit_fields[] = {
	FIELD(visit, duration, TICKS),
	FIELD(visit, net, TICKS),
	FIELD(visit, faults, UINT),
	FIELD(visit, major_faults, UINT),
};

static const struct hft_field tlb_flush_fields[] = {
	WORDS(tlb_flush, reason, hft_words_tlb_reasons),
	FIELD(tlb_flush, tid, INT),
	FIELD(tlb_flush, pages, UINT),
};

static const struct hft_field tasklet_fields[] = {
	FIELD(tasklet, duration, TICKS),
	FIELD(tasklet, net, TICKS),
	FIELD(tasklet, function, HEX),
};

static const struct hft_field ipi_send_fields[] = {
	FIELD(ipi_send, targets, HEX),
	FIELD(ipi_send, function, HEX),
	FIELD(ipi_send, caller, HEX),
	FIELD(ipi_send, tid, INT),
	FIELD(ipi_send, first_cpu, UINT),
	WORDS(ipi_send, kind, hft_words_ipi_kinds),
	FIELD(ipi_send, flags, HEX),
	FIELD(ipi_send, comm, STRING),
};

static const struct hft_field fault_fields[] = {
	FIELD(fault, address, HEX),
	FIELD(fault, ip, HEX),
	FIELD(fault, error_code, HEX),
	FIELD(fault, tid, INT),
	FIELD(fault, tgid, INT),
	FIELD(fault, user, UINT),
};

static const struct hft_field syscall_fields[] = {
	FIELD(syscall, duration, TICKS),
	FIELD(syscall, net, TICKS),
	FIELD(syscall, nr, INT),
	FIELD(syscall, tid, INT),
	FIELD(syscall, ret, INT),
	ARRAY(syscall, args, HEX),
};

static const struct hft_field hrtimer_fields[] = {
	FIELD(hrtimer, duration, TICKS),
	FIELD(hrtimer, net, TICKS),
	FIELD(hrtimer, function, HEX),
	FIELD(hrtimer, timer, HEX),
	FIELD(hrtimer, late_ns, UINT),
	FIELD(hrtimer, tid, INT),
};

static const struct hft_field timer_fields[] = {
	FIELD(timer, duration, TICKS),
	FIELD(timer, net, TICKS),
	FIELD(timer, function, HEX),
	FIELD(timer, timer, HEX),
	FIELD(timer, late_jiffies, UINT),
	FIELD(timer, tid, INT),
	FIELD(timer, jiffy_ns, UINT),
};

static const struct hft_field tick_stop_fields[] = {
	FIELD(tick_stop, success, UINT),
	WORDS(tick_stop, dependency, hft_words_tick_dependencies),
	FIELD(tick_stop, tid, INT),
};

static const struct hft_field work_fields[] = {
	FIELD(work, duration, TICKS),
	FIELD(work, net, TICKS),
	FIELD(work, function, HEX),
	FIELD(work, work, HEX),
	FIELD(work, tid, INT),
};

static const struct hft_field work_queue_fields[] = {
	FIELD(work_queue, function, HEX),
	FIELD(work_queue, work, HEX),
	FIELD(work_queue, by_tid, INT),
	FIELD(work_queue, cpu, INT),
	FIELD(work_queue, by_comm, STRING),
	FIELD(work_queue, tid, INT),
};

static const struct hft_field idle_fields[] = {
	FIELD(idle, duration, TICKS),
	FIELD(idle, net, TICKS),
	FIELD(idle, state, UINT),
	FIELD(idle, woken, UINT),
};

static const struct hft_field frequency_fields[] = {
	FIELD(frequency, khz, UINT),
	FIELD(frequency, cpu, UINT),
	FIELD(frequency, tid, INT),
};

static const struct hft_field syscall_stack_fields[] = {
	FIELD(syscall_stack, nr, INT),
	FIELD(syscall_stack, tid, INT),
	FIELD(syscall_stack, tgid, INT),
	FIELD(syscall_stack, flags, HEX),
	ARRAY(syscall_stack, user, HEX),
	FIELD(syscall_stack, top, HEX),
};

static const struct hft_field probe_fields[] = {
	FIELD(probe, ip, HEX),
	FIELD(probe, tid, INT),
	FIELD(probe, tgid, INT),
	FIELD(probe, probe, NAME),
	ARRAY(probe, args, HEX),
};

static const struct hft_field call_fields[] = {
	FIELD(call, duration, TICKS),
	FIELD(call, net, TICKS),
	FIELD(call, ret, INT),
	FIELD(call, tid, INT),
	FIELD(call, probe, NAME),
	FIELD(call, switches, UINT),
	ARRAY(call, args, HEX),
};

static const struct hft_field governor_fields[] = {
	WORDS(governor, hook, hft_words_hook_names),
	WORDS(governor, reason, hft_words_governor_reasons),
	FIELD(governor, events_per_s, UINT),
	FIELD(governor, ns_per_s, UINT),
	FIELD(governor, budget, UINT),
	FIELD(governor, decided, HEX),
};

static const struct hft_field counters_fields[] = {
	FIELD(counters, tid, INT),
	WORDS(counters, why, hft_words_counters_whys),
	FIELD(counters, valid, HEX),
	FIELD(counters, set, UINT),
	ARRAY(counters, value, UINT),
};

static const struct hft_field sample_fields[] = {
	FIELD(sample, ip, HEX),
	FIELD(sample, tid, INT),
	FIELD(sample, tgid, INT),
	FIELD(sample, event, UINT),
	FIELD(sample, stack, HEX),
	FIELD(sample, set, UINT),
	FIELD(sample, period, UINT),
	ARRAY(sample, kernel, HEX),
	ARRAY(sample, user, HEX),
};

static const struct hft_field watch_fields[] = {
	FIELD(watch, address, HEX),
	FIELD(watch, value, HEX),
	FIELD(watch, ip, HEX),
	FIELD(watch, tid, INT),
	FIELD(watch, tgid, INT),
	FIELD(watch, watch, UINT),
	WORDS(watch, moment, hft_words_watch_moments),
	FIELD(watch, stack, HEX),
	ARRAY(watch, kernel, HEX),
	ARRAY(watch, user, HEX),
};

static const struct hft_field mmcall_fields[] = {
	FIELD(mmcall, duration, TICKS),
	FIELD(mmcall, net, TICKS),
	FIELD(mmcall, address, HEX),
	FIELD(mmcall, length, UINT),
	FIELD(mmcall, new_length, UINT),
	FIELD(mmcall, ret, INT),
	WORDS(mmcall, call, hft_words_mmcalls),
	FIELD(mmcall, tid, INT),
	FIELD(mmcall, tgid, INT),
	FIELD(mmcall, prot, HEX),
	FIELD(mmcall, flags, HEX),
	FIELD(mmcall, advice, INT),
	FIELD(mmcall, fd, INT),
};

static const struct hft_field reclaim_fields[] = {
	FIELD(reclaim, duration, TICKS),
	FIELD(reclaim, net, TICKS),
	FIELD(reclaim, tid, INT),
	WORDS(reclaim, kind, hft_words_reclaim_kinds),
	FIELD(reclaim, order, UINT),
	FIELD(reclaim, gfp, HEX),
	FIELD(reclaim, reclaimed, UINT),
};

static const struct hft_field compaction_fields[] = {
	FIELD(compaction, duration, TICKS),
	FIELD(compaction, net, TICKS),
	FIELD(compaction, zone_start, HEX),
	FIELD(compaction, zone_end, HEX),
	FIELD(compaction, tid, INT),
	FIELD(compaction, sync, UINT),
	WORDS(compaction, status, hft_words_compaction_statuses),
};

static const struct hft_field numa_fields[] = {
	WORDS(numa, kind, hft_words_numa_kinds),
	FIELD(numa, by_tid, INT),
	FIELD(numa, tid, INT),
	FIELD(numa, other_tid, INT),
	FIELD(numa, from_cpu, INT),
	FIELD(numa, to_cpu, INT),
	FIELD(numa, from_node, INT),
	FIELD(numa, to_node, INT),
	FIELD(numa, pages, UINT),
	FIELD(numa, failed, UINT),
	WORDS(numa, reason, hft_words_migrate_reasons),
	FIELD(numa, mode, UINT),
};

static const struct hft_field oom_fields[] = {
	FIELD(oom, tid, INT),
	FIELD(oom, tgid, INT),
	FIELD(oom, by_tid, INT),
	FIELD(oom, by_tgid, INT),
	FIELD(oom, comm, STRING),
	FIELD(oom, by_comm, STRING),
};

static const struct hft_field signal_fields[] = {
	FIELD(signal, sig, INT),
	FIELD(signal, code, INT),
	FIELD(signal, tid, INT),
	FIELD(signal, tgid, INT),
	FIELD(signal, by_tid, INT),
	FIELD(signal, by_tgid, INT),
	FIELD(signal, group, UINT),
	WORDS(signal, result, hft_words_signal_results),
	FIELD(signal, handler, HEX),
	FIELD(signal, address, HEX),
};

static const struct hft_field coredump_fields[] = {
	FIELD(coredump, duration, TICKS),
	FIELD(coredump, net, TICKS),
	FIELD(coredump, sig, INT),
	FIELD(coredump, code, INT),
	FIELD(coredump, tid, INT),
	FIELD(coredump, tgid, INT),
	FIELD(coredump, comm, STRING),
};

static const struct hft_field hidden_fields[] = {
	FIELD(hidden, window, TICKS),
	FIELD(hidden, delta, INT),
	WORDS(hidden, kind, hft_words_hidden_kinds),
	FIELD(hidden, khz_before, UINT),
	FIELD(hidden, khz, UINT),
};

static const struct hft_field mark_fields[] = {
	FIELD(mark, value, UINT),
	FIELD(mark, name, NAME),
};

static const struct hft_field span_fields[] = {
	FIELD(span, duration, TICKS),
	FIELD(span, id, UINT),
	FIELD(span, name, NAME),
	FIELD(span, depth, UINT),
};

static const struct hft_field log_fields[] = {
	FIELD(log, format, FORMAT),
	FIELD(log, words, UINT),
	FIELD(log, every, UINT),
	COUNTED(log, word, HEX, 1),
};

static const struct hft_field flow_fields[] = {
	FIELD(flow, id, UINT),
	FIELD(flow, name, NAME),
	WORDS(flow, step, hft_words_flow_steps),
};

static const struct hft_field trigger_fields[] = {
	FIELD(trigger, value, UINT),
	FIELD(trigger, limit, UINT),
	FIELD(trigger, id, UINT),
	FIELD(trigger, name, NAME),
	WORDS(trigger, cause, hft_words_trigger_causes),
};

static const struct hft_field span_pmu_fields[] = {
	FIELD(span_pmu, duration, TICKS),
	FIELD(span_pmu, id, UINT),
	FIELD(span_pmu, name, NAME),
	FIELD(span_pmu, depth, UINT),
	FIELD(span_pmu, events, UINT),
	ARRAY(span_pmu, event, NAME),
	ARRAY(span_pmu, count, UINT),
};

#define TYPE(id, rec, label, is_interval, text)					\
	TYPE_FROM(id, rec, HFT_SLOTS_OF(rec), label, is_interval, text)

/* One that can be shorter than its structure. */
#define TYPE_FROM(id, rec, slots_min, label, is_interval, text)			\
	{									\
		.type = HFT_REC_##id,						\
		.slots = slots_min,						\
		.slots_max = HFT_SLOTS_OF(rec),					\
		.interval = is_interval,					\
		.name = label,							\
		.summary = text,						\
		.fields = rec##_fields,						\
		.fields_count = ARRAY_SIZE(rec##_fields),	\
	}

static const struct hft_schema schemas[] = {
	TYPE(SWITCH, switch, "sched_switch", 0, "a CPU goes from one task to another"),
	TYPE(WAKING, wakeup, "sched_waking", 0, "a task is being woken, seen by its waker"),
	TYPE(WAKEUP, wakeup, "sched_wakeup", 0, "a task became runnable"),
	TYPE(MIGRATE, migrate, "sched_migrate_task", 0, "a task was moved to another CPU"),
	TYPE(EXEC, exec, "sched_process_exec", 0, "a process called exec"),
	TYPE(EXIT, exit, "sched_process_exit", 0, "a task ended"),
	TYPE(WAKEUP_NEW, wakeup, "sched_wakeup_new", 0, "a new task became runnable"),
	TYPE(FORK, fork, "sched_process_fork", 0, "a task was born"),
	TYPE(IRQ, irq, "irq", 1, "an action of a device interrupt"),
	TYPE(SOFTIRQ, softirq, "softirq", 1, "a soft interrupt"),
	TYPE(VECTOR, vector, "vector", 1, "an x86 system vector, an arm64 IPI"),
	TYPE(NMI, nmi, "nmi", 1, "an NMI handler"),
	TYPE(VISIT, visit, "visit", 1, "the CPU was in the kernel"),
	TYPE(TLB_FLUSH, tlb_flush, "tlb_flush", 0, "translations were flushed"),
	TYPE(TASKLET, tasklet, "tasklet", 1, "a tasklet"),
	TYPE(IPI_SEND, ipi_send, "ipi_send", 0, "other CPUs are about to be interrupted"),
	TYPE(HIDDEN, hidden, "hidden", 0, "the machine took time unseen"),
	TYPE(SOFTIRQ_TASK, softirq_task, "softirq_task", 1,
	     "a soft interrupt of a PREEMPT_RT kernel"),
	TYPE(FAULT, fault, "page_fault", 0, "a page fault began"),
	TYPE(SYSCALL, syscall, "syscall", 1, "a system call"),
	TYPE(SYSCALL_STACK, syscall_stack, "syscall_stack", 0,
	     "a system call of a thread that was to make none"),
	TYPE(MMCALL, mmcall, "mmcall", 1, "a system call that changes mappings"),
	TYPE(RECLAIM, reclaim, "reclaim", 1, "a task had to free memory before it got some"),
	TYPE(COMPACTION, compaction, "compaction", 1, "pages were moved together"),
	TYPE(NUMA, numa, "numa", 0, "a task or pages move between NUMA nodes"),
	TYPE(OOM, oom, "oom", 0, "the OOM killer has chosen a victim"),
	TYPE(HRTIMER, hrtimer, "hrtimer", 1, "a high-resolution timer's function"),
	TYPE(TIMER, timer, "timer", 1, "a kernel timer's function"),
	TYPE(TICK_STOP, tick_stop, "tick_stop", 0, "the tick stopped, or did not"),
	TYPE(WORK, work, "work", 1, "a work item's function"),
	TYPE(KTHREAD_WORK, work, "kthread_work", 1, "a kthread_worker's item's function"),
	TYPE(IDLE, idle, "idle", 1, "the CPU idled"),
	TYPE(FREQUENCY, frequency, "cpu_frequency", 0, "a clock frequency was set"),
	TYPE(WORK_QUEUE, work_queue, "work_queue", 0, "a work item was queued"),
	TYPE(KTHREAD_QUEUE, work_queue, "kthread_queue", 0, "a kthread_worker's item was queued"),
	TYPE(SIGNAL, signal, "signal", 0, "a signal was sent, seen by its sender"),
	TYPE(SIGNAL_DELIVER, signal, "signal_deliver", 0, "a signal reached its receiver"),
	TYPE(COREDUMP, coredump, "coredump", 1, "a process wrote its core"),
	TYPE(COUNTERS, counters, "counters", 0, "what the CPU's counters stood at"),
	TYPE(SAMPLE, sample, "sample", 0, "an event has happened another period"),
	TYPE(WATCH, watch, "watch", 0, "a watched address was accessed"),
	TYPE(PROBE, probe, "probe", 0, "a probe was hit"),
	TYPE(CALL, call, "call", 1, "a call of a probed function"),
	TYPE(GOVERNOR, governor, "governor", 0, "the governor disarmed a hook, or armed it again"),
	TYPE(MARK, mark, "mark", 0, "an instant in the program"),
	TYPE(SPAN, span, "span", 1, "an interval in the program"),
	TYPE_FROM(LOG, log, 1, "log", 0, "a line of the program's log"),
	TYPE(FLOW, flow, "flow", 0, "work goes from thread to thread"),
	TYPE(TRIGGER, trigger, "trigger", 0, "a window is to be kept"),
	TYPE(SPAN_PMU, span_pmu, "span_pmu", 0, "what the CPU counted inside a span"),
};

const struct hft_schema *hft_schema_all(size_t *count)
{
	*count = ARRAY_SIZE(schemas);
	return schemas;
}

const struct hft_schema *hft_schema(__u16 type)
{
	size_t low = 0, high = ARRAY_SIZE(schemas), middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (schemas[middle].type == type)
			return &schemas[middle];
		if (schemas[middle].type < type)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

__u32 hft_field_count(const struct hft_schema *schema, const struct hft_field *field,
		      const void *payload)
{
	const struct hft_field *counter = &schema->fields[field->counted_by];
	uint32_t count = 0;

	if (field->count)
		return field->count;
	memcpy(&count, (const char *)payload + counter->offset,
	       counter->bytes < sizeof(count) ? counter->bytes : sizeof(count));
	return count;
}
