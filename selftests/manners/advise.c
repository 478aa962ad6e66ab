// SPDX-License-Identifier: GPL-2.0
/* advise TIMES: calls madvise(2) so often on CPU 1, and prints how often it failed with EXDEV. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
	int times = argc == 2 ? atoi(argv[1]) : 0, refused = 0, i;
	cpu_set_t set;
	void *page;

	CPU_ZERO(&set);
	CPU_SET(1, &set);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED || sched_setaffinity(0, sizeof(set), &set))
		err(EXIT_FAILURE, "CPU 1");
	for (i = 0; i < times; i++) {
		if (madvise(page, 4096, MADV_NORMAL) && errno == EXDEV)
			refused++;
	}
	printf("%d\n", refused);
	return 0;
}
