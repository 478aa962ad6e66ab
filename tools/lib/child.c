// SPDX-License-Identifier: GPL-2.0
/* The command that a recording is made of. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/child.h"

/* In the new process. Signals are as the recorder found them, but for what it ignores. */
static void become(char *const *command, const struct cpus *affinity, int go, int trouble)
{
	sigset_t none;
	char byte;
	int err;

	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	cpus_move_to(affinity);
	/* The recorder may give up before. */
	if (read(go, &byte, 1) != 1)
		_exit(1);
	execvp(command[0], command);
	err = errno;
	if (write(trouble, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

int child_prepare(struct child *child, char *const *command, const struct cpus *affinity)
{
	int go[2], trouble[2];
	int err;

	memset(child, 0, sizeof(*child));
	child->fd = -1;
	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(trouble, O_CLOEXEC)) {
		err = -errno;
		goto err_go;
	}
	/* What it leaves behind is still to be told from other processes. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	child->pid = fork();
	if (child->pid < 0) {
		err = -errno;
		child->pid = 0;
		goto err_trouble;
	}
	if (!child->pid) {
		close(go[1]);
		become(command, affinity, go[0], trouble[1]);
	}
	close(go[0]);
	close(trouble[1]);
	child->go = go[1];
	child->trouble = trouble[0];
	child->fd = syscall(SYS_pidfd_open, child->pid, 0);
	if (child->fd >= 0)
		return 0;
	err = -errno;
	child_close(child);
	return err;

err_trouble:
	close(trouble[0]);
	close(trouble[1]);
err_go:
	close(go[0]);
	close(go[1]);
	return err;
}

int child_start(struct child *child)
{
	int err = 0;

	if (write(child->go, "", 1) != 1)
		return -errno;
	/* exec closes it. */
	if (read(child->trouble, &err, sizeof(err)) != sizeof(err))
		err = 0;
	return -err;
}

int child_ended(struct child *child)
{
	if (!child->pid || waitpid(child->pid, &child->status, WNOHANG) != child->pid)
		return 0;
	child->pid = 0;
	return 1;
}

int child_stop(struct child *child, int wait_ms)
{
	struct pollfd poll_fd = { .fd = child->fd, .events = POLLIN };

	if (!child->pid)
		return 1;
	kill(child->pid, SIGTERM);
	poll(&poll_fd, 1, wait_ms);
	return child_ended(child);
}

void child_close(struct child *child)
{
	/* One that still waits to be let go ends with the pipe. */
	close(child->go);
	close(child->trouble);
	if (child->fd >= 0)
		close(child->fd);
}
