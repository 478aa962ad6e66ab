// SPDX-License-Identifier: GPL-2.0
/* What can be limited, and how much of it there was. */
#include <assert.h>
#include <fnmatch.h>
#include <hftrace/abi.h>
#include <stdlib.h>
#include <string.h>

#include "lib/limits.h"
#include "lib/tasks.h"

#define CAUSE(name)	(1ULL << CAUSE_##name)
#define HOOK(name)	HFT_HOOK_BIT(HFT_HOOK_##name)

static_assert(CAUSES <= 64, "causes are bits of a word");

/* Those that are no cause of the ledger's, or a choice of one. */
static const char visit[] = "visit", switches[] = "switch", tick[] = "tick", ipi[] = "ipi";
static const char wake[] = "wake_to_run";

const struct limit_kind limit_kinds[] = {
	{ .word = visit, .hooks = HOOK(VISIT), .visits = true },
	{ .word = "irq", .causes = CAUSE(IRQ), .hooks = HOOK(IRQ), .named = true },
	{ .word = "softirq", .causes = CAUSE(SOFTIRQ), .hooks = HOOK(SOFTIRQ), .named = true },
	{ .word = "vector", .causes = CAUSE(VECTOR) | CAUSE(TLB_SHOOTDOWN),
	  .hooks = HOOK(VECTORS), .named = true },
	{ .word = ipi, .causes = CAUSE(VECTOR) | CAUSE(TLB_SHOOTDOWN),
	  .hooks = HOOK(VECTORS), .named = true },
	{ .word = "tlb_shootdown", .causes = CAUSE(TLB_SHOOTDOWN),
	  .hooks = HOOK(VECTORS) | HOOK(TLB) },
	{ .word = "nmi", .causes = CAUSE(NMI), .hooks = HOOK(NMI), .named = true },
	{ .word = tick, .causes = CAUSE(HRTIMER), .hooks = HOOK(HRTIMER) },
	{ .word = "hrtimer", .causes = CAUSE(HRTIMER), .hooks = HOOK(HRTIMER), .named = true },
	{ .word = "timer", .causes = CAUSE(TIMER), .hooks = HOOK(TIMER), .named = true },
	{ .word = "work", .causes = CAUSE(WORK), .hooks = HOOK(WORKQUEUE), .named = true },
	{ .word = "page_fault", .causes = CAUSE(PAGE_FAULT),
	  .hooks = HOOK(FAULT), .named = true },
	{ .word = "syscall", .causes = CAUSE(SYSCALL), .hooks = HOOK(SYSCALL), .named = true },
	{ .word = "mmcall", .causes = CAUSE(MMCALL), .hooks = HOOK(MMCALL), .named = true },
	{ .word = "reclaim", .causes = CAUSE(RECLAIM), .hooks = HOOK(RECLAIM) },
	{ .word = "compaction", .causes = CAUSE(COMPACTION), .hooks = HOOK(COMPACTION) },
	{ .word = "coredump", .causes = CAUSE(COREDUMP), .hooks = HOOK(COREDUMP) },
	{ .word = "signal", .causes = CAUSE(SIGNAL), .hooks = HOOK(SIGNAL), .named = true },
	{ .word = "kernel_entry", .causes = CAUSE(KERNEL_ENTRY),
	  .hooks = HOOK(VISIT), .visits = true },
	{ .word = "steal", .causes = CAUSE(STEAL), .hooks = HOOK(HIDDEN) },
	{ .word = "hidden", .causes = CAUSE(HIDDEN), .hooks = HOOK(HIDDEN), .timeless = true },
	{ .word = switches, .hooks = HOOK(SWITCH), .timeless = true },
	{ .word = "task", .causes = CAUSE(TASK), .hooks = HOOK(SWITCH), .named = true },
	{ .word = wake, .hooks = HOOK(SWITCH) | HOOK(WAKEUP), .named = true },
	{ .word = NULL },
};

const struct limit_kind *limit_kind_find(const char *word, size_t length)
{
	const struct limit_kind *kind;

	for (kind = limit_kinds; kind->word; kind++)
		if (strlen(kind->word) == length && !strncmp(kind->word, word, length))
			return kind;
	return NULL;
}

/* ------------------------------------------------------------------- names */

static bool matches(const char *pattern, const char *text)
{
	return !fnmatch(pattern, text, FNM_CASEFOLD);
}

/* "stress" is "stress/300", too. */
static bool task_matches(struct ledger *ledger, const char *pattern, __u32 number)
{
	const struct task *task = tasks_get(ledger_tasks(ledger), number);
	char comm[TASK_COMM + 1], text[64];

	if (!task)
		return false;
	snprintf(comm, sizeof(comm), "%.*s", TASK_COMM, task->tid ? task->comm : "idle");
	snprintf(text, sizeof(text), "%s/%d", comm, task->tid);
	return matches(pattern, comm) || matches(pattern, text);
}

