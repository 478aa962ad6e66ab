// SPDX-License-Identifier: GPL-2.0
/* See perf_key.h. */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/perf_event.h>
#include <linux/sched.h>

#include "perf_key.h"
#include "session.h"

/* perf's own second, and time to take it: it tells nobody. */
#define LATER_MS	1500

static struct perf_event *holder;

/* Of whoever asks: it need not outlive him, as perf counts what has not been released. */
int hft_perf_key_hold(void)
{
	struct perf_event_attr attr = {
		.type		= PERF_TYPE_SOFTWARE,
		.size		= sizeof(attr),
		.config		= PERF_COUNT_SW_DUMMY,
		.disabled	= 1,
	};
	struct perf_event *event;

	if (holder)
		return 0;
	event = perf_event_create_kernel_counter(&attr, -1, current, NULL, NULL);
	if (IS_ERR(event))
		return PTR_ERR(event);
	holder = event;
	return 0;
}

void hft_perf_key_release(void)
{
	if (!holder)
		return;
	perf_event_release_kernel(holder);
	holder = NULL;
	/* who is armed now has asked for it by force */
	if (!hft_sessions_armed())
		msleep(LATER_MS);
}
