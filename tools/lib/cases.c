// SPDX-License-Identifier: GPL-2.0
/* The worst that came to traced CPUs, collected. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/tasks.h"

#define SLOTS_FIRST	256
#define SHARE_OF_OWNER	0.5

static bool counts(const struct cases *cases, const struct ledger_moment *moment)
{
	const struct culprit *culprit = causes_get(ledger_causes(cases->ledger), moment->culprit);

	if (moment->waiter != TASK_NONE)
		return cases->rule.waits;
	if (!(cases->rule.causes & 1ULL << culprit->cause))
		return false;
	return !cases->rule.sent || culprit->cause == CAUSE_TLB_SHOOTDOWN ||
	       culprit->flags & CULPRIT_SENT;
}

/* Of the kernel's entry for something: that. */
static bool is_entry_for(const struct culprit *culprit)
{
	return culprit->cause == CAUSE_KERNEL_ENTRY && culprit->kind == KERNEL_ENTRY_AROUND &&
	       !(culprit->flags & CULPRIT_CLASS);
}

/*
 * What is one case: page faults of the same code, whatever they touched; something with the
 * kernel's entries for it; else a row of the ledger.
 */
static __u32 key_of(const struct cases *cases, const struct ledger_moment *moment)
{
	struct causes *causes = ledger_causes(cases->ledger);
	struct culprit culprit = *causes_get(causes, moment->culprit);
	__u32 key = moment->row;

	if (moment->waiter != TASK_NONE)
		return CULPRIT_NONE;	/* whoever had the CPU */
	if (is_entry_for(causes_get(causes, key))) {
		key = culprit.other;
		culprit = *causes_get(causes, key);
	}
	if (culprit.cause != CAUSE_PAGE_FAULT)
		return key;
	culprit.data = 0;
	return causes_intern(causes, &culprit);
}

static __u32 *slot_of(const struct cases *cases, const struct ledger_moment *moment, __u32 key)
{
	__u64 hash = (key * 31ULL + moment->waiter) * 31 + (__u32)moment->cpu;
	size_t at = (hash * 0x9e3779b97f4a7c15ULL >> 32) & (cases->slots - 1);

	for (;; at = (at + 1) & (cases->slots - 1)) {
		const struct disturbance *there;

		if (!cases->slot[at])
			return &cases->slot[at];
		there = &cases->at[cases->slot[at] - 1];
		if (there->key == key && there->longest.waiter == moment->waiter &&
		    there->longest.cpu == moment->cpu)
			return &cases->slot[at];
	}
}

/* Room for one more, and for a free slot behind it. */
static int grow(struct cases *cases)
{
	size_t room = cases->room ? cases->room * 2 : SLOTS_FIRST / 2, i;
	struct disturbance *at;

	if (cases->count < cases->room)
		return 0;
	at = realloc(cases->at, room * sizeof(*at));
	if (!at)
		return -ENOMEM;
	cases->at = at;
	cases->room = room;
	free(cases->slot);
	cases->slots = cases->room * 2;
	cases->slot = calloc(cases->slots, sizeof(*cases->slot));
	if (!cases->slot)
		return -ENOMEM;
	for (i = 0; i < cases->count; i++)
		*slot_of(cases, &at[i].longest, at[i].key) = (__u32)i + 1;
	return 0;
}

static int take(void *context, const struct ledger_moment *moment)
{
	struct cases *cases = context;
	struct disturbance *found;
	__u32 key, *slot;
	int err;

	if (!counts(cases, moment))
		return 0;
	key = key_of(cases, moment);
	if (key == CULPRIT_NONE && moment->waiter == TASK_NONE)
		return -ENOMEM;
	err = grow(cases);
	if (err)
		return err;
	slot = slot_of(cases, moment, key);
	if (!*slot) {
		cases->at[cases->count] = (struct disturbance){ .longest = *moment, .key = key };
		*slot = (__u32)++cases->count;
	}
	found = &cases->at[*slot - 1];
	if (is_entry_for(causes_get(ledger_causes(cases->ledger), moment->culprit)))
		found->entries++;
	else
		found->count++;
	found->ticks += moment->ticks;
	if (moment->ticks > found->longest.ticks)
		found->longest = *moment;
	return 0;
}

void cases_init(struct cases *cases, struct ledger *ledger, const struct cases_rule *rule)
{
	memset(cases, 0, sizeof(*cases));
	cases->ledger = ledger;
	cases->rule = *rule;
	ledger_watch(ledger, take, cases);
}

