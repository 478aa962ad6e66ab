// SPDX-License-Identifier: LGPL-2.1
/* See schema_words.h. */
#include <stddef.h>
#include <hftrace/abi.h>

#include "schema_words.h"

const char *const hft_words_softirq_vecs[] = {
	"HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET", "SCHED", "HRTIMER",
	"RCU", NULL
};

const char *const hft_words_vector_kinds[HFT_VECTOR_KINDS + 1] = {
	[HFT_VECTOR_LOCAL_TIMER] = "local_timer",
	[HFT_VECTOR_RESCHEDULE] = "reschedule",
	[HFT_VECTOR_CALL_FUNCTION] = "call_function",
	[HFT_VECTOR_CALL_FUNCTION_SINGLE] = "call_function_single",
	[HFT_VECTOR_IRQ_WORK] = "irq_work",
	[HFT_VECTOR_X86_PLATFORM_IPI] = "x86_platform_ipi",
	[HFT_VECTOR_SPURIOUS_APIC] = "spurious_apic",
	[HFT_VECTOR_ERROR_APIC] = "error_apic",
	[HFT_VECTOR_THERMAL_APIC] = "thermal_apic",
	[HFT_VECTOR_THRESHOLD_APIC] = "threshold_apic",
	[HFT_VECTOR_DEFERRED_ERROR] = "deferred_error",
	[HFT_VECTOR_TIMER_BROADCAST] = "timer_broadcast",
	[HFT_VECTOR_BACKTRACE] = "backtrace",
	[HFT_VECTOR_OTHER_IPI] = "other_ipi",
};

const char *const hft_words_ipi_kinds[HFT_IPI_KINDS + 1] = {
	[HFT_IPI_RESCHEDULE] = "reschedule",
	[HFT_IPI_CALL] = "call",
	[HFT_IPI_TLB] = "tlb_shootdown",
	[HFT_IPI_TLB_KERNEL] = "kernel_tlb_flush",
	[HFT_IPI_MEMBARRIER] = "membarrier",
	[HFT_IPI_SYNC_CORE] = "code_patching",
	[HFT_IPI_WAKEUP] = "remote_wakeup",
	[HFT_IPI_REMOTE_WORK] = "remote_irq_work",
	[HFT_IPI_IRQ_WORK] = "irq_work",
	[HFT_IPI_BACKTRACE] = "backtrace",
	[HFT_IPI_TIMER] = "timer_broadcast",
	[HFT_IPI_OTHER] = "other",
};

const char *const hft_words_irq_rets[] = { "none", "handled", "wake_thread", NULL };

const char *const hft_words_tlb_reasons[] = {
	[HFT_TLB_TASK_SWITCH] = "task_switch",
	[HFT_TLB_REMOTE_SHOOTDOWN] = "remote_shootdown",
	[HFT_TLB_LOCAL_SHOOTDOWN] = "local_shootdown",
	[HFT_TLB_LOCAL_MM_SHOOTDOWN] = "local_mm_shootdown",
	[HFT_TLB_REMOTE_SEND_IPI] = "remote_send_ipi",
	NULL
};

const char *const hft_words_tick_dependencies[] = {
	[HFT_TICK_NONE] = "none",
	[HFT_TICK_POSIX_TIMER] = "POSIX_TIMER",
	[HFT_TICK_PERF_EVENTS] = "PERF_EVENTS",
	[HFT_TICK_SCHED] = "SCHED",
	[HFT_TICK_CLOCK_UNSTABLE] = "CLOCK_UNSTABLE",
	[HFT_TICK_RCU] = "RCU",
	[HFT_TICK_RCU_EXP] = "RCU_EXP",
	NULL
};

const char *const hft_words_hidden_kinds[] = {
	"none",
	[HFT_HIDDEN_SMI] = "smi",
	[HFT_HIDDEN_STEAL] = "steal",
	[HFT_HIDDEN_FREQUENCY] = "frequency",
	NULL
};

const char *const hft_words_hook_names[HFT_HOOKS + 1] = {
	"switch", "wakeup", "migrate", "task", "irq", "softirq", "vectors", "nmi", "visit",
	"fault", "syscall", "tlb", "ipi", "tasklet", "mmcall", "reclaim", "compaction", "numa",
	"oom", "hrtimer", "timer", "tick", "workqueue", "kthread", "idle", "frequency", "signal",
	"coredump", "hidden", "pmu", "watch", "probe",
};

