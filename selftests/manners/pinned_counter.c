// SPDX-License-Identifier: GPL-2.0
/*
 * pinned_counter CPU COMMAND [ARGUMENT]...: a counter of a CPU's cycles, pinned
 * and with a far overflow as that of the NMI watchdog, while COMMAND runs.
 * Prints what it counted. Exit status 1 if it was off the CPU's PMU at any
 * time, 4 where there is no such counter.
 */
#define _GNU_SOURCE
#include <err.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOT_OFFERED 4

int main(int argc, char **argv)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.sample_period = 0x7fffffff,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
		.pinned = 1,
	};
	__u64 value[3];
	int fd, status;
	pid_t pid;

	if (argc < 3)
		errx(64, "usage: pinned_counter CPU COMMAND [ARGUMENT]...");
	fd = syscall(SYS_perf_event_open, &attr, -1, atoi(argv[1]), -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		err(NOT_OFFERED, "no counter of cycles");
	pid = fork();
	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	if (!pid) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		errx(EXIT_FAILURE, "%s: status %#x", argv[2], status);
	/* one that lost its place reads as nothing */
	if (read(fd, value, sizeof(value)) != sizeof(value))
		errx(EXIT_FAILURE, "the pinned counter was thrown out");
	printf("pinned counter: %llu cycles, %llu ns of %llu\n", (unsigned long long)value[0],
	       (unsigned long long)value[2], (unsigned long long)value[1]);
	return value[0] && value[1] == value[2] ? 0 : EXIT_FAILURE;
}
