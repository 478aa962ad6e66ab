// SPDX-License-Identifier: GPL-2.0
/*
 * In the guest: runs a command while hftrace and tracefs both watch all CPUs,
 * and saves what each of them saw. hftrace's window lies inside tracefs's.
 *
 *	collect [-p] DIRECTORY COMMAND [ARGUMENT]...
 *
 * -p: hftrace's faults and system calls are those of the command's process
 * alone. DIRECTORY gets facts, trace.cpuN, ring.cpuN and format.NAME.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

#include "device.h"
#include "events.h"
#include "tracefs.h"

#define TRACE_KIB	98304
#define COMPARED_HOOKS	(HFT_HOOK_BIT(HFT_HOOK_TLB + 1) - 1)
#define EXIT_INVALID	3	/* the witness itself lost something: no verdict */

static const char *in(const char *directory, const char *kind, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s%s", directory, kind, name);
	return path;
}

/* The command's process, stopped before exec until `go` is closed. */
static pid_t prepare(char *const command[], int *go)
{
	int ends[2];
	pid_t pid;
	char c;

	if (pipe(ends))
		err(EXIT_FAILURE, "pipe");
	pid = fork();
	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	if (!pid) {
		close(ends[1]);
		if (read(ends[0], &c, 1) < 0)
			err(127, "pipe");
		close(ends[0]);
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	close(ends[0]);
	*go = ends[1];
	return pid;
}

static void save_ring(int fd, const struct hft_hello *hello, unsigned int cpu, const char *path)
{
	const struct hft_ring_ctl *ring = device_map(fd, cpu, hello->ring_slots);
	size_t size = HFT_RING_STRIDE(hello->ring_slots);
	FILE *file = fopen(path, "w");

	if (ring->head < hello->ring_slots)
		size = HFT_RING_STRIDE(ring->head);
	if (!file || fwrite(ring, 1, size, file) != size || fclose(file))
		err(EXIT_FAILURE, "%s", path);
	device_unmap(ring, hello->ring_slots);
}

static void save(int fd, const struct hft_hello *hello, const char *directory)
{
	char name[16];
	int i;

	for (i = 0; i < EVENTS; i++) {
		const char *path = in(directory, "format.", event_name(i));

		tracefs_save_format(event_paths[i], path);
	}
	for (i = 0; i < (int)hello->cpus; i++) {
		snprintf(name, sizeof(name), "cpu%d", i);
		tracefs_save_pages(i, in(directory, "trace.", name));
		save_ring(fd, hello, i, in(directory, "ring.", name));
	}
}

static bool any_lost(const struct hft_hello *hello)
{
	bool found = false;
	unsigned int cpu;

	for (cpu = 0; cpu < hello->cpus; cpu++) {
		unsigned long count = tracefs_lost(cpu);

		if (count) {
			warnx("tracefs lost %lu events of CPU %u", count, cpu);
			found = true;
		}
	}
	return found;
}

int main(int argc, char **argv)
{
	bool chosen = argc > 1 && !strcmp(argv[1], "-p");
	unsigned long long start, end;
	struct hft_hello hello;
	int fd, go, i, status;
	FILE *facts;
	pid_t pid;

	argv += chosen;
	argc -= chosen;
	if (argc < 3)
		errx(64, "usage: collect [-p] DIRECTORY COMMAND [ARGUMENT]...");
	fd = device_open(&hello);
	/*
	 * The hooks that the events here stand for. Not compared here: tasklet, ipi and
	 * those after them, each of which selftests/hooks compares with its events.
	 */
	hello.hooks_supported &= COMPARED_HOOKS;
	hello.hooks_attached &= COMPARED_HOOKS;
	if (hello.hooks_attached != hello.hooks_supported) {
		device_attach(fd, hello.hooks_supported);
		hello.hooks_attached = hello.hooks_supported;
	}
	tracefs_prepare(TRACE_KIB);
	for (i = 0; i < EVENTS; i++) {
		if (!tracefs_enable(event_paths[i]))
			errx(EXIT_FAILURE, "this kernel has no event %s", event_paths[i]);
	}
	facts = fopen(in(argv[1], "", "facts"), "w");
	if (!facts)
		err(EXIT_FAILURE, "%s", argv[1]);

	pid = prepare(argv + 2, &go);
	tracefs_on(true);
	device_arm(fd, hello.hooks_attached, ~0ULL >> (64 - hello.cpus), chosen ? pid : 0, 0);
	start = __rdtsc();
	close(go);
	if (waitpid(pid, &status, 0) != pid)
		err(EXIT_FAILURE, "wait");
	end = __rdtsc();
	device_disarm(fd);
	tracefs_on(false);
	tracefs_disable_all();

	fprintf(facts, "start=%llu\nend=%llu\nkhz=%llu\ncpus=%u\nchosen=%d\nrealtime=%d\n",
		start, end, hello.clock_khz, hello.cpus, chosen,
		!access("/sys/kernel/realtime", F_OK));
	save(fd, &hello, argv[1]);
	if (fclose(facts))
		err(EXIT_FAILURE, "facts");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		errx(EXIT_FAILURE, "%s failed with status %#x", argv[2], status);
	return any_lost(&hello) ? EXIT_INVALID : 0;
}
