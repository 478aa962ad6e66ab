/* SPDX-License-Identifier: GPL-2.0 */
/* A region of this process that no library has made, to be filled with anything. */
#ifndef HFT_TEST_HOSTILE_H
#define HFT_TEST_HOSTILE_H

#include "ktap.h"

#include <fcntl.h>
#include <hftrace/abi.h>
#include <sys/mman.h>
#include <unistd.h>

static __u64 seed = 88172645463325252ULL;
static char shm[64];
static struct hft_region *region;

static inline __u64 any(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	return seed ^= seed << 17;
}

static inline int make_region(size_t size)
{
	int fd;

	snprintf(shm, sizeof(shm), "/dev/shm/hftrace-%d-0123456789abcdef", getpid());
	fd = open(shm, O_RDWR | O_CREAT | O_EXCL, 0600);
	CHECK(fd >= 0);
	CHECK_EQ(ftruncate(fd, size), 0);
	region = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	CHECK(region != MAP_FAILED);
	return 0;
}

#endif /* HFT_TEST_HOSTILE_H */