/*
 * All of the text that the tables have, or the first word of it: "34 eth0" is "34",
 * "reschedule by sh/99 on CPU 0" is "reschedule". Or the drivers of an interrupt: "eth0".
 */
static bool text_matches(const char *pattern, enum cause cause, const char *text)
{
	size_t length = strcspn(text, " ,:");
	char word[200];

	if (matches(pattern, text))
		return true;
	if (length < sizeof(word)) {
		snprintf(word, sizeof(word), "%.*s", (int)length, text);
		if (matches(pattern, word))
			return true;
	}
	return cause == CAUSE_IRQ && text[length] && matches(pattern, text + length + 1);
}

/* ----------------------------------------------------------------- amounts */

static int add_histogram(struct limit_amount *amount, const struct histogram *histogram,
			 struct stretch worst)
{
	if (!histogram->count)
		return 0;
	if (!amount->timed || histogram->max > amount->net.max)
		amount->worst = worst;
	amount->count += histogram->count;
	amount->timed += histogram->count;
	return histogram_merge(&amount->net, histogram);
}

static int add_entry(struct limit_amount *amount, const struct ledger_entry *entry)
{
	int err;

	err = add_histogram(amount, &entry->net, entry->worst);
	if (entry->cut && !entry->net.count && !amount->timed &&
	    (!amount->count || entry->worst.start < amount->worst.start))
		amount->worst = entry->worst;
	amount->count += entry->cut;
	return err;
}

static bool is_kind(const struct limit_kind *kind, struct ledger *ledger,
		    const struct culprit *culprit)
{
	if (!(kind->causes & (1ULL << culprit->cause)))
		return false;
	if (kind->word == tick)
		return causes_is_tick(ledger_causes(ledger), culprit->address);
	if (kind->word == ipi)
		return culprit->cause == CAUSE_TLB_SHOOTDOWN || (culprit->flags & CULPRIT_SENT);
	/* the idle task has the CPU when nobody wants it */
	if (culprit->cause == CAUSE_TASK) {
		const struct task *task = tasks_get(ledger_tasks(ledger), culprit->task);

		return task && task->tid;
	}
	return true;
}

static int add_entries(struct limit_amount *amount, const struct limit_kind *kind,
		       const char *name, struct ledger *ledger, const struct ledger_cpu *cpu)
{
	struct causes *causes = ledger_causes(ledger);
	int err = 0;
	size_t i;

	for (i = 0; i < cpu->entries && !err; i++) {
		const struct ledger_entry *entry = cpu->entry[i];
		const struct culprit *culprit = causes_get(causes, entry->culprit);

		if ((!entry->net.count && !entry->cut) || !is_kind(kind, ledger, culprit))
			continue;
		if (name && !(culprit->cause == CAUSE_TASK ?
			      task_matches(ledger, name, culprit->task) :
			      text_matches(name, culprit->cause,
					   causes_text(causes, entry->culprit))))
			continue;
		err = add_entry(amount, entry);
	}
	return err;
}

static int add_wakeups(struct limit_amount *amount, const char *name, struct ledger *ledger,
		       const struct ledger_cpu *cpu)
{
	int err = 0;
	size_t i;

	for (i = 0; i < cpu->wakeups.count && !err; i++) {
		const struct wakeup *wakeup = cpu->wakeups.at[i];

		if (!name || task_matches(ledger, name, wakeup->task))
			err = add_histogram(amount, &wakeup->latency, wakeup->slowest);
	}
	return err;
}

int limits_amount(struct limit_amount *amount, const struct limit_kind *kind, const char *name,
		  struct ledger *ledger, const struct ledger_cpu *cpu)
{
	if (kind->word == visit)
		return add_histogram(amount, &cpu->visit, cpu->longest_visit);
	if (kind->word == wake)
		return add_wakeups(amount, name, ledger, cpu);
	if (kind->word != switches)
		return add_entries(amount, kind, name, ledger, cpu);
	amount->count = cpu->switches;
	amount->worst = cpu->switched;
	return 0;
}

double limits_figure(const struct limit *limit, const struct limit_amount *amount,
		     const struct period *period)
{
	double unit = 1e9 / hft_reader_hz(period->reader);
	__u64 length = period->end - period->start;
	double seconds = (double)(length < period->least ? period->least : length) * unit / 1e9;
	double figure = 0;

	switch (limit->figure) {
	case LIMIT_COUNT:
		figure = (double)amount->count;
		break;
	case LIMIT_TIME:
		figure = (double)amount->net.total * unit;
		break;
	case LIMIT_MAX:
		return (double)amount->net.max * unit;
	case LIMIT_PERCENTILE:
		return (double)histogram_percentile(&amount->net, limit->percent) * unit;
	}
	if (!limit->rate || !(seconds > 0))
		return figure;
	return figure / seconds;
}
