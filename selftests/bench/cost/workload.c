// SPDX-License-Identifier: GPL-2.0
/*
 * The workloads. Each causes its event again and again, on one CPU, and takes
 * the time of every single one; the median leaves out what ticks and daemons
 * put in between.
 */
#define _GNU_SOURCE
#include "cost.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../probes/provoke.h"

#define EVENTS		2000
#define WARM_UP		100

/* Fixed, so that where the page tables begin is the same in every run. */
#define REGION		((char *)0x200000000000)
#define REGION_BYTES	(2UL << 20)
#define PAGE		4096

static uint64_t samples[EVENTS];

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double median(void)
{
	qsort(samples, EVENTS, sizeof(*samples), compare);
	return (samples[EVENTS / 2 - 1] + samples[EVENTS / 2]) / 2.0;
}

/* The clock's own ticks, which every sample that is taken here includes. */
static uint64_t clock_ticks(void)
{
	uint64_t start, least = ~0ULL, taken;
	int i;

	for (i = 0; i < 100; i++) {
		start = ticks();
		taken = ticks() - start;
		if (taken < least)
			least = taken;
	}
	return least;
}

static void pin(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		die("sched_setaffinity: %s", strerror(errno));
}

/* 1000 instructions: shows whether a tick is one. */
static double run_nops(void)
{
	uint64_t start;
	int i;

	for (i = 0; i < EVENTS; i++) {
		start = ticks();
		__asm__ volatile(".rept 1000\n\tnop\n\t.endr");
		samples[i] = ticks() - start;
	}
	return median() - clock_ticks();
}

static double run_getppid(void)
{
	uint64_t start;
	int i;

	for (i = -WARM_UP; i < EVENTS; i++) {
		start = ticks();
		syscall(SYS_getppid);
		if (i >= 0)
			samples[i] = ticks() - start;
	}
	return median() - clock_ticks();
}

/* Two processes that wake each other in turn: two switches for each round. */
static double run_pipe(void)
{
	int there[2], back[2], i;
	uint64_t start;
	pid_t child;
	char c = 0;

	if (pipe(there) || pipe(back))
		die("pipe: %s", strerror(errno));
	child = fork();
	if (child < 0)
		die("fork: %s", strerror(errno));
	if (!child) {
		while (read(there[0], &c, 1) == 1 && write(back[1], &c, 1) == 1)
			;
		_exit(0);
	}
	for (i = -WARM_UP; i < EVENTS; i++) {
		start = ticks();
		if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
			die("pipe: %s", strerror(errno));
		if (i >= 0)
			samples[i] = ticks() - start;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(there[0]);
	close(there[1]);
	close(back[0]);
	close(back[1]);
	return (median() - clock_ticks()) / 2;
}

/* The first touch of a page of zeros. */
static double run_fault(void)
{
	uint64_t start;
	char *page;
	int i;

	for (i = -WARM_UP; i < EVENTS; i++) {
		page = REGION + (i + WARM_UP) * PAGE % REGION_BYTES;
		if (page == REGION) {
			munmap(REGION, REGION_BYTES);
			if (mmap(REGION, REGION_BYTES, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != REGION)
				die("mmap: %s", strerror(errno));
			if (madvise(REGION, REGION_BYTES, MADV_NOHUGEPAGE))
				die("madvise: %s", strerror(errno));
		}
		start = ticks();
		*(volatile char *)page = 1;
		if (i >= 0)
			samples[i] = ticks() - start;
	}
	munmap(REGION, REGION_BYTES);
	return median() - clock_ticks();
}

static double run_provoked(unsigned long what)
{
	int fd = open(PROVOKE_PATH, O_RDONLY | O_CLOEXEC), i, taken;

	if (fd < 0)
		die("%s: %s; load provoke.ko", PROVOKE_PATH, strerror(errno));
	for (i = -WARM_UP; i < EVENTS; i++) {
		taken = ioctl(fd, what);
		if (taken < 0)
			die("%s: %s", PROVOKE_PATH, strerror(errno));
		if (i >= 0)
			samples[i] = taken;
	}
	close(fd);
	return median();
}

static double run_hrtimer(void)
{
	return run_provoked(PROVOKE_HRTIMER);
}

static double run_idle(void)
{
	return run_provoked(PROVOKE_IDLE);
}

static double run_vector(void)
{
	return run_provoked(PROVOKE_VECTOR);
}

static double run_irq(void)
{
	return run_provoked(PROVOKE_IRQ);
}

static double run_softirq(void)
{
	return run_provoked(PROVOKE_SOFTIRQ);
}

static double run_visit(void)
{
	return run_provoked(PROVOKE_VISIT);
}

static double run_enter(void)
{
	return run_provoked(PROVOKE_ENTER);
}

static const struct workload {
	const char *name;
	double (*run)(void);
} workloads[] = {
	{ "nops", run_nops },
	{ "getppid", run_getppid },
	{ "pipe", run_pipe },
	{ "fault", run_fault },
	{ "vector", run_vector },
	{ "hrtimer", run_hrtimer },
	{ "idle", run_idle },
	{ "irq", run_irq },
	{ "softirq", run_softirq },
	{ "visit", run_visit },
	{ "enter", run_enter },
};

#define WORKLOADS	(sizeof(workloads) / sizeof(*workloads))

const char *workload_names(void)
{
	static char names[256];
	size_t i;

	if (!names[0]) {
		for (i = 0; i < WORKLOADS; i++) {
			strcat(names, i ? ", " : "");
			strcat(names, workloads[i].name);
		}
	}
	return names;
}

double workload_cost(const char *name)
{
	size_t i;

	pin();
	for (i = 0; i < WORKLOADS; i++) {
		if (!strcmp(name, workloads[i].name))
			return workloads[i].run();
	}
	die("there is no workload %s; there are %s", name, workload_names());
}
