/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * What the producer's files share: the one region of this process. Everything
 * here is guarded by hft_library.lock; the hot path never looks at it.
 */
#ifndef HFT_LIBRARY_H
#define HFT_LIBRARY_H

#include <hftrace.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

struct hft_library {
	pthread_mutex_t lock;
	enum hft_state state;
	int module_error;		/* why not the module: -errno */
	int private_error;		/* why not private memory either */
	struct hft_hello module;	/* what it said of itself; abi_major 0: nothing */
	int fd;				/* of the device, or of private memory; else -1 */
	struct hft_region *region;	/* NULL: none is mapped */
	size_t size;
	uint32_t rings;
	uint32_t ring_slots;
	uint32_t region_number;		/* in this process's life, from 1 */
	uint64_t attach_refused;
	uint32_t board_refused;		/* values, formats and states that found no room */
	struct hft_thread **owners;	/* by ring: the handle that writes it */
	char shm_path[64];		/* private memory's file, else empty */
};

extern struct hft_library hft_library;

static inline struct hft_ring_ctl *hft_region_ring(struct hft_region *region, uint32_t ring)
{
	return (struct hft_ring_ctl *)((char *)region + region->rings_offset +
				       ring * region->ring_stride);
}

static inline struct hft_board *hft_region_board(struct hft_region *region)
{
	return (struct hft_board *)((char *)region + region->board_offset);
}

static inline int32_t hft_own_tid(void)
{
	return (int32_t)syscall(SYS_gettid);
}

/* region.c; with the lock held. */
bool hft_region_is_on(void);
void hft_region_abandon(void);	/* zero pages of our own take its place */
uint32_t hft_board_refuse(void); /* counts it, also without the lock: how many before */

/* shm.c: private memory, when the module is not to be had. A descriptor, or -errno. */
int hft_shm_create(size_t size, char *path, size_t path_size, void **map);
void hft_shm_clean(void);

/* thread.c; with the lock held. */
int hft_threads_prepare(void);
void hft_threads_release(void);
uint32_t hft_threads_used(void);
bool hft_thread_is_own(const struct hft_thread *thread); /* and its end will be seen */
bool hft_thread_has_ring(const struct hft_thread *thread);
void hft_threads_forget(void);	/* in the child of a fork: only one thread is left */

/* span_pmu.c; with the lock held. */
void hft_counters_give_back(struct hft_thread *thread);

/* names.c; with the lock held. */
void hft_names_prepare(void);
uint32_t hft_names_used(void);
uint32_t hft_names_number(const char *text);	/* hft_name() */
bool hft_names_are_full(void);

/* values.c; with the lock held. */
void hft_values_leave(const struct hft_thread *thread);	/* it ends */
void hft_values_forget(void);	/* the region is gone */
uint32_t hft_values_used(void);

/* states.c; with the lock held. */
uint32_t hft_states_used(void);

/* fork.c. The lock, for everything but what fork() itself does. */
void hft_library_lock(void);
int hft_fork_prepare(void);

#endif /* HFT_LIBRARY_H */
