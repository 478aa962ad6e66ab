// SPDX-License-Identifier: GPL-2.0
/* Mapping CPU rings: what may be mapped, and that nobody ever writes or runs it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "ring.h"

#define PAGE	4096UL

FIXTURE(mapping)
{
	int fd;
	size_t bytes;
};

FIXTURE_SETUP(mapping)
{
	struct hft_hello hello;

	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(device_hello(self->fd, &hello), 0);
	self->bytes = HFT_RING_STRIDE(hello.ring_slots);
}

FIXTURE_TEARDOWN(mapping)
{
	close(self->fd);
}

/* What mapping it says: 0 or -errno; what was mapped is unmapped again. */
static int attempt(int fd, __u64 offset, size_t bytes, int prot, int flags)
{
	void *at = mmap(NULL, bytes, prot, flags, fd, (off_t)offset);

	if (at == MAP_FAILED)
		return -errno;
	munmap(at, bytes);
	return 0;
}

TEST_F(mapping, shows_the_ring)
{
	struct ring ring;

	ASSERT_EQ(ring_map(&ring, self->fd, QUIET_CPU), 0);
	EXPECT_EQ(ring.ctl->magic, HFT_RING_MAGIC);
	EXPECT_EQ(ring.ctl->abi_major, HFT_ABI_MAJOR);
	EXPECT_EQ(ring.ctl->abi_minor, HFT_ABI_MINOR);
	EXPECT_EQ(ring.ctl->kind, HFT_RING_CPU);
	EXPECT_EQ(ring.ctl->id, QUIET_CPU);
	EXPECT_EQ(HFT_RING_STRIDE(ring.ctl->slots), self->bytes);
	EXPECT_EQ(ring.ctl->generation, 1);
	EXPECT_EQ(ring_armed(&ring), 0);
	EXPECT_EQ(ring.ctl->first_slot, 0);
	EXPECT_LT(ring.ctl->birth, ticks());
	EXPECT_NE(ring.ctl->birth, 0);
}

TEST_F(mapping, refuses_what_is_not_there)
{
	const __u64 ring = HFT_MAP_CPU(0);

	EXPECT_EQ(attempt(self->fd, ring, self->bytes, PROT_READ, MAP_SHARED), 0);
	EXPECT_EQ(attempt(self->fd, ring, PAGE, PROT_READ, MAP_SHARED), 0);
	EXPECT_EQ(attempt(self->fd, ring, self->bytes + PAGE, PROT_READ, MAP_SHARED), -EINVAL);
	EXPECT_EQ(attempt(self->fd, ring, 1UL << 40, PROT_READ, MAP_SHARED), -EINVAL);
	EXPECT_EQ(attempt(self->fd, ring + PAGE, PAGE, PROT_READ, MAP_SHARED), -EINVAL);
	EXPECT_EQ(attempt(self->fd, ring + self->bytes, PAGE, PROT_READ, MAP_SHARED), -EINVAL);
	EXPECT_EQ(attempt(self->fd, HFT_MAP_CPU(2), PAGE, PROT_READ, MAP_SHARED), -ENXIO);
	EXPECT_EQ(attempt(self->fd, HFT_MAP_CPU(16383), PAGE, PROT_READ, MAP_SHARED), -ENXIO);
	EXPECT_EQ(attempt(self->fd, 0, PAGE, PROT_READ, MAP_SHARED), -EINVAL);
	EXPECT_EQ(attempt(self->fd, PAGE, PAGE, PROT_READ, MAP_SHARED), -EINVAL);
	EXPECT_EQ(attempt(self->fd, ring - PAGE, PAGE, PROT_READ, MAP_SHARED), -EINVAL);
	EXPECT_EQ(attempt(self->fd, HFT_MAP_REGION + PAGE, PAGE, PROT_READ, MAP_SHARED), -EINVAL);
	EXPECT_EQ(attempt(self->fd, 3ULL << 44, PAGE, PROT_READ, MAP_SHARED), -EINVAL);
	EXPECT_EQ(attempt(self->fd, 1ULL << 62, PAGE, PROT_READ, MAP_SHARED), -EINVAL);
	/* no region was made or opened */
	EXPECT_EQ(attempt(self->fd, HFT_MAP_REGION, PAGE, PROT_READ, MAP_SHARED), -ENXIO);
}

