// SPDX-License-Identifier: GPL-2.0
/* See trap.h. The kernel tells nobody when it patches; the code itself does. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/uaccess.h>

#include "compat/trap.h"
#include "session.h"
#include "trap.h"

/* Some never become a jump, and code stays one that others probe too. */
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

void hft_trap_wait_set(struct kprobe *probe)
{
	const unsigned long until = jiffies + msecs_to_jiffies(PATIENCE_MS);

	/* one that can become a jump stands in a list */
	if (list_empty(&probe->list) || !hft_code_is_trap(first_byte(probe)))
		return;
	while (hft_code_is_trap(first_byte(probe)) && may_wait(until))
		;
	/* it is enabled: this but waits for whoever is patching */
	enable_kprobe(probe);
}

bool hft_trap_is_jump(const struct kprobe *probe)
{
	return hft_code_is_jump(first_byte(probe)) && !hft_code_is_jump(probe->opcode);
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
