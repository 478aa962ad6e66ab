// SPDX-License-Identifier: GPL-2.0
/*
 * A loop as an engine has it, for tests of "hftrace prove" and "hftrace run":
 *
 *	loop work	spans of computing alone, until it is told to end
 *	loop calls	spans of system calls
 *	loop marks	the same computing, a mark for each turn
 *	loop runs	computes for a while and ends, without the library
 *	loop naps	computes and sleeps, without the library
 *	loop faults	spans that touch memory for the first time
 *	loop shoot	spans of computing, while a thread on CPU 0 unmaps memory
 */
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <hftrace.h>

#define TURN_WORK	20000
#define TURN_CALLS	40
#define RUN_TURNS	1000
#define MEMORY		(16 * 4096)
#define NAP_US		20000
#define RING		262144

/* On a line of its own: an emulator is slow on loops across pages. */
static __attribute__((__noinline__, __aligned__(64))) void compute(void)
{
	volatile unsigned int value = 1;
	int i;

	for (i = 0; i < TURN_WORK; i++)
		value = value * 1664525 + 1013904223;
}

static void call(void)
{
	int i;

	for (i = 0; i < TURN_CALLS; i++)
		syscall(SYS_getppid);
}

/* Page faults tell its name. */
static __attribute__((__noinline__)) void touch_anew(void)
{
	volatile char *memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t at;

	if (memory == MAP_FAILED)
		err(EXIT_FAILURE, "mmap");
	for (at = 0; at < MEMORY; at += 4096)
		memory[at] = 1;
	munmap((void *)memory, MEMORY);
}

static void nap(void)
{
	for (;;) {
		compute();
		usleep(NAP_US);
	}
}

static void *unmap(void *unused)
{
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first))
		err(EXIT_FAILURE, "sched_setaffinity");
	for (;;) {
		touch_anew();
		usleep(1000);
	}
	return unused;
}

static void run(void)
{
	int i;

	for (i = 0; i < RUN_TURNS; i++)
		compute();
}

static void loop(void (*turn)(void), int spans)
{
	const struct hft_options options = {
		.size = sizeof(options), .rings = 1, .ring_slots = RING,
	};
	struct hft_thread *thread;
	__u32 name;

	if (hft_init(&options))
		errx(EXIT_FAILURE, "hft_init() failed");
	name = hft_name("turn");
	thread = hft_thread_attach("loop");
	for (;;) {
		if (spans)
			hft_span_begin(thread, name, 0);
		else
			hft_mark(thread, name, 0);
		turn();
		if (spans)
			hft_span_end(thread);
	}
}

static void loop_unmapping(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, unmap, NULL))
		errx(EXIT_FAILURE, "pthread_create() failed");
	loop(compute, 1);
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (!strcmp(what, "work"))
		loop(compute, 1);
	else if (!strcmp(what, "calls"))
		loop(call, 1);
	else if (!strcmp(what, "marks"))
		loop(compute, 0);
	else if (!strcmp(what, "runs"))
		run();
	else if (!strcmp(what, "naps"))
		nap();
	else if (!strcmp(what, "faults"))
		loop(touch_anew, 1);
	else if (!strcmp(what, "shoot"))
		loop_unmapping();
	else
		errx(64, "usage: loop work | calls | marks | runs | naps | faults | shoot");
	return 0;
}
