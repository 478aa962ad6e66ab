// SPDX-License-Identifier: GPL-2.0
/*
 * watch: when the last watch of a process has been taken away, perf patches
 * nothing later; and when its hook has been detached. /proc/interrupts counts
 * what came.
 */
#include <fcntl.h>
#include <unistd.h>

#include "hook_test.h"

#define ROUNDS		3
#define LATER_MS	2500

static const char *const sources[] = { NULL };

static volatile __u64 price;

static unsigned long later(void)
{
	const unsigned long before = calls_on(QUIET_CPU);

	sleep_ms(LATER_MS);
	return calls_on(QUIET_CPU) - before;
}

static int open_attached(void)
{
	int fd = device_open(O_RDWR);

	CHECK(fd >= 0);
	CHECK_EQ(pin(OTHER_CPU), 0);
	CHECK_EQ(device_attach(fd, BIT_OF(WATCH), 0), 0);
	return fd;
}

static void watch_and_close(void)
{
	int fd = device_open(O_RDWR);

	CHECK(fd >= 0);
	CHECK_EQ(device_watch(fd, 0, &price, sizeof(price), HFT_WATCH_WRITE, getpid(), 0), 0);
	close(fd);
}

static int closed(void)
{
	unsigned long late = 0;
	int i;

	open_attached();
	for (i = 0; i < ROUNDS; i++) {
		watch_and_close();
		late += later();
	}
	CHECK_EQ(late, 0);
	return 0;
}

static int detached(void)
{
	unsigned long before, during = 0, late = 0;
	int i, fd;

	for (i = 0; i < ROUNDS; i++) {
		fd = open_attached();
		watch_and_close();
		before = calls_on(QUIET_CPU);
		CHECK_EQ(device_detach(fd, BIT_OF(WATCH), 0), 0);
		during += calls_on(QUIET_CPU) - before;
		late += later();
	}
	CHECK(during);
	CHECK_EQ(late, 0);
	return 0;
}

HOOK_TEST_MAIN("watch", sources, NULL,
	       { "no interrupts once the last watch of a process has gone", closed },
	       { "nor once the hook has been detached", detached })
