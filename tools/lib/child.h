/* SPDX-License-Identifier: GPL-2.0 */
/* The command that a recording is made of. */
#ifndef HFT_CHILD_H
#define HFT_CHILD_H

#include <sys/types.h>
#include "lib/cpus.h"

struct child {
	pid_t pid;		/* 0: none */
	int fd;			/* readable when it has ended */
	int go;			/* write end of the pipe that it waits on */
	int trouble;		/* where it says why it could not start */
	int status;		/* as of wait(2), when it has ended */
};

/* A process that waits, to become `command` on the CPUs of `affinity`. 0 or -errno. */
int child_prepare(struct child *child, char *const *command, const struct cpus *affinity);

/* Lets it go. 0, or the -errno of exec. */
int child_start(struct child *child);

/* 1: it has ended and been reaped; 0. */
int child_ended(struct child *child);

/* SIGTERM, then waits at most so long. 1: ended; 0: it goes on. */
int child_stop(struct child *child, int wait_ms);

void child_close(struct child *child);

#endif /* HFT_CHILD_H */