void cases_uninit(struct cases *cases)
{
	free(cases->at);
	free(cases->slot);
	free(cases->owner);
	memset(cases, 0, sizeof(*cases));
}

static bool is_of(const struct task *task, const struct owners *wanted)
{
	size_t i;

	for (i = 0; i < wanted->count; i++)
		if (task->tgid == wanted->tgid[i] || task->tid == wanted->tgid[i])
			return true;
	return false;
}

/* The task that had a CPU most, with its time: of the wanted ones, or of all but the idle one. */
static __u64 had_most(const struct cases *cases, const struct ledger_cpu *cpu,
		      const struct owners *wanted, __u32 *owner)
{
	__u64 most = 0;
	size_t i;

	for (i = 0; i < cpu->entries; i++) {
		const struct ledger_entry *entry = cpu->entry[i];
		const struct culprit *culprit = causes_get(ledger_causes(cases->ledger),
							   entry->culprit);
		const struct task *task;

		if (culprit->cause != CAUSE_TASK || entry->net.total <= most)
			continue;
		task = tasks_get(ledger_tasks(cases->ledger), culprit->task);
		if (!task || !task->tid || (wanted && !is_of(task, wanted)))
			continue;
		most = entry->net.total;
		*owner = culprit->task;
	}
	return most;
}

/* Of a CPU that never switched: who was seen to run there. */
static __u32 seen_there(const struct cases *cases, __s32 cpu)
{
	const struct task *task;
	__u32 i;

	for (i = 0; (task = tasks_get(ledger_tasks(cases->ledger), i)); i++)
		if (task->tid && task->ran && task->cpu == cpu)
			return i;
	return TASK_NONE;
}

static void find_owner(const struct cases *cases, const struct ledger_cpu *cpu, __u64 ticks,
		       const struct owners *wanted, struct cpu_owner *owner)
{
	__u64 most;

	owner->cpu = cpu->cpu;
	owner->task = TASK_NONE;
	owner->never_switched = !cpu->switches;
	if (owner->never_switched) {
		owner->task = seen_there(cases, cpu->cpu);
		owner->share = owner->task != TASK_NONE;
		return;
	}
	most = had_most(cases, cpu, wanted, &owner->task);
	if (!most) {
		most = had_most(cases, cpu, NULL, &owner->task);
		if ((double)most < (double)ticks * SHARE_OF_OWNER)
			owner->task = TASK_NONE;
	}
	owner->share = ticks ? (double)most / (double)ticks : 0;
}

/* Whether a task that had a CPU may have it: its own, the idle one, the chosen processes'. */
static bool may_run(const struct cases *cases, const struct ledger_moment *moment,
		    const struct owners *wanted)
{
	const struct culprit *culprit = causes_get(ledger_causes(cases->ledger), moment->culprit);
	const struct task *task;
	size_t i;

	if (culprit->cause != CAUSE_TASK || moment->waiter != TASK_NONE)
		return false;
	task = tasks_get(ledger_tasks(cases->ledger), culprit->task);
	if (!task || !task->tid || is_of(task, wanted))
		return true;
	for (i = 0; i < cases->owners; i++)
		if (cases->owner[i].cpu == moment->cpu && cases->owner[i].task == culprit->task)
			return true;
	return false;
}

static int longer_first(const void *a, const void *b)
{
	const struct disturbance *left = a, *right = b;

	if (left->longest.ticks != right->longest.ticks)
		return left->longest.ticks > right->longest.ticks ? -1 : 1;
	if (left->longest.start != right->longest.start)
		return left->longest.start < right->longest.start ? -1 : 1;
	return left->key < right->key ? -1 : left->key > right->key;
}

int cases_settle(struct cases *cases, const struct period *period, const struct owners *wanted)
{
	size_t cpus = ledger_cpus(cases->ledger), i, kept = 0;
	struct cpu_owner *owner = calloc(cpus ? cpus : 1, sizeof(*owner));

	if (!owner)
		return -ENOMEM;
	cases->owner = owner;
	cases->owners = cpus;
	for (i = 0; i < cases->owners; i++)
		find_owner(cases, ledger_cpu(cases->ledger, i), period->end - period->start,
			   wanted, &cases->owner[i]);
	for (i = 0; i < cases->count; i++) {
		if (may_run(cases, &cases->at[i].longest, wanted))
			continue;
		cases->at[kept] = cases->at[i];
		if (!cases->at[kept].count)
			cases->at[kept].count = cases->at[kept].entries;
		kept++;
	}
	cases->count = kept;
	if (kept)
		qsort(cases->at, kept, sizeof(*cases->at), longer_first);
	return 0;
}
