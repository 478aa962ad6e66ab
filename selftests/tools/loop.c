// SPDX-License-Identifier: GPL-2.0
/*
 * A loop as an engine has it, for tests of "hftrace prove":
 *
 *	loop work	spans of computing alone, until it is told to end
 *	loop calls	spans of system calls
 *	loop marks	the same computing, a mark for each turn
 *	loop runs	computes for a while and ends, without the library
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <hftrace.h>

#define TURN_WORK	20000
#define TURN_CALLS	40
#define RUN_TURNS	1000

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

static void run(void)
{
	int i;

	for (i = 0; i < RUN_TURNS; i++)
		compute();
}

static void loop(void (*turn)(void), int spans)
{
	struct hft_thread *thread;
	__u32 name;

	if (hft_init(NULL))
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
	else
		errx(64, "usage: loop work | calls | marks | runs");
	return 0;
}
