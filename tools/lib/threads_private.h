/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by threads.c, which places threads, and threads_follow.c, which follows them. */
#ifndef HFT_THREADS_PRIVATE_H
#define HFT_THREADS_PRIVATE_H

#include "lib/threads.h"
#include "lib/tids.h"

enum state {
	STATE_UNKNOWN,
	STATE_ON,		/* `line`, `cpu` since `since` */
	STATE_SLEEPING,		/* off, cannot run */
	STATE_WAITING,		/* off, could run on `cpu` */
};

struct thread {
	__s32 tid;
	enum state state;
	__u32 line;		/* of `cpu`, THREAD_NONE: it has no ring */
	__s32 cpu;		/* -1: not known */
	__u64 since;		/* what was before has been told */
	__s32 sleep;		/* state in which it sleeps, -1: not known */
	__u64 why;		/* SLEPT_* */
	__u32 next_waiting;	/* of those that wait for the same CPU */
	bool moved;		/* since it was on a CPU: from this one, by that task */
	__s32 moved_from;
	__u32 moved_by;
};

/* From scouting: where any task, to be followed or not, was first seen. */
struct sighting {
	bool switched;		/* its first switch was seen: */
	bool starts_on;		/* it left `line`, else it came */
	__u32 line;
};

struct cpu_state {
	__s32 cpu;
	bool is_cpu;		/* a kernel ring */
	bool switches;		/* scouting saw some */
	__u32 on;		/* thread, or THREAD_NONE */
	__u32 task;		/* who runs, whoever it is; TASK_NONE: not known */
	__u32 waker;		/* who woke it before it came */
	__u32 waiting;		/* first thread that waits for this CPU */
	__u64 last;		/* newest record */
	/* Who the first switch behind each loss says had the CPU; by scouting. */
	__s32 *behind_loss;
	__u32 losses;		/* in all; while scouting the first `told` are known */
	__u32 told;
	__u32 room;
	__u32 met;		/* while following: how many */
	__s32 faulted;		/* tid of a fault since the last visit, 0: none */
};

struct threads {
	struct threads_watcher watcher;
	struct causes *causes;
	struct tasks *tasks;
	struct thread *thread;	/* once started */
	__u32 count;		/* of `thread` */
	struct tids followed;	/* numbered as `thread` is */
	struct tids seen;
	struct sighting *sighting;	/* by number in `seen` */
	__u32 sightings;	/* that there is room for */
	struct cpu_state *line;	/* by ring */
	__u32 lines;
};

/* The ring of a CPU, THREAD_NONE: it has none. */
__u32 threads_line_of(const struct threads *threads, __s32 cpu);

#endif /* HFT_THREADS_PRIVATE_H */
