// SPDX-License-Identifier: GPL-2.0
/* What to do about a cause: one line, with the command where there is one. */
#include <hftrace/abi.h>
#include <stdio.h>
#include <string.h>

#include "lib/cause_text.h"
#include "lib/causes.h"
#include "lib/irqs.h"
#include "lib/own_code.h"
#include "lib/symbols.h"
#include "lib/tasks.h"

#define TIMER_ADVICE	"nohz_full=, rcu_nocbs= for this CPU, one task on it, no timerfd or alarm"

/* What to do about a function that another CPU ran here, by what it was for. */
static const char *call_advice(__u32 kind)
{
	switch ((enum hft_ipi_kind)kind) {
	case HFT_IPI_MEMBARRIER:
		return "no membarrier(2) there while trading: some run-times and JITs use it";
	case HFT_IPI_SYNC_CORE:
		return "kernel code was patched: no module loading, tracing set-up or sysctl now";
	case HFT_IPI_TLB_KERNEL:
		return "kernel memory was unmapped: no module unloading, BPF or large vfree now";
	case HFT_IPI_WAKEUP:
		return "something wakes tasks on this CPU: isolate it and keep threads off it";
	default:
		return "keep the sender from it while trading; its function says what it wants";
	}
}

static const char *vector_advice(const struct culprit *culprit)
{
	switch ((enum hft_vector_kind)culprit->kind) {
	case HFT_VECTOR_LOCAL_TIMER:
		return TIMER_ADVICE;
	case HFT_VECTOR_RESCHEDULE:
		return "something wakes tasks on this CPU: isolate it and keep threads off it";
	case HFT_VECTOR_CALL_FUNCTION:
	case HFT_VECTOR_CALL_FUNCTION_SINGLE:
		if (culprit->flags & CULPRIT_INTERRUPT ||
		    (culprit->flags & CULPRIT_SENT && culprit->task != TASK_NONE))
			return call_advice(culprit->other);
		return "another CPU ran a function here: no module loading or tracing set-up now";
	case HFT_VECTOR_IRQ_WORK:
		return "deferred work, often of perf, tracing or printk: stop those on this CPU";
	case HFT_VECTOR_THERMAL_APIC:
	case HFT_VECTOR_THRESHOLD_APIC:
	case HFT_VECTOR_DEFERRED_ERROR:
	case HFT_VECTOR_ERROR_APIC:
		return "the hardware complains: read dmesg and the machine check log";
	default:
		return "see /proc/interrupts for who raises it";
	}
}

static const char *signal_advice(__u16 kind)
{
	switch ((enum signal_kind)kind) {
	case SIGNAL_INTERRUPT:
		return "no setitimer(), timer_create() or alarm() there while trading";
	case SIGNAL_FAULT:
		return "its address says what the code touches: hftrace dump -e signal_deliver";
	default:
		return "keep the sender from it, or block it in this thread: pthread_sigmask()";
	}
}

/* What keeps the tick, by the kernel's own word. */
static const char *tick_advice(__u32 dependency)
{
	switch ((enum hft_tick_dependency)dependency) {
	case HFT_TICK_POSIX_TIMER:
		return "no CPU-time timer, setitimer(ITIMER_PROF) or RLIMIT_CPU in that process";
	case HFT_TICK_PERF_EVENTS:
		return "perf samples by frequency: stop it, or give it a period";
	case HFT_TICK_SCHED:
		return "several tasks want this CPU: one pinned thread on it, isolcpus=domain";
	case HFT_TICK_CLOCK_UNSTABLE:
		return "the kernel mistrusts the TSC: see dmesg; tsc=reliable if it is sound";
	case HFT_TICK_RCU:
		return "rcu_nocbs= for this CPU";
	case HFT_TICK_RCU_EXP:
		return "rcupdate.rcu_normal=1: no expedited grace periods";
	case HFT_TICK_NONE:
		break;
	}
	return "nohz_full= for this CPU, and one task on it; the hook tick says what keeps it";
}

