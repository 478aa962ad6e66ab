// SPDX-License-Identifier: GPL-2.0
/* See load.h. */
#include "load.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cpu_clock.h"
#include "guest.h"

#define STORM_PARAMETERS	"/sys/module/storm/parameters/"
#define PAGE			4096
#define PAGES			64

/* This process ends when its parent does, or has. */
static void end_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

static unsigned long *progress;	/* shared, by CPU */

static void come_by(unsigned int cpu)
{
	__atomic_fetch_add(&progress[cpu], 1, __ATOMIC_RELEASE);
}

unsigned long load_progress(unsigned int cpu)
{
	return __atomic_load_n(&progress[cpu], __ATOMIC_ACQUIRE);
}

/* A child that ends with us and never returns here. */
static pid_t start(void (*work)(unsigned int cpu), unsigned int cpu)
{
	pid_t parent = getpid(), pid;

	if (!progress)
		progress = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				-1, 0);
	if (progress == MAP_FAILED)
		return -1;
	pid = fork();
	if (pid)
		return pid;
	end_with(parent);
	if (!pin(cpu))
		work(cpu);
	_exit(1);
}

static void spin(unsigned int cpu)
{
	(void)cpu;
	for (;;)
		cpu_relax();
}

pid_t load_spin(unsigned int cpu)
{
	return start(spin, cpu);
}

static void pass_on(int from, int to, unsigned int cpu)
{
	char byte;

	while (read(from, &byte, 1) == 1 && write(to, &byte, 1) == 1)
		come_by(cpu);
}

static void ping_pong(unsigned int cpu)
{
	pid_t parent = getpid();
	int there[2], back[2];

	if (pipe(there) || pipe(back) || write(there[1], "", 1) != 1)
		return;
	if (!fork()) {
		end_with(parent);
		pass_on(there[0], back[1], cpu);
		_exit(1);
	}
	pass_on(back[0], there[1], cpu);
}

pid_t load_switches(unsigned int cpu)
{
	return start(ping_pong, cpu);
}

static void sleep_now_and_then(unsigned int cpu)
{
	(void)cpu;
	for (;;)
		sleep_ms(4);
}

pid_t load_sleeps(unsigned int cpu)
{
	return start(sleep_now_and_then, cpu);
}

static unsigned long *counted_calls;

static void call(unsigned int cpu)
{
	(void)cpu;
	for (;;) {
		syscall(SYS_getppid);
		__atomic_store_n(counted_calls, *counted_calls + 1, __ATOMIC_RELEASE);
	}
}

pid_t load_syscalls(unsigned int cpu, unsigned long *calls)
{
	counted_calls = calls;
	return start(call, cpu);
}

static void touch(unsigned int cpu)
{
	for (;;) {
		char *at = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		int i;

		if (at == MAP_FAILED)
			return;
		for (i = 0; i < PAGES; i++)
			((volatile char *)at)[i * PAGE] = 1;
		come_by(cpu);
		munmap(at, PAGES * PAGE);
	}
}

pid_t load_faults(unsigned int cpu)
{
	return start(touch, cpu);
}

static void *touch_elsewhere(void *unused)
{
	(void)unused;
	if (!pin(QUIET_CPU))
		touch(QUIET_CPU);
	return NULL;
}

static void shoot(unsigned int cpu)
{
	pthread_t sibling;

	if (!pthread_create(&sibling, NULL, touch_elsewhere, NULL))
		touch(cpu);
}

pid_t load_shootdowns(void)
{
	return start(shoot, OTHER_CPU);
}

static void *spin_elsewhere(void *unused)
{
	(void)unused;
	if (!pin(QUIET_CPU))
		spin(QUIET_CPU);
	return NULL;
}

static void call_others(unsigned int cpu)
{
	pthread_t sibling;

	(void)cpu;
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) ||
	    pthread_create(&sibling, NULL, spin_elsewhere, NULL))
		return;
	while (!syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0))
		sleep_ms(1);
}

pid_t load_calls(void)
{
	return start(call_others, OTHER_CPU);
}

bool storm_has_nmis(void)
{
#ifdef __x86_64__
	return true;
#else
	return false;
#endif
}

int storm_load(unsigned int period_us)
{
	char parameters[32];
	int err;

	snprintf(parameters, sizeof(parameters), "period_us=%u", period_us);
	/* a test that failed has left it */
	err = module_unload("storm");
	if (err && err != -ENOENT)
		return err;
	return module_load("/tests/storm.ko", parameters);
}

int storm_run(int on)
{
	return write_file(STORM_PARAMETERS "run", on ? "1" : "0");
}

int storm_unload(void)
{
	return module_unload("storm");
}

long long storm_count(const char *what, unsigned int cpu)
{
	char path[96], line[256], *rest = line;
	long long count = -ENODATA;
	FILE *file;

	snprintf(path, sizeof(path), STORM_PARAMETERS "%s", what);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	if (fgets(line, sizeof(line), file)) {
		for (count = strtoll(rest, &rest, 10); cpu--; )
			count = strtoll(rest, &rest, 10);
	}
	fclose(file);
	return count;
}
