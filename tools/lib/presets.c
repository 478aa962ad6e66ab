// SPDX-License-Identifier: GPL-2.0
/* Questions that one command answers. */
#include <string.h>

#include "lib/compiler.h"
#include "lib/hooks.h"
#include "lib/presets.h"

#define HOOK(name)	HFT_HOOK_BIT(HFT_HOOK_##name)
#define CAUSE(name)	(1ULL << CAUSE_##name)

/* Whatever takes time from a thread; the rest are the thread's own, or gaps of a recording. */
#define DISTURBANCES	(CAUSE(IRQ) | CAUSE(SOFTIRQ) | CAUSE(VECTOR) | CAUSE(NMI) | \
			 CAUSE(TLB_SHOOTDOWN) | CAUSE(PAGE_FAULT) | CAUSE(SYSCALL) | \
			 CAUSE(MMCALL) | CAUSE(RECLAIM) | CAUSE(COMPACTION) | CAUSE(COREDUMP) | \
			 CAUSE(SIGNAL) | CAUSE(HRTIMER) | CAUSE(TIMER) | CAUSE(WORK) | \
			 CAUSE(KERNEL_ENTRY) | CAUSE(STEAL) | CAUSE(TASK))

static const struct preset presets[] = {
	{
		.name = "jitter",
		.question = "What takes these CPUs away from their threads, and for how long?",
		.needs = HOOK(SWITCH) | HOOK(IRQ) | HOOK(SOFTIRQ) | HOOK(VECTORS),
		.hooks = HOOKS_ALL & ~HOOKS_ON_REQUEST & ~HOOK(PROBE),
		.rule = { .causes = DISTURBANCES },
		.spans = true,
	}, {
		.name = "faults",
		.question = "Which code touches memory that is not there yet, and at what cost?",
		.needs = HOOK(FAULT),
		.hooks = HOOK(SWITCH) | HOOK(VISIT) | HOOK(MMCALL) | HOOK(RECLAIM) |
			 HOOK(COMPACTION) | HOOK(NUMA),
		.rule = {
			.causes = CAUSE(PAGE_FAULT) | CAUSE(MMCALL) | CAUSE(RECLAIM) |
				  CAUSE(COMPACTION),
		},
	}, {
		.name = "ipi",
		.question = "Which other CPUs interrupt these, by whom, and what for?",
		.needs = HOOK(VECTORS) | HOOK(IPI),
		.hooks = HOOK(SWITCH) | HOOK(NMI) | HOOK(TLB) | HOOK(VISIT) | HOOK(MMCALL),
		.rule = {
			.causes = CAUSE(VECTOR) | CAUSE(NMI) | CAUSE(TLB_SHOOTDOWN),
			.sent = true,
		},
	}, {
		.name = "sched",
		.question = "Who else runs on these CPUs, and who waits for them?",
		.needs = HOOK(SWITCH) | HOOK(WAKEUP),
		.hooks = HOOK(MIGRATE) | HOOK(TASK),
		.rule = { .causes = CAUSE(TASK), .waits = true },
	},
};

const struct preset *preset_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(presets); i++)
		if (!strcmp(presets[i].name, name))
			return &presets[i];
	return NULL;
}

void presets_print(FILE *file)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(presets); i++)
		fprintf(file, "  %-8s %s\n", presets[i].name, presets[i].question);
}

const char *presets_names(char *buf, size_t size)
{
	size_t i, used = 0;

	buf[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(presets) && used < size; i++)
		used += snprintf(buf + used, size - used, "%s%s", i ? ", " : "", presets[i].name);
	return buf;
}
