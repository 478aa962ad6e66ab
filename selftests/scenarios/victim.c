// SPDX-License-Identifier: GPL-2.0
/* scenarios-victim: does the same work over and over, each time a span, on a CPU of its own. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <hftrace.h>

#include <options.h>
#include <shared.h>

#include "deeds.h"
#include "work.h"

#define RING_SLOTS	65536
#define WORK_US		40
#define NAME		"victim"

static const char usage[] =
	"usage: scenarios-victim [-c CPU] [-k CPU] [-s NAME]\n"
	"\n"
	"Works in spans \"work\" of some 40 us, one behind the other, until SIGTERM, and does what\n"
	"scenarios-mischief asks it to do to itself in the middle of one.\n"
	"\n"
	"  -c CPU   where it works; 1 unless given\n"
	"  -k CPU   where its other thread is; 0 unless given\n"
	"  -s NAME  shared memory; " SHARED_NAME " unless given\n"
	"\n"
	"example:\n"
	"  scenarios-victim -c 1 &\n";

static struct shared *shared;
static struct deed_box *box;

static void stop(int signal)
{
	(void)signal;
	atomic_store(&shared->stop, 1);
}

/* A disturbance of its own: the signal itself. */
static void take_signal(int signal)
{
	(void)signal;
	shared->signalled_at = hft_ticks();
	atomic_fetch_add(&shared->signals, 1);
}

static int fail(const char *what, int err)
{
	fprintf(stderr, "scenarios-victim: %s: %s\n", what, strerror(-err));
	return err;
}

static int pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? fail("its CPU", -errno) : 0;
}

static void run_spans(struct hft_thread *thread, __u32 name)
{
	__u64 number = 0, deeds, deeds_met = 0;
	__u32 answered = 0;

	while (!atomic_load_explicit(&shared->stop, memory_order_relaxed)) {
		deeds = atomic_load_explicit(&shared->deeds, memory_order_acquire);
		hft_span_begin(thread, name, ++number);
		shared_touch_scratch(shared, number);
		if (atomic_load_explicit(&box->asked, memory_order_acquire) != answered) {
			deed_do(box);
			answered++;
		}
		work();
		hft_span_end(thread);
		if (deeds != deeds_met)
			shared_meet_deeds(shared, deeds_met = deeds);
	}
}

/* All memory is there before the work begins; the scratch pages come after it. */
static int set_up(const char *name, int housekeeping)
{
	const struct hft_options options = {
		.size = sizeof(options), .rings = 2, .ring_slots = RING_SLOTS,
	};
	struct sigaction action = { .sa_handler = take_signal, .sa_flags = SA_RESTART };
	int err;

	err = pin(housekeeping);
	if (err)
		return err;
	err = shared_create(&shared, name);
	if (err)
		return fail(name, err);
	signal(SIGTERM, stop);
	sigaction(SIGUSR1, &action, NULL);
	err = deed_box_create(&box);
	if (err)
		return fail("shared memory", err);
	err = hft_init(&options);
	if (err)
		return fail("hft_init", err);
	if (mlockall(MCL_CURRENT))
		return fail("mlockall", -errno);
	err = deeds_prepare(box);
	if (!err)
		err = sibling_prepare(shared);
	return err ? fail("memory", err) : 0;
}

static void run_here(void)
{
	struct hft_thread *thread = hft_thread_attach(NAME);

	prctl(PR_SET_NAME, NAME);
	atomic_store(&shared->state, SHARED_READY);
	run_spans(thread, hft_name("work"));
	hft_thread_detach(thread);
}

int main(int argc, char **argv)
{
	const char *name = SHARED_NAME;
	int option, err, cpu = 1, housekeeping = 0;
	pthread_t sibling;

	while ((option = getopt_long(argc, argv, "c:k:s:h", options_help, NULL)) != -1) {
		switch (option) {
		case 'c':
			cpu = option_number("scenarios-victim", "-c", optarg, 0, CPU_SETSIZE - 1);
			break;
		case 'k':
			housekeeping = option_number("scenarios-victim", "-k", optarg, 0,
						     CPU_SETSIZE - 1);
			break;
		case 's':
			name = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return OPTIONS_WRONG_USE;
		}
	}
	if (optind != argc) {
		fputs(usage, stderr);
		return OPTIONS_WRONG_USE;
	}
	err = set_up(name, housekeeping);
	if (!err)
		err = -pthread_create(&sibling, NULL, sibling_run, shared);
	if (!err)
		err = pin(cpu);
	if (!err) {
		pthread_setname_np(sibling, SIBLING_NAME);
		work_calibrate(WORK_US);
		run_here();
	}
	if (box)
		deed_box_remove(box);
	if (shared)
		shared_remove(shared, name, err ? SHARED_FAILED : SHARED_DONE);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
