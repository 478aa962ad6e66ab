// SPDX-License-Identifier: GPL-2.0
/*
 * kill -9 at random moments, the rings being the module's: what was written is
 * there afterwards, and goes when it is old. selftests/stress/killed.c is the
 * same for private memory.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "victim.h"

#define KILLS		40	/* unless HFT_KILLS says how many */
#define LIMIT_MB	24
#define MIB		(1U << 20)

FIXTURE(killed)
{
	int fd;
};

FIXTURE_SETUP(killed)
{
	/* longer than a machine with other work takes from a kill to a look */
	ASSERT_EQ(hftrace_reload("attach=none dead_age_s=20 regions_mb=24 user_mb=24"), 0);
	self->fd = device_open(O_RDONLY);
	ASSERT_GE(self->fd, 0);
}

FIXTURE_TEARDOWN(killed)
{
	close(self->fd);
}

static unsigned int regions(int fd)
{
	struct hft_region_info info = { 0 };
	unsigned int count = 0;

	while (!region_info(fd, info.region, &info))
		count++;
	return count;
}

/* One victim more, killed or another program from one moment to the next; what is not so. */
static const char *one_end(struct victim_remains *remains, bool by_exec)
{
	static const __u32 sizes[] = { 256, 2048, 16384 };
	const struct hft_options options = {
		.size = sizeof(options),
		.rings = VICTIM_THREADS,
		.ring_slots = sizes[ticks() / 64 % 3],
	};
	struct timespec moment = { .tv_nsec = (long)(ticks() % 30000000) };
	struct victim victim;
	const char *wrong;

	if (victim_start(&victim, &options, 1 + ticks() % 20000))
		return "it did not start";
	if (ticks() / 1024 % 4)
		wait_until(__atomic_load_n(&victim.page->written[0], __ATOMIC_ACQUIRE));
	nanosleep(&moment, NULL);
	if (!by_exec)
		victim_kill(&victim);
	else if (victim_exec(&victim))
		return "it did not become another program";
	wrong = victim_look(&victim, remains);
	if (by_exec)
		victim_kill(&victim);
	victim_forget(&victim);
	return wrong;
}

TEST_F(killed, leaves_what_was_written_and_nothing_for_ever)
{
	const __u64 kills = setting("HFT_KILLS", KILLS);
	struct victim_remains remains = { 0 };
	struct hft_region_create create;
	unsigned int most = 0, now;
	const char *wrong;
	__u64 i;
	int fd;

	ASSERT_EQ(regions(self->fd), 0);
	for (i = 0; i < kills; i++) {
		wrong = one_end(&remains, i % 4 == 3);
		if (wrong)
			TH_LOG("end %llu: %s", i, wrong);
		ASSERT_EQ(wrong, NULL);
		now = regions(self->fd);
		if (now > most)
			most = now;
	}
	TH_LOG("%llu ends: %llu written, %llu read, %llu overwritten; up to %u regions", kills,
	       remains.written, remains.read, remains.lost, most);
	EXPECT_GT(remains.read, kills);
	EXPECT_GT(most, 0);
	/* all old, all gone, and their pages to be had again: nearly all that there may be */
	EXPECT_TRUE(wait_until(!regions(self->fd)));
	fd = device_open(O_RDWR);
	EXPECT_EQ(region_create(fd, LIMIT_MB - 2, MIB / HFT_SLOT_SIZE, &create), 0);
	EXPECT_GT(create.map_size, (LIMIT_MB - 2) * (__u64)MIB);
	close(fd);
}

TEST_HARNESS_MAIN
