// SPDX-License-Identifier: GPL-2.0
/*
 * Setting watches and taking them away. The events have no handler of ours:
 * arm64 steps over the access only for the kernel's own, and a CPU whose
 * watchpoint has another one hangs. hooks/watch.c says where hits are taken.
 */
#include <linux/hw_breakpoint.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/security.h>
#include <linux/slab.h>

#include "audit.h"
#include "hook.h"
#include "leftover.h"
#include "perf_key.h"
#include "session.h"
#include "watch.h"

#define THREADS_MAX	1024	/* more than a process has that can be watched */

struct watch {
	const void *owner;		/* NULL: not set, or a leftover */
	u32 number;			/* 0: it has none, or is silent */
	bool leftover;			/* to be taken away when nobody is armed */
	struct perf_event **event;	/* one a thread or CPU */
	unsigned int events;
};

/* With hft_lock held. */
static struct watch watches[HFT_WATCHES];
static u32 last_number;

static void take_away(struct watch *watch)
{
	unsigned int i;

	for (i = 0; i < watch->events; i++)
		perf_event_release_kernel(watch->event[i]);
	kfree(watch->event);
	*watch = (struct watch){ 0 };
}

bool hft_watch_is_set(u32 number)
{
	unsigned int i;

	for (i = 0; i < HFT_WATCHES; i++) {
		if (READ_ONCE(watches[i].number) == number)
			return true;
	}
	return false;
}

static int add_event(struct watch *watch, const struct perf_event_attr *attr, int cpu,
		     struct task_struct *task)
{
	struct perf_event_attr own = *attr;
	struct perf_event *event;

	event = perf_event_create_kernel_counter(&own, cpu, task, NULL, NULL);
	if (IS_ERR(event))
		return PTR_ERR(event);
	watch->event[watch->events++] = event;
	return 0;
}

/* By an event of its own, or by one that it got from the thread that made it. */
static bool is_covered(const struct watch *watch, const struct task_struct *task)
{
	struct perf_event *child;
	bool covered = false;
	unsigned int i;

	for (i = 0; i < watch->events && !covered; i++) {
		struct perf_event *event = watch->event[i];

		covered = event->hw.target == task;
		mutex_lock(&event->child_mutex);
		list_for_each_entry(child, &event->child_list, child_list)
			covered |= child->hw.target == task;
		mutex_unlock(&event->child_mutex);
	}
	return covered;
}

/* Its threads now, each held: how many. THREADS_MAX: there may be more. */
static int list_threads(struct task_struct *leader, struct task_struct **threads)
{
	struct task_struct *thread;
	int count = 0;

	rcu_read_lock();
	/* not for_each_thread(): where lists are proved it asks for a lock that no module has */
	list_for_each_entry_rcu(thread, &leader->signal->thread_head, thread_node) {
		if (count == THREADS_MAX)
			break;
		threads[count++] = get_task_struct(thread);
	}
	rcu_read_unlock();
	return count;
}

/* One go at all threads; 1 when there were new ones. */
static int cover_threads(struct watch *watch, const struct perf_event_attr *attr,
			 struct task_struct *leader, struct task_struct **threads)
{
	int count = list_threads(leader, threads), result = 0, i, err;

	if (count == THREADS_MAX)
		result = -E2BIG;
	for (i = 0; i < count; i++) {
		if (result >= 0 && !(threads[i]->flags & PF_EXITING) &&
		    !is_covered(watch, threads[i])) {
			err = watch->events < THREADS_MAX ?
			      add_event(watch, attr, -1, threads[i]) : -E2BIG;
			/* a thread that has just ended writes nothing */
			if (err != -ESRCH)
				result = err ?: 1;
		}
		put_task_struct(threads[i]);
	}
	return result;
}

static int watch_process(struct watch *watch, struct perf_event_attr *attr, pid_t tgid)
{
	struct task_struct **threads, *leader;
	int err;

	rcu_read_lock();
	leader = pid_task(find_vpid(tgid), PIDTYPE_TGID);
	if (leader)
		get_task_struct(leader);
	rcu_read_unlock();
	if (!leader)
		return -ESRCH;
	threads = kcalloc(THREADS_MAX, sizeof(*threads), GFP_KERNEL);
	watch->event = kcalloc(THREADS_MAX, sizeof(*watch->event), GFP_KERNEL);
	err = threads && watch->event ? hft_perf_key_hold() : -ENOMEM;
	if (err)
		goto out;
	attr->inherit = 1;
	attr->inherit_thread = 1;
	/* until no thread was made by one that was not covered yet */
	do {
		err = cover_threads(watch, attr, leader, threads);
	} while (err > 0);
	if (!err && !watch->events)
		err = -ESRCH;
out:
	kfree(threads);
	put_task_struct(leader);
	return err;
}

static int watch_cpus(struct watch *watch, const struct perf_event_attr *attr,
		      const struct cpumask *cpus)
{
	unsigned int cpu;
	int err = 0;

	watch->event = kcalloc(cpumask_weight(cpus), sizeof(*watch->event), GFP_KERNEL);
	if (!watch->event)
		return -ENOMEM;
	for_each_cpu(cpu, cpus) {
		err = add_event(watch, attr, cpu, NULL);
		if (err)
			break;
	}
	return err;
}

