// SPDX-License-Identifier: GPL-2.0
/* See verify.h. */
#include "verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"

static void __attribute__((format(printf, 3, 4)))
wrong(struct verify *verify, const struct record *record, const char *format, ...)
{
	va_list values;
	int length;

	if (!verify->wrong++) {
		length = snprintf(verify->why, sizeof(verify->why), "slot %llu, type %u, ctx %#x: ",
				  record->index, record->type, record->ctx);
		va_start(values, format);
		vsnprintf(verify->why + length, sizeof(verify->why) - length, format, values);
		va_end(values);
	}
}

static bool is_comm(const char comm[16])
{
	return comm[0] && memchr(comm, '\0', 16);
}

static void verify_switch(struct verify *verify, const struct record *record)
{
	const struct hft_rec_switch *rec = &record->switched;

	if (!is_comm(rec->prev_comm) || !is_comm(rec->next_comm))
		wrong(verify, record, "no names of tasks");
	if (rec->prev_tid == rec->next_tid)
		wrong(verify, record, "from %d to itself", rec->prev_tid);
	if (rec->prev_tid < 0 || rec->next_tid < 0)
		wrong(verify, record, "tids %d, %d", rec->prev_tid, rec->next_tid);
	if (rec->prev_prio < -1 || rec->prev_prio > 140 || rec->next_prio < -1 ||
	    rec->next_prio > 140)
		wrong(verify, record, "priorities %d, %d", rec->prev_prio, rec->next_prio);
	if (rec->prev_state & (rec->prev_state - 1) || rec->prev_state > 256)
		wrong(verify, record, "state %#x", rec->prev_state);
	if (verify->running_known) {
		verify->chained++;
		if (verify->running_tid != rec->prev_tid)
			wrong(verify, record, "task %d leaves where %d ran", rec->prev_tid,
			      verify->running_tid);
		else if (!verify->renames && strncmp(verify->running_comm, rec->prev_comm, 16))
			wrong(verify, record, "task %d is %.16s, came as %.16s", rec->prev_tid,
			      rec->prev_comm, verify->running_comm);
	}
	verify->running_known = true;
	verify->running_tid = rec->next_tid;
	memcpy(verify->running_comm, rec->next_comm, sizeof(verify->running_comm));
}

/* Takes in what lies inside; what remains ended before it began. */
static void verify_nesting(struct verify *verify, const struct record *record, __u64 duration,
			   __u64 net)
{
	__u64 start = record->tsc - duration, inside = 0;
	unsigned int depth = 0;
	struct closed *last;

	while (verify->closed_count) {
		last = &verify->closed[verify->closed_count - 1];
		if (last->start < start)
			break;
		inside += last->end - last->start;
		depth = last->depth > depth ? last->depth : depth;
		verify->closed_count--;
	}
	if (verify->closed_count && verify->closed[verify->closed_count - 1].end > start)
		wrong(verify, record, "begins %llu ticks before the one before ends",
		      verify->closed[verify->closed_count - 1].end - start);
	if (start >= verify->forgotten && !(record->ctx & HFT_CTX_SATURATED)) {
		verify->compared++;
		if (duration - net != inside)
			wrong(verify, record, "%llu ticks, %llu net, but %llu nested", duration,
			      net, inside);
	}
	if (verify->closed_count == OPEN_MAX_) {
		/* intervals side by side: the oldest ones hardly matter any more */
		verify->forgotten = verify->closed[OPEN_MAX_ / 2 - 1].end;
		memmove(verify->closed, verify->closed + OPEN_MAX_ / 2,
			sizeof(verify->closed) / 2);
		verify->closed_count = OPEN_MAX_ / 2;
	}
	verify->closed[verify->closed_count++] = (struct closed){ start, record->tsc, depth + 1 };
	if (depth + 1 > verify->deepest)
		verify->deepest = depth + 1;
}

/* Tasks' go on, in segments, after each switch. */
static bool has_segments(unsigned int type)
{
	switch (type) {
	case HFT_REC_SYSCALL:
	case HFT_REC_MMCALL:
	case HFT_REC_SOFTIRQ_TASK:
	case HFT_REC_WORK:
	case HFT_REC_KTHREAD_WORK:
	case HFT_REC_RECLAIM:
	case HFT_REC_COMPACTION:
	case HFT_REC_COREDUMP:
		return true;
	}
	return false;
}

