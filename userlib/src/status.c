// SPDX-License-Identifier: LGPL-2.1
/* What hft_init() found, in numbers and in one line for a person. */
#include "library.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define SIZE_OF_1_1	offsetof(struct hft_status, values_used)

static const char *way_out(int module_error)
{
	switch (module_error) {
	case -ECANCELED:
		return "as asked by HFT_OPTION_PRIVATE";
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		return "load the module: modprobe hftrace";
	case -EACCES:
	case -EPERM:
		return "join the group hftrace, then log in again";
	case -EPROTO:
		return "module and library are of different versions: install one release";
	case -EDQUOT:
	case -ENOMEM:
	case -ENOSPC:
		return "no memory left for rings: ask for less, or raise the module's limit";
	default:
		return NULL;
	}
}

static void describe(struct hft_status *status)
{
	const char *out = way_out(status->module_error);

	switch (hft_library.state) {
	case HFT_STATE_MODULE:
		snprintf(status->text, sizeof(status->text),
			 "tracing through %s, %u of %u rings in use",
			 HFT_DEVICE_PATH, status->rings_used, status->rings);
		break;
	case HFT_STATE_PRIVATE:
		snprintf(status->text, sizeof(status->text),
			 "tracing user events only, without the module (%s)",
			 out ? out : strerror(-status->module_error));
		break;
	case HFT_STATE_CHILD:
		snprintf(status->text, sizeof(status->text),
			 "off in this child of fork: call hft_init() to trace it");
		break;
	case HFT_STATE_NONE:
		snprintf(status->text, sizeof(status->text),
			 "off: hft_init() was not called or failed");
		break;
	}
}

static void take(struct hft_status *status)
{
	status->state = hft_library.state;
	status->module_error = hft_library.module_error;
	status->board_refused = __atomic_load_n(&hft_library.board_refused, __ATOMIC_RELAXED);
	if (hft_region_is_on()) {
		status->rings = hft_library.rings;
		status->rings_used = hft_threads_used();
		status->names_used = hft_names_used();
		status->values_used = hft_values_used();
		status->states_used = hft_states_used();
		status->attach_refused = hft_library.attach_refused;
	}
	describe(status);
}

/* A program that was built against an older header gets what that knew. */
int hft_status(struct hft_status *out)
{
	struct hft_status status = { 0 };

	if (!out || (out->size != sizeof(status) && out->size != SIZE_OF_1_1))
		return -EINVAL;
	status.size = out->size;
	hft_library_lock();
	take(&status);
	pthread_mutex_unlock(&hft_library.lock);
	memcpy(out, &status, out->size);
	return 0;
}
