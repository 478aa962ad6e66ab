// SPDX-License-Identifier: GPL-2.0
/* See ring_tool.h. */
#include "ring_tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

#define CPU_S		60U		/* of its own time: it hangs */
#define WALL_S		300U		/* it waits for what does not come */
#define MEMORY_KIB	(512L << 10)	/* more than any needs for these rings */
#define SAID_MAX	(256UL << 20)

/* What starts a command of the terminal: C0 but tab and newline, DEL, and C1 as UTF-8 or alone. */
static bool is_control(unsigned char before, unsigned char byte)
{
	if (byte < 0x20)
		return byte != '\n' && byte != '\t';
	return byte == 0x7f || (before == 0xc2 && byte >= 0x80 && byte < 0xa0);
}

static void start(char *const *arguments, int output)
{
	const struct rlimit cpu = { CPU_S, CPU_S + 5 };

	setrlimit(RLIMIT_CPU, &cpu);
	if (dup2(output, 1) < 0 || dup2(output, 2) < 0)
		_exit(127);
	execvp(arguments[0], arguments);
	_exit(127);
}

static void take(struct tool_end *end, const char *part, size_t length, unsigned char *before)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (!end->why[0] && is_control(*before, part[i]))
			snprintf(end->why, sizeof(end->why),
				 "says a control character, %#x, at byte %zu",
				 (unsigned char)part[i], end->said_bytes + i);
		*before = part[i];
	}
	for (i = 0; i < length && end->said_bytes + i < TOOL_SAID - 1; i++)
		end->said[end->said_bytes + i] = part[i] ?: '?';
	end->said_bytes += length;
}

/* Until it closes its end. False: it did not. */
static bool listen_to(int fd, struct tool_end *end)
{
	const __u64 until = now_ns() + WALL_S * 1000000000ULL;
	struct pollfd polled = { fd, POLLIN, 0 };
	unsigned char before = 0;
	char part[65536];
	ssize_t length;

	while (now_ns() < until && end->said_bytes < SAID_MAX) {
		if (poll(&polled, 1, 100) <= 0)
			continue;
		length = read(fd, part, sizeof(part));
		if (length <= 0)
			return true;
		take(end, part, length, &before);
	}
	return false;
}

bool tool_run(char *const *arguments, struct tool_end *end)
{
	struct rusage used;
	int pipes[2], status;
	bool closed;
	pid_t pid;

	memset(end, 0, sizeof(*end));
	if (pipe2(pipes, O_CLOEXEC))
		return false;
	fflush(stdout);
	pid = fork();
	if (!pid)
		start(arguments, pipes[1]);
	close(pipes[1]);
	closed = listen_to(pipes[0], end);
	if (!closed)
		kill(pid, SIGABRT);
	close(pipes[0]);
	while (wait4(pid, &status, 0, &used) < 0)
		if (errno != EINTR)
			return false;
	end->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	end->memory_kib = used.ru_maxrss;
	if (!closed)
		snprintf(end->why, sizeof(end->why), "did not end: %zu bytes said",
			 end->said_bytes);
	else if (end->status > 3)
		snprintf(end->why, sizeof(end->why), "ended with status %d", end->status);
	else if (end->memory_kib > MEMORY_KIB)
		snprintf(end->why, sizeof(end->why), "took %ld KiB", end->memory_kib);
	return !end->why[0];
}
