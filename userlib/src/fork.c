// SPDX-License-Identifier: LGPL-2.1
/*
 * A child must neither write its parent's rings nor crash, however it was made. Its
 * handles are zero, by the kernel; what else it has of its parent's, the private
 * memory above all, it forgets after fork() at once, and else when it first enters the
 * library, where it finds its handles wiped.
 */
#include "handles.h"
#include "library.h"

#include <errno.h>
#include <unistd.h>

static void before_fork(void)
{
	pthread_mutex_lock(&hft_library.lock);
}

static void after_fork_in_parent(void)
{
	pthread_mutex_unlock(&hft_library.lock);
}

static void forget_parent(void)
{
	struct hft_library *lib = &hft_library;

	if (lib->state == HFT_STATE_PRIVATE)
		hft_region_abandon();
	if (hft_region_is_on())
		lib->state = HFT_STATE_CHILD;
	if (lib->fd >= 0)
		close(lib->fd);
	lib->fd = -1;
	lib->shm_path[0] = '\0';
	hft_threads_forget();
	hft_values_forget();
}

static void after_fork_in_child(void)
{
	forget_parent();
	pthread_mutex_unlock(&hft_library.lock);
}

void hft_library_lock(void)
{
	pthread_mutex_lock(&hft_library.lock);
	if (hft_handles_wiped())
		forget_parent();
}

static int register_result;

static void register_once(void)
{
	register_result = -pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

int hft_fork_prepare(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, register_once);
	return register_result;
}
