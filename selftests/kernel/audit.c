// SPDX-License-Identifier: GPL-2.0
/* Who armed what: each step has its entry, in order, with who took it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"

static struct hft_audit_entry entries[2 * HFT_AUDIT_ENTRIES];

/* Entries with numbers above `after` into entries[]: how many, or -errno. */
static int read_after(int fd, __u64 after, __u32 room, __u64 *newest)
{
	struct hft_audit_read want = {
		.size = sizeof(want), .count = room, .after = after,
		.entries = (uintptr_t)entries,
	};
	int err = control(fd, HFT_IOC_AUDIT, &want);

	if (newest)
		*newest = want.newest;
	return err ?: (int)want.count;
}

FIXTURE(audit)
{
	int fd;
	__u64 before;
};

FIXTURE_SETUP(audit)
{
	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_GE(read_after(self->fd, 0, 0, &self->before), 0);
}

FIXTURE_TEARDOWN(audit)
{
	close(self->fd);
}

TEST_F(audit, tells_each_step_and_who_took_it)
{
	const struct arming arming = {
		.hooks = BIT_OF(SWITCH), .elsewhere = BIT_OF(WAKEUP), .cpus = 1 << QUIET_CPU,
		.lease_ms = 5000,
	};
	static const __u32 steps[] = {
		HFT_AUDIT_ARM, HFT_AUDIT_DETACH, HFT_AUDIT_DISARM, HFT_AUDIT_BUDGET,
		HFT_AUDIT_RESIZE,
	};
	__u64 from = ticks();
	unsigned int i;

	prctl(PR_SET_NAME, "auditor");
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);	/* renewed: no news */
	ASSERT_EQ(device_detach(self->fd, BIT_OF(SWITCH), 0), -EBUSY);
	ASSERT_EQ(device_disarm(self->fd), 0);
	ASSERT_EQ(device_budget(self->fd, 1, 0, 77), 0);
	ASSERT_EQ(device_budget(self->fd, 1, 0, 0), 0);
	ASSERT_EQ(device_resize(self->fd, 3), -EINVAL);
	ASSERT_EQ(read_after(self->fd, self->before, 100, NULL), 6);
	memmove(&entries[4], &entries[5], sizeof(entries[0]));
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(entries[i].action, steps[i]);
		EXPECT_EQ(entries[i].pid, getpid());
		EXPECT_EQ(entries[i].uid, 0);
		EXPECT_STREQ(entries[i].comm, "auditor");
		EXPECT_GE(entries[i].ticks, from);
		EXPECT_LE(entries[i].ticks, ticks());
	}
	EXPECT_EQ(entries[0].number, self->before + 1);
	EXPECT_EQ(entries[0].hooks, BIT_OF(SWITCH));
	EXPECT_EQ(entries[0].hooks_elsewhere, BIT_OF(WAKEUP));
	EXPECT_EQ(entries[0].cpus, 1 << QUIET_CPU);
	EXPECT_EQ(entries[0].value, 5000);
	EXPECT_EQ(entries[1].result, -EBUSY);
	EXPECT_EQ(entries[3].value, 77);
	EXPECT_EQ(entries[4].result, -EINVAL);
}

TEST_F(audit, tells_of_what_was_refused_as_wrong)
{
	const struct arming no_cpu = { .hooks = BIT_OF(SWITCH) };
	static const struct { __u32 action; __s32 result; } refused[] = {
		{ HFT_AUDIT_ATTACH, -EINVAL }, { HFT_AUDIT_ARM, -EINVAL },
		{ HFT_AUDIT_BUDGET, -ENXIO }, { HFT_AUDIT_REARM, -EINVAL },
	};
	unsigned int i;

	ASSERT_EQ(device_attach(self->fd, 0, 0), -EINVAL);
	ASSERT_EQ(device_arm(self->fd, &no_cpu), -EINVAL);
	ASSERT_EQ(device_budget(self->fd, 1ULL << 63, 0, 77), -ENXIO);
	ASSERT_EQ(device_rearm(self->fd, 1, 0), -EINVAL);
	ASSERT_EQ(read_after(self->fd, self->before, 100, NULL), ARRAY_SIZE(refused));
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		EXPECT_EQ(entries[i].action, refused[i].action);
		EXPECT_EQ(entries[i].result, refused[i].result);
	}
}

