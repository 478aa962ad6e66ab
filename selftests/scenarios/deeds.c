// SPDX-License-Identifier: GPL-2.0
/* The victim's side of deeds.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <hftrace.h>

#include "deeds.h"
#include "work.h"

#define PAGE		4096UL
/* Each time other pages, so that each is met for the first time. */
#define TIMES		128UL
#define COW_PAGES	8UL
#define COW_BYTES	(COW_PAGES * PAGE)
/* A fault on a file brings the pages of the 64 KiB around it along. */
#define AROUND		(16 * PAGE)
#define FILE_FAULTS	6UL
#define FILE_BYTES	(FILE_FAULTS * AROUND)
#define SPIN_BYTES	(256UL << 10)

static __u8 *copied, *mapped, *buffer;
static unsigned long copied_times, mapped_times;
static int zero;

static int make_file(size_t size)
{
	int fd = memfd_create("scenarios", MFD_CLOEXEC);

	if (fd >= 0 && (ftruncate(fd, size) || fallocate(fd, 0, 0, size))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static __u8 *map_file(size_t size, int protection, int flags)
{
	int fd = make_file(size);
	void *pages;

	if (fd < 0)
		return MAP_FAILED;
	pages = mmap(NULL, size, protection, flags, fd, 0);
	close(fd);
	return pages;
}

int deeds_prepare(struct deed_box *box)
{
	size_t at;

	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	if (zero < 0 || pipe2(box->pipe, O_CLOEXEC))
		return -errno;
	copied = map_file(TIMES * COW_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	mapped = map_file(TIMES * FILE_BYTES, PROT_READ, MAP_SHARED);
	buffer = mmap(NULL, SPIN_BYTES, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (copied == MAP_FAILED || mapped == MAP_FAILED || buffer == MAP_FAILED)
		return -errno;
	/* Read, not written: a write is what would copy them. */
	for (at = 0; at < TIMES * COW_BYTES; at += PAGE)
		(void)*(volatile __u8 *)(copied + at);
	return 0;
}

static int copy_on_write(struct deed_box *box)
{
	__u8 *pages = copied + copied_times * COW_BYTES;
	size_t at;

	if (copied_times++ == TIMES)
		return -ENOSPC;
	box->address = (__u64)pages;
	box->bytes = COW_BYTES;
	for (at = 0; at < COW_BYTES; at += PAGE)
		*(volatile __u8 *)(pages + at) = 1;
	return 0;
}

static int fault_file(struct deed_box *box)
{
	__u8 *pages = mapped + mapped_times * FILE_BYTES;
	size_t at;

	if (mapped_times++ == TIMES)
		return -ENOSPC;
	box->address = (__u64)pages;
	box->bytes = FILE_BYTES;
	for (at = 0; at < FILE_BYTES; at += AROUND)
		(void)*(volatile __u8 *)(pages + at);
	return 0;
}

static int await_word(struct deed_box *box)
{
	while (!atomic_load(&box->word))
		if (syscall(SYS_futex, &box->word, FUTEX_WAIT, 0, NULL, NULL, 0) &&
		    errno != EAGAIN && errno != EINTR)
			return -errno;
	atomic_store(&box->word, 0);
	return 0;
}

static int run_deed(struct deed_box *box)
{
	__u8 byte;
	__u64 i;

	switch ((enum deed)box->deed) {
	case DEED_COW:
		return copy_on_write(box);
	case DEED_FILE:
		return fault_file(box);
	case DEED_BLOCK:
		return read(box->pipe[0], &byte, 1) == 1 ? 0 : -errno;
	case DEED_SPIN:
		return read(zero, buffer, SPIN_BYTES) == SPIN_BYTES ? 0 : -EIO;
	case DEED_FUTEX:
		return await_word(box);
	case DEED_SLOW:
		for (i = 0; i < box->amount; i++)
			work();
		return 0;
	case DEEDS:
		break;
	}
	return -EINVAL;
}

void deed_do(struct deed_box *box)
{
	box->address = 0;
	box->bytes = 0;
	box->start = hft_ticks();
	box->error = run_deed(box);
	box->end = hft_ticks();
	atomic_fetch_add(&box->answered, 1);
}
