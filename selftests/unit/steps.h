/* SPDX-License-Identifier: GPL-2.0 */
/* A process that is stopped after each of its instructions, for who wants to look then. */
#ifndef HFT_TEST_STEPS_H
#define HFT_TEST_STEPS_H

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

struct steps {
	volatile int on;		/* the process says so: look after each instruction */
	volatile long long at;		/* the process's: what it is doing */
	unsigned long taken;		/* instructions while it was on */
};

static inline struct steps *steps_make(void)
{
	void *map = mmap(NULL, sizeof(struct steps), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED ? NULL : map;
}

/* One instruction; 0 when it has ended, *status saying how. */
static inline int step(pid_t pid, int *status)
{
	int sig = 0;

	if (WIFSTOPPED(*status) && WSTOPSIG(*status) != SIGTRAP && WSTOPSIG(*status) != SIGSTOP)
		sig = WSTOPSIG(*status);
	if (ptrace(PTRACE_SINGLESTEP, pid, NULL, (void *)(long)sig))
		return 0;
	return waitpid(pid, status, 0) == pid && WIFSTOPPED(*status);
}

/* On one CPU: a step that goes to the other one and back takes twice as long. */
static inline void steps_stay(cpu_set_t *before)
{
	cpu_set_t here;

	sched_getaffinity(0, sizeof(*before), before);
	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	sched_setaffinity(0, sizeof(here), &here);
}

/*
 * Runs `work` in a process, stopped after each instruction for as long as it
 * says so; then `look` is called. The process's exit status, or -1.
 */
static inline int steps_run(struct steps *steps, void (*work)(struct steps *steps),
			    void (*look)(struct steps *steps, pid_t pid))
{
	cpu_set_t before;
	int status;
	pid_t pid;

	steps_stay(&before);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		work(steps);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	while (WIFSTOPPED(status)) {
		if (!steps->on) {
			/* it stops itself again when it is on */
			if (ptrace(PTRACE_CONT, pid, NULL, NULL) || waitpid(pid, &status, 0) != pid)
				return -1;
			continue;
		}
		if (!step(pid, &status))
			continue;
		steps->taken += steps->on;
		if (steps->on && look)
			look(steps, pid);
	}
	sched_setaffinity(0, sizeof(before), &before);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* In the process: from here on, and up to here. */
static inline void steps_begin(struct steps *steps)
{
	steps->on = 1;
	raise(SIGSTOP);
}

static inline void steps_end(struct steps *steps)
{
	steps->on = 0;
}

#endif /* HFT_TEST_STEPS_H */
