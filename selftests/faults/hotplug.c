// SPDX-License-Identifier: GPL-2.0
/*
 * A CPU that goes away while it is traced, and comes back: what its ring held
 * stays, nothing is written to it meanwhile, and it is written to again
 * afterwards, without anybody's arming anew. The witness of the switches there
 * is the process that makes them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "load.h"
#include "ring.h"

#define CYCLES		2	/* unless all is asked for */
#define CYCLES_FULL	200
#define STEPS		50	/* of the load in each part of a cycle */
#define ONLINE		"/sys/devices/system/cpu/cpu1/online"

FIXTURE(hotplug)
{
	int fd;
	struct ring ring;
};

FIXTURE_SETUP(hotplug)
{
	const struct arming arming = {
		.hooks = BIT_OF(SWITCH) | BIT_OF(VECTORS) | BIT_OF(SOFTIRQ) | BIT_OF(VISIT) |
			 BIT_OF(TICK) | BIT_OF(HRTIMER) | BIT_OF(TIMER) | BIT_OF(WORKQUEUE) |
			 BIT_OF(KTHREAD),
		.cpus = 1 << QUIET_CPU,
	};
	struct arming supported = arming;

	ASSERT_EQ(hftrace_reload("attach=default ring_kb=256"), 0);
	ASSERT_EQ(pin(OTHER_CPU), 0);
	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	supported.hooks &= device_attached(self->fd);
	ASSERT_EQ(device_arm(self->fd, &supported), 0);
	ASSERT_EQ(ring_map(&self->ring, self->fd, QUIET_CPU), 0);
}

FIXTURE_TEARDOWN(hotplug)
{
	EXPECT_EQ(write_file(ONLINE, "1"), 0);
	ring_unmap(&self->ring);
	close(self->fd);
}

/* What a ring had more since it was read last. */
struct seen {
	__u64 records;
	__u64 switches;	/* to or from the load */
	__u64 last_tsc;
};

static struct seen read_all(struct ring *ring, const pid_t pid)
{
	struct seen seen = { 0 };
	struct record record;

	while (ring_next(ring, &record, false)) {
		seen.records++;
		seen.last_tsc = record.tsc;
		if (record.type == HFT_REC_SWITCH && (record.switched.prev_tid == pid ||
						      record.switched.next_tid == pid))
			seen.switches++;
	}
	return seen;
}

/* A load on the CPU comes by so often; what the ring has of it. */
static struct seen work(struct ring *ring)
{
	unsigned long before;
	struct seen seen;
	pid_t load;

	load = load_switches(QUIET_CPU);
	before = load_progress(QUIET_CPU);
	if (!wait_until(load_progress(QUIET_CPU) >= before + STEPS)) {
		stop(load);
		return (struct seen){ 0 };
	}
	stop(load);
	seen = read_all(ring, load);
	return seen;
}

TEST_F(hotplug, ring_stays_and_goes_on)
{
	const __u64 cycles = setting("HFT_FULL", 0) ? CYCLES_FULL : CYCLES;
	struct seen seen;
	__u64 i, head, records = 0;

	for (i = 0; i < cycles; i++) {
		seen = work(&self->ring);
		ASSERT_GT(seen.switches, 0);
		records += seen.records;

		ASSERT_EQ(write_file(ONLINE, "0"), 0);
		/* the last of what it did is there, whole */
		seen = read_all(&self->ring, 0);
		records += seen.records;
		head = __atomic_load_n(&self->ring.ctl->head, __ATOMIC_ACQUIRE);
		EXPECT_NE(ring_armed(&self->ring), 0);
		sleep_ms(20);
		EXPECT_EQ(__atomic_load_n(&self->ring.ctl->head, __ATOMIC_ACQUIRE), head);

		ASSERT_EQ(write_file(ONLINE, "1"), 0);
		ASSERT_TRUE(wait_until(__atomic_load_n(&self->ring.ctl->head, __ATOMIC_ACQUIRE) >
				       head));
	}
	seen = work(&self->ring);
	EXPECT_GT(seen.switches, 0);
	TH_LOG("%llu times off and on again: %llu records, %llu slots lost", cycles, records,
	       self->ring.slots_lost);
	EXPECT_EQ(self->ring.broken, 0);
	EXPECT_EQ(self->ring.disorders, 0);
}

TEST_HARNESS_MAIN
