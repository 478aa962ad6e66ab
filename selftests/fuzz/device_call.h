/* SPDX-License-Identifier: GPL-2.0 */
/* A thread that makes calls, what it draws and remembers, and the table of the calls. */
#ifndef FUZZ_DEVICE_CALL_H
#define FUZZ_DEVICE_CALL_H

#include <setjmp.h>
#include <stddef.h>

#include "device_world.h"

#define MAPS		16U	/* that a thread remembers */
#define SLOTS		32U	/* descriptors that a process's calls are about */
#define SLOT_FIRST	10
#define SLOTS_OWN	20U
#define SLOTS_GIVEN	4U	/* its own, which others may have as well; behind them: of others */
#define SLOT_SOCKET	300	/* a pair, shared by all workers: descriptors go through it */
#define SLOT_PIPE	310
#define SLOT_ZERO	320

struct fuzz_map {
	char *at;
	size_t bytes;
	bool region;		/* of a process, not a CPU's ring */
	bool owner;		/* may be written */
	bool judged;		/* it was opened with the rights that this process has */
};

/* The process: what was true when it began. */
struct fuzz_process {
	unsigned int worker;
	unsigned int incarnation;
	bool may_read;		/* CAP_PERFMON or CAP_SYS_ADMIN in the first user namespace */
	unsigned int uid;	/* in the first user namespace */
	bool inherited;		/* descriptors were opened with other rights than it has */
	bool child;		/* of a worker: makes no processes itself */
	bool open[SLOTS];	/* a hint */
	int pipe[2];
};

struct fuzz_thread {
	__u64 state;		/* of what it draws */
	__u64 calls;		/* made */
	unsigned int number;
	struct fuzz_entry *entry;	/* the call that is made now */
	struct fuzz_map map[MAPS];
	char *memory;		/* see device_memory.c */
	char *alias;
	size_t region_bytes;	/* of the region made or opened last */
	sigjmp_buf back;
	volatile bool touching;	/* faults lead to `back` */
};

extern struct fuzz_process process;
extern __thread struct fuzz_thread *self;

/* Opens the device and says hello. A descriptor, or -errno. */
int greeted(int flags);
void open_some(void);

/* ------------------------------------------------------------- what is drawn */

__u64 draw(void);
unsigned int below(unsigned int limit);
bool one_in(unsigned int times);

/* A number at which something may break. */
__u64 boundary(void);

/* A 64-bit mix of two numbers. */
__u64 mix(__u64 a, __u64 b);

/* ------------------------------------------------------------ the descriptors */

/* One of the process's, mostly an open one. *judged: it was opened with its own rights. */
int any_slot(bool *judged);

/* Who else may have the file that a descriptor is for. */
enum slot_kind { SLOT_OWN, SLOT_GIVEN, SLOT_OF_OTHERS };

enum slot_kind slot_kind(int fd);

/* One that others may have, or a place for one of a kind. */
int shared_slot(void);
int place_slot(enum slot_kind kind);
void note_slot(int fd, bool open);

/* --------------------------------------------------------------- the calls */

/* Results: 0 or more, or -errno. */
int call_ioctl(void);
int call_ioctl_compat(void);
int call_ioctl_raced(void);
int call_mmap(void);
int call_munmap(void);
int call_mremap(void);
int call_mprotect(void);
int call_madvise(void);
int call_memory(void);
int call_look(void);
int call_store(void);
int call_own_region(void);
int call_others_region(void);
int call_open(void);
int call_close(void);
int call_dup(void);
int call_read(void);
int call_write(void);
int call_lseek(void);
int call_poll(void);
int call_fcntl(void);
int call_splice(void);
int call_other_file(void);
int call_send(void);
int call_receive(void);
int call_fork(void);
int call_other_user(void);
int call_namespace(void);
int call_exec(void);
int call_exit(void);
int call_affinity(void);
int call_identity(void);
int call_calm(void);

/* Gives back all that this process has open and this thread has mapped. */
void let_go(void);

extern const unsigned int call_kinds;
const char *call_name(unsigned int kind);

/* Makes the next call of this thread. */
void make_call(void);

/* Makes so many more or until the world stops; ends in the middle of it when killed. */
void make_calls(__u64 count);

/* This thread begins: its memory and its state. 0 or -errno. */
int thread_begin(struct fuzz_thread *thread, unsigned int number, __u64 state);

/* A child's own: nothing is mapped, what was inherited is not judged if its rights are others. */
void process_becomes_child(bool other_rights);

bool has_rights(void);

#endif /* FUZZ_DEVICE_CALL_H */
