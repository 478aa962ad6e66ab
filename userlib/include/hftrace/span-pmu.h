/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * What the CPU counted inside a span: instructions, cache misses and more, by
 * the thread's own counters, read without a system call. Included by hftrace.h,
 * at its end.
 *
 *	static const char *const events[] = { "instructions", "llc-misses" };
 *	struct hft_thread_pmu_status status = { .size = sizeof(status) };
 *
 *	if (hft_thread_pmu(t, events, 2, &status))	once, at start
 *		fprintf(stderr, "%s\n", status.text);	spans go on without
 *	hft_span_begin_pmu(t, order, order_id);
 *	hft_span_end_pmu(t);
 *
 * Only user mode is counted, so the kernel's share is not in the numbers. What
 * the tracer itself executes between the two readings is measured when the
 * counters are attached, and subtracted.
 */
#ifndef HFTRACE_SPAN_PMU_H
#define HFTRACE_SPAN_PMU_H

#include <hftrace.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What hft_thread_pmu() found. */
struct hft_thread_pmu_status {
	__u32 size;		/* sizeof(struct hft_thread_pmu_status), set by the caller */
	__s32 error;		/* what hft_thread_pmu() returned */
	__u32 events;		/* that count now: all, or 0 */
	__u32 failed;		/* which one was refused, from 0; else as many as were asked for */
	__u32 bits[HFT_SPAN_PMU_EVENTS];	/* width of the counter */
	__u64 subtracted[HFT_SPAN_PMU_EVENTS];	/* from each span: the tracer's own */
	char text[240];		/* one line for a person, the way out included */
};

/*
 * Gives the calling thread 1 to HFT_SPAN_PMU_EVENTS counters of user mode, all
 * or none. An event is one of cycles, instructions, branch-misses, l1d-misses,
 * llc-misses and dtlb-misses, "rHEX" as the CPU's manual has it, or perf's
 * "TYPE:CONFIG" in C's notation of numbers. Makes system calls and interrupts
 * other CPUs: call it at start. *status may be NULL. 0, or
 *   -EINVAL	`thread` is not the caller's handle; no such event; a size not known
 *   -E2BIG	more than HFT_SPAN_PMU_EVENTS
 *   -EALREADY	it has counters; hft_thread_pmu_close() first
 *   -ENXIO	the thread has no ring
 *   -ENODEV	this machine shows no PMU
 *   -ENOENT	the PMU does not count this event
 *   -EACCES	not allowed (kernel.perf_event_paranoid)
 *   -EPERM	counters cannot be read in user mode (kernel.perf_user_access)
 *   -ENOSPC	no counter is free for it
 * or another -errno of perf_event_open(2) or mmap(2). Spans work all the same.
 */
int hft_thread_pmu(struct hft_thread *thread, const char *const *events, unsigned int count,
		   struct hft_thread_pmu_status *status);

/*
 * Gives the counters back, as hft_thread_detach() and the thread's end do. Interrupts other
 * CPUs. For the thread itself, with no span open that was begun with counters.
 */
void hft_thread_pmu_close(struct hft_thread *thread);

/* C has no such attribute of pointers, and needs none. */
#ifdef __cplusplus
#define HFT_POINTER_NOTHROW	noexcept
#else
#define HFT_POINTER_NOTHROW
#endif

/* How spans with counters begin and end. The library's. */
struct hft_span_pmu {
	void (*begin)(struct hft_thread *thread) HFT_POINTER_NOTHROW;
	void (*end)(struct hft_thread *thread) HFT_POINTER_NOTHROW;
};

/*
 * As hft_span_begin() and hft_span_end(), and a struct hft_rec_span_pmu behind the
 * span if the thread has counters; if not, they cost a test more. They nest with each
 * other and with plain spans, and are signal-safe. A span with counters must be begun and ended by
 * these two; otherwise it has none.
 */
static inline void hft_span_begin_pmu(struct hft_thread *thread, __u32 name, __u64 id)
{
	if (hft_frame_ignored(thread))
		return;
	hft_frame_push(thread, name, id);
	if (thread->pmu)
		thread->pmu->begin(thread);
}

static inline void hft_span_end_pmu(struct hft_thread *thread)
{
	if (thread->pmu)
		thread->pmu->end(thread);
	else
		hft_span_end(thread);
}

#ifdef __cplusplus
}
#endif

#endif /* HFTRACE_SPAN_PMU_H */
