/* SPDX-License-Identifier: GPL-2.0 */
/* A process that spins in user space on an isolated CPU and makes no system call. */
#ifndef WITNESS_SPINNER_H
#define WITNESS_SPINNER_H

#include <sys/types.h>

/* Returns when it spins. `work` runs in it before that, unless NULL. */
pid_t spinner_start(int cpu, void (*work)(void));

/* Its involuntary and voluntary switches so far. */
long spinner_switches(pid_t pid);

void spinner_stop(pid_t pid);

/* The calling thread, on this CPU from now on. */
void pin(int cpu);

#endif /* WITNESS_SPINNER_H */
