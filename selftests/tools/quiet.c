// SPDX-License-Identifier: GPL-2.0
/*
 * A thread that is to make no system call and makes some, in a span: prints its
 * number; begins when there is a file /tmp/go, ends when it is gone.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <hftrace.h>

#define FRAMED __attribute__((noinline, noclone, optimize("no-omit-frame-pointer", \
							  "no-optimize-sibling-calls")))

static FRAMED long forbidden(void)
{
	long result = getppid();

	__asm__ volatile("" : "+r" (result));
	return result + 1;
}

static FRAMED long on_tick(struct hft_thread *thread, __u32 name, long i)
{
	long result;

	hft_span_begin(thread, name, i);
	result = forbidden();
	hft_span_end(thread);
	return result + 1;
}

static volatile int stage;

/* Spins, so that its 25 calls are all that it makes. */
static void *be_quiet(void *nothing)
{
	struct hft_thread *thread = hft_thread_attach("quiet");
	__u32 name = hft_name("tick");
	long i;

	printf("%ld\n", syscall(SYS_gettid));
	fflush(stdout);
	while (!stage)
		;
	for (i = 0; i < 25; i++)
		on_tick(thread, name, i);
	stage = 2;
	while (stage < 3)
		;
	return nothing;
}

int main(void)
{
	pthread_t thread;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(1, &cpus);
	if (hft_init(NULL) || pthread_create(&thread, NULL, be_quiet, NULL) ||
	    pthread_setaffinity_np(thread, sizeof(cpus), &cpus))
		return 1;
	while (access("/tmp/go", F_OK))
		usleep(10000);
	stage = 1;
	while (!access("/tmp/go", F_OK) || stage < 2)
		usleep(10000);
	stage = 3;
	pthread_join(thread, NULL);
	return 0;
}