static void timer_advice(struct causes *causes, const struct culprit *culprit, char *buf,
			 size_t size)
{
	char name[SYMBOLS_TEXT] = "";

	if (culprit->address)
		symbols_kernel(causes_namer(causes)->symbols, culprit->address, name, sizeof(name));
	if (causes_is_tick(causes, culprit->address))
		snprintf(buf, size, "%s", tick_advice(culprit->kind));
	else if (!strcmp(name, "hrtimer_wakeup"))
		snprintf(buf, size,
			 "a task sleeps or waits with a timeout: poll without one, or move it to another CPU");
	else if (!strcmp(name, "timerfd_tmrproc") || !strcmp(name, "posix_timer_fn") ||
		 !strcmp(name, "it_real_fn"))
		snprintf(buf, size, "a program's timer: set it from another CPU, or do without");
	else if (!strcmp(name, "watchdog_timer_fn"))
		snprintf(buf, size, "sysctl kernel.soft_watchdog=0, or nowatchdog at boot");
	else if (culprit->cause == CAUSE_TIMER)
		snprintf(buf, size,
			 "keep what sets it off this CPU; nohz_full= sends those that are not pinned elsewhere");
	else
		snprintf(buf, size,
			 "keep what sets this timer off this CPU: its function says whose it is");
}

static void work_advice(const struct namer *namer, const struct culprit *culprit, char *buf,
			size_t size)
{
	const struct task *task = tasks_get(namer->tasks, culprit->task);

	if (task && task->tid)
		snprintf(buf, size,
			 "keep %s/%d off this CPU, or its work: /sys/devices/virtual/workqueue/*/cpumask",
			 task->comm[0] ? task->comm : "?", task->tid);
	else
		snprintf(buf, size,
			 "keep what queues it off this CPU; unbound work: /sys/devices/virtual/workqueue/*/cpumask");
}

static void off_cpu_advice(const struct namer *namer, const struct culprit *culprit, char *buf,
			   size_t size)
{
	const struct task *task = tasks_get(namer->tasks, culprit->task);

	if (culprit->kind == OFF_CPU_PREEMPTED && task && task->tid)
		snprintf(buf, size,
			 "keep it off this CPU: taskset -pc %d %d (kernel threads: isolcpus=domain,managed_irq)",
			 namer->housekeeping < 0 ? 0 : namer->housekeeping, task->tid);
	else if (culprit->kind == OFF_CPU_SLEPT && SLEPT_WHY(culprit->address) == 2)
		snprintf(buf, size, "a page was read from a device: mlockall() at start");
	else if (culprit->kind == OFF_CPU_SLEPT && culprit->number == SLEPT_STOPPED)
		snprintf(buf, size, "it was stopped by a signal: the line 'signal' says whose");
	else if (culprit->kind == OFF_CPU_SLEPT && culprit->number == SLEPT_TRACED)
		snprintf(buf, size, "a debugger held it: ptrace(2), as by gdb and strace");
	else if (culprit->kind == OFF_CPU_SLEPT)
		snprintf(buf, size, "the thread gave the CPU up itself: poll instead of waiting");
	else if (culprit->kind == OFF_CPU_PREEMPTED)
		snprintf(buf, size, "waking took long: idle=poll, a PM QoS limit, or do not sleep");
	else
		snprintf(buf, size, "pin the thread, and record the CPU that it goes to");
}

/* Each CPU has its own of some, which no file moves. */
static void irq_advice(const struct namer *namer, const struct culprit *culprit, char *buf,
		       size_t size)
{
	const char *name = irqs_name(namer->irqs, (__u32)culprit->number);

	if (name && !strcmp(name, "arch_timer"))
		snprintf(buf, size, "%s", TIMER_ADVICE);
	else if (!name && namer->machine && !strcmp(namer->machine, "aarch64"))
		snprintf(buf, size,
			 "sent by a CPU, as it is in no line of /proc/interrupts: record the hooks vectors and ipi");
	else
		snprintf(buf, size, "move it: echo %d > /proc/irq/%d/smp_affinity_list",
			 namer->housekeeping < 0 ? 0 : namer->housekeeping, culprit->number);
}

