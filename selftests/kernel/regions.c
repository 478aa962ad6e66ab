// SPDX-License-Identifier: GPL-2.0
/* A process's region while it lives: made once, mapped once, whole, and its own alone. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "ring.h"

#define PAGE	4096UL
#define RINGS	4
#define SLOTS	256

FIXTURE(region)
{
	int fd;
	struct hft_region_create create;
	char *at;
	size_t bytes;
};

FIXTURE_SETUP(region)
{
	int err;

	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(region_create(self->fd, RINGS, SLOTS, &self->create), 0);
	self->bytes = self->create.map_size;
	self->at = device_map(self->fd, HFT_MAP_REGION, self->bytes, PROT_READ | PROT_WRITE, &err);
	ASSERT_EQ(err, 0);
}

FIXTURE_TEARDOWN(region)
{
	close(self->fd);
}

/* As the region's owner would leave it: every page tells its number. */
static void fill(char *at, size_t bytes)
{
	size_t page;

	for (page = 0; page < bytes / PAGE; page++)
		*(__u64 *)(at + page * PAGE) = 0x1234000000000000 + page;
}

static bool is_filled(const char *at, size_t bytes)
{
	size_t page;

	for (page = 0; page < bytes / PAGE; page++) {
		if (*(volatile __u64 *)(at + page * PAGE) != 0x1234000000000000 + page)
			return false;
	}
	return true;
}

static bool is_zero(const char *at, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i += 8) {
		if (*(volatile __u64 *)(at + i))
			return false;
	}
	return true;
}

TEST(sizes_are_checked)
{
	static const struct {
		unsigned int rings;
		__u64 slots;
		int err;
	} cases[] = {
		{ 0, 256, -EINVAL },
		{ HFT_REGION_RINGS_MAX + 1, 256, -EINVAL },
		{ 0xffffffff, 256, -EINVAL },
		{ 1, 0, -EINVAL },
		{ 1, 128, -EINVAL },
		{ 1, 300, -EINVAL },
		{ 1, HFT_RING_SLOTS_MAX * 2ULL, -EINVAL },
		{ 1, 1ULL << 63, -EINVAL },
		{ HFT_REGION_RINGS_MAX, HFT_RING_SLOTS_MAX, -ENOSPC },
		{ 1, HFT_RING_SLOTS_MAX, -ENOSPC },
		{ 1, 256, 0 },
		{ HFT_REGION_RINGS_MAX, 256, 0 },
	};
	struct hft_region_create create;
	unsigned int i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fd = device_open(O_RDWR);
		EXPECT_EQ(region_create(fd, cases[i].rings, cases[i].slots, &create), cases[i].err);
		if (!cases[i].err)
			EXPECT_EQ(create.map_size, HFT_REGION_SIZE(cases[i].rings, cases[i].slots));
		close(fd);
	}
}

TEST(a_board_lies_behind_the_rings)
{
	struct hft_region_create create = {
		.size = sizeof(create), .rings = 2, .ring_slots = 256,
		.board_size = sizeof(struct hft_board),
	};
	int fd = device_open(O_RDWR);

	ASSERT_EQ(control(fd, HFT_IOC_REGION_CREATE, &create), 0);
	EXPECT_EQ(create.map_size, HFT_BOARD_OFFSET(2, 256) + sizeof(struct hft_board));
	close(fd);
	create.board_size = HFT_BOARD_SIZE_MAX + 1;
	fd = device_open(O_RDWR);
	EXPECT_EQ(control(fd, HFT_IOC_REGION_CREATE, &create), -EINVAL);
	close(fd);
}

TEST_F(region, is_zero_and_whole_from_the_start)
{
	unsigned char present[64];
	size_t page;

	EXPECT_EQ(self->bytes, HFT_REGION_SIZE(RINGS, SLOTS));
	/* populated: the engine never faults here */
	ASSERT_LE(self->bytes / PAGE, sizeof(present));
	ASSERT_EQ(mincore(self->at, self->bytes, present), 0);
	for (page = 0; page < self->bytes / PAGE; page++)
		EXPECT_EQ(present[page] & 1, 1);
	EXPECT_TRUE(is_zero(self->at, self->bytes));
}

