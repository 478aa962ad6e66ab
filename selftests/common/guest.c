// SPDX-License-Identifier: GPL-2.0
/* See guest.h. */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cpu_clock.h"

int pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

/* One line of /proc/interrupts has them, under another name on each architecture. */
unsigned long calls_on(unsigned int cpu)
{
	FILE *interrupts = fopen("/proc/interrupts", "r");
	unsigned long cpus[2] = { 0 };
	char line[512];

	while (interrupts && fgets(line, sizeof(line), interrupts)) {
		if (strstr(line, "unction call interrupts") &&
		    sscanf(line, " %*[^:]: %lu %lu", &cpus[0], &cpus[1]) == 2)
			break;
	}
	if (interrupts)
		fclose(interrupts);
	return cpu < 2 ? cpus[cpu] : 0;
}

int settle(void)
{
	cpu_set_t before;
	int err;

	if (sched_getaffinity(0, sizeof(before), &before))
		return -errno;
	err = pin(QUIET_CPU) ?: pin(OTHER_CPU);
	return err ?: sched_setaffinity(0, sizeof(before), &before) ? -errno : 0;
}

__u64 ticks(void)
{
	return cpu_clock();
}

__u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000 + now.tv_nsec;
}

void sleep_ms(unsigned int ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	while (nanosleep(&left, &left))
		;
}

int hurry(void)
{
	return setpriority(PRIO_PROCESS, 0, -20) ? -errno : 0;
}

__u64 setting(const char *name, __u64 otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

int module_load(const char *path, const char *parameters)
{
	int fd, err = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, parameters, 0))
		err = -errno;
	close(fd);
	return err;
}

int module_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

int write_file(const char *path, const char *text)
{
	ssize_t length = (ssize_t)strlen(text), done;
	int fd, err = 0;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	done = write(fd, text, length);
	if (done != length)
		err = done < 0 ? -errno : -EIO;
	close(fd);
	return err;
}

long long read_number(const char *path)
{
	long long number = -ENODATA;
	FILE *file = fopen(path, "re");
	char line[64];

	if (!file)
		return -errno;
	if (fgets(line, sizeof(line), file))
		number = strtoll(line, NULL, 0);
	fclose(file);
	return number;
}

__u64 read_unsigned(const char *path)
{
	FILE *file = fopen(path, "re");
	__u64 number = 0;
	char line[64];

	if (!file)
		return 0;
	if (fgets(line, sizeof(line), file))
		number = strtoull(line, NULL, 0);
	fclose(file);
	return number;
}

long long memory_kib(const char *field)
{
	FILE *file = fopen("/proc/meminfo", "re");
	size_t length = strlen(field);
	long long kib = -ENODATA;
	char line[128];

	if (!file)
		return -errno;
	while (kib < 0 && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, field, length) && line[length] == ':')
			kib = strtoll(line + length + 1, NULL, 10);
	}
	fclose(file);
	return kib;
}

int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	wait_for(pid);
}
