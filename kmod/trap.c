// SPDX-License-Identifier: GPL-2.0
/* See trap.h. The kernel tells nobody when it patches; the code itself does. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/rculist.h>
#include <linux/uaccess.h>

#include "compat/trap.h"
#include "session.h"
#include "trap.h"

/* In case that the kernel never does what it had said. */
#define PATIENCE_MS	3000
#define LOOK_MS		10

static u8 first_byte(const struct kprobe *probe)
{
	u8 byte;

	return copy_from_kernel_nofault(&byte, probe->addr, sizeof(byte)) ? 0 : byte;
}

/* False: too late, or it does not matter, as somebody is armed and interrupted anyway. */
static bool may_wait(unsigned long until)
{
	if (hft_sessions_armed() || time_after(jiffies, until))
		return false;
	msleep(LOOK_MS);
	return true;
}

/*
 * The probes of one place stand in a ring, and in it the kernel's own, which
 * calls them. That one has this flag from when the kernel means to make a jump
 * of the trap, which it may not (debug.kprobes-optimization), or cannot at this
 * place, until it means to take it back.
 */
static bool is_kernels_jump(const struct kprobe *probe)
{
	return probe->flags & KPROBE_FLAG_OPTIMIZED;
}

static bool is_to_be_jump(const struct kprobe *probe)
{
	const struct kprobe *other;
	bool found = false;

	rcu_read_lock();
	list_for_each_entry_rcu(other, &probe->list, list)
		found |= is_kernels_jump(other);
	rcu_read_unlock();
	return found;
}

static bool is_shared(const struct kprobe *probe)
{
	const struct kprobe *other;
	bool found = false;

	rcu_read_lock();
	list_for_each_entry_rcu(other, &probe->list, list)
		found |= !is_kernels_jump(other) && !kprobe_disabled((struct kprobe *)other);
	rcu_read_unlock();
	return found;
}

void hft_trap_wait_set(struct kprobe *probe)
{
	const unsigned long until = jiffies + msecs_to_jiffies(PATIENCE_MS);

	/* one that can become a jump stands in a list */
	if (list_empty(&probe->list) || !hft_code_is_trap(first_byte(probe)))
		return;
	while (hft_code_is_trap(first_byte(probe)) && is_to_be_jump(probe) && may_wait(until))
		;
	/* it is enabled: this but waits for whoever is patching */
	enable_kprobe(probe);
}

bool hft_trap_is_own_jump(const struct kprobe *probe)
{
	return hft_code_is_jump(first_byte(probe)) && !hft_code_is_jump(probe->opcode) &&
	       !is_shared(probe);
}

void hft_trap_wait_gone(struct kprobe *probe, bool was_jump)
{
	const unsigned long until = jiffies + msecs_to_jiffies(PATIENCE_MS);

	if (!was_jump)
		return;
	while (first_byte(probe) != (u8)probe->opcode && may_wait(until))
		;
	/* it is disabled or unknown: as above */
	disable_kprobe(probe);
}
