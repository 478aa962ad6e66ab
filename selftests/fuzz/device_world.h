/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all processes of the device's fuzzer share, in one mapping: how far it
 * has come, what was answered, what went wrong, and a log of the last calls.
 */
#ifndef FUZZ_DEVICE_WORLD_H
#define FUZZ_DEVICE_WORLD_H

#include <hftrace/abi.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define FUZZ_WORKERS	6U	/* processes, each with rights of its own */
#define FUZZ_THREADS	2U	/* of each that make calls */
#define FUZZ_REQUESTS	20U	/* ioctls that there are, and one for all others */
#define FUZZ_ERRNOS	140U
#define FUZZ_CALLS	64U	/* kinds of calls that the table has room for */
#define FUZZ_LOG	1024U	/* calls that are kept of each thread */
#define FUZZ_REGIONS	64U	/* numbers of regions that others may try to open */
#define FUZZ_VIOLATIONS	32U

#define FUZZ_WORLD_FD	200	/* where every process has it */

#define FUZZ_CODE_FD	201	/* a program whose code may be patched, and break */
#define FUZZ_CODE_PATH	"/tmp/fuzz-code"

#define FUZZ_LOG_MAGIC	0x676f6c7a7a7566ULL	/* "fuzzlog": found in a dump of memory too */
#define FUZZ_OPEN	INT32_MIN		/* a call that has not come back */

/* A call. All its choices follow from `draw`. */
struct fuzz_entry {
	__u64 magic;
	__u64 order;		/* among all calls of all threads */
	__u64 draw;
	__u64 argument[2];
	__s32 result;
	__u16 call;		/* in the table of calls */
	__u8 worker;
	__u8 thread;
	__s32 pid;
	__u32 reserved;
	char name[8];
};

struct fuzz_log {
	atomic_uint next;
	struct fuzz_entry entry[FUZZ_LOG];
};

struct fuzz_world {
	__u64 seed;
	__u64 target;			/* calls to be made */
	atomic_ullong done;
	atomic_int stop;
	atomic_uint incarnations[FUZZ_WORKERS];
	atomic_ullong calls[FUZZ_CALLS];
	atomic_ullong successes[FUZZ_CALLS];
	/* by who may read the rings, and by others */
	atomic_uint answers[2][FUZZ_REQUESTS][FUZZ_ERRNOS];
	atomic_ullong calm_until;	/* ns: nobody has the device open, but one */
	__u64 hooks_supported;
	__u64 code_offset;		/* of a function, in the file that probes are added to */
	atomic_uint next_region;
	atomic_ullong region[FUZZ_REGIONS];
	atomic_uint pages_scanned;	/* for others' secrets */
	atomic_uint secrets_seen;	/* by who may see them: they do stand there */
	atomic_uint violations;
	char violation[FUZZ_VIOLATIONS][192];
	struct fuzz_log log[FUZZ_WORKERS][FUZZ_THREADS];
};

extern struct fuzz_world *world;

/* Makes it; or finds it behind FUZZ_WORLD_FD after exec. 0 or -errno. */
int world_make(__u64 seed, __u64 target);
int world_find(void);

/* What docs promise was broken. Kept and shown at the end. */
__attribute__((format(printf, 1, 2)))
void violation(const char *format, ...);

bool world_stopped(void);

/* Numbers of regions that somebody has made. */
void world_add_region(__u64 number);
__u64 world_region(__u64 draw);

/* As comments of KTAP: counts of each call, and of each answer to each ioctl. */
void world_print(void);

/* Prints a log's last calls, of each thread, the oldest first. */
void world_print_log(unsigned int calls);

extern const char *const request_names[FUZZ_REQUESTS];

#endif /* FUZZ_DEVICE_WORLD_H */