static void verify_interval(struct verify *verify, const struct record *record)
{
	__u64 duration, net;

	if (!record_length(record, &duration, &net))
		return;
	verify->intervals++;
	if (record->ctx & HFT_CTX_CONTINUED) {
		verify->continued += !has_segments(record->type);
		if (duration || net)
			wrong(verify, record, "no start, but %llu ticks", duration);
		return;
	}
	if (net > duration || duration > record->tsc)
		wrong(verify, record, "%llu ticks, %llu net", duration, net);
	else
		verify_nesting(verify, record, duration, net);
}

static void verify_visit(struct verify *verify, const struct record *record)
{
	if (verify->faults_known && record->visit.faults != verify->faults)
		wrong(verify, record, "%u faults, not %u", record->visit.faults, verify->faults);
	if (record->visit.major_faults > record->visit.faults)
		wrong(verify, record, "more major faults than faults");
	verify->visits_with_fault += record->visit.faults > 0;
	verify->majors += record->visit.major_faults;
	verify->faults = 0;
	verify->faults_known = true;
}

static unsigned int level_of(unsigned int type)
{
	switch (type) {
	case HFT_REC_NMI:
		return HFT_CTX_NMI;
	case HFT_REC_IRQ:
	case HFT_REC_VECTOR:
		return HFT_CTX_HARDIRQ;
	case HFT_REC_SOFTIRQ:
	case HFT_REC_TASKLET:
		return HFT_CTX_SOFTIRQ;
	case HFT_REC_SWITCH:
	case HFT_REC_VISIT:
	case HFT_REC_SYSCALL:
	case HFT_REC_SOFTIRQ_TASK:
	case HFT_REC_IDLE:
	case HFT_REC_WORK:
	case HFT_REC_KTHREAD_WORK:
	case HFT_REC_MMCALL:
	case HFT_REC_RECLAIM:
	case HFT_REC_COMPACTION:
	case HFT_REC_COREDUMP:
		return HFT_CTX_TASK;
	}
	return ~0U;
}

/* x86's have their numbers; what arm64 gets has a kind alone. */
static bool is_vector(const struct hft_rec_vector *rec)
{
#ifdef __x86_64__
	return rec->kind < HFT_VECTOR_TIMER_BROADCAST && rec->vector >= 0xe0 && rec->vector <= 0xff;
#else
	return rec->kind < HFT_VECTOR_KINDS && !rec->vector;
#endif
}

/* What timers, threads of the kernel and idleness leave. */
static void verify_deferred(struct verify *verify, const struct record *record)
{
	switch (record->type) {
	case HFT_REC_SOFTIRQ_TASK:
		if (record->softirq_task.vec > 9 || record->softirq_task.tid <= 0 ||
		    record->softirq_task.reserved[0] || record->softirq_task.reserved[1] ||
		    record->softirq_task.reserved[2])
			wrong(verify, record, "softirq %u of %d", record->softirq_task.vec,
			      record->softirq_task.tid);
		break;
	case HFT_REC_HRTIMER:
		if (record->hrtimer.tid < 0 || record->hrtimer.reserved)
			wrong(verify, record, "timer over %d", record->hrtimer.tid);
		break;
	case HFT_REC_TIMER:
		if (record->timer.tid < 0 || record->timer.reserved)
			wrong(verify, record, "timer over %d", record->timer.tid);
		break;
	case HFT_REC_TICK_STOP:
		if (record->tick_stop.success > 1 || record->tick_stop.reserved ||
		    record->tick_stop.dependency > HFT_TICK_RCU_EXP)
			wrong(verify, record, "tick %u, %u", record->tick_stop.success,
			      record->tick_stop.dependency);
		break;
	case HFT_REC_WORK:
	case HFT_REC_KTHREAD_WORK:
		if (record->work.tid <= 0 || record->work.reserved0 || record->work.reserved)
			wrong(verify, record, "work of %d", record->work.tid);
		break;
	case HFT_REC_IDLE:
		if (record->idle.woken > 1 || record->idle.state > 16)
			wrong(verify, record, "idle in state %u", record->idle.state);
		break;
	}
}

