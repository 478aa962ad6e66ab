// SPDX-License-Identifier: GPL-2.0
/* See device_worker.h. */
#include "device_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "device_call.h"
#include "device_memory.h"

#define GROUP	990	/* hftrace, in the virtual machine */

static const struct role {
	unsigned int uid;
	bool in_group;
	bool perfmon;
	bool namespace;
} roles[FUZZ_WORKERS] = {
	{ 0, true, true, false },
	{ 1001, true, true, false },
	{ 2001, true, false, false },
	{ 2002, true, false, false },
	{ 2003, true, false, true },
	{ 1002, false, false, false },	/* has no more than what others pass on */
};

static int keep_perfmon(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	data[1].effective = 1U << (CAP_PERFMON - 32);
	data[1].permitted = data[1].effective;
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

static int take_role(const struct role *role)
{
	const gid_t group = GROUP;

	process.uid = role->uid;
	if (setgroups(role->in_group, &group))
		return -errno;
	if (!role->uid)
		return 0;
	if (prctl(PR_SET_KEEPCAPS, role->perfmon) ||
	    setresgid(role->uid, role->uid, role->uid) ||
	    setresuid(role->uid, role->uid, role->uid))
		return -errno;
	if (role->perfmon)
		return keep_perfmon();
	return role->namespace ? enter_namespace() : 0;
}

static void *work(void *number)
{
	static struct fuzz_thread threads[FUZZ_THREADS];
	const unsigned int thread = (unsigned long)number;
	const __u64 state = mix(mix(world->seed, process.worker), process.incarnation);

	if (thread_begin(&threads[thread], thread, mix(state, thread))) {
		violation("worker %u: no memory for arguments", process.worker);
		_exit(1);
	}
	/* so that the first calls have something to be about */
	open_some();
	make_calls(~0ULL);
	return NULL;
}

__attribute__((noreturn)) static void run_threads(void)
{
	pthread_t threads[FUZZ_THREADS];
	unsigned long i;

	memory_catch();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (pipe2(process.pipe, O_NONBLOCK | O_CLOEXEC)) {
		violation("worker %u: no pipe", process.worker);
		_exit(1);
	}
	for (i = 1; i < FUZZ_THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, (void *)i))
			_exit(1);
	work(NULL);
	for (i = 1; i < FUZZ_THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

void worker_begin(unsigned int number, unsigned int incarnation)
{
	const struct role *role = &roles[number];
	int err;

	process.worker = number;
	process.incarnation = incarnation;
	err = take_role(role);
	if (err) {
		violation("worker %u does not come into its role: %s", number, strerror(-err));
		_exit(1);
	}
	process.may_read = !role->namespace && has_rights();
	run_threads();
}

/* What was open is so still. Rights that exec takes away are missed by who had them. */
void worker_again(void)
{
	char worker[16], incarnation[16], had[16];

	snprintf(worker, sizeof(worker), "%u", process.worker);
	snprintf(had, sizeof(had), "%u", process.may_read);
	snprintf(incarnation, sizeof(incarnation), "%u",
		 atomic_fetch_add(&world->incarnations[process.worker], 1));
	execl("/proc/self/exe", "device", "--again", worker, incarnation, had, NULL);
}

void worker_resume(char **arguments)
{
	unsigned int i;

	process.worker = atoi(arguments[0]) % FUZZ_WORKERS;
	process.incarnation = atoi(arguments[1]);
	process.uid = roles[process.worker].uid;
	process.may_read = !roles[process.worker].namespace && has_rights();
	process.inherited = atoi(arguments[2]) != process.may_read;
	for (i = 0; i < SLOTS; i++)
		process.open[i] = true;
	run_threads();
}
