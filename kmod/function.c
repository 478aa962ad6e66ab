// SPDX-License-Identifier: GPL-2.0
/*
 * Probes of functions: kprobes and kretprobes, for what has no tracepoint.
 * Registering a disabled one looks its symbol up and patches nothing; enabling
 * it patches code and so interrupts every CPU, on request only.
 */
#include <linux/kprobes.h>
#include <linux/string.h>

#include "hook.h"
#include "trap.h"

static int register_disabled(struct hft_function *function)
{
	struct kretprobe *probe = &function->probe;

	memset(probe, 0, sizeof(*probe));
	probe->kp.symbol_name = function->symbol;
	probe->kp.flags = KPROBE_FLAG_DISABLED;
	if (!function->leave) {
		probe->kp.pre_handler = function->entry;
		return register_kprobe(&probe->kp);
	}
	probe->entry_handler = function->enter;
	probe->handler = function->leave;
	probe->data_size = function->data;
	probe->maxactive = function->at_a_time;
	return register_kretprobe(probe);
}

static void unregister(struct hft_function *function)
{
	if (function->leave)
		unregister_kretprobe(&function->probe);
	else
		unregister_kprobe(&function->probe.kp);
}

/* What cannot be probed here is what hft_function_missing() says. */
void hft_functions_init(struct hft_hook *hook)
{
	unsigned int i;

	for (i = 0; i < hook->functions_count; i++)
		hook->functions[i].found = !register_disabled(&hook->functions[i]);
}

void hft_functions_uninit(struct hft_hook *hook)
{
	unsigned int i;

	for (i = 0; i < hook->functions_count; i++) {
		if (hook->functions[i].found)
			unregister(&hook->functions[i]);
		hook->functions[i].found = false;
	}
}

/* The first function that is needed and cannot be probed, NULL when all can. */
const char *hft_function_missing(const struct hft_hook *hook)
{
	unsigned int i;

	for (i = 0; i < hook->functions_count; i++) {
		if (!hook->functions[i].found && !hook->functions[i].optional)
			return hook->functions[i].symbol;
	}
	return NULL;
}

static void disable(struct kprobe *probe)
{
	const bool was_jump = hft_trap_is_own_jump(probe);

	disable_kprobe(probe);
	hft_trap_wait_gone(probe, was_jump);
}

static void disable_first(struct hft_hook *hook, unsigned int count)
{
	while (count--) {
		if (hook->functions[count].found)
			disable(&hook->functions[count].probe.kp);
	}
}

int hft_functions_attach(struct hft_hook *hook)
{
	unsigned int i;
	int err;

	for (i = 0; i < hook->functions_count; i++) {
		if (!hook->functions[i].found)
			continue;
		err = enable_kprobe(&hook->functions[i].probe.kp);
		if (err) {
			disable_first(hook, i);
			return err;
		}
	}
	for (i = 0; i < hook->functions_count; i++) {
		if (hook->functions[i].found)
			hft_trap_wait_set(&hook->functions[i].probe.kp);
	}
	return 0;
}

void hft_functions_detach(struct hft_hook *hook)
{
	disable_first(hook, hook->functions_count);
}

u64 hft_functions_missed(const struct hft_hook *hook)
{
	u64 missed = 0;
	unsigned int i;

	for (i = 0; i < hook->functions_count; i++) {
		missed += hook->functions[i].probe.kp.nmissed;
		if (hook->functions[i].leave)
			missed += hook->functions[i].probe.nmissed;
	}
	return missed;
}