/* What other CPUs were sent, memory and signals. */
static void verify_sent(struct verify *verify, const struct record *record)
{
	switch (record->type) {
	case HFT_REC_IPI_SEND:
		if (!record->ipi_send.targets || record->ipi_send.targets & ~3ULL ||
		    record->ipi_send.first_cpu || record->ipi_send.kind >= HFT_IPI_KINDS ||
		    record->ipi_send.flags & ~HFT_IPI_MAYBE || !is_comm(record->ipi_send.comm))
			wrong(verify, record, "kind %u to CPUs %#llx", record->ipi_send.kind,
			      record->ipi_send.targets);
		break;
	case HFT_REC_MMCALL:
		if (record->mmcall.call > HFT_MMCALL_MADVISE || record->mmcall.tid <= 0 ||
		    record->mmcall.tgid <= 0 || record->mmcall.reserved)
			wrong(verify, record, "call %u of %d", record->mmcall.call,
			      record->mmcall.tid);
		break;
	case HFT_REC_SIGNAL:
	case HFT_REC_SIGNAL_DELIVER:
		if (record->signal.sig < 1 || record->signal.sig > 64 || record->signal.tid <= 0 ||
		    record->signal.group > 1 || record->signal.result > HFT_SIGNAL_LOSE_INFO)
			wrong(verify, record, "signal %d to %d", record->signal.sig,
			      record->signal.tid);
		break;
	}
}

static void verify_fields(struct verify *verify, const struct record *record)
{
	unsigned int level = level_of(record->type);

	if (level != ~0U && (record->ctx & HFT_CTX_LEVEL_MASK) != level)
		wrong(verify, record, "written at another level");
	if (record->ctx & ~(HFT_CTX_LEVEL_MASK | HFT_CTX_CONTINUED | HFT_CTX_SWITCHED_OUT |
			    HFT_CTX_SATURATED))
		wrong(verify, record, "unknown flags");
	switch (record->type) {
	case HFT_REC_SWITCH:
		verify_switch(verify, record);
		break;
	case HFT_REC_WAKING:
	case HFT_REC_WAKEUP:
	case HFT_REC_WAKEUP_NEW:
		if (!is_comm(record->wakeup.comm) || !is_comm(record->wakeup.by_comm) ||
		    record->wakeup.reserved || record->wakeup.target_cpu > 1)
			wrong(verify, record, "wakeup of %d", record->wakeup.tid);
		break;
	case HFT_REC_MIGRATE:
		if (record->migrate.orig_cpu > 1 || record->migrate.dest_cpu > 1)
			wrong(verify, record, "from CPU %u to CPU %u", record->migrate.orig_cpu,
			      record->migrate.dest_cpu);
		break;
	case HFT_REC_SOFTIRQ:
		if (record->softirq.vec > 9 || record->softirq.reserved)
			wrong(verify, record, "softirq %u", record->softirq.vec);
		break;
	case HFT_REC_VECTOR:
		if (!is_vector(&record->vector))
			wrong(verify, record, "vector %#x of kind %u", record->vector.vector,
			      record->vector.kind);
		break;
	case HFT_REC_FAULT:
		if (record->fault.user > 1 || record->fault.tid < 0 || record->fault.tgid < 0 ||
		    record->fault.reserved[0] || record->fault.reserved[1])
			wrong(verify, record, "fault of %d", record->fault.tid);
		verify->faults += record->fault.user == 1;
		break;
	case HFT_REC_SYSCALL:
		if (record->syscall.nr < -1 || record->syscall.nr > 512 || record->syscall.tid <= 0)
			wrong(verify, record, "system call %d of %d", record->syscall.nr,
			      record->syscall.tid);
		break;
	}
}

void verify_record(struct verify *verify, const struct record *record)
{
	if (record->gap) {
		verify->running_known = false;
		verify->faults_known = false;
		verify->closed_count = 0;
		verify->forgotten = record->tsc;
	}
	verify->records++;
	if (record->type < 64)
		verify->of_type[record->type]++;
	verify_fields(verify, record);
	verify_deferred(verify, record);
	verify_sent(verify, record);
	verify_interval(verify, record);
	if (record->type == HFT_REC_VISIT)
		verify_visit(verify, record);
}