TEST_F(mapping, cannot_be_written)
{
	const __u64 ring = HFT_MAP_CPU(0);
	void *at;
	int err;

	EXPECT_EQ(attempt(self->fd, ring, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED), -EACCES);
	EXPECT_EQ(attempt(self->fd, ring, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE), -EACCES);
	at = device_map(self->fd, ring, self->bytes, PROT_READ, &err);
	ASSERT_EQ(err, 0);
	EXPECT_EQ(mprotect(at, self->bytes, PROT_READ | PROT_WRITE) ? -errno : 0, -EACCES);
	EXPECT_EQ(mprotect(at, PAGE, PROT_WRITE) ? -errno : 0, -EACCES);
	at = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, self->fd, (off_t)ring);
	ASSERT_NE(at, MAP_FAILED);
	EXPECT_EQ(mprotect(at, PAGE, PROT_READ | PROT_WRITE) ? -errno : 0, -EACCES);
}

TEST_F(mapping, cannot_be_run)
{
	const __u64 ring = HFT_MAP_CPU(0);
	void *at;
	int err;

	EXPECT_EQ(attempt(self->fd, ring, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED), -EACCES);
	at = device_map(self->fd, ring, PAGE, PROT_READ, &err);
	ASSERT_EQ(err, 0);
	EXPECT_EQ(mprotect(at, PAGE, PROT_READ | PROT_EXEC) ? -errno : 0, -EACCES);
}

TEST_F(mapping, cannot_grow_and_may_shrink)
{
	const size_t half = self->bytes / 2 / PAGE * PAGE;
	char *at;
	int err;

	at = device_map(self->fd, HFT_MAP_CPU(0), half, PROT_READ, &err);
	ASSERT_EQ(err, 0);
	EXPECT_EQ(mremap(at, half, half + PAGE, MREMAP_MAYMOVE), MAP_FAILED);
	EXPECT_EQ(errno, EFAULT);
	EXPECT_EQ(munmap(at + PAGE, half - PAGE), 0);
	EXPECT_EQ(((struct hft_ring_ctl *)at)->magic, HFT_RING_MAGIC);
	/* what is left still holds the size of the rings */
	EXPECT_EQ(device_resize(self->fd, 2048), -EBUSY);
	EXPECT_EQ(munmap(at, PAGE), 0);
	EXPECT_EQ(device_resize(self->fd, 2048), 0);
	EXPECT_EQ(device_resize(self->fd, 32768), 0);
}

TEST_F(mapping, does_not_go_to_children)
{
	struct ring ring;
	pid_t pid;

	ASSERT_EQ(ring_map(&ring, self->fd, 0), 0);
	pid = fork();
	if (!pid)
		_exit((int)ring.ctl->magic & 1);
	EXPECT_EQ(wait_for(pid), 128 + SIGSEGV);
}

TEST_F(mapping, outlives_its_file)
{
	struct ring ring;
	int other;

	ASSERT_EQ(ring_map(&ring, self->fd, 0), 0);
	other = device_open(O_RDWR);
	close(self->fd);
	EXPECT_EQ(ring.ctl->magic, HFT_RING_MAGIC);
	EXPECT_EQ(module_unload("hftrace"), -EWOULDBLOCK);
	close(other);
	EXPECT_EQ(module_unload("hftrace"), -EWOULDBLOCK);
	EXPECT_EQ(ring.ctl->magic, HFT_RING_MAGIC);
}

TEST_F(mapping, survives_being_dropped)
{
	struct ring ring;
	pid_t pid;

	ASSERT_EQ(ring_map(&ring, self->fd, 0), 0);
	EXPECT_EQ(madvise((void *)ring.ctl, self->bytes, MADV_DONTNEED), 0);
	pid = fork();
	if (!pid) {
		/* the child has no such mapping: look through one of its own */
		struct ring own;

		if (ring_map(&own, self->fd, 0))
			_exit(2);
		madvise((void *)own.ctl, self->bytes, MADV_DONTNEED);
		_exit(own.ctl->magic == HFT_RING_MAGIC ? 0 : 3);
	}
	/* gone by its own wish: a signal to whoever did it, no harm to others */
	EXPECT_EQ(wait_for(pid), 128 + SIGBUS);
	ring_unmap(&ring);
	ASSERT_EQ(ring_map(&ring, self->fd, 0), 0);
	EXPECT_EQ(ring.ctl->magic, HFT_RING_MAGIC);
}

TEST_HARNESS_MAIN
