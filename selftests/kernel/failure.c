// SPDX-License-Identifier: GPL-2.0
/* When its own data are not as they can be, the module disarms and says so; the kernel goes on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "load.h"
#include "ring.h"

#define SAID	"open intervals is not as it can be"

/* How often the kernel's log has it. */
static unsigned int count_said(void)
{
	unsigned int count = 0;
	char line[1024];
	FILE *log = popen("dmesg", "r");

	while (log && fgets(line, sizeof(line), log))
		count += !!strstr(line, SAID);
	if (log)
		pclose(log);
	return count;
}

TEST(failure_disarms_for_good_and_is_said_once)
{
	const struct arming arming = {
		.hooks = BIT_OF(VECTORS) | BIT_OF(IRQ) | BIT_OF(SWITCH), .cpus = 1 << OTHER_CPU,
	};
	struct ring ring;
	int fd;

	ASSERT_EQ(pin(OTHER_CPU), 0);
	fd = device_open(O_RDWR);
	ASSERT_EQ(ring_map(&ring, fd, OTHER_CPU), 0);
	ASSERT_EQ(device_arm(fd, &arming), 0);
	ASSERT_EQ(module_load("/tests/spoil.ko", ""), 0);
	/* the tick, a vector or an irq, alone ends intervals */
	EXPECT_TRUE(wait_until(device_arm(fd, &arming) == -EIO));
	EXPECT_EQ(settle(), 0);
	ring_skip(&ring);
	sleep_ms(100);
	EXPECT_EQ(ring_slots_written(&ring), 0);
	EXPECT_TRUE(wait_until(count_said() > 0));
	EXPECT_EQ(count_said(), 1);
	EXPECT_EQ(device_disarm(fd), 0);
	EXPECT_EQ(module_unload("spoil"), 0);
	ring_unmap(&ring);
	close(fd);
	/* loaded anew it works */
	ASSERT_EQ(hftrace_reload(""), 0);
	fd = device_open(O_RDWR);
	EXPECT_EQ(device_arm(fd, &arming), 0);
	close(fd);
}

TEST_HARNESS_MAIN
