/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Work that makes records: processes that are ended with stop(), and a module
 * that storms every CPU with interrupts and NMIs.
 */
#ifndef SELFTEST_LOAD_H
#define SELFTEST_LOAD_H

#include <stdbool.h>
#include <sys/types.h>

/* A process that spins in user mode on CPU. */
pid_t load_spin(unsigned int cpu);

/* Two that wake each other through pipes on CPU: switches, wakeups, system calls. */
pid_t load_switches(unsigned int cpu);

/* One that sleeps on CPU, for a few milliseconds each time. */
pid_t load_sleeps(unsigned int cpu);

/* One that makes system calls on CPU, without pause; *calls, shared memory, counts them. */
pid_t load_syscalls(unsigned int cpu, unsigned long *calls);

/* Maps, touches and unmaps pages on CPU, without pause. */
pid_t load_faults(unsigned int cpu);

/* Two threads, one on each CPU, that make each other flush TLBs. */
pid_t load_shootdowns(void);

/* A process with a thread on each CPU, one of which interrupts the other by membarrier(2). */
pid_t load_calls(void);

/*
 * How often the loads of switches, faults and shootdowns on CPU came by in
 * user mode. When it has gone on, what had disabled preemption there before,
 * such as a probe, has come to its end.
 */
unsigned long load_progress(unsigned int cpu);

/* The module of selftests/modules; its storm rests until storm_run(1). 0 or -errno. */
int storm_load(unsigned int period_us);
int storm_run(int on);
int storm_unload(void);

/* Does it send NMIs on this architecture? */
bool storm_has_nmis(void);

/* What it has done on CPU since it was loaded: one of "nmis", "tasklets", "calls", "works". */
long long storm_count(const char *what, unsigned int cpu);

#endif /* SELFTEST_LOAD_H */