const char *const hft_words_governor_reasons[] = { "rearmed", "events", "ns", NULL };

const char *const hft_words_counters_whys[] = {
	[HFT_COUNTERS_SWITCH] = "switch",
	[HFT_COUNTERS_REQUEST] = "request",
	[HFT_COUNTERS_VISIT] = "visit",
	NULL
};

const char *const hft_words_watch_moments[] = {
	[HFT_WATCH_UNREADABLE] = "unreadable",
	[HFT_WATCH_AFTER] = "after",
	[HFT_WATCH_BEFORE] = "before",
	NULL
};

const char *const hft_words_mmcalls[] = {
	[HFT_MMCALL_MMAP] = "mmap",
	[HFT_MMCALL_MUNMAP] = "munmap",
	[HFT_MMCALL_BRK] = "brk",
	[HFT_MMCALL_MREMAP] = "mremap",
	[HFT_MMCALL_MPROTECT] = "mprotect",
	[HFT_MMCALL_MADVISE] = "madvise",
	NULL
};

const char *const hft_words_reclaim_kinds[] = {
	[HFT_RECLAIM_DIRECT] = "direct",
	[HFT_RECLAIM_LIMIT] = "limit",
	[HFT_RECLAIM_SOFT_LIMIT] = "soft_limit",
	NULL
};

const char *const hft_words_compaction_statuses[] = {
	[HFT_COMPACTION_NOT_SUITABLE] = "not_suitable",
	[HFT_COMPACTION_SKIPPED] = "skipped",
	[HFT_COMPACTION_DEFERRED] = "deferred",
	[HFT_COMPACTION_NO_SUITABLE_PAGE] = "no_suitable_page",
	[HFT_COMPACTION_CONTINUE] = "continue",
	[HFT_COMPACTION_COMPLETE] = "complete",
	[HFT_COMPACTION_PARTIAL_SKIPPED] = "partial_skipped",
	[HFT_COMPACTION_CONTENDED] = "contended",
	[HFT_COMPACTION_SUCCESS] = "success",
	NULL
};

const char *const hft_words_numa_kinds[] = {
	[HFT_NUMA_MOVE] = "move",
	[HFT_NUMA_SWAP] = "swap",
	[HFT_NUMA_STICK] = "stick",
	[HFT_NUMA_PAGES] = "pages",
	NULL
};

const char *const hft_words_migrate_reasons[] = {
	[HFT_MIGRATE_COMPACTION] = "compaction",
	[HFT_MIGRATE_MEMORY_FAILURE] = "memory_failure",
	[HFT_MIGRATE_MEMORY_HOTPLUG] = "memory_hotplug",
	[HFT_MIGRATE_SYSCALL] = "syscall",
	[HFT_MIGRATE_MBIND] = "mbind",
	[HFT_MIGRATE_NUMA_MISPLACED] = "numa_misplaced",
	[HFT_MIGRATE_CONTIG_RANGE] = "contig_range",
	[HFT_MIGRATE_LONGTERM_PIN] = "longterm_pin",
	[HFT_MIGRATE_DEMOTION] = "demotion",
	[HFT_MIGRATE_DAMON] = "damon",
	NULL
};

const char *const hft_words_signal_results[] = {
	[HFT_SIGNAL_DELIVERED] = "delivered",
	[HFT_SIGNAL_IGNORED] = "ignored",
	[HFT_SIGNAL_PENDING] = "pending",
	[HFT_SIGNAL_OVERFLOW] = "overflow",
	[HFT_SIGNAL_LOSE_INFO] = "lose_info",
	NULL
};

const char *const hft_words_flow_steps[] = {
	"none",
	[HFT_FLOW_OUT] = "out",
	[HFT_FLOW_IN] = "in",
	NULL
};

const char *const hft_words_trigger_causes[] = {
	"none",
	[HFT_TRIGGER_ASKED] = "asked",
	[HFT_TRIGGER_SPAN] = "span",
	[HFT_TRIGGER_COUNT] = "count",
	NULL
};
