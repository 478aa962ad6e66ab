// SPDX-License-Identifier: LGPL-2.1
/* Why a counter is not to be had, and what to do. */
#include "counter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARANOID	"/proc/sys/kernel/perf_event_paranoid"
#define USER_MODE	2	/* up to here it lets everybody count user mode */

int hft_counter_setting(const char *path)
{
	char text[16];
	ssize_t length;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return HFT_COUNTER_NO_SETTING;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return HFT_COUNTER_NO_SETTING;
	text[length] = '\0';
	return atoi(text);
}

static void not_allowed(char *text, size_t size, const char *event)
{
	int paranoid = hft_counter_setting(PARANOID);

	if (paranoid != HFT_COUNTER_NO_SETTING && paranoid > USER_MODE)
		snprintf(text, size,
			 "%s: kernel.perf_event_paranoid is %d: sysctl kernel.perf_event_paranoid=%d, or give the program CAP_PERFMON",
			 event, paranoid, USER_MODE);
	else
		snprintf(text, size,
			 "%s: perf_event_open is not allowed here: let the container or security module allow it",
			 event);
}

/* What keeps user mode from reading counters, and how it is written to let it. */
static const struct {
	const char *path;
	const char *way_out;
} switches[] = {
#if defined(__aarch64__)
	{ "/proc/sys/kernel/perf_user_access", "sysctl kernel.perf_user_access=1" },
#else
	{ "/sys/bus/event_source/devices/cpu/rdpmc",
	  "echo 1 >/sys/bus/event_source/devices/cpu/rdpmc" },
	/* where there are cores of several kinds */
	{ "/sys/bus/event_source/devices/cpu_core/rdpmc",
	  "echo 1 >/sys/bus/event_source/devices/cpu_core/rdpmc" },
#endif
};

static void not_in_user_mode(char *text, size_t size, const char *event)
{
	size_t i;

	for (i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		if (!hft_counter_setting(switches[i].path)) {
			snprintf(text, size, "%s: the kernel keeps its counters to itself: %s",
				 event, switches[i].way_out);
			return;
		}
	}
	snprintf(text, size,
		 "%s: it is no counter that user mode can read: choose an event of the CPU's own",
		 event);
}

void hft_counter_refusal(char *text, size_t size, int error, const char *event)
{
	switch (error) {
	case -EINVAL:
		snprintf(text, size,
			 "'%.40s' is no event: take cycles, instructions, branch-misses, l1d-misses, llc-misses, dtlb-misses, rHEX or TYPE:CONFIG",
			 event);
		break;
	case -ENODEV:
		snprintf(text, size,
			 "this machine shows no PMU: count on bare metal, or give the virtual machine one");
		break;
	case -ENOENT:
		snprintf(text, size, "%s: the PMU of this CPU does not count it: choose another",
			 event);
		break;
	case -EACCES:
		not_allowed(text, size, event);
		break;
	case -EPERM:
		not_in_user_mode(text, size, event);
		break;
	case -ENOSPC:
		snprintf(text, size,
			 "%s: no counter is free: ask for fewer events, or take those of others back (sysctl kernel.nmi_watchdog=0)",
			 event);
		break;
	case -ENOLCK:
		snprintf(text, size,
			 "%s: its page would be over the limit: raise kernel.perf_event_mlock_kb",
			 event);
		break;
	default:
		snprintf(text, size, "%s: %s", event, strerror(-error));
	}
}
