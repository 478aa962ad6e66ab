// SPDX-License-Identifier: GPL-2.0
/* See engine.h. */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <hftrace.h>

#include "engine.h"
#include "spinner.h"

#define SETTLE_US	300000

static atomic_bool spinning, started, may_exit;
static pthread_t other;

static void *spin(void *cpu)
{
	pin(*(int *)cpu);
	atomic_store(&spinning, true);
	for (;;)
		atomic_signal_fence(memory_order_seq_cst);
	return NULL;
}

static void *other_thread(void *attached)
{
	if (attached)
		hft_mark(hft_thread_attach("other"), 0, 0);
	atomic_store(&started, true);
	while (!atomic_load(&may_exit))
		usleep(1000);
	return NULL;
}

static void start_other(bool attached)
{
	atomic_store(&started, false);
	atomic_store(&may_exit, false);
	if (pthread_create(&other, NULL, other_thread, attached ? &other : NULL))
		errx(EXIT_FAILURE, "no thread");
	while (!atomic_load(&started))
		usleep(1000);
}

static void obey(char order)
{
	int error;

	switch (order) {
	case ENGINE_INIT:
		error = hft_init(NULL);
		if (error)
			errx(EXIT_FAILURE, "hft_init: %d", error);
		break;
	case ENGINE_ATTACH:
		hft_mark(hft_thread_attach("engine"), 0, 0);
		break;
	case ENGINE_THREAD:
	case ENGINE_THREAD_ATTACHED:
		start_other(order == ENGINE_THREAD_ATTACHED);
		break;
	case ENGINE_THREAD_EXIT:
		atomic_store(&may_exit, true);
		pthread_join(other, NULL);
		break;
	case ENGINE_FINI:
		hft_fini();
		break;
	case ENGINE_EXIT:
		_exit(0);
	}
}

static void serve(int orders, int answers, int cpu)
{
	pthread_t thread;
	char order;

	if (pthread_create(&thread, NULL, spin, &cpu))
		errx(EXIT_FAILURE, "no thread");
	while (!atomic_load(&spinning))
		usleep(1000);
	usleep(SETTLE_US);
	if (write(answers, "", 1) != 1)
		_exit(EXIT_FAILURE);
	while (read(orders, &order, 1) == 1) {
		obey(order);
		if (write(answers, "", 1) != 1)
			_exit(EXIT_FAILURE);
	}
	_exit(EXIT_FAILURE);
}

static void await(struct engine *engine)
{
	char c;

	if (read(engine->answers, &c, 1) != 1)
		errx(EXIT_FAILURE, "the engine has died");
}

void engine_start(struct engine *engine, int cpu)
{
	int there[2], back[2];

	if (pipe(there) || pipe(back))
		err(EXIT_FAILURE, "pipe");
	engine->pid = fork();
	if (engine->pid < 0)
		err(EXIT_FAILURE, "fork");
	if (!engine->pid) {
		close(there[1]);
		close(back[0]);
		serve(there[0], back[1], cpu);
	}
	close(there[0]);
	close(back[1]);
	engine->orders = there[1];
	engine->answers = back[0];
	await(engine);
}

void engine_order(struct engine *engine, enum engine_order order)
{
	char c = order;
	int status;

	if (write(engine->orders, &c, 1) != 1)
		err(EXIT_FAILURE, "the engine");
	if (order != ENGINE_EXIT) {
		await(engine);
		return;
	}
	if (waitpid(engine->pid, &status, 0) != engine->pid || status)
		errx(EXIT_FAILURE, "the engine ended with status %#x", status);
	close(engine->orders);
	close(engine->answers);
}
