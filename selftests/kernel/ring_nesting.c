// SPDX-License-Identifier: GPL-2.0
/*
 * Rings while interrupts and NMIs storm into their writers, all hooks that
 * write by themselves armed on all CPUs. With rings as small as they may be the
 * reader is lapped all the time; with large ones it loses nothing, and then the
 * records are counted against what the storm itself says it did.
 *
 * HFT_STORM_SLOTS and HFT_STORM_SECONDS say how long: see ./run --help. It is
 * run twice, the second time with the CPUs emulated one instruction at a time,
 * which makes interrupts come between any two of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "load.h"
#include "ring.h"
#include "verify.h"

#define LOADS	6

/* All that this kernel offers, but for those that write nothing until somebody sets them up. */
#define EVERY_HOOK	(ALL_HOOKS & ~(BIT_OF(PMU) | BIT_OF(WATCH) | BIT_OF(PROBE)))

FIXTURE(nesting)
{
	int fd;
	struct ring ring[2];
	struct verify verify[2];
	pid_t loads[LOADS];
	long long strikes[2];	/* of the storm, before */
	__u64 hooks;		/* those of the variant that are offered */
};

FIXTURE_VARIANT(nesting)
{
	const char *parameters;
	__u64 hooks;
	unsigned int period_us;	/* of the storm */
	bool lapped;
	unsigned int share;	/* of all slots, or the time: one part in so many */
};

FIXTURE_VARIANT_ADD(nesting, smallest_rings)
{
	.parameters = "attach=all ring_kb=32",
	.hooks = EVERY_HOOK,
	.period_us = 400,
	.lapped = true,
	.share = 2,
};

FIXTURE_VARIANT_ADD(nesting, large_rings)
{
	.parameters = "attach=all ring_kb=32768",
	.hooks = EVERY_HOOK,
	.period_us = 400,
	.share = 2,
};

/*
 * Records of 3 slots, 42 to a page, so that each page ends with a pad; and
 * interrupts that write one slot, the worst that can happen to who pads.
 */
FIXTURE_VARIANT_ADD(nesting, pads)
{
	.parameters = "attach=all ring_kb=32768",
	.hooks = BIT_OF(SYSCALL) | BIT_OF(VECTORS),
	.period_us = 100,
	.share = 4,
};

/* What the storm counts of its strikes. */
static const char *strikes(void)
{
	return storm_has_nmis() ? "nmis" : "tasklets";
}

FIXTURE_SETUP(nesting)
{
	struct arming arming = { .cpus = 3 };
	unsigned int cpu;

	ASSERT_EQ(hftrace_reload(variant->parameters), 0);
	ASSERT_EQ(storm_load(variant->period_us), 0);
	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	self->hooks = variant->hooks & device_attached(self->fd);
	arming.hooks = self->hooks;
	ASSERT_EQ(pin(OTHER_CPU), 0);
	for (cpu = 0; cpu < 2; cpu++) {
		ASSERT_EQ(ring_map(&self->ring[cpu], self->fd, cpu), 0);
		self->strikes[cpu] = storm_count(strikes(), cpu);
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
}

static void read_new(struct ring *ring, struct verify *verify, bool settled)
{
	struct record record;
	unsigned int most = 5000;

	while (most-- && ring_next(ring, &record, settled))
		verify_record(verify, &record);
}

/* Without this much a comparison says nothing, however long it took. */
#define COMPARED	1000
#define CHAINED		20
#define STRIKES		1000

static bool is_enough(const struct ring *ring, const struct verify *verify, __u64 hooks,
		      bool lapped)
{
	return verify->compared > COMPARED && (!lapped || ring->laps) &&
	       (!(hooks & BIT_OF(SWITCH)) || verify->chained > CHAINED);
}

/* While the storm blows: for as many slots or as long as was said, but for enough in any case. */
static void read_along(struct ring *ring, struct verify *verify, __u64 hooks, bool lapped,
		       unsigned int share)
{
	const __u64 slots = setting("HFT_STORM_SLOTS", 10000000) / share;
	const unsigned int seconds = setting("HFT_STORM_SECONDS", 24) / share;
	const __u64 from = now_ns(), until = from + seconds * 1000000000ULL;
	unsigned int round;

	for (round = 0; now_ns() < until + PATIENCE_MS * 1000000ULL; round++) {
		bool done = now_ns() >= until;

		read_new(&ring[0], &verify[0], false);
		read_new(&ring[1], &verify[1], false);
		done |= ring_slots_written(&ring[0]) + ring_slots_written(&ring[1]) >= slots;
		if (done && is_enough(&ring[0], &verify[0], hooks, lapped) &&
		    is_enough(&ring[1], &verify[1], hooks, lapped) &&
		    storm_count(strikes(), 0) > STRIKES &&
		    storm_count(strikes(), 1) > STRIKES)
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
		EXPECT_GT(ring->laps, 0);
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

	read_along(self->ring, self->verify, self->hooks, variant->lapped, variant->share);
	ASSERT_EQ(storm_run(0), 0);
	for (i = 0; i < LOADS; i++)
		stop(self->loads[i]);
	ASSERT_EQ(device_disarm(self->fd), 0);
	ASSERT_EQ(settle(), 0);
	for (cpu = 0; cpu < 2; cpu++) {
		struct verify *verify = &self->verify[cpu];
		struct ring *ring = &self->ring[cpu];
		__u64 struck = storm_count(strikes(), cpu) - self->strikes[cpu];

		while (ring->next < ring->ctl->head)
			read_new(ring, verify, true);
		TH_LOG("CPU %u: %llu slots and %llu records written", cpu,
		       ring_slots_written(ring), ring_records_written(ring));
		TH_LOG("CPU %u: %llu slots and %llu records read", cpu, ring->slots_read,
		       ring->records_read);
		TH_LOG("CPU %u: %llu slots lost in %llu laps", cpu, ring->slots_lost, ring->laps);
		TH_LOG("CPU %u: %llu %s, intervals up to %u deep", cpu, struck, strikes(),
		       verify->deepest);
		TH_LOG("CPU %u: %llu net lengths and %llu switches compared", cpu,
		       verify->compared, verify->chained);
		check_counts(_metadata, ring, variant->lapped);
		EXPECT_EQ(verify->wrong, 0)
			TH_LOG("CPU %u: %s", cpu, verify->why);
		EXPECT_GT(verify->compared, COMPARED);
		EXPECT_GT(struck, STRIKES);
		if (self->hooks & BIT_OF(SWITCH))
			EXPECT_GT(verify->chained, CHAINED);
		if (self->hooks & BIT_OF(NMI) && !variant->lapped)
			EXPECT_EQ(verify->of_type[HFT_REC_NMI] % struck, 0);
	}
}

TEST_HARNESS_MAIN
