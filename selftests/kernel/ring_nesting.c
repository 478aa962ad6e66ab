// SPDX-License-Identifier: GPL-2.0
/*
 * Rings while interrupts and NMIs storm into their writers, all hooks armed on
 * all CPUs. With rings as small as they may be the reader is lapped all the
 * time; with large ones it loses nothing, and then the records are counted
 * against what the storm itself says it did.
 *
 * HFT_STORM_SLOTS and HFT_STORM_SECONDS say how long: see ./run --help.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "kselftest_harness.h"
#include "load.h"
#include "ring.h"
#include "verify.h"

#define LOADS	6

FIXTURE(nesting)
{
	int fd;
	struct ring ring[2];
	struct verify verify[2];
	pid_t loads[LOADS];
	__u64 nmis[2];
};

FIXTURE_VARIANT(nesting)
{
	const char *parameters;
	bool lapped;
};

FIXTURE_VARIANT_ADD(nesting, smallest_rings)
{
	.parameters = "attach=all ring_kb=32",
	.lapped = true,
};

FIXTURE_VARIANT_ADD(nesting, large_rings)
{
	.parameters = "attach=all ring_kb=32768",
	.lapped = false,
};

FIXTURE_SETUP(nesting)
{
	const struct arming arming = { .hooks = ALL_HOOKS, .cpus = 3 };
	unsigned int cpu;

	ASSERT_EQ(hftrace_reload(variant->parameters), 0);
	ASSERT_EQ(storm_load(100), 0);
	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(pin(OTHER_CPU), 0);
	for (cpu = 0; cpu < 2; cpu++) {
		ASSERT_EQ(ring_map(&self->ring[cpu], self->fd, cpu), 0);
		self->nmis[cpu] = storm_count("nmis", cpu);
	}
	self->loads[0] = load_switches(QUIET_CPU);
	self->loads[1] = load_switches(OTHER_CPU);
	self->loads[2] = load_faults(QUIET_CPU);
	self->loads[3] = load_faults(OTHER_CPU);
	self->loads[4] = load_shootdowns();
	self->loads[5] = load_spin(QUIET_CPU);
	sleep_ms(20);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	ASSERT_EQ(storm_run(1), 0);
}

FIXTURE_TEARDOWN(nesting)
{
	ring_unmap(&self->ring[0]);
	ring_unmap(&self->ring[1]);
	close(self->fd);
	EXPECT_EQ(storm_unload(), 0);
	EXPECT_EQ(hftrace_reload(""), 0);
}

static void read_new(struct ring *ring, struct verify *verify, bool settled)
{
	struct record record;
	unsigned int most = 100000;

	while (most-- && ring_next(ring, &record, settled))
		verify_record(verify, &record);
}

/* While the storm blows. Ends with half the slots, as there are two variants, or in time. */
static void read_along(FIXTURE_DATA(nesting) *self, bool lapped)
{
	const __u64 enough = setting("HFT_STORM_SLOTS", 10000000) / 2;
	const __u64 until = now_ns() + setting("HFT_STORM_SECONDS", 20) * 1000000000;
	unsigned int round;

	for (round = 0; now_ns() < until; round++) {
		read_new(&self->ring[0], &self->verify[0], false);
		read_new(&self->ring[1], &self->verify[1], false);
		if (ring_slots_written(&self->ring[0]) + ring_slots_written(&self->ring[1]) >= enough)
			break;
		/* lapped on purpose, and beside the writer too */
		if (lapped && round % 8 == 0)
			sleep_ms(5);
	}
}

/* Losses in slots are exact, those in records agree with them. */
static void check_counts(struct __test_metadata *_metadata, const struct ring *ring, bool lapped)
{
	__u64 written = ring_records_written(ring), lost = written - ring->records_read;

	EXPECT_EQ(ring_slots_written(ring), ring->slots_read + ring->slots_lost);
	EXPECT_EQ(ring->broken, 0);
	EXPECT_EQ(ring->disorders, 0);
	EXPECT_EQ(ring->ctl->frames_lost, 0);
	EXPECT_GE(written, ring->records_read);
	if (lapped) {
		EXPECT_GT(ring->laps, 20);
		/* a record has 1 to 3 slots, a page loses at most 2 to its pad */
		EXPECT_LE(lost, ring->slots_lost);
		EXPECT_GE(3 * lost + 2 * (ring->slots_lost / HFT_PAGE_SLOTS + ring->laps),
			  ring->slots_lost);
	} else {
		EXPECT_EQ(ring->slots_lost, 0);
		EXPECT_EQ(lost, 0);
	}
}

TEST_F_TIMEOUT(nesting, no_record_is_torn_lost_unseen_or_out_of_order, 86400)
{
	unsigned int cpu, i;

	read_along(self, variant->lapped);
	ASSERT_EQ(storm_run(0), 0);
	for (i = 0; i < LOADS; i++)
		stop(self->loads[i]);
	ASSERT_EQ(device_disarm(self->fd), 0);
	sleep_ms(50);
	for (cpu = 0; cpu < 2; cpu++) {
		struct verify *verify = &self->verify[cpu];
		struct ring *ring = &self->ring[cpu];
		__u64 nmis = storm_count("nmis", cpu) - self->nmis[cpu];

		while (ring->next < ring->ctl->head)
			read_new(ring, verify, true);
		TH_LOG("CPU %u: %llu slots and %llu records written; %llu slots and %llu records read; %llu slots lost in %llu laps",
		       cpu, ring_slots_written(ring), ring_records_written(ring), ring->slots_read,
		       ring->records_read, ring->slots_lost, ring->laps);
		TH_LOG("CPU %u: %llu NMIs; %llu net lengths and %llu switches compared; %u deep", cpu,
		       nmis, verify->compared, verify->chained, verify->deepest);
		check_counts(_metadata, ring, variant->lapped);
		EXPECT_EQ(verify->wrong, 0)
			TH_LOG("CPU %u: %s", cpu, verify->why);
		EXPECT_GT(verify->compared, 1000);
		EXPECT_GT(verify->chained, 1000);
		EXPECT_GT(nmis, 1000);
		if (!variant->lapped)
			EXPECT_EQ(verify->of_type[HFT_REC_NMI] % nmis, 0);
	}
}

TEST_HARNESS_MAIN
