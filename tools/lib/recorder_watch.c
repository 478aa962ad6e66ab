// SPDX-License-Identifier: GPL-2.0
/* A run's watched addresses: set before it arms, written down. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "lib/output.h"
#include "lib/recorder.h"

static int refuse(const struct watchpoint *watch, int err)
{
	static const char no_register[] =
		"no debug register is free: a CPU has 4 or so, debuggers use them too; watch fewer";

	switch (-err) {
	case EBUSY:
		message("cannot watch while a CPU is armed: stop that recording, or say -y");
		break;
	case ENOSPC:
	case EMFILE:
		message("cannot watch %s: %s", watch->text, no_register);
		break;
	case EINVAL:
	case EOPNOTSUPP:
		message("this CPU cannot watch %u bytes at 0x%llx; write 1, 2, 4 or 8 aligned ones",
			watch->length, watch->address);
		break;
	case EPERM:
	case EACCES:
		message("watching kernel memory needs CAP_SYS_ADMIN: run as root");
		break;
	case E2BIG:
		message("the process has too many threads to watch; watch CPUs: -c without -p");
		break;
	case ESRCH:
		message("the process that was to be watched has ended");
		break;
	default:
		message("cannot watch %s: %s", watch->text, strerror(-err));
	}
	return HFT_EXIT_FAILED;
}

int recorder_watch_open(struct recorder *recorder)
{
	const struct recorder_options *options = recorder->options;
	__s32 pid = options->tgids_count ? options->tgids[0] : 0;
	char why[WATCHPOINT_WHY], where[32];
	size_t i;
	int err;

	for (i = 0; i < options->watches; i++) {
		struct watchpoint *watch = &recorder->watch[i];

		if (watchpoint_parse(watch, options->watch[i], pid, why)) {
			message("%s", why);
			return HFT_EXIT_FAILED;
		}
		err = device_watch(&recorder->plan->device, watch, pid,
				   &recorder->plan->arming.cpus, options->yes,
				   &recorder->watch_number[i]);
		if (err)
			return refuse(watch, err);
		if (pid)
			snprintf(where, sizeof(where), "in process %d", pid);
		message("watching %u bytes at 0x%llx %s: each hit is an exception", watch->length,
			watch->address, pid ? where : "in any process");
	}
	return HFT_EXIT_OK;
}

int recorder_watch_facts(struct recorder *recorder)
{
	FILE *file;
	size_t i;

	if (!recorder->options->watches)
		return 0;
	file = recording_new_file(&recorder->recording, "watch");
	if (!file)
		return -errno;
	for (i = 0; i < recorder->options->watches; i++) {
		const struct watchpoint *watch = &recorder->watch[i];
		char text[512];

		fprintf(file, "%u\t0x%llx\t%u\t%s\t%s\n", recorder->watch_number[i],
			watch->address, watch->length,
			watch->access & HFT_WATCH_READ ? "rw" : "w",
			text_escape(text, sizeof(text), watch->text, strlen(watch->text)));
	}
	return recording_put(&recorder->recording, file, "watch", false);
}
