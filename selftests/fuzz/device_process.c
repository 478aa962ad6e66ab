// SPDX-License-Identifier: GPL-2.0
/* Processes: children, other users, namespaces, exec, exits in the middle of others' calls. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device_call.h"
#include "device_memory.h"
#include "device_worker.h"

/* Raw: the C library would ask the other threads, which fork has left behind. */
static bool change_user(unsigned int uid)
{
	return !syscall(SYS_setresuid, uid, uid, uid);
}

/* Waits for a child, which it may kill before. Its end by another signal is a finding. */
static int reap(pid_t pid, unsigned int kill_after_us)
{
	int status;

	if (kill_after_us) {
		usleep(kill_after_us);
		kill(pid, SIGKILL);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		violation("worker %u: a child was ended by signal %d", process.worker,
			  WTERMSIG(status));
	return 0;
}

/* A pristine look at what fork took away, then calls like others. */
static void live(__u64 calls)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	make_calls(calls);
	_exit(0);
}

/* What the parent has mapped of its regions is not the child's. */
static void judge_inherited_maps(const struct fuzz_map *maps)
{
	__u64 words[512];
	unsigned int i, j;

	for (i = 0; i < MAPS; i++) {
		if (!maps[i].bytes || !maps[i].region || !maps[i].owner)
			continue;
		if (!memory_copy(words, maps[i].at, sizeof(words)))
			continue;
		for (j = 0; j < 512; j++) {
			if (!words[j])
				continue;
			violation("worker %u: a child sees %#llx in a region of its parent",
				  process.worker, words[j]);
			break;
		}
	}
}

static int fork_child(void (*become)(void))
{
	const unsigned int calls = 10 + below(60), kill_after = one_in(3) ? 1 + below(3000) : 0;
	struct fuzz_map maps[MAPS];
	pid_t pid;

	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid)
		return reap(pid, kill_after);
	memcpy(maps, self->map, sizeof(maps));
	process_becomes_child(false);
	judge_inherited_maps(maps);
	become();
	live(calls);
	return 0;
}

static void stay(void)
{
}

int call_fork(void)
{
	return fork_child(stay);
}

/* With the descriptors, and the mappings' addresses, of who it was. */
static void become_another(void)
{
	static const unsigned int uids[] = { 1001, 1002, 2001, 2002, 2003, 65534 };
	const unsigned int uid = uids[below(sizeof(uids) / sizeof(uids[0]))];

	if (!change_user(uid))
		return;
	process.uid = uid;
	process.inherited = true;
	/* to be who one is takes nothing away */
	process.may_read = process.may_read && has_rights();
}

int call_other_user(void)
{
	return fork_child(become_another);
}

int enter_namespace(void)
{
	const unsigned int uid = geteuid();
	char line[64];
	int fd;

	/* who has changed his user does not own what is in /proc/self else */
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER))
		return -errno;
	fd = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (write(fd, "deny", 4) != 4)
			return -EIO;
		close(fd);
	}
	fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	snprintf(line, sizeof(line), "0 %u 1", uid);
	if (write(fd, line, strlen(line)) < 0)
		return -errno;
	close(fd);
	return 0;
}

/* There it is root, and has all capabilities, and none that counts. */
static void become_root_of_nothing(void)
{
	enter_namespace();
	process.inherited = process.may_read || process.inherited;
	process.may_read = false;
}

int call_namespace(void)
{
	return fork_child(become_root_of_nothing);
}

int call_exec(void)
{
	worker_again();
	return -errno;
}

/* Of all its threads, wherever they are. */
int call_exit(void)
{
	if (one_in(2))
		kill(getpid(), SIGKILL);
	_exit(0);
}

int call_affinity(void)
{
	const unsigned long cpus = 1 + below(3);

	if (syscall(SYS_sched_setaffinity, 0, sizeof(cpus), &cpus) < 0)
		return -errno;
	return 0;
}

/* What does not change who it is, but asks for it. */
int call_identity(void)
{
	char name[16];

	switch (below(5)) {
	case 0:
		snprintf(name, sizeof(name), "fuzz\033[%u", below(100));
		return prctl(PR_SET_NAME, name) ? -errno : 0;
	case 1:
		return syscall(SYS_setresuid, -1, -1, -1) ? -errno : 0;
	case 2:
		return setpgid(0, 0) ? -errno : 0;
	case 3:
		return prctl(PR_SET_DUMPABLE, below(2)) ? -errno : 0;
	default:
		return syscall(SYS_sched_yield) ? -errno : 0;
	}
}
