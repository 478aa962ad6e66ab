// SPDX-License-Identifier: LGPL-2.1
/* What hft_init() found, in numbers and in one line for a person. */
#include "library.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SIZE_OF_1_1	offsetof(struct hft_status, values_used)

static const char *not_here(void)
{
	return access("/sys/module/hftrace", F_OK) ?
	       "no " HFT_DEVICE_PATH ": modprobe hftrace" :
	       "no " HFT_DEVICE_PATH ": the module is off, or the container has no such device";
}

/* Which of the two is to be replaced. */
static const char *other_release(char *text, size_t size)
{
	const struct hft_hello *module = &hft_library.module;
	unsigned int theirs = (unsigned int)module->abi_major << 16 | module->abi_minor;
	unsigned int ours = (unsigned int)HFT_ABI_MAJOR << 16 | HFT_ABI_MINOR;

	snprintf(text, size, "module %.31s (ABI %u.%u) is %s this library's %u.%u",
		 module->version, module->abi_major, module->abi_minor,
		 theirs < ours ? "older than" :
		 theirs > ours ? "newer than" : "not of one build with",
		 HFT_ABI_MAJOR, HFT_ABI_MINOR);
	return text;
}

/* Why the module is not used, and the way out. */
static const char *module_why_not(int error, char *text, size_t size)
{
	switch (-error) {
	case ECANCELED:
		return "as asked by HFT_OPTION_PRIVATE";
	case ENOENT:
		return not_here();
	case ENODEV:
	case ENXIO:
		return HFT_DEVICE_PATH " without the module: modprobe hftrace";
	case ENOTTY:
		return HFT_DEVICE_PATH " is another device";
	case EACCES:
		return "no permission: join the group hftrace, then log in again";
	case EPERM:
		return "no permission: a sandbox or container forbids the device";
	case EPROTO:
		return other_release(text, size);
	case EDQUOT:
		return "your quota of rings is used up: ask for less, or raise user_mb";
	case ENOSPC:
		return "the module's rings are used up: ask for less, or raise regions_mb";
	case ENOMEM:
		return "the machine has no memory for the rings: ask for less";
	case EAGAIN:
		return "mlockall(MCL_FUTURE), and RLIMIT_MEMLOCK has no room for the rings";
	case EMFILE:
	case ENFILE:
		return "too many open files";
	default:
		return strerror(-error);
	}
}

/* The first that has not got what it wanted. */
static void add_shortage(struct hft_status *status)
{
	size_t used = strlen(status->text);

	if (status->attach_refused)
		snprintf(status->text + used, sizeof(status->text) - used,
			 "; %llu threads found no ring: raise hft_options.rings",
			 (unsigned long long)status->attach_refused);
}

static void describe(struct hft_status *status)
{
	char text[104];
	const char *why = module_why_not(status->module_error, text, sizeof(text));

	switch (hft_library.state) {
	case HFT_STATE_MODULE:
		snprintf(status->text, sizeof(status->text),
			 "tracing through %s, %u of %u rings in use",
			 HFT_DEVICE_PATH, status->rings_used, status->rings);
		add_shortage(status);
		break;
	case HFT_STATE_PRIVATE:
		snprintf(status->text, sizeof(status->text),
			 "tracing user events only: %s", why);
		add_shortage(status);
		break;
	case HFT_STATE_CHILD:
		snprintf(status->text, sizeof(status->text),
			 "off in this child of fork: call hft_init() to trace it");
		break;
	case HFT_STATE_NONE:
		if (hft_library.private_error)
			snprintf(status->text, sizeof(status->text),
				 "off: hft_init() got no memory in /dev/shm: %s (%s)",
				 strerror(-hft_library.private_error), why);
		else
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
