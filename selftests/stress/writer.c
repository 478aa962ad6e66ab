// SPDX-License-Identifier: GPL-2.0
#include "writer.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SIGNAL_NS	100000
#define PAUSE_EVERY	8192	/* records, where a life is not in a hurry */

/* The life that this thread leads, for its signal handler. */
struct writing {
	struct hft_thread *thread;
	struct life *life;
	uint32_t number;
};

static _Thread_local struct writing *volatile now;

static void write_mark(const struct writing *w, enum stream which, uint32_t number)
{
	uint64_t value = value_of(which, w->number, number);

	hft_mark(w->thread, name_of(which, value), value);
}

static void begin_span(const struct writing *w, enum stream which, uint32_t number)
{
	uint64_t value = value_of(which, w->number, number);

	hft_span_begin(w->thread, name_of(which, value), value);
}

static void on_signal(int sig)
{
	struct writing *w = now;
	uint64_t *written;

	(void)sig;
	if (!w)
		return;
	written = w->life->written;
	begin_span(w, SIGNAL_SPANS, (uint32_t)written[SIGNAL_SPANS]++);
	write_mark(w, SIGNAL_MARKS, (uint32_t)written[SIGNAL_MARKS]++);
	hft_span_end(w->thread);
}

static int start_timer(timer_t *timer)
{
	const struct itimerspec often = {
		.it_interval = { .tv_nsec = SIGNAL_NS },
		.it_value = { .tv_nsec = SIGNAL_NS },
	};
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1 };

	event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
	if (timer_create(CLOCK_MONOTONIC, &event, timer))
		return -errno;
	return timer_settime(*timer, 0, &often, NULL) ? -errno : 0;
}

/* Every second life is in a hurry: its readers lose most of it. */
static void write_records(struct writing *w, uint64_t records)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t *written = w->life->written;
	uint64_t left;

	for (left = records; left; left--) {
		if (left % 4) {
			write_mark(w, MARKS, (uint32_t)written[MARKS]++);
		} else {
			begin_span(w, SPANS, (uint32_t)written[SPANS]++);
			hft_span_end(w->thread);
		}
		if (w->number % 2 && !(left % PAUSE_EVERY))
			nanosleep(&pause, NULL);
	}
}

/* The ring is given back when each reader has found it: then none of it is nobody's. */
static void await_readers(const struct shared *shared, const struct life *life)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	while (__atomic_load_n(&life->seen, __ATOMIC_ACQUIRE) < shared->readers)
		nanosleep(&pause, NULL);
}

static int lead_life(const struct load *load, uint64_t records)
{
	struct shared *shared = load->shared;
	struct writing w = { 0 };
	struct hft_status status = { .size = sizeof(status) };
	timer_t timer;
	char name[16];
	int err = 0;

	w.number = __atomic_fetch_add(&shared->lives, 1, __ATOMIC_RELAXED);
	if (w.number >= LIVES_MAX)
		return -ENOSPC;
	w.life = &shared->life[w.number];
	snprintf(name, sizeof(name), "life-%u", w.number);
	w.thread = hft_thread_attach(name);
	if (load->signals)
		err = start_timer(&timer);
	if (err)
		return err;
	now = &w;
	write_records(&w, records);
	now = NULL;
	if (load->signals)
		timer_delete(timer);
	await_readers(shared, w.life);
	if (w.number % 3)
		hft_thread_detach(w.thread);	/* else the thread's end does it */
	__atomic_store_n(&w.life->ended, 1, __ATOMIC_RELEASE);
	hft_status(&status);
	__atomic_store_n(&shared->refused, (uint32_t)status.attach_refused, __ATOMIC_RELAXED);
	return 0;
}

struct turn {
	const struct load *load;
	unsigned int number;
	uint64_t records;
	int err;
};

static void *one_thread(void *arg)
{
	struct turn *turn = arg;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(turn->number % turn->load->cpus, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) && turn->load->cpus == 1)
		turn->err = -errno;
	else
		turn->err = lead_life(turn->load, turn->records);
	return NULL;
}

/* One place of the load: thread after thread, until its share is written. */
static void *one_place(void *arg)
{
	struct turn *place = arg, turn = *place;
	uint64_t left = place->records;
	pthread_t thread;

	while (left && !place->err) {
		turn.records = left < turn.load->life ? left : turn.load->life;
		place->err = -pthread_create(&thread, NULL, one_thread, &turn);
		if (place->err)
			break;
		pthread_join(thread, NULL);
		place->err = turn.err;
		left -= turn.records;
	}
	return NULL;
}

int writer_begin(const struct load *load)
{
	struct hft_options options = {
		.size = sizeof(options),
		.rings = load->rings,
		.ring_slots = load->ring_slots,
		.flags = HFT_OPTION_PRIVATE,
	};
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	enum stream stream;
	char text[32];
	uint32_t i;
	int err;

	err = hft_init(&options);
	if (err)
		return err;
	for (stream = 0; stream < STREAMS; stream++) {
		for (i = 0; i < NAMES; i++) {
			snprintf(text, sizeof(text), "stream %d name %u", stream, i);
			if (hft_name(text) != 1 + stream * NAMES + i)
				return -EPROTO;
		}
	}
	return sigaction(SIGUSR1, &action, NULL) ? -errno : 0;
}

int writer_run(const struct load *load)
{
	struct turn place[64];
	pthread_t threads[64];
	unsigned int i, started;
	int err = 0;

	if (load->threads > 64)
		return -EINVAL;
	for (started = 0; started < load->threads && !err; started++) {
		place[started] = (struct turn){
			.load = load,
			.number = started,
			.records = load->records / load->threads,
		};
		err = -pthread_create(&threads[started], NULL, one_place, &place[started]);
	}
	if (err)
		started--;
	for (i = 0; i < started; i++) {
		pthread_join(threads[i], NULL);
		if (!err)
			err = place[i].err;
	}
	__atomic_store_n(&load->shared->done, 1, __ATOMIC_RELEASE);
	return err;
}
