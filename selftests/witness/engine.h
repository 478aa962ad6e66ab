/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small trading engine to measure: a process with a thread that spins on the
 * isolated CPU and one on CPU 0, which does what it is told.
 */
#ifndef WITNESS_ENGINE_H
#define WITNESS_ENGINE_H

struct engine {
	int pid;
	int orders, answers;	/* pipes */
};

enum engine_order {
	ENGINE_INIT	= 'i',	/* hft_init() */
	ENGINE_ATTACH	= 'a',	/* hft_thread_attach() and a mark */
	ENGINE_THREAD	= 't',	/* another thread starts */
	ENGINE_THREAD_ATTACHED = 'T', /* another thread starts and attaches */
	ENGINE_THREAD_EXIT = 'x', /* that thread exits */
	ENGINE_FINI	= 'f',	/* hft_fini() */
	ENGINE_EXIT	= 'q',	/* the process exits */
};

void engine_start(struct engine *engine, int cpu);

/* Returns when it is done; after ENGINE_EXIT, when the process is gone. */
void engine_order(struct engine *engine, enum engine_order order);

#endif /* WITNESS_ENGINE_H */
