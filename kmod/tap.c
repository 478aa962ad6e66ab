// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints by name: most are not exported. Registering a probe patches code
 * and so interrupts every CPU; it happens at load and on request only.
 */
#include <linux/string.h>

#include "hook.h"

static void find_tap(struct tracepoint *tp, void *hook_)
{
	struct hft_hook *hook = hook_;
	unsigned int i;

	for (i = 0; i < hook->taps_count; i++) {
		if (!strcmp(hook->taps[i].tracepoint, tp->name))
			hook->taps[i].tp = tp;
	}
}

void hft_taps_find(struct hft_hook *hook)
{
	for_each_kernel_tracepoint(find_tap, hook);
}

/* The first tracepoint that is needed and lacking, NULL when all are there. */
const char *hft_tap_missing(const struct hft_hook *hook)
{
	unsigned int i;

	for (i = 0; i < hook->taps_count; i++) {
		if (!hook->taps[i].tp && !hook->taps[i].optional)
			return hook->taps[i].tracepoint;
	}
	return NULL;
}

static void detach_first(struct hft_hook *hook, unsigned int count)
{
	while (count--) {
		struct hft_tap *tap = &hook->taps[count];

		if (tap->tp)
			tracepoint_probe_unregister(tap->tp, tap->probe, tap->data);
	}
}

int hft_taps_attach(struct hft_hook *hook)
{
	unsigned int i;
	int err;

	for (i = 0; i < hook->taps_count; i++) {
		struct hft_tap *tap = &hook->taps[i];

		if (!tap->tp)
			continue;
		err = tracepoint_probe_register_prio(tap->tp, tap->probe, tap->data,
						     TRACEPOINT_DEFAULT_PRIO + tap->first);
		if (err) {
			detach_first(hook, i);
			return err;
		}
	}
	return 0;
}

/* The caller waits with hft_wait_for_probes(). */
void hft_taps_detach(struct hft_hook *hook)
{
	detach_first(hook, hook->taps_count);
}
