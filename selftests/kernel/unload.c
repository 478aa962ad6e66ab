// SPDX-License-Identifier: GPL-2.0
/* Loading and unloading: refused while in use, clean otherwise, nothing left behind. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "load.h"
#include "ring.h"

TEST(is_refused_while_a_file_is_open)
{
	int fd = device_open_mute(O_RDONLY);

	ASSERT_GE(fd, 0);
	EXPECT_EQ(module_unload("hftrace"), -EWOULDBLOCK);
	close(fd);
	EXPECT_EQ(module_unload("hftrace"), 0);
	EXPECT_EQ(access(HFT_DEVICE_PATH, F_OK), -1);
	EXPECT_EQ(hftrace_reload(""), 0);
}

TEST(is_refused_while_a_region_is_mapped)
{
	struct hft_region_create create;
	void *region;
	int fd, err;

	fd = device_open(O_RDWR);
	ASSERT_EQ(region_create(fd, 1, 256, &create), 0);
	region = device_map(fd, HFT_MAP_REGION, create.map_size, PROT_READ | PROT_WRITE, &err);
	ASSERT_EQ(err, 0);
	close(fd);
	EXPECT_EQ(module_unload("hftrace"), -EWOULDBLOCK);
	munmap(region, create.map_size);
	/* the dead region itself holds nothing up */
	EXPECT_EQ(module_unload("hftrace"), 0);
	EXPECT_EQ(hftrace_reload(""), 0);
}

TEST(is_refused_while_a_ring_is_mapped)
{
	struct ring ring;
	int fd;

	fd = device_open(O_RDWR);
	ASSERT_EQ(ring_map(&ring, fd, 0), 0);
	close(fd);
	EXPECT_EQ(module_unload("hftrace"), -EWOULDBLOCK);
	ring_unmap(&ring);
	EXPECT_EQ(module_unload("hftrace"), 0);
	EXPECT_EQ(hftrace_reload(""), 0);
}

/* What is not given back shows when it is as much as this in CYCLES. */
#define CYCLES		20
#define PARAMETERS	"attach=all ring_kb=8192"
#define SLACK_KIB	2048

static int one_cycle(void)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH) | BIT_OF(VECTORS), .cpus = 3 };
	struct hft_region_create create;
	struct ring ring;
	int fd, err;

	err = hftrace_reload(PARAMETERS);
	if (err)
		return err;
	fd = device_open(O_RDWR);
	err = fd < 0 ? fd : device_arm(fd, &arming);
	if (!err)
		err = ring_map(&ring, fd, QUIET_CPU);
	if (!err)
		err = region_create(fd, 4, 8192, &create);
	if (err)
		return err;
	sleep_ms(5);
	ring_unmap(&ring);
	return close(fd);
}

/* Free pages that each CPU has set aside for itself, which MemFree leaves out. */
static long long set_aside_kib(void)
{
	FILE *file = fopen("/proc/zoneinfo", "re");
	long long pages = 0, count;
	char line[256];

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " count: %lld", &count) == 1)
			pages += count;
	}
	fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static long long free_kib(void)
{
	sync();
	write_file("/proc/sys/vm/drop_caches", "3");
	/* what RCU frees comes a little later */
	sleep_ms(500);
	return memory_kib("MemFree") + set_aside_kib();
}

/* The load is on one CPU: see attach.c. */
FIXTURE(unload)
{
	pid_t loads[2];
};

FIXTURE_SETUP(unload)
{
	ASSERT_EQ(pin(OTHER_CPU), 0);
	self->loads[0] = load_switches(OTHER_CPU);
	self->loads[1] = load_faults(OTHER_CPU);
	ASSERT_EQ(hurry(), 0);
}

FIXTURE_TEARDOWN(unload)
{
	stop(self->loads[0]);
	stop(self->loads[1]);
	EXPECT_EQ(hftrace_reload(""), 0);
}

TEST_F(unload, twenty_times_under_load_gives_all_memory_back)
{
	long long before = 0, after;
	unsigned int i;

	for (i = 0; i < CYCLES; i++) {
		ASSERT_EQ(one_cycle(), 0);
		ASSERT_TRUE(wait_until(module_unload("hftrace") != -EWOULDBLOCK));
		ASSERT_EQ(access(HFT_DEVICE_PATH, F_OK), -1);
		/* the first rounds fill the kernel's own caches */
		if (i == 2)
			before = free_kib();
	}
	after = free_kib();
	if (access("/sys/kernel/debug/kmemleak", F_OK) == 0)
		SKIP(return, "this kernel keeps freed memory, and looks for leaks itself");
	TH_LOG("%lld KiB free before, %lld after", before, after);
	EXPECT_GT(after, before - SLACK_KIB);
}

TEST_HARNESS_MAIN
