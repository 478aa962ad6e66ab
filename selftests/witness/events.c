// SPDX-License-Identifier: GPL-2.0
/* See events.h. */
#include <string.h>

#include "events.h"

const char *const event_paths[EVENTS] = {
	[EV_SWITCH] = "sched/sched_switch",
	[EV_WAKING] = "sched/sched_waking",
	[EV_WAKEUP] = "sched/sched_wakeup",
	[EV_WAKEUP_NEW] = "sched/sched_wakeup_new",
	[EV_MIGRATE] = "sched/sched_migrate_task",
	[EV_FORK] = "sched/sched_process_fork",
	[EV_EXEC] = "sched/sched_process_exec",
	[EV_EXIT] = "sched/sched_process_exit",
	[EV_IRQ_ENTRY] = "irq/irq_handler_entry",
	[EV_IRQ_EXIT] = "irq/irq_handler_exit",
	[EV_SOFTIRQ_ENTRY] = "irq/softirq_entry",
	[EV_SOFTIRQ_EXIT] = "irq/softirq_exit",
	[EV_NMI] = "nmi/nmi_handler",
	[EV_TLB] = "tlb/tlb_flush",
	[EV_USER_EXIT] = "context_tracking/user_exit",
	[EV_USER_ENTER] = "context_tracking/user_enter",
	[EV_FAULT_USER] = "exceptions/page_fault_user",
	[EV_FAULT_KERNEL] = "exceptions/page_fault_kernel",
	[EV_SYS_ENTER] = "raw_syscalls/sys_enter",
	[EV_SYS_EXIT] = "raw_syscalls/sys_exit",
	[EV_VECTORS] = "irq_vectors/local_timer_entry",
	[EV_TIMER_EXIT] = "irq_vectors/local_timer_exit",
	[EV_RES_ENTRY] = "irq_vectors/reschedule_entry",
	[EV_RES_EXIT] = "irq_vectors/reschedule_exit",
	[EV_CALL_ENTRY] = "irq_vectors/call_function_entry",
	[EV_CALL_EXIT] = "irq_vectors/call_function_exit",
	[EV_SINGLE_ENTRY] = "irq_vectors/call_function_single_entry",
	[EV_SINGLE_EXIT] = "irq_vectors/call_function_single_exit",
	[EV_WORK_ENTRY] = "irq_vectors/irq_work_entry",
	[EV_WORK_EXIT] = "irq_vectors/irq_work_exit",
	[EV_PLATFORM_ENTRY] = "irq_vectors/x86_platform_ipi_entry",
	[EV_PLATFORM_EXIT] = "irq_vectors/x86_platform_ipi_exit",
	[EV_SPURIOUS_ENTRY] = "irq_vectors/spurious_apic_entry",
	[EV_SPURIOUS_EXIT] = "irq_vectors/spurious_apic_exit",
	[EV_ERROR_ENTRY] = "irq_vectors/error_apic_entry",
	[EV_ERROR_EXIT] = "irq_vectors/error_apic_exit",
	[EV_THERMAL_ENTRY] = "irq_vectors/thermal_apic_entry",
	[EV_THERMAL_EXIT] = "irq_vectors/thermal_apic_exit",
};

const char *event_name(enum witness_event event)
{
	return strchr(event_paths[event], '/') + 1;
}
