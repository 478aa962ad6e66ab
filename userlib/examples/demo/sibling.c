// SPDX-License-Identifier: LGPL-2.1
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <hftrace.h>

#include "shared.h"

#define SCRATCH_BYTES	(SIBLING_SCRATCH_PAGES * SIBLING_PAGE)
#define ARENA_BYTES	(4096 * SCRATCH_BYTES)	/* reserved, not used up */
/* Just below what the kernel would flush as a whole, page by page else. */
#define PIECE_BYTES	(32 * SIBLING_PAGE)
#define PIECES		4
#define BARRIERS	4

#define HUGE_BYTES	(2UL << 20)
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25	/* from 6.1 */
#endif

/* How long the engine may take to meet what was done to it, in steps of 100 us. */
#define WAIT_STEPS	1000

static __u8 *arena, *arena_next;

static int futex(_Atomic __u32 *word, int operation, __u32 value, const struct timespec *timeout)
{
	return syscall(SYS_futex, word, operation, value, timeout, NULL, 0) < 0 ? -errno : 0;
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int sibling_prepare(struct shared *shared)
{
	arena = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (arena == MAP_FAILED)
		return -errno;
	/* One fault would bring many pages. Fails where the kernel has no huge pages. */
	if (madvise(arena, ARENA_BYTES, MADV_NOHUGEPAGE) && errno != EINVAL)
		return -errno;
	arena_next = arena + SCRATCH_BYTES;
	atomic_store(&shared->scratch, (__u64)arena);
	return 0;
}

/* The engine says when it has run through a whole tick after the deed: that is its end. */
static void wait_for_engine(struct shared *shared)
{
	const struct timespec step = { .tv_nsec = 100 * 1000 };
	__u64 deeds = atomic_fetch_add(&shared->deeds, 1) + 1;
	int tries;

	for (tries = 0; tries < WAIT_STEPS; tries++) {
		if (atomic_load(&shared->deeds_met) == deeds) {
			shared->mailbox.end = shared->deeds_met_at;
			return;
		}
		nanosleep(&step, NULL);
	}
	shared->mailbox.end = hft_ticks();
}

static int fresh(struct shared *shared, struct sibling_mailbox *mailbox)
{
	if (arena_next == arena + ARENA_BYTES)
		return -ENOSPC;
	mailbox->address = (__u64)arena_next;
	mailbox->bytes = SCRATCH_BYTES;
	arena_next += SCRATCH_BYTES;
	atomic_store(&shared->scratch, mailbox->address);
	wait_for_engine(shared);
	return 0;
}

static int zap(struct shared *shared, struct sibling_mailbox *mailbox)
{
	mailbox->address = atomic_load(&shared->scratch);
	mailbox->bytes = SCRATCH_BYTES;
	if (madvise((void *)mailbox->address, SCRATCH_BYTES, MADV_DONTNEED))
		return -errno;
	wait_for_engine(shared);
	return 0;
}

/* Piece by piece, as an allocator gives memory back: an interrupt for each. */
static int unmap(struct sibling_mailbox *mailbox)
{
	__u8 *pages = mmap(NULL, PIECES * PIECE_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	int i;

	if (pages == MAP_FAILED)
		return -errno;
	mailbox->address = (__u64)pages;
	mailbox->bytes = PIECES * PIECE_BYTES;
	mailbox->start = hft_ticks();
	for (i = 0; i < PIECES; i++)
		if (munmap(pages + i * PIECE_BYTES, PIECE_BYTES))
			return -errno;
	mailbox->end = hft_ticks();
	return 0;
}

static int interrupt(struct sibling_mailbox *mailbox)
{
	static int registered;
	int i;

	if (!registered && syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0))
		return -errno;
	registered = 1;
	mailbox->start = hft_ticks();
	for (i = 0; i < BARRIERS; i++)
		if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0))
			return -errno;
	mailbox->end = hft_ticks();
	return 0;
}

static int collapse_pages(struct shared *shared, struct sibling_mailbox *mailbox, __u8 *pages)
{
	__u64 before = atomic_load(&shared->scratch), start;
	int err = 0;

	/* small pages, all there: no fault of their own */
	if (madvise(pages, HUGE_BYTES, MADV_NOHUGEPAGE) ||
	    madvise(pages, HUGE_BYTES, MADV_POPULATE_WRITE))
		return -errno;
	atomic_store(&shared->scratch, (__u64)pages);
	wait_for_engine(shared);
	if (madvise(pages, HUGE_BYTES, MADV_HUGEPAGE))
		return -errno;
	start = hft_ticks();
	if (madvise(pages, HUGE_BYTES, MADV_COLLAPSE))
		err = -errno;
	atomic_store(&shared->scratch, before);
	wait_for_engine(shared);
	mailbox->start = start;
	return err;
}

static int collapse(struct shared *shared, struct sibling_mailbox *mailbox)
{
	__u8 *area = mmap(NULL, 2 * HUGE_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int err;

	if (area == MAP_FAILED)
		return -errno;
	mailbox->address = ((__u64)area + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1);
	mailbox->bytes = HUGE_BYTES;
	err = collapse_pages(shared, mailbox, (__u8 *)mailbox->address);
	/* which the engine notices once more */
	if (munmap(area, 2 * HUGE_BYTES) && !err)
		err = -errno;
	mailbox->end = hft_ticks();
	return err;
}

static int do_deed(struct shared *shared, struct sibling_mailbox *mailbox)
{
	switch (mailbox->deed) {
	case SIBLING_FRESH:
		return fresh(shared, mailbox);
	case SIBLING_ZAP:
		return zap(shared, mailbox);
	case SIBLING_UNMAP:
		return unmap(mailbox);
	case SIBLING_MEMBARRIER:
		return interrupt(mailbox);
	case SIBLING_COLLAPSE:
		return collapse(shared, mailbox);
	default:
		return -EINVAL;
	}
}

void *sibling_run(void *argument)
{
	struct shared *shared = argument;
	struct sibling_mailbox *mailbox = &shared->mailbox;
	__u32 answered = 0;

	mailbox->tid = gettid();
	for (;;) {
		while (atomic_load(&mailbox->asked) == answered)
			futex(&mailbox->asked, FUTEX_WAIT, answered, NULL);
		if (mailbox->deed == SIBLING_END)
			return NULL;
		mailbox->start = hft_ticks();
		mailbox->error = do_deed(shared, mailbox);
		atomic_store(&mailbox->answered, ++answered);
		futex(&mailbox->answered, FUTEX_WAKE, INT_MAX, NULL);
	}
}

int sibling_ask(struct shared *shared, enum sibling_deed deed)
{
	struct sibling_mailbox *mailbox = &shared->mailbox;
	const struct timespec second = { .tv_sec = 1 };
	long long give_up = now_ns() + 2000000000LL;
	__u32 answered, mine;

	mailbox->deed = deed;
	mine = atomic_fetch_add(&mailbox->asked, 1) + 1;
	futex(&mailbox->asked, FUTEX_WAKE, 1, NULL);
	if (deed == SIBLING_END)
		return 0;
	for (;;) {
		answered = atomic_load(&mailbox->answered);
		if (answered == mine)
			return mailbox->error;
		if (now_ns() > give_up)
			return -ETIMEDOUT;
		futex(&mailbox->answered, FUTEX_WAIT, answered, &second);
	}
}
