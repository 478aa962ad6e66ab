// SPDX-License-Identifier: GPL-2.0
/*
 * watch: who writes to an address, or reads it. A hit is taken where perf
 * would put it out, by a probe of that function, because the events must have
 * the kernel's own handler: see watch.c one level up. While this is attached,
 * each sample of anybody's perf event runs through that probe.
 */
#include <linux/kprobes.h>
#include <linux/perf_event.h>
#include <linux/uaccess.h>

#include "hook.h"
#include "ring_write.h"
#include "stack.h"
#include "store.h"
#include "watch.h"

/* What stands at the address, as far as it may be known. */
static u16 read_value(struct pt_regs *regs, u64 address, unsigned int length, u64 *value)
{
	*value = 0;
	if ((s64)address < 0) {
		/* kernel memory is for those alone who may see kernel addresses */
		if (!hft_shown(address))
			return HFT_WATCH_UNREADABLE;
		if (copy_from_kernel_nofault(value, (const void *)address, length))
			return HFT_WATCH_UNREADABLE;
	} else if (copy_from_user_nofault(value, (const void __user *)address, length)) {
		return HFT_WATCH_UNREADABLE;
	}
	return hft_store_foresee(regs, address, length, value) ? HFT_WATCH_AFTER : HFT_WATCH_BEFORE;
}

static noinline notrace void record(const struct perf_event *event, struct pt_regs *regs)
{
	u64 kernel[HFT_WATCH_KERNEL] = { 0 }, user[HFT_WATCH_USER], value;
	u64 address = event->attr.bp_addr;
	bool in_user = user_mode(regs);
	struct hft_rec_watch *rec;
	struct hft_entry e;
	u16 moment;
	u32 stack = 0;

	moment = read_value(regs, address, event->attr.bp_len, &value);
	if (!in_user)
		stack = hft_stack_kernel(instruction_pointer(regs), kernel, ARRAY_SIZE(kernel));
	stack |= hft_stack_user(in_user ? regs : NULL, user, ARRAY_SIZE(user));

	e = hft_reserve(hft_ring(), 8, false);
	rec = (struct hft_rec_watch *)e.slot->arg;
	rec->address = hft_shown(address);
	rec->value = value;
	rec->ip = hft_shown(instruction_pointer(regs));
	rec->tid = current->pid;
	rec->tgid = current->tgid;
	rec->watch = hft_watch_number(event);
	rec->moment = moment;
	rec->stack = stack;
	memcpy(rec->kernel, kernel, sizeof(rec->kernel));
	memcpy(rec->user, user, sizeof(rec->user));
	hft_commit(e, HFT_REC_WATCH, 8, in_user ? HFT_CTX_TASK : hft_level());
}

/* perf_event_output_forward(event, data, regs) */
static int probe_output(struct kprobe *probe, struct pt_regs *regs)
{
	const struct perf_event *event = (void *)regs_get_kernel_argument(regs, 0);

	if (hft_watch_is_ours(event) && hft_armed(HFT_HOOK_WATCH) &&
	    hft_watch_is_set(hft_watch_number(event)))
		record(event, (void *)regs_get_kernel_argument(regs, 2));
	return 0;
}

static struct hft_function functions[] = {
	HFT_FUNCTION("perf_event_output_forward", probe_output),
};

struct hft_hook hft_hook_watch = {
	.id			= HFT_HOOK_WATCH,
	.name			= "watch",
	.summary		= "who writes to an address or reads it, with call chain and value",
	.flags			= HFT_HOOK_COSTLY,
	.functions		= functions,
	.functions_count	= ARRAY_SIZE(functions),
	.detach			= hft_watch_close,
};
