// SPDX-License-Identifier: GPL-2.0
/* The hooks by name. What attaching costs is measured: docs/lifecycle.md. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/hooks.h"

static const char syscall_cost[] =
	"each system call of any task takes about 70 instructions more, armed or not";

static const char watch_cost[] =
	"each sample of any perf user runs through a probe";
static const char mmcall_cost[] =
	"each of these calls of any task takes about 300 instructions more, armed or not";

const struct hook hooks[HFT_HOOKS] = {
	[HFT_HOOK_SWITCH]  = { "switch", { HFT_REC_SWITCH }, 9, NULL },
	[HFT_HOOK_WAKEUP]  = { "wakeup", { HFT_REC_WAKING, HFT_REC_WAKEUP, HFT_REC_WAKEUP_NEW },
			       33, NULL },
	[HFT_HOOK_MIGRATE] = { "migrate", { HFT_REC_MIGRATE }, 9, NULL },
	[HFT_HOOK_TASK]    = { "task", { HFT_REC_FORK, HFT_REC_EXEC, HFT_REC_EXIT }, 27, NULL },
	[HFT_HOOK_IRQ]     = { "irq", { HFT_REC_IRQ }, 36, NULL },
	[HFT_HOOK_SOFTIRQ] = { "softirq", { HFT_REC_SOFTIRQ, HFT_REC_SOFTIRQ_TASK }, 18, NULL },
	[HFT_HOOK_VECTORS] = { "vectors", { HFT_REC_VECTOR }, 168, NULL },
	[HFT_HOOK_NMI]     = { "nmi", { HFT_REC_NMI }, 9, NULL },
	[HFT_HOOK_VISIT]   = { "visit", { HFT_REC_VISIT }, 18, NULL },
	[HFT_HOOK_FAULT]   = { "fault", { HFT_REC_FAULT }, 21, NULL },
	[HFT_HOOK_SYSCALL] = { "syscall", { HFT_REC_SYSCALL, HFT_REC_SYSCALL_STACK }, 24,
			       syscall_cost },
	[HFT_HOOK_TLB]     = { "tlb", { HFT_REC_TLB_FLUSH }, 21, NULL },
	[HFT_HOOK_IPI] = { "ipi", { HFT_REC_IPI_SEND }, 41, NULL },
	[HFT_HOOK_TASKLET] = { "tasklet", { HFT_REC_TASKLET }, 21, NULL },
	[HFT_HOOK_MMCALL] = { "mmcall", { HFT_REC_MMCALL }, 18, mmcall_cost },
	[HFT_HOOK_RECLAIM] = { "reclaim", { HFT_REC_RECLAIM }, 54, NULL },
	[HFT_HOOK_COMPACTION] = { "compaction", { HFT_REC_COMPACTION }, 18, NULL },
	[HFT_HOOK_NUMA] = { "numa", { HFT_REC_NUMA }, 42, NULL },
	[HFT_HOOK_OOM] = { "oom", { HFT_REC_OOM }, 9, NULL },
	[HFT_HOOK_HRTIMER] = { "hrtimer", { HFT_REC_HRTIMER }, 0, NULL },
	[HFT_HOOK_TIMER] = { "timer", { HFT_REC_TIMER }, 0, NULL },
	[HFT_HOOK_TICK] = { "tick", { HFT_REC_TICK_STOP }, 0, NULL },
	[HFT_HOOK_WORKQUEUE] = { "workqueue", { HFT_REC_WORK, HFT_REC_WORK_QUEUE }, 0, NULL },
	[HFT_HOOK_KTHREAD] = {
		"kthread", { HFT_REC_KTHREAD_WORK, HFT_REC_KTHREAD_QUEUE }, 0, NULL
	},
	[HFT_HOOK_IDLE] = { "idle", { HFT_REC_IDLE }, 0, NULL },
	[HFT_HOOK_FREQUENCY] = { "frequency", { HFT_REC_FREQUENCY }, 0, NULL },
	[HFT_HOOK_SIGNAL] = { "signal", { HFT_REC_SIGNAL, HFT_REC_SIGNAL_DELIVER }, 24, NULL },
	[HFT_HOOK_COREDUMP] = { "coredump", { HFT_REC_COREDUMP }, 3, NULL },
	[HFT_HOOK_HIDDEN] = { "hidden", { HFT_REC_HIDDEN }, 0, NULL },
	[HFT_HOOK_PMU] = { "pmu", { HFT_REC_COUNTERS, HFT_REC_SAMPLE }, 18, NULL },
	[HFT_HOOK_WATCH] = { "watch", { HFT_REC_WATCH }, 18, watch_cost },
	[HFT_HOOK_PROBE] = { "probe", { HFT_REC_PROBE, HFT_REC_CALL }, 0, NULL },
};

static __u64 word_mask(const char *word, size_t length)
{
	int i;

	if (length == 3 && !strncmp(word, "all", 3))
		return HOOKS_ALL;
	if (length == 5 && !strncmp(word, "sched", 5))
		return HOOKS_SCHED;
	for (i = 0; i < HFT_HOOKS; i++) {
		if (strlen(hooks[i].name) == length && !strncmp(hooks[i].name, word, length))
			return HFT_HOOK_BIT(i);
	}
	return 0;
}

int hooks_parse(const char *text, __u64 *mask, char *word, size_t size)
{
	*mask = 0;
	for (;;) {
		size_t length = strcspn(text, ",");
		__u64 found = word_mask(text, length);

		if (!found) {
			snprintf(word, size, "%.*s", (int)(length < 64 ? length : 64), text);
			return -EINVAL;
		}
		*mask |= found;
		if (!text[length])
			return 0;
		text += length + 1;
	}
}

const char *hooks_format(__u64 mask, char *buf)
{
	int used = 0;
	int i;

	for (i = 0; i < HFT_HOOKS; i++) {
		if (mask & HFT_HOOK_BIT(i))
			used += snprintf(buf + used, HOOKS_TEXT - used, "%s%s", used ? "," : "",
					 hooks[i].name);
	}
	if (!used)
		strcpy(buf, "none");
	return buf;
}
