// SPDX-License-Identifier: GPL-2.0
/* See device_world.h. */
#include "device_world.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device_call.h"

struct fuzz_world *world;

const char *const request_names[FUZZ_REQUESTS] = {
	"HELLO", "HOOK_INFO", "ATTACH", "DETACH", "ARM", "RESIZE", "REGION_CREATE",
	"REGION_INFO", "REGION_OPEN", "CLOCK", "AUDIT", "BUDGET", "REARM", "PMU", "WATCH",
	"PROBE_ADD", "PROBE_REMOVE", "PROBE_INFO", "HOOK_CPU", "another number",
};

int world_find(void)
{
	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED, FUZZ_WORLD_FD, 0);
	return world == MAP_FAILED ? -errno : 0;
}

int world_make(__u64 seed, __u64 target)
{
	int fd = memfd_create("fuzz", 0), err;

	if (fd < 0 || ftruncate(fd, sizeof(*world)) || dup2(fd, FUZZ_WORLD_FD) < 0)
		return -errno;
	close(fd);
	err = world_find();
	if (!err) {
		world->seed = seed;
		world->target = target;
	}
	return err;
}

void violation(const char *format, ...)
{
	const unsigned int number = atomic_fetch_add(&world->violations, 1);
	va_list arguments;

	if (number >= FUZZ_VIOLATIONS)
		return;
	va_start(arguments, format);
	vsnprintf(world->violation[number], sizeof(world->violation[number]), format, arguments);
	va_end(arguments);
}

bool world_stopped(void)
{
	return atomic_load_explicit(&world->stop, memory_order_relaxed);
}

void world_add_region(__u64 number)
{
	atomic_store(&world->region[atomic_fetch_add(&world->next_region, 1) % FUZZ_REGIONS],
		     number);
}

__u64 world_region(__u64 draw)
{
	return atomic_load(&world->region[draw % FUZZ_REGIONS]);
}

static void print_answers(unsigned int request)
{
	unsigned int who, error;

	for (who = 0; who < 2; who++) {
		printf("# %-14s %s", request_names[request], who ? "  rights" : "  others");
		for (error = 0; error < FUZZ_ERRNOS; error++) {
			const unsigned int count = world->answers[who][request][error];

			if (count)
				printf("  %s %u", error ? strerrorname_np(error) : "fine", count);
		}
		printf("\n");
	}
}

void world_print(void)
{
	unsigned int i;

	printf("# %-14s %10s %10s\n", "call", "made", "fine");
	for (i = 0; i < call_kinds; i++)
		printf("# %-14s %10llu %10llu\n", call_name(i), world->calls[i],
		       world->successes[i]);
	for (i = 0; i < FUZZ_REQUESTS; i++)
		print_answers(i);
	printf("# %u pages and answers scanned; who may read saw others' secrets on %u of them\n",
	       world->pages_scanned, world->secrets_seen);
}

static void print_entry(const struct fuzz_entry *entry)
{
	char result[32];

	if (entry->result == FUZZ_OPEN)
		snprintf(result, sizeof(result), "did not come back");
	else
		snprintf(result, sizeof(result), "%d", entry->result);
	printf("# call %llu of worker %u thread %u pid %d: %s(%#llx, %#llx) = %s, draw %#llx\n",
	       entry->order, entry->worker, entry->thread, entry->pid, call_name(entry->call),
	       entry->argument[0], entry->argument[1], result, entry->draw);
}

void world_print_log(unsigned int calls)
{
	unsigned int worker, thread, i;

	for (worker = 0; worker < FUZZ_WORKERS; worker++) {
		for (thread = 0; thread < FUZZ_THREADS; thread++) {
			const struct fuzz_log *log = &world->log[worker][thread];
			const unsigned int next = log->next;

			for (i = next > calls ? next - calls : 0; i < next; i++)
				print_entry(&log->entry[i % FUZZ_LOG]);
		}
	}
}
