// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching and detaching hooks: refused while armed, the costly hooks on
 * request only, and as often as one likes while the machine works.
 *
 * The load is on the CPU that attaches. QEMU before 8.1 loses a write to code
 * that another CPU's thread is translating: a CPU that passes a tracepoint all
 * the time while it is patched can hang there, whoever patches it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "load.h"
#include "ring.h"

#define INTERVALS	(BIT_OF(IRQ) | BIT_OF(SOFTIRQ) | BIT_OF(VECTORS) | BIT_OF(VISIT))

FIXTURE(attach)
{
	int fd;
	__u64 usual;
};

FIXTURE_SETUP(attach)
{
	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(pin(OTHER_CPU), 0);
	self->usual = device_supported(self->fd) & ~device_costly(self->fd);
	ASSERT_EQ(device_attached(self->fd), self->usual);
}

FIXTURE_TEARDOWN(attach)
{
	EXPECT_EQ(device_attach(self->fd, self->usual, HFT_ATTACH_FORCE), 0);
	EXPECT_EQ(device_detach(self->fd, BIT_OF(SYSCALL), HFT_ATTACH_FORCE), 0);
	close(self->fd);
}

TEST_F(attach, takes_the_costly_ones_on_request_only)
{
	/* the fixture has seen that none of them is attached by default */
	EXPECT_EQ(device_supported(self->fd) & BIT_OF(SYSCALL), BIT_OF(SYSCALL));
	EXPECT_EQ(self->usual & BIT_OF(SYSCALL), 0);
	EXPECT_EQ(device_attach(self->fd, BIT_OF(SYSCALL), 0), 0);
	EXPECT_EQ(device_attached(self->fd), self->usual | BIT_OF(SYSCALL));
	EXPECT_EQ(device_detach(self->fd, BIT_OF(SYSCALL), 0), 0);
	EXPECT_EQ(device_attached(self->fd), self->usual);
}

TEST_F(attach, obeys_the_module_parameter)
{
	static const struct {
		const char *parameters;
		__u64 hooks;
		int err;
	} cases[] = {
		{ "attach=none", 0, 0 },
		{ "attach=switch,syscall", BIT_OF(SWITCH) | BIT_OF(SYSCALL), 0 },
		{ "attach=nonsense", 0, -EINVAL },
		{ "attach=switch,,nmi", 0, -EINVAL },
		{ "ring_kb=16", 0, -EINVAL },
		{ "ring_kb=1000", 0, -EINVAL },
	};
	const __u64 supported = device_supported(self->fd);
	unsigned int i;
	int fd;

	close(self->fd);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_EQ(hftrace_reload(cases[i].parameters), cases[i].err);
		if (cases[i].err)
			continue;
		fd = device_open(O_RDWR);
		EXPECT_EQ(device_attached(fd), cases[i].hooks);
		close(fd);
	}
	ASSERT_EQ(hftrace_reload("attach=all"), 0);
	fd = device_open(O_RDWR);
	EXPECT_EQ(device_attached(fd), supported);
	close(fd);
	ASSERT_EQ(hftrace_reload(""), 0);
	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
}

TEST_F(attach, waits_until_nothing_is_armed)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 1 << QUIET_CPU };
	int other = device_open(O_RDWR);

	ASSERT_EQ(device_arm(other, &arming), 0);
	EXPECT_EQ(device_attach(self->fd, BIT_OF(SYSCALL), 0), -EBUSY);
	EXPECT_EQ(device_detach(self->fd, BIT_OF(WAKEUP), 0), -EBUSY);
	EXPECT_EQ(device_attached(self->fd), self->usual);
	EXPECT_EQ(device_resize(self->fd, 2048), -EBUSY);
	EXPECT_EQ(device_attach(self->fd, BIT_OF(SYSCALL), HFT_ATTACH_FORCE), 0);
	EXPECT_EQ(device_detach(self->fd, BIT_OF(WAKEUP), HFT_ATTACH_FORCE), 0);
	EXPECT_EQ(device_attached(self->fd), (self->usual | BIT_OF(SYSCALL)) & ~BIT_OF(WAKEUP));
	close(other);
	EXPECT_EQ(device_detach(self->fd, BIT_OF(SYSCALL), 0), 0);
	EXPECT_EQ(device_attach(self->fd, BIT_OF(WAKEUP), 0), 0);
}

