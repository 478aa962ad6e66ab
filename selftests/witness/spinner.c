// SPDX-License-Identifier: GPL-2.0
/* See spinner.h. */
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spinner.h"

#define SETTLE_US	300000	/* until the tick has stopped there */

void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(EXIT_FAILURE, "CPU %d", cpu);
}

pid_t spinner_start(int cpu, void (*work)(void))
{
	atomic_int *spinning = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (spinning == MAP_FAILED)
		err(EXIT_FAILURE, "spinner");
	pid = fork();
	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	if (!pid) {
		pin(cpu);
		if (work)
			work();
		atomic_store(spinning, 1);
		for (;;)
			atomic_fetch_add_explicit(spinning, 1, memory_order_relaxed);
	}
	while (atomic_load(spinning) < 1000000)
		usleep(10000);
	usleep(SETTLE_US);
	munmap(spinning, 4096);
	return pid;
}

long spinner_switches(pid_t pid)
{
	long count, sum = 0;
	char line[256];
	int found = 0;
	FILE *file;

	snprintf(line, sizeof(line), "/proc/%d/status", pid);
	file = fopen(line, "r");
	if (!file)
		err(EXIT_FAILURE, "%s", line);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "voluntary_ctxt_switches: %ld", &count) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %ld", &count) == 1) {
			sum += count;
			found++;
		}
	}
	fclose(file);
	if (found != 2)
		errx(EXIT_FAILURE, "the spinner's switches are not known");
	return sum;
}

void spinner_stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
