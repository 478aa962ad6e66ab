// SPDX-License-Identifier: GPL-2.0
/*
 * Arithmetic of intervals, with interrupts and NMIs inside one another: they
 * nest, and what is left of each when the nested ones are taken away is its
 * net length, to the tick. Faults of a visit are the faults that it saw.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "load.h"
#include "ring.h"
#include "verify.h"

#define HOOKS	(BIT_OF(IRQ) | BIT_OF(SOFTIRQ) | BIT_OF(VECTORS) | BIT_OF(NMI) | BIT_OF(VISIT) | \
		 BIT_OF(FAULT) | BIT_OF(SWITCH))

FIXTURE(intervals)
{
	int fd;
	struct ring ring[2];
	struct verify verify[2];
};

FIXTURE_SETUP(intervals)
{
	ASSERT_EQ(hftrace_reload("ring_kb=16384"), 0);
	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(pin(OTHER_CPU), 0);
	ASSERT_EQ(ring_map(&self->ring[0], self->fd, 0), 0);
	ASSERT_EQ(ring_map(&self->ring[1], self->fd, 1), 0);
}

FIXTURE_TEARDOWN(intervals)
{
	ring_unmap(&self->ring[0]);
	ring_unmap(&self->ring[1]);
	close(self->fd);
}

/* When nobody writes any more: all that was written was read, none of it was wrong. */
static void read_all(struct __test_metadata *_metadata, struct ring *rings,
		     struct verify *verifies)
{
	struct record record;
	unsigned int cpu;

	for (cpu = 0; cpu < 2; cpu++) {
		struct verify *verify = &verifies[cpu];
		struct ring *ring = &rings[cpu];

		while (ring_next(ring, &record, true))
			verify_record(verify, &record);
		EXPECT_EQ(ring->broken, 0);
		EXPECT_EQ(ring->disorders, 0);
		EXPECT_EQ(ring->laps, 0);
		EXPECT_EQ(ring_slots_written(ring), ring->slots_read);
		EXPECT_EQ(ring_records_written(ring), ring->records_read);
		EXPECT_EQ(ring->ctl->frames_lost, 0);
		EXPECT_EQ(verify->wrong, 0)
			TH_LOG("CPU %u: %s", cpu, verify->why);
		TH_LOG("CPU %u: %llu intervals, %llu compared, %u deep, %llu continued", cpu,
		       verify->intervals, verify->compared, verify->deepest, verify->continued);
	}
}

/* Reads on. Is there of everything as much as a comparison wants? */
static bool is_enough(struct ring *ring, struct verify *verify, unsigned int faulting_visits)
{
	const __u64 *of_type = verify->of_type;
	struct record record;

	while (ring_next(ring, &record, false))
		verify_record(verify, &record);
	return verify->compared > 30000 && verify->deepest >= 3 && verify->chained > 10 &&
	       (!storm_has_nmis() || of_type[HFT_REC_NMI] > 5000) &&
	       of_type[HFT_REC_VECTOR] > 100 &&
	       /* a real-time kernel's are tasks' */
	       of_type[HFT_REC_SOFTIRQ] + of_type[HFT_REC_SOFTIRQ_TASK] > 100 &&
	       verify->visits_with_fault >= faulting_visits;
}

TEST_F(intervals, nest_and_add_up)
{
	const struct arming arming = { .hooks = HOOKS & device_attached(self->fd), .cpus = 3 };
	struct verify *verify = self->verify;
	long long before[2], nmis;
	unsigned int cpu;
	pid_t loads[4];

	ASSERT_EQ(storm_load(150), 0);
	for (cpu = 0; cpu < 2; cpu++)
		before[cpu] = storm_count("nmis", cpu);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	loads[0] = load_faults(QUIET_CPU);
	loads[1] = load_faults(OTHER_CPU);
	loads[2] = load_shootdowns();
	loads[3] = load_switches(QUIET_CPU);
	ASSERT_EQ(storm_run(1), 0);
	EXPECT_TRUE(wait_until(is_enough(&self->ring[0], &verify[0], 0) &
			       is_enough(&self->ring[1], &verify[1], 1000)));
	ASSERT_EQ(storm_run(0), 0);
	for (cpu = 0; cpu < 4; cpu++)
		stop(loads[cpu]);
	ASSERT_EQ(device_disarm(self->fd), 0);
	ASSERT_EQ(settle(), 0);
	read_all(_metadata, self->ring, self->verify);
	for (cpu = 0; cpu < 2; cpu++) {
		nmis = storm_count("nmis", cpu) - before[cpu];
		/* each NMI runs every handler: the storm's and those that the kernel has */
		TH_LOG("CPU %u: %lld NMIs", cpu, nmis);
		if (storm_has_nmis()) {
			ASSERT_GT(nmis, 0);
			EXPECT_EQ(verify[cpu].of_type[HFT_REC_NMI] % nmis, 0);
		}
		/* what was open when it was armed, and no more */
		EXPECT_LE(verify[cpu].continued, 4);
	}
	EXPECT_EQ(storm_unload(), 0);
}

#define MAJORS	64

/* Touches pages of a disk that nobody has read yet: its own major faults, or -errno. */
static long touch_disk(void)
{
	struct rusage before, after;
	volatile const char *at;
	int fd, i, sum = 0;

	fd = open("/dev/ram0", O_RDONLY);
	if (fd < 0)
		return -errno;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	at = mmap(NULL, MAJORS * 65536, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED || madvise((void *)at, MAJORS * 65536, MADV_RANDOM) || pin(QUIET_CPU))
		return -errno;
	getrusage(RUSAGE_SELF, &before);
	for (i = 0; i < MAJORS; i++)
		sum += at[i * 65536];
	getrusage(RUSAGE_SELF, &after);
	return after.ru_majflt - before.ru_majflt + (sum == -1);
}

TEST_F(intervals, count_major_faults)
{
	const struct arming arming = {
		.hooks = HOOKS & device_attached(self->fd), .cpus = 1 << QUIET_CPU,
	};
	long majors[1] = { 0 };
	int result[2];
	pid_t pid;

	ASSERT_EQ(pipe(result), 0);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	pid = fork();
	if (!pid) {
		majors[0] = touch_disk();
		_exit(write(result[1], majors, sizeof(majors)) != sizeof(majors));
	}
	EXPECT_EQ(wait_for(pid), 0);
	ASSERT_EQ(device_disarm(self->fd), 0);
	ASSERT_EQ(settle(), 0);
	ASSERT_EQ(read(result[0], majors, sizeof(majors)), sizeof(majors));
	EXPECT_GE(majors[0], MAJORS / 2);
	read_all(_metadata, self->ring, self->verify);
	EXPECT_EQ(self->verify[QUIET_CPU].majors, majors[0]);
}

TEST_HARNESS_MAIN