TEST_F(attach, records_only_while_attached)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 3 };
	struct ring ring;
	pid_t load;

	ASSERT_EQ(ring_map(&ring, self->fd, OTHER_CPU), 0);
	load = load_switches(OTHER_CPU);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	EXPECT_TRUE(wait_until(ring_records_written(&ring) > 10));
	/* what is detached is not armed any more, nor is it when it comes back */
	ASSERT_EQ(device_detach(self->fd, BIT_OF(SWITCH), HFT_ATTACH_FORCE), 0);
	EXPECT_EQ(ring_armed(&ring), 0);
	ring_skip(&ring);
	sleep_ms(50);
	ASSERT_EQ(device_attach(self->fd, BIT_OF(SWITCH), 0), 0);
	sleep_ms(50);
	EXPECT_EQ(ring_slots_written(&ring), 0);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	EXPECT_TRUE(wait_until(ring_records_written(&ring) > 10));
	stop(load);
}

TEST_F(attach, over_and_over_under_load)
{
	const struct arming arming = { .hooks = self->usual, .cpus = 3 };
	pid_t loads[2] = { load_switches(OTHER_CPU), load_faults(OTHER_CPU) };
	const __u64 all = self->usual | BIT_OF(SYSCALL);
	unsigned int i;

	ASSERT_EQ(hurry(), 0);
	for (i = 0; i < 20; i++) {
		ASSERT_EQ(device_attach(self->fd, all, 0), 0);
		ASSERT_EQ(device_arm(self->fd, &arming), 0);
		ASSERT_EQ(device_disarm(self->fd), 0);
		ASSERT_EQ(device_detach(self->fd, all, 0), 0);
		ASSERT_EQ(device_attached(self->fd), 0);
	}
	stop(loads[0]);
	stop(loads[1]);
}

/*
 * Hooks torn off under an armed session and put back, and armed again. What
 * began before must not seem to last until they are back.
 */
TEST_F(attach, by_force_makes_no_long_intervals)
{
	const struct arming arming = { .hooks = INTERVALS, .cpus = 3 };
	unsigned int intervals = 0, early = 0, backward = 0, i, cpu;
	pid_t loads[2] = { load_switches(OTHER_CPU), load_faults(OTHER_CPU) };
	struct ring ring[2];
	struct record record;
	__u64 duration, net;

	ASSERT_EQ(ring_map(&ring[0], self->fd, 0), 0);
	ASSERT_EQ(ring_map(&ring[1], self->fd, 1), 0);
	ASSERT_EQ(hurry(), 0);
	for (i = 0; i < 30; i++) {
		__u64 attached = ticks();

		ASSERT_EQ(device_attach(self->fd, INTERVALS, 0), 0);
		ring_skip(&ring[OTHER_CPU]);
		ASSERT_EQ(device_arm(self->fd, &arming), 0);
		EXPECT_TRUE(wait_until(ring_records_written(&ring[OTHER_CPU]) > 4));
		ASSERT_EQ(device_detach(self->fd, INTERVALS, HFT_ATTACH_FORCE), 0);
		for (cpu = 0; cpu < 2; cpu++) {
			while (ring_next(&ring[cpu], &record, false)) {
				if (!record_length(&record, &duration, &net))
					continue;
				intervals++;
				backward += net > duration;
				if (!(record.ctx & HFT_CTX_CONTINUED))
					early += record.tsc - duration < attached;
			}
		}
	}
	TH_LOG("%u intervals", intervals);
	EXPECT_GT(intervals, 50);
	EXPECT_EQ(early, 0);
	EXPECT_EQ(backward, 0);
	stop(loads[0]);
	stop(loads[1]);
}

TEST_HARNESS_MAIN