static int check(const struct hft_watch *want)
{
	if (want->flags & ~HFT_WATCH_FORCE || want->reserved || want->tgid < 0)
		return -EINVAL;
	if (want->access != HFT_WATCH_WRITE && want->access != (HFT_WATCH_WRITE | HFT_WATCH_READ))
		return -EINVAL;
	if (want->length != 1 && want->length != 2 && want->length != 4 && want->length != 8)
		return -EINVAL;
	if (want->address % want->length)
		return -EINVAL;
	if (want->tgid && want->cpus_bytes)
		return -EINVAL;
	/* its hits show what stands there */
	if (want->address >= TASK_SIZE_MAX && security_locked_down(LOCKDOWN_PERF))
		return -EPERM;
	return 0;
}

static struct watch *find_free(void)
{
	unsigned int i;

	for (i = 0; i < HFT_WATCHES; i++) {
		if (!watches[i].owner && !watches[i].leftover)
			return &watches[i];
	}
	return NULL;
}

/* `cpus` are for one that has no tgid. */
static int open_watch(const void *owner, struct hft_watch *want, const struct cpumask *cpus)
{
	struct perf_event_attr attr = {
		.type		= PERF_TYPE_BREAKPOINT,
		.size		= sizeof(attr),
		.bp_addr	= want->address,
		.bp_len		= want->length,
		.bp_type	= want->access & HFT_WATCH_READ ? HW_BREAKPOINT_RW :
								  HW_BREAKPOINT_W,
		.sample_period	= 1,
		.pinned		= 1,
	};
	struct watch *watch;
	int err;

	if (!(hft_hooks_attached() & HFT_HOOK_BIT(HFT_HOOK_WATCH)))
		return -ENOLINK;
	if (hft_sessions_armed() && !(want->flags & HFT_WATCH_FORCE))
		return -EBUSY;
	hft_leftovers_take_away();
	watch = find_free();
	if (!watch)
		return -EMFILE;
	watch->owner = owner;
	/* 0 is none */
	last_number += last_number == U32_MAX ? 2 : 1;
	want->watch = last_number;
	WRITE_ONCE(watch->number, want->watch);
	attr.sig_data = HFT_WATCH_MARK << 32 | want->watch;
	err = want->tgid ? watch_process(watch, &attr, want->tgid) :
			   watch_cpus(watch, &attr, cpus);
	if (err)
		take_away(watch);
	return err;
}

/* What is the caller's memory is copied without hft_lock: it may keep one waiting. */
static int copy_and_open(const void *owner, struct hft_watch *want)
{
	cpumask_var_t cpus;
	int err;

	err = check(want);
	if (err)
		return err;
	if (!zalloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	if (!want->tgid)
		err = hft_copy_cpus(cpus, want->cpus, want->cpus_bytes);
	if (!err) {
		mutex_lock(&hft_lock);
		err = open_watch(owner, want, cpus);
		mutex_unlock(&hft_lock);
	}
	free_cpumask_var(cpus);
	return err;
}

static void audit(u64 address, int result)
{
	const struct hft_act act = {
		.action = HFT_AUDIT_WATCH,
		.hooks = HFT_HOOK_BIT(HFT_HOOK_WATCH),
		.value = address,
		.result = result,
	};

	hft_audit(&act);
}

/* While somebody is armed they are but silenced, if not forced. */
static void drop(const void *owner, bool force)
{
	unsigned int i, taken = 0;

	for (i = 0; i < HFT_WATCHES; i++) {
		if (watches[i].owner != owner)
			continue;
		taken++;
		if (hft_sessions_armed() && !force) {
			watches[i].owner = NULL;
			watches[i].leftover = true;
			WRITE_ONCE(watches[i].number, 0);
		} else {
			take_away(&watches[i]);
		}
	}
	if (taken)
		audit(0, 0);
}

int hft_watch_control(const void *owner, struct hft_watch *want)
{
	int err;

	switch (want->op) {
	case HFT_WATCH_OPEN:
		err = copy_and_open(owner, want);
		audit(want->address, err);
		return err;
	case HFT_WATCH_CLOSE:
		mutex_lock(&hft_lock);
		drop(owner, want->flags & HFT_WATCH_FORCE);
		mutex_unlock(&hft_lock);
		return 0;
	default:
		return -EINVAL;
	}
}

void hft_watch_drop(const void *owner)
{
	drop(owner, false);
}

void hft_watch_take_leftovers(void)
{
	unsigned int i;

	for (i = 0; i < HFT_WATCHES; i++) {
		if (!watches[i].leftover)
			continue;
		hft_audit_module(HFT_AUDIT_WATCH, HFT_HOOK_BIT(HFT_HOOK_WATCH), nr_cpu_ids, 0);
		take_away(&watches[i]);
	}
}

void hft_watch_close(void)
{
	unsigned int i;

	for (i = 0; i < HFT_WATCHES; i++) {
		if (watches[i].owner || watches[i].leftover)
			take_away(&watches[i]);
	}
	hft_perf_key_release();
}