TEST_F(region, is_described)
{
	struct hft_region_info info;

	ASSERT_EQ(region_info(self->fd, self->create.region - 1, &info), 0);
	EXPECT_EQ(info.region, self->create.region);
	EXPECT_EQ(info.flags, 0);
	EXPECT_EQ(info.map_size, self->bytes);
	EXPECT_EQ(info.tgid, getpid());
	EXPECT_EQ(info.euid, 0);
	EXPECT_EQ(info.age_ms, 0);
	EXPECT_STREQ(info.comm, "regions");
	EXPECT_EQ(region_info(self->fd, self->create.region, &info), -ENOENT);
	EXPECT_EQ(region_info(self->fd, ~0ULL, &info), -ENOENT);
}

TEST_F(region, is_one_a_file)
{
	struct hft_region_create second;
	struct hft_region_open open;

	EXPECT_EQ(region_create(self->fd, 1, 256, &second), -EBUSY);
	EXPECT_EQ(region_open(self->fd, self->create.region, &open), -EBUSY);
}

TEST_F(region, is_mapped_once_and_whole)
{
	struct hft_region_create create;
	int fd, err;

	device_map(self->fd, HFT_MAP_REGION, self->bytes, PROT_READ | PROT_WRITE, &err);
	EXPECT_EQ(err, -EBUSY);
	/* nor again when it was unmapped: it is dead then */
	munmap(self->at, self->bytes);
	device_map(self->fd, HFT_MAP_REGION, self->bytes, PROT_READ | PROT_WRITE, &err);
	EXPECT_EQ(err, -EBUSY);

	fd = device_open(O_RDWR);
	ASSERT_EQ(region_create(fd, 2, SLOTS, &create), 0);
	device_map(fd, HFT_MAP_REGION, create.map_size - PAGE, PROT_READ | PROT_WRITE, &err);
	EXPECT_EQ(err, -EINVAL);
	device_map(fd, HFT_MAP_REGION, create.map_size + PAGE, PROT_READ | PROT_WRITE, &err);
	EXPECT_EQ(err, -EINVAL);
	device_map(fd, HFT_MAP_REGION, create.map_size, PROT_READ | PROT_EXEC, &err);
	EXPECT_EQ(err, -EACCES);
	EXPECT_EQ(mmap(NULL, create.map_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
		       (off_t)HFT_MAP_REGION), MAP_FAILED);
	EXPECT_EQ(errno, EINVAL);
	/* what was refused has not used up the one time */
	device_map(fd, HFT_MAP_REGION, create.map_size, PROT_READ | PROT_WRITE, &err);
	EXPECT_EQ(err, 0);
}

TEST_F(region, is_mapped_by_its_maker_alone)
{
	struct hft_region_create create;
	pid_t pid;
	int fd;

	fd = device_open(O_RDWR);
	ASSERT_EQ(region_create(fd, 1, SLOTS, &create), 0);
	pid = fork();
	if (!pid) {
		int err;

		device_map(fd, HFT_MAP_REGION, create.map_size, PROT_READ | PROT_WRITE, &err);
		_exit(err == -EACCES ? 0 : 1);
	}
	EXPECT_EQ(wait_for(pid), 0);
}

