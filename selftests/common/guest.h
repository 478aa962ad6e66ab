/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests need of the machine that they run on: CPUs, users, modules, time. */
#ifndef SELFTEST_GUEST_H
#define SELFTEST_GUEST_H

#include <linux/types.h>
#include <stdbool.h>
#include <sys/types.h>

/* The CPU that was booted isolated and tickless, and the one that was not. */
#define QUIET_CPU	1
#define OTHER_CPU	0

#define HFTRACE_KO	"/harness/hftrace.ko"

int pin(unsigned int cpu);
__u64 ticks(void);
__u64 now_ns(void);
void sleep_ms(unsigned int ms);

/* Calls of functions on CPU until now, as the kernel counts them: those of patching and of perf. */
unsigned long calls_on(unsigned int cpu);

/* For what has to come, however slow the machine is: a test fails when it has not. */
#define PATIENCE_MS	120000

/* Waits until `condition` holds; its value in the end. */
#define wait_until(condition) ({					\
	const __u64 until_ = now_ns() + PATIENCE_MS * 1000000ULL;	\
	bool holds_;							\
									\
	while (!(holds_ = (condition)) && now_ns() < until_)		\
		sleep_ms(1);						\
	holds_;								\
})

/*
 * Returns when each CPU has run this process since: what had disabled
 * preemption there, such as a probe, has come to its end. 0 or -errno.
 */
int settle(void);

/* Before all others that do not: loads on our CPU have what we leave. 0 or -errno. */
int hurry(void);

/* The environment's number, or what stands in if there is none. */
__u64 setting(const char *name, __u64 otherwise);

/* Loads a module from a file; unloads one if it is not in use. 0 or -errno. */
int module_load(const char *path, const char *parameters);
int module_unload(const char *name);

/* hftrace again, with other parameters, its device as the udev rule makes it. 0 or -errno. */
int hftrace_reload(const char *parameters);

/* Becomes `user` with the groups that /etc/group gives. Capabilities go. 0 or -errno. */
int become(const char *user);

/* The same, but the one capability stays. */
int become_with(const char *user, unsigned int capability);

/* Writes text to a file such as those in /proc/sys. 0 or -errno. */
int write_file(const char *path, const char *text);

/* Its first number, or -errno. */
long long read_number(const char *path);

/* The same for what can be an address; 0 if there is none. */
__u64 read_unsigned(const char *path);

/* A field of /proc/meminfo in KiB. */
long long memory_kib(const char *field);

/* A child's exit status, or 128 + the signal that ended it. */
int wait_for(pid_t pid);

/* Ends and reaps a child. */
void stop(pid_t pid);

#endif /* SELFTEST_GUEST_H */
