// SPDX-License-Identifier: GPL-2.0
/* See audit.h. */
#include <linux/cred.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "audit.h"
#include "clock.h"
#include "privilege.h"

static DEFINE_MUTEX(entries_lock);
static struct hft_audit_entry entries[HFT_AUDIT_ENTRIES];
static u64 newest;	/* number of the newest; 0: there is none */

static void add(struct hft_audit_entry *entry)
{
	entry->ticks = hft_clock();
	entry->realtime_ns = ktime_get_real_ns();
	mutex_lock(&entries_lock);
	entry->number = ++newest;
	entries[newest % HFT_AUDIT_ENTRIES] = *entry;
	mutex_unlock(&entries_lock);
}

void hft_audit(const struct hft_act *act)
{
	struct hft_audit_entry entry = {
		.action = act->action,
		.hooks = act->hooks,
		.hooks_elsewhere = act->hooks_elsewhere,
		.value = act->value,
		.result = act->result,
		.pid = current->tgid,
		.uid = from_kuid(&init_user_ns, current_uid()),
		.euid = from_kuid(&init_user_ns, current_euid()),
	};

	if (act->cpus)
		bitmap_to_arr64(&entry.cpus, cpumask_bits(act->cpus), min(nr_cpu_ids, 64U));
	get_task_comm(entry.comm, current);
	add(&entry);
}

void hft_audit_module(enum hft_audit_action action, u64 hooks, unsigned int cpu, u64 value)
{
	struct hft_audit_entry entry = {
		.action = action,
		.hooks = hooks,
		.cpus = cpu < 64 ? 1ULL << cpu : 0,
		.value = value,
		.comm = "hftrace.ko",
	};

	add(&entry);
}

/* As the running task may see it: the address of a watch may be the kernel's. */
static struct hft_audit_entry shown(const struct hft_audit_entry *entry, bool addresses)
{
	struct hft_audit_entry copy = *entry;

	if (copy.action == HFT_AUDIT_WATCH && (s64)copy.value < 0 && !addresses)
		copy.value = 0;
	return copy;
}

/* The first one behind number `after`. False: there is none. */
static bool next(u64 after, struct hft_audit_entry *entry)
{
	u64 oldest, number;
	bool found;

	mutex_lock(&entries_lock);
	oldest = newest > HFT_AUDIT_ENTRIES ? newest - HFT_AUDIT_ENTRIES + 1 : 1;
	/* not `after + 1`: it may be the largest number there is */
	number = after < oldest ? oldest : after + 1;
	found = number && number <= newest;
	if (found)
		*entry = entries[number % HFT_AUDIT_ENTRIES];
	mutex_unlock(&entries_lock);
	return found;
}

/* Without a lock while it copies: the reader's memory may keep one waiting. */
int hft_audit_read(struct hft_audit_read *read)
{
	struct hft_audit_entry __user *to = u64_to_user_ptr(read->entries);
	const bool addresses = hft_may_see_kernel_addresses();
	struct hft_audit_entry entry;
	u64 after = read->after;
	u32 stored = 0;
	int err = 0;

	for (; stored < read->count && next(after, &entry); stored++) {
		after = entry.number;
		entry = shown(&entry, addresses);
		if (copy_to_user(&to[stored], &entry, sizeof(entry))) {
			err = -EFAULT;
			break;
		}
	}
	read->count = stored;
	mutex_lock(&entries_lock);
	read->newest = newest;
	mutex_unlock(&entries_lock);
	return err;
}