TEST_F(region, stays_in_one_piece)
{
	fill(self->at, self->bytes);
	EXPECT_EQ(munmap(self->at, PAGE), -1);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(munmap(self->at + PAGE, PAGE), -1);
	EXPECT_EQ(mprotect(self->at + PAGE, PAGE, PROT_READ), -1);
	EXPECT_EQ(mremap(self->at, self->bytes, self->bytes + PAGE, MREMAP_MAYMOVE), MAP_FAILED);
	EXPECT_EQ(errno, EFAULT);
	EXPECT_EQ(mremap(self->at, self->bytes, self->bytes - PAGE, 0), MAP_FAILED);
	EXPECT_EQ(mremap(self->at, 0, self->bytes, MREMAP_MAYMOVE), MAP_FAILED);
	EXPECT_EQ(mprotect(self->at, self->bytes, PROT_READ | PROT_WRITE | PROT_EXEC), -1);
	EXPECT_EQ(errno, EACCES);
	EXPECT_TRUE(is_filled(self->at, self->bytes));
	/* moving all of it is the owner's affair, and it lives on */
	self->at = mremap(self->at, self->bytes, self->bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
			  (char *)0x600000000000);
	ASSERT_EQ(self->at, (char *)0x600000000000);
	EXPECT_TRUE(is_filled(self->at, self->bytes));
	{
		struct hft_region_info info;

		ASSERT_EQ(region_info(self->fd, self->create.region - 1, &info), 0);
		EXPECT_EQ(info.flags, 0);
	}
}

TEST_F(region, keeps_its_data_when_dropped)
{
	fill(self->at, self->bytes);
	EXPECT_EQ(madvise(self->at, self->bytes, MADV_DONTNEED), 0);
	EXPECT_TRUE(is_filled(self->at, self->bytes));
	EXPECT_EQ(madvise(self->at + PAGE, PAGE, MADV_DONTNEED), 0);
	*(__u64 *)(self->at + PAGE) = 0x1234000000000001;
	EXPECT_TRUE(is_filled(self->at, self->bytes));
	madvise(self->at, self->bytes, MADV_PAGEOUT);
	madvise(self->at, self->bytes, MADV_FREE);
	madvise(self->at, self->bytes, MADV_REMOVE);
	EXPECT_TRUE(is_filled(self->at, self->bytes));
}

/* What a child finds there and does to it: 0 if all is as it should be. */
static int in_child(char *at, size_t bytes)
{
	if (!is_zero(at, bytes))
		return 1;
	fill(at, bytes);
	if (!is_filled(at, bytes))
		return 2;
	if (madvise(at, bytes, MADV_DONTNEED))
		return 3;
	if (!is_zero(at, bytes))
		return 4;
	return munmap(at, PAGE) ? 0 : 5;
}

TEST_F(region, of_a_child_is_empty_and_its_own)
{
	struct hft_region_info info;
	pid_t pid;

	fill(self->at, self->bytes);
	pid = fork();
	if (!pid) {
		pid = fork();
		if (!pid)
			_exit(in_child(self->at, self->bytes));
		if (wait_for(pid))
			_exit(6);
		_exit(in_child(self->at, self->bytes));
	}
	EXPECT_EQ(wait_for(pid), 0);
	EXPECT_TRUE(is_filled(self->at, self->bytes));
	/* the child's end was not ours */
	ASSERT_EQ(region_info(self->fd, self->create.region - 1, &info), 0);
	EXPECT_EQ(info.flags, 0);
}

TEST_F(region, of_a_child_is_empty_whatever_the_parent_wished)
{
	pid_t pid;

	fill(self->at, self->bytes);
	/* the parent may undo the wiping for itself, the module insists or lets it be refused */
	if (madvise(self->at, self->bytes, MADV_KEEPONFORK))
		EXPECT_EQ(errno, EINVAL);
	pid = fork();
	if (!pid) {
		memset(self->at, 0xff, 64);
		_exit(0);
	}
	EXPECT_EQ(wait_for(pid), 0);
	EXPECT_TRUE(is_filled(self->at, self->bytes));
}