const char *causes_advice(struct causes *causes, __u32 number, char *buf, size_t size)
{
	const struct culprit *culprit = causes_get(causes, number);

	buf[0] = '\0';
	if (!culprit)
		return buf;
	switch ((enum cause)culprit->cause) {
	case CAUSE_IRQ:
		irq_advice(causes_namer(causes), culprit, buf, size);
		break;
	case CAUSE_SOFTIRQ:
		snprintf(buf, size,
			 "move what raises it (the irq or vector beside it) to another CPU");
		break;
	case CAUSE_VECTOR:
		snprintf(buf, size, "%s", vector_advice(culprit));
		break;
	case CAUSE_NMI:
		snprintf(buf, size, "sysctl kernel.nmi_watchdog=0; no perf sampling on this CPU");
		break;
	case CAUSE_TLB_SHOOTDOWN:
		snprintf(buf, size,
			 "no munmap, mprotect, madvise or free() to the system in that process while trading");
		break;
	case CAUSE_PAGE_FAULT:
		snprintf(buf, size,
			 "mlockall(MCL_CURRENT | MCL_FUTURE) and touch the memory before trading");
		break;
	case CAUSE_SYSCALL:
		snprintf(buf, size, "take this call out of the hot path");
		break;
	case CAUSE_MMCALL:
		snprintf(buf, size,
			 "map, touch and keep all memory before trading; no large malloc() or free()");
		break;
	case CAUSE_RECLAIM:
		if (culprit->kind == HFT_RECLAIM_DIRECT)
			snprintf(buf, size,
				 "end what uses memory; with more vm.min_free_kbytes kswapd starts earlier");
		else
			snprintf(buf, size,
				 "raise memory.max (or memory.high) of its cgroup, or let it use less");
		break;
	case CAUSE_COMPACTION:
		snprintf(buf, size,
			 "huge pages at boot; vm.compaction_proactiveness=0; THP defrag=never");
		break;
	case CAUSE_COREDUMP:
		snprintf(buf, size, "the process crashed: its core, and coredumpctl, tell why");
		break;
	case CAUSE_SIGNAL:
		snprintf(buf, size, "%s", signal_advice(culprit->kind));
		break;
	case CAUSE_OFF_CPU:
		off_cpu_advice(causes_namer(causes), culprit, buf, size);
		break;
	case CAUSE_KERNEL_ENTRY:
		if (culprit->kind == KERNEL_ENTRY_AROUND || culprit->kind == KERNEL_ENTRY_DELIVERY)
			return causes_advice(causes, culprit->other, buf, size);
		if (culprit->kind == KERNEL_ENTRY_SWITCH)
			snprintf(buf, size, "keep other tasks off this CPU: isolcpus=, taskset");
		else if (culprit->kind == KERNEL_ENTRY_PROBE)
			snprintf(buf, size, "that is what its probe costs it; nothing took more");
		else
			snprintf(buf, size,
				 "name it: hftrace attach syscall (costs every task of the machine), then record with -e all");
		break;
	case CAUSE_HRTIMER:
	case CAUSE_TIMER:
		timer_advice(causes, culprit, buf, size);
		break;
	case CAUSE_WORK:
		work_advice(causes_namer(causes), culprit, buf, size);
		break;
	case CAUSE_HIDDEN:
		if (culprit->kind == HFT_HIDDEN_SMI)
			snprintf(buf, size,
				 "firmware: turn off its power capping, USB legacy and error polling; ask the vendor");
		else
			snprintf(buf, size,
				 "one frequency: governor performance, no turbo, C-states limited");
		break;
	case CAUSE_STEAL:
		snprintf(buf, size, "not this machine's doing: give the vCPU a core of its own");
		break;
	case CAUSE_OWN_CODE:
		own_code_advice(culprit, buf, size);
		break;
	case CAUSE_UNEXPLAINED:
		if (culprit->kind == OWN_TIME_COUNTED)
			snprintf(buf, size,
				 "not the code: look for SMIs and a lower clock (turbostat, hook hidden), or the host");
		else
			snprintf(buf, size,
				 "have it counted: hft_span_begin_pmu() with instructions,cycles,llc-misses; or record --sample cycles:1000000");
		break;
	case CAUSE_LOST:
		snprintf(buf, size, "record with a larger --ring-size, or fewer hooks");
		break;
	case CAUSE_NOT_RECORDED:
		if (culprit->kind == NOT_RECORDED_CPU)
			snprintf(buf, size, "record that CPU too: hftrace record -c %d",
				 culprit->number);
		else if (culprit->kind == NOT_RECORDED_WHERE)
			snprintf(buf, size, "record the kernel with the hook switch, or pin it");
		else
			snprintf(buf, size, "start recording before the spans begin");
		break;
	case CAUSE_USER:
	case CAUSE_VISIT:
	case CAUSE_TASK:
	case CAUSES:
		break;
	}
	return buf;
}