TEST_F(audit, tells_of_counters_and_watches)
{
	const struct hft_pmu_event clock = {
		.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK,
	};
	static int watched;
	int fd = device_open(O_RDWR);
	struct hft_pmu pmu;

	ASSERT_EQ(device_watch(fd, 0, &watched, 4, HFT_WATCH_WRITE, getpid(), 0), -ENOLINK);
	ASSERT_EQ(device_attach(fd, BIT_OF(WATCH), 0), 0);
	ASSERT_EQ(device_watch(fd, 0, &watched, 4, HFT_WATCH_WRITE, getpid(), 0), 0);
	ASSERT_EQ(device_pmu(fd, HFT_PMU_OPEN, 0, &clock, 1, 1, &pmu), 0);
	close(fd);
	ASSERT_EQ(read_after(self->fd, self->before, 100, NULL), 6);
	EXPECT_EQ(entries[0].action, HFT_AUDIT_WATCH);
	EXPECT_EQ(entries[0].result, -ENOLINK);
	EXPECT_EQ(entries[2].action, HFT_AUDIT_WATCH);
	EXPECT_EQ(entries[2].value, (uintptr_t)&watched);
	EXPECT_EQ(entries[2].result, 0);
	EXPECT_EQ(entries[3].action, HFT_AUDIT_PMU);
	EXPECT_EQ(entries[3].value, 1);
	EXPECT_EQ(entries[3].cpus, 1);
	EXPECT_EQ(entries[4].action, HFT_AUDIT_PMU);
	EXPECT_EQ(entries[4].value, 0);
	EXPECT_EQ(entries[5].action, HFT_AUDIT_WATCH);
	EXPECT_EQ(entries[5].value, 0);
	ASSERT_EQ(device_detach(self->fd, BIT_OF(WATCH), 0), 0);
}

TEST_F(audit, tells_of_files_that_close_and_leases_that_end)
{
	const struct arming arming = {
		.hooks = BIT_OF(SWITCH), .cpus = 1 << QUIET_CPU, .lease_ms = 20,
	};
	int fd = device_open(O_RDWR);

	ASSERT_EQ(device_arm(fd, &arming), 0);
	ASSERT_TRUE(wait_until(read_after(self->fd, self->before, 100, NULL) == 2));
	EXPECT_EQ(entries[1].action, HFT_AUDIT_EXPIRE);
	EXPECT_EQ(entries[1].pid, 0);
	ASSERT_EQ(device_arm(fd, &(struct arming){ .hooks = BIT_OF(SWITCH), .cpus = 1 }), 0);
	close(fd);
	ASSERT_EQ(read_after(self->fd, self->before, 100, NULL), 4);
	EXPECT_EQ(entries[3].action, HFT_AUDIT_DISARM);
	EXPECT_EQ(entries[3].pid, getpid());
}

TEST_F(audit, keeps_the_newest_in_order)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 1 << QUIET_CPU };
	__u64 newest;
	int count, i;

	for (i = 0; i < (int)HFT_AUDIT_ENTRIES; i++) {
		ASSERT_EQ(device_arm(self->fd, &arming), 0);
		ASSERT_EQ(device_disarm(self->fd), 0);
	}
	count = read_after(self->fd, 0, 2 * HFT_AUDIT_ENTRIES, &newest);
	ASSERT_EQ(count, HFT_AUDIT_ENTRIES);
	EXPECT_EQ(newest, self->before + 2 * HFT_AUDIT_ENTRIES);
	for (i = 0; i < count; i++)
		ASSERT_EQ(entries[i].number, newest - HFT_AUDIT_ENTRIES + 1 + i);
	EXPECT_EQ(read_after(self->fd, newest, 10, NULL), 0);
	EXPECT_EQ(read_after(self->fd, ~0ULL, 10, NULL), 0);
	EXPECT_EQ(read_after(self->fd, newest - 3, 2, NULL), 2);
	EXPECT_EQ(entries[0].number, newest - 2);
}

TEST_F(audit, is_for_those_who_may_read)
{
	struct hft_audit_read want = { .size = sizeof(want), .count = 1, .entries = 8 };

	ASSERT_EQ(device_arm(self->fd, &(struct arming){ .hooks = BIT_OF(SWITCH), .cpus = 1 }), 0);
	EXPECT_EQ(control(self->fd, HFT_IOC_AUDIT, &want), -EFAULT);
	ASSERT_EQ(become("trader"), 0);
	EXPECT_EQ(read_after(self->fd, 0, 10, NULL), -EPERM);
}

static bool has_watch_at(int fd, __u64 after, __u64 address)
{
	int count = read_after(fd, after, HFT_AUDIT_ENTRIES, NULL), i;
	bool found = false;

	for (i = 0; i < count; i++)
		found |= entries[i].action == HFT_AUDIT_WATCH && entries[i].value == address;
	return found;
}

TEST_F(audit, tells_no_kernel_addresses_to_those_who_may_not_see_them)
{
	const __u64 address = 0xffffffff12345678;
	pid_t pid;

	device_watch(self->fd, 0, (void *)address, 8, HFT_WATCH_WRITE, 0, 1);
	ASSERT_EQ(write_file("/proc/sys/kernel/kptr_restrict", "1"), 0);
	EXPECT_TRUE(has_watch_at(self->fd, self->before, address));
	pid = fork();
	if (!pid)
		_exit(become_with("trader", CAP_PERFMON) ||
		      has_watch_at(self->fd, self->before, address) ||
		      !has_watch_at(self->fd, self->before, 0));
	EXPECT_EQ(wait_for(pid), 0);
	EXPECT_EQ(write_file("/proc/sys/kernel/kptr_restrict", "0"), 0);
}

TEST_HARNESS_MAIN
