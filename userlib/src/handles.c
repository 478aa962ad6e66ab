// SPDX-License-Identifier: LGPL-2.1
#include "handles.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As many threads can have one as there can be rings. */
#define HANDLES		HFT_REGION_RINGS_MAX

static struct {
	uint64_t alive;		/* 0: this is the memory of a child */
	uint64_t reserved[7];
	struct hft_thread handle[HANDLES];
} *pool;

/* Not wiped: whose each is. 0: nobody's; -tid: of one that has left it, perhaps still alive. */
static int32_t owner[HANDLES];

int hft_handles_prepare(void)
{
	void *map;
	int err;

	if (pool)
		return 0;
	map = mmap(NULL, sizeof(*pool), PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (map == MAP_FAILED)
		return -errno;
	if (madvise(map, sizeof(*pool), MADV_WIPEONFORK)) {
		err = -errno;
		munmap(map, sizeof(*pool));
		return err;
	}
	pool = map;
	pool->alive = 1;
	return 0;
}

bool hft_handles_wiped(void)
{
	return pool && !__atomic_load_n(&pool->alive, __ATOMIC_RELAXED);
}

void hft_handles_forget(struct hft_thread *keep)
{
	memset(owner, 0, sizeof(owner));
	if (!pool)
		return;
	memset(pool->handle, 0, sizeof(pool->handle));
	if (keep)
		owner[keep - pool->handle] = (int32_t)syscall(SYS_gettid);
	__atomic_store_n(&pool->alive, 1, __ATOMIC_RELAXED);
}

/* What a thread does at its very end may still look at the handle that it left. */
static bool is_free(int32_t tid)
{
	return !tid || (tid < 0 && syscall(SYS_tgkill, getpid(), -tid, 0) && errno == ESRCH);
}

struct hft_thread *hft_handle_take(void)
{
	unsigned int i;

	for (i = 0; pool && i < HANDLES; i++) {
		if (!is_free(owner[i]))
			continue;
		owner[i] = (int32_t)syscall(SYS_gettid);
		memset(&pool->handle[i], 0, sizeof(pool->handle[i]));
		return &pool->handle[i];
	}
	return NULL;
}

void hft_handle_leave(struct hft_thread *handle)
{
	int32_t *tid = &owner[handle - pool->handle];

	*tid = -*tid;
}
