/* SPDX-License-Identifier: GPL-2.0 */
/* The tracefs events that both programs of the comparison know, by number. */
#ifndef WITNESS_EVENTS_H
#define WITNESS_EVENTS_H

/* number, system, name */
#define WITNESS_EVENTS(E)						\
	E(EV_SWITCH, "sched", "sched_switch")				\
	E(EV_WAKING, "sched", "sched_waking")				\
	E(EV_WAKEUP, "sched", "sched_wakeup")				\
	E(EV_MIGRATE, "sched", "sched_migrate_task")			\
	E(EV_EXEC, "sched", "sched_process_exec")			\
	E(EV_EXIT, "sched", "sched_process_exit")			\
	E(EV_IRQ_ENTRY, "irq", "irq_handler_entry")			\
	E(EV_IRQ_EXIT, "irq", "irq_handler_exit")			\
	E(EV_SOFTIRQ_ENTRY, "irq", "softirq_entry")			\
	E(EV_SOFTIRQ_EXIT, "irq", "softirq_exit")			\
	E(EV_NMI, "nmi", "nmi_handler")					\
	E(EV_TLB, "tlb", "tlb_flush")					\
	E(EV_USER_EXIT, "context_tracking", "user_exit")		\
	E(EV_USER_ENTER, "context_tracking", "user_enter")		\
	E(EV_FAULT_USER, "exceptions", "page_fault_user")		\
	E(EV_FAULT_KERNEL, "exceptions", "page_fault_kernel")		\
	E(EV_SYS_ENTER, "raw_syscalls", "sys_enter")			\
	E(EV_SYS_EXIT, "raw_syscalls", "sys_exit")			\
	/* in the order of enum hft_vector_kind, entry before exit */	\
	E(EV_VECTORS, "irq_vectors", "local_timer_entry")		\
	E(EV_TIMER_EXIT, "irq_vectors", "local_timer_exit")		\
	E(EV_RES_ENTRY, "irq_vectors", "reschedule_entry")		\
	E(EV_RES_EXIT, "irq_vectors", "reschedule_exit")		\
	E(EV_CALL_ENTRY, "irq_vectors", "call_function_entry")		\
	E(EV_CALL_EXIT, "irq_vectors", "call_function_exit")		\
	E(EV_SINGLE_ENTRY, "irq_vectors", "call_function_single_entry")	\
	E(EV_SINGLE_EXIT, "irq_vectors", "call_function_single_exit")	\
	E(EV_WORK_ENTRY, "irq_vectors", "irq_work_entry")		\
	E(EV_WORK_EXIT, "irq_vectors", "irq_work_exit")			\
	E(EV_PLATFORM_ENTRY, "irq_vectors", "x86_platform_ipi_entry")	\
	E(EV_PLATFORM_EXIT, "irq_vectors", "x86_platform_ipi_exit")	\
	E(EV_SPURIOUS_ENTRY, "irq_vectors", "spurious_apic_entry")	\
	E(EV_SPURIOUS_EXIT, "irq_vectors", "spurious_apic_exit")	\
	E(EV_ERROR_ENTRY, "irq_vectors", "error_apic_entry")		\
	E(EV_ERROR_EXIT, "irq_vectors", "error_apic_exit")		\
	E(EV_THERMAL_ENTRY, "irq_vectors", "thermal_apic_entry")	\
	E(EV_THERMAL_EXIT, "irq_vectors", "thermal_apic_exit")

#define WITNESS_NUMBER(number, system, name)	number,
#define WITNESS_PATH(number, system, name)	[number] = system "/" name,
#define WITNESS_NAME(number, system, name)	[number] = name,

enum witness_event {
	WITNESS_EVENTS(WITNESS_NUMBER)
	EVENTS
};

#endif /* WITNESS_EVENTS_H */