TEST_F(region, is_read_by_others)
{
	struct hft_region_open open;
	const char *seen;
	pid_t pid;
	int fd, err;

	fill(self->at, self->bytes);
	fd = device_open(O_RDONLY);
	EXPECT_EQ(region_open(fd, self->create.region + 1000, &open), -ENOENT);
	ASSERT_EQ(region_open(fd, self->create.region, &open), 0);
	EXPECT_EQ(open.map_size, self->bytes);
	device_map(fd, HFT_MAP_REGION, self->bytes + PAGE, PROT_READ, &err);
	EXPECT_EQ(err, -EINVAL);
	device_map(fd, HFT_MAP_REGION, self->bytes, PROT_READ | PROT_WRITE, &err);
	EXPECT_EQ(err, -EACCES);
	seen = device_map(fd, HFT_MAP_REGION, self->bytes, PROT_READ, &err);
	ASSERT_EQ(err, 0);
	EXPECT_TRUE(is_filled(seen, self->bytes));
	EXPECT_EQ(mprotect((void *)seen, self->bytes, PROT_READ | PROT_WRITE), -1);
	*(__u64 *)self->at = 77;
	EXPECT_EQ(*(__u64 *)seen, 77);

	/* also by one who may write, but not what is another's */
	close(fd);
	fd = device_open(O_RDWR);
	ASSERT_EQ(region_open(fd, self->create.region, &open), 0);
	device_map(fd, HFT_MAP_REGION, self->bytes, PROT_READ | PROT_WRITE, &err);
	EXPECT_EQ(err, -EACCES);
	seen = device_map(fd, HFT_MAP_REGION, self->bytes, PROT_READ, &err);
	ASSERT_EQ(err, 0);
	EXPECT_EQ(mprotect((void *)seen, PAGE, PROT_READ | PROT_WRITE), -1);
	/* a reader's mapping does not go to its children */
	pid = fork();
	if (!pid)
		_exit(seen[0] & 1);
	EXPECT_EQ(wait_for(pid), 128 + SIGSEGV);
}

TEST_F(region, can_be_read_and_written_by_every_other_way)
{
	struct iovec here, there = { self->at, self->bytes };
	char *copy;
	pid_t pid;
	int disk, pipes[2];

	copy = mmap(NULL, self->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	here = (struct iovec){ copy, self->bytes };
	fill(self->at, self->bytes);
	EXPECT_EQ(process_vm_readv(getpid(), &here, 1, &there, 1, 0), self->bytes);
	EXPECT_TRUE(is_filled(copy, self->bytes));

	/* direct I/O pins the pages: out of the region, and into it */
	disk = open("/dev/ram0", O_RDWR | O_DIRECT);
	ASSERT_GE(disk, 0);
	EXPECT_EQ(pwrite(disk, self->at, self->bytes, 0), self->bytes);
	memset(self->at, 0, self->bytes);
	EXPECT_EQ(pread(disk, self->at, self->bytes, 0), self->bytes);
	EXPECT_TRUE(is_filled(self->at, self->bytes));

	/* pages lent to a pipe outlive the region */
	ASSERT_EQ(pipe(pipes), 0);
	pid = fork();
	if (!pid) {
		struct hft_region_create create;
		struct iovec page;
		int fd = device_open(O_RDWR), err;
		char *own;

		if (fd < 0 || region_create(fd, 1, SLOTS, &create))
			_exit(1);
		own = device_map(fd, HFT_MAP_REGION, create.map_size, PROT_READ | PROT_WRITE, &err);
		if (!own)
			_exit(2);
		strcpy(own, "lent");
		page = (struct iovec){ own, PAGE };
		_exit(vmsplice(pipes[1], &page, 1, 0) != (ssize_t)PAGE);
	}
	EXPECT_EQ(wait_for(pid), 0);
	EXPECT_EQ(read(pipes[0], copy, PAGE), PAGE);
	EXPECT_STREQ(copy, "lent");
	EXPECT_EQ(mlock(self->at, self->bytes), 0);
	EXPECT_EQ(munlock(self->at, self->bytes), 0);
}

TEST(a_thousand_threads_have_room)
{
	struct hft_region_create create;
	int fd, err;
	char *at;

	fd = device_open(O_RDWR);
	ASSERT_EQ(region_create(fd, 1000, 512, &create), 0);
	at = device_map(fd, HFT_MAP_REGION, create.map_size, PROT_READ | PROT_WRITE, &err);
	ASSERT_EQ(err, 0);
	fill(at, create.map_size);
	EXPECT_TRUE(is_filled(at, create.map_size));
}

TEST_HARNESS_MAIN
