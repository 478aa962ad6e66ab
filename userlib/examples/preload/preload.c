// SPDX-License-Identifier: LGPL-2.1
/*
 * Brings the library into a program that knows nothing of it: each of its threads has
 * a ring, its calls come as spans by probes. Built as preload.so.
 *
 *	LD_PRELOAD=./preload.so redis-server --daemonize no &
 *	hftrace record -y --probe /usr/bin/redis-server:call%return -p $! -d 10s -o redis.hft
 *	hftrace explain redis.hft
 *
 * A child that the program forks is not traced; one that it executes is anew. With
 * HFTRACE_VERBOSE set, it says on standard error what it found.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <hftrace.h>

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS	32

typedef int (*create_function)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

struct start {
	void *(*function)(void *);
	void *argument;
};

/* The ring is given back when the thread ends, in whichever way it does. */
static void *run_attached(void *context)
{
	struct start start = *(struct start *)context;

	free(context);
	hft_thread_attach(NULL);
	return start.function(start.argument);
}

/* In place of the C library's: what the program calls. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *),
		   void *argument)
{
	create_function create = (create_function)dlsym(RTLD_NEXT, "pthread_create");
	struct start *start = malloc(sizeof(*start));
	int err = EAGAIN;

	if (create && start) {
		start->function = function;
		start->argument = argument;
		err = create(thread, attributes, run_attached, start);
	}
	if (err)
		free(start);
	return err;
}

__attribute__((constructor)) static void begin(void)
{
	const struct hft_options options = { .size = sizeof(options), .rings = THREADS };
	struct hft_status status = { .size = sizeof(status) };
	int err = hft_init(&options);

	if (!err)
		hft_thread_attach(NULL);
	if (!getenv("HFTRACE_VERBOSE"))
		return;
	hft_status(&status);
	if (err)
		fprintf(stderr, "preload: not traced: %s\n", strerror(-err));
	else
		fprintf(stderr, "preload: %s\n", status.text);
}
