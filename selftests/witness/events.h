/* SPDX-License-Identifier: GPL-2.0 */
/* The tracefs events that both programs of the comparison know, by number. */
#ifndef WITNESS_EVENTS_H
#define WITNESS_EVENTS_H

enum witness_event {
	EV_SWITCH,
	EV_WAKING,
	EV_WAKEUP,
	EV_WAKEUP_NEW,
	EV_MIGRATE,
	EV_FORK,
	EV_EXEC,
	EV_EXIT,
	EV_IRQ_ENTRY,
	EV_IRQ_EXIT,
	EV_SOFTIRQ_ENTRY,
	EV_SOFTIRQ_EXIT,
	EV_NMI,
	EV_TLB,
	EV_USER_EXIT,
	EV_USER_ENTER,
	EV_FAULT_USER,
	EV_FAULT_KERNEL,
	EV_SYS_ENTER,
	EV_SYS_EXIT,
	/* x86 vectors in the order of enum hft_vector_kind, entry before exit */
	EV_VECTORS,
	EV_TIMER_EXIT,
	EV_RES_ENTRY,
	EV_RES_EXIT,
	EV_CALL_ENTRY,
	EV_CALL_EXIT,
	EV_SINGLE_ENTRY,
	EV_SINGLE_EXIT,
	EV_WORK_ENTRY,
	EV_WORK_EXIT,
	EV_PLATFORM_ENTRY,
	EV_PLATFORM_EXIT,
	EV_SPURIOUS_ENTRY,
	EV_SPURIOUS_EXIT,
	EV_ERROR_ENTRY,
	EV_ERROR_EXIT,
	EV_THERMAL_ENTRY,
	EV_THERMAL_EXIT,
	EVENTS
};

/* "sched/sched_switch" and "sched_switch". */
extern const char *const event_paths[EVENTS];
const char *event_name(enum witness_event event);

#endif /* WITNESS_EVENTS_H */
