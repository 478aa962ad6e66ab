// SPDX-License-Identifier: GPL-2.0
/* Regions of the dead: what they hold, who reads it, how long it stays, what it costs. */
#include <errno.h>
#include <fcntl.h>
#include <hftrace.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "ring.h"

/* A little more than 2 MiB: two of them in 5, three in 8. */
#define RINGS	4
#define SLOTS	16384

FIXTURE(dead)
{
	int fd;
};

FIXTURE_SETUP(dead)
{
	ASSERT_EQ(hftrace_reload("attach=none dead_age_s=600 regions_mb=8 user_mb=5"), 0);
	self->fd = device_open(O_RDONLY);
	ASSERT_GE(self->fd, 0);
}

FIXTURE_TEARDOWN(dead)
{
	close(self->fd);
}

/* Of those that are soon old. */
FIXTURE(old)
{
	int fd;
};

#define AGE_MS	1000

FIXTURE_SETUP(old)
{
	ASSERT_EQ(hftrace_reload("attach=none dead_age_s=1 regions_mb=8 user_mb=5"), 0);
	self->fd = device_open(O_RDONLY);
	ASSERT_GE(self->fd, 0);
}

FIXTURE_TEARDOWN(old)
{
	close(self->fd);
}

/* A process with a region that begins with `word`; what it is told to do last comes by a byte. */
struct owner {
	pid_t pid;
	int tell;
	int told;
	struct hft_region_create create;
	int err;
};

static void own(int in, int out, const char *user, const char *word)
{
	struct owner owner = { 0 };
	char *at = NULL, byte = 0;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	owner.err = user ? become(user) : 0;
	fd = device_open(O_RDWR);
	if (!owner.err)
		owner.err = fd < 0 ? fd : region_create(fd, RINGS, SLOTS, &owner.create);
	if (!owner.err)
		at = device_map(fd, HFT_MAP_REGION, owner.create.map_size, PROT_READ | PROT_WRITE,
				&owner.err);
	if (at)
		strcpy(at, word);
	if (write(out, &owner, sizeof(owner)) != sizeof(owner) || read(in, &byte, 1) != 1)
		_exit(0);
	if (byte == 'u')
		munmap(at, owner.create.map_size);
	if (byte == 'u')
		pause();
	_exit(0);
}

static void start(struct owner *owner, const char *user, const char *word)
{
	struct owner said;
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		exit(1);
	owner->pid = fork();
	if (!owner->pid)
		own(in[0], out[1], user, word);
	close(in[0]);
	close(out[1]);
	owner->tell = in[1];
	owner->told = out[0];
	owner->err = -EPIPE;
	if (read(out[0], &said, sizeof(said)) == sizeof(said)) {
		owner->create = said.create;
		owner->err = said.err;
	}
}

static void end(struct owner *owner)
{
	close(owner->tell);
	close(owner->told);
	stop(owner->pid);
}

/* Its flags, or -errno. */
static int flags_of(int fd, __u64 region)
{
	struct hft_region_info info;
	int err = region_info(fd, region - 1, &info);

	if (err)
		return err;
	return info.region == region ? (int)info.flags : -ENOENT;
}

static int flags_become(int fd, __u64 region, int flags)
{
	int now;

	wait_until((now = flags_of(fd, region)) == flags);
	return now;
}

/* Does it begin with this word, read by another file? 0 or -errno. */
static int holds(__u64 region, const char *word)
{
	struct hft_region_open open;
	int fd, err;
	char *at;

	fd = device_open(O_RDONLY);
	if (fd < 0)
		return fd;
	err = region_open(fd, region, &open);
	if (!err) {
		at = device_map(fd, HFT_MAP_REGION, open.map_size, PROT_READ, &err);
		if (at) {
			err = strcmp(at, word) ? -EBADMSG : 0;
			munmap(at, open.map_size);
		}
	}
	close(fd);
	return err;
}

TEST_F(dead, by_exit_exec_kill_and_unmapping)
{
	static const char ways[] = { 'x', 'e', 'k', 'u' };
	struct owner owner;
	unsigned int i;
	__u64 killed;

	for (i = 0; i < sizeof(ways); i++) {
		char word[] = "died by ?";
		struct hft_region_info info;

		word[8] = ways[i];
		start(&owner, "trader", word);
		ASSERT_EQ(owner.err, 0);
		EXPECT_EQ(flags_of(self->fd, owner.create.region), 0);
		EXPECT_EQ(holds(owner.create.region, word), 0);
		killed = now_ns();
		if (ways[i] == 'k')
			kill(owner.pid, SIGKILL);
		else
			EXPECT_EQ(write(owner.tell, &ways[i], 1), 1);
		EXPECT_EQ(flags_become(self->fd, owner.create.region, HFT_REGION_DEAD),
			  HFT_REGION_DEAD);
		EXPECT_EQ(holds(owner.create.region, word), 0);
		ASSERT_EQ(region_info(self->fd, owner.create.region - 1, &info), 0);
		EXPECT_EQ(info.euid, 1001);
		EXPECT_LE(info.age_ms, (now_ns() - killed) / 1000000 + 20);
		end(&owner);
	}
}

TEST_F(dead, can_be_read_by_its_user)
{
	struct owner owner;
	pid_t pid;

	start(&owner, "trader", "mine");
	ASSERT_EQ(owner.err, 0);
	end(&owner);
	pid = fork();
	if (!pid)
		_exit(become("trader") || holds(owner.create.region, "mine"));
	EXPECT_EQ(wait_for(pid), 0);
	/* other members of the group are other users */
	pid = fork();
	if (!pid) {
		if (setresuid(1002, 1002, 1002))
			_exit(1);
		_exit(holds(owner.create.region, "mine") != -EACCES);
	}
	EXPECT_EQ(wait_for(pid), 0);
}

TEST_F(old, goes)
{
	struct owner owner;
	__u64 alive;

	start(&owner, NULL, "old");
	ASSERT_EQ(owner.err, 0);
	EXPECT_EQ(flags_of(self->fd, owner.create.region), 0);
	alive = now_ns();
	end(&owner);
	EXPECT_EQ(flags_become(self->fd, owner.create.region, -ENOENT), -ENOENT);
	/* but for a tick or two */
	EXPECT_GE(now_ns() - alive, (AGE_MS - 20) * 1000000ULL);
	EXPECT_EQ(holds(owner.create.region, "old"), -ENOENT);
}

TEST_F(old, stays_for_those_who_have_it_open)
{
	struct hft_region_open open;
	struct owner owner;
	char *at;
	int fd, err;

	start(&owner, NULL, "open");
	ASSERT_EQ(owner.err, 0);
	fd = device_open(O_RDONLY);
	ASSERT_EQ(region_open(fd, owner.create.region, &open), 0);
	end(&owner);
	EXPECT_EQ(flags_become(self->fd, owner.create.region, -ENOENT), -ENOENT);
	at = device_map(fd, HFT_MAP_REGION, open.map_size, PROT_READ, &err);
	ASSERT_EQ(err, 0);
	close(fd);
	EXPECT_STREQ(at, "open");
	munmap(at, open.map_size);
}

TEST_F(dead, makes_room_for_the_living)
{
	struct owner first, second, third, fourth, fifth;

	/* a user has 5 MiB: two regions, of which dead ones give way */
	start(&first, "trader", "first");
	start(&second, "trader", "second");
	ASSERT_EQ(first.err, 0);
	ASSERT_EQ(second.err, 0);
	start(&third, "trader", "third");
	EXPECT_EQ(third.err, -EDQUOT);
	end(&third);
	EXPECT_EQ(holds(first.create.region, "first"), 0);
	end(&first);
	EXPECT_EQ(holds(first.create.region, "first"), 0);
	start(&third, "trader", "third");
	EXPECT_EQ(third.err, 0);
	EXPECT_EQ(flags_of(self->fd, first.create.region), -ENOENT);

	/* all have 8 MiB together: three regions, of which dead ones give way */
	start(&fourth, NULL, "fourth");
	EXPECT_EQ(fourth.err, 0);
	start(&fifth, NULL, "fifth");
	EXPECT_EQ(fifth.err, -ENOSPC);
	end(&fifth);
	end(&second);
	EXPECT_EQ(holds(second.create.region, "second"), 0);
	start(&fifth, NULL, "fifth");
	EXPECT_EQ(fifth.err, 0);
	EXPECT_EQ(flags_of(self->fd, second.create.region), -ENOENT);
	EXPECT_EQ(holds(third.create.region, "third"), 0);
	EXPECT_EQ(holds(fourth.create.region, "fourth"), 0);
	end(&third);
	end(&fourth);
	end(&fifth);
}

/* Of others' dead regions none goes for a request that is refused all the same. */
TEST_F(dead, is_not_driven_out_in_vain)
{
	struct hft_region_create create;
	struct owner owner;
	pid_t pid;

	start(&owner, NULL, "kept");
	ASSERT_EQ(owner.err, 0);
	end(&owner);
	pid = fork();
	if (!pid) {
		int fd, err;

		err = become("trader");
		fd = device_open(O_RDWR);
		/* 7 MiB: more than the user's, less than all */
		if (err || region_create(fd, 14, 16384, &create) != -EDQUOT)
			_exit(1);
		/* 9 MiB: more than all */
		_exit(region_create(fd, 18, 16384, &create) != -ENOSPC);
	}
	EXPECT_EQ(wait_for(pid), 0);
	EXPECT_EQ(holds(owner.create.region, "kept"), 0);
}

/* The pages count until they are free, whoever holds them. */
TEST_F(old, counts_while_it_is_held)
{
	struct hft_region_open open;
	struct owner owner[3];
	int held[2], i;

	for (i = 0; i < 2; i++) {
		start(&owner[i], "trader", "held");
		ASSERT_EQ(owner[i].err, 0);
		held[i] = device_open(O_RDONLY);
		ASSERT_EQ(region_open(held[i], owner[i].create.region, &open), 0);
		end(&owner[i]);
	}
	/* forgotten, but not free */
	EXPECT_EQ(flags_become(self->fd, owner[1].create.region, -ENOENT), -ENOENT);
	start(&owner[2], "trader", "third");
	EXPECT_EQ(owner[2].err, -EDQUOT);
	end(&owner[2]);
	close(held[0]);
	start(&owner[2], "trader", "third");
	EXPECT_EQ(owner[2].err, 0);
	end(&owner[2]);
	close(held[1]);
}

/* Writes records for ever, each one's value one more than the last. */
static void write_records(int ready)
{
	struct hft_options options = { .size = sizeof(options), .rings = 1, .ring_slots = 8192 };
	struct hft_thread *thread;
	__u64 value = 0;
	__u32 name;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (hft_init(&options))
		_exit(1);
	thread = hft_thread_attach("writer");
	name = hft_name("record");
	for (;;) {
		if (value == 3 && write(ready, "", 1) != 1)
			_exit(1);
		if (value % 3) {
			hft_mark(thread, name, value++);
		} else {
			hft_span_begin(thread, name, value++);
			hft_span_end(thread);
		}
	}
}

/* Reads what it left: every committed record, in order, to the last one. */
static void read_records(struct __test_metadata *_metadata, const char *region)
{
	const struct hft_region *head = (const void *)region;
	struct record record;
	struct ring ring;
	__u64 value, next = 0;
	bool any = false;

	ASSERT_EQ(head->magic, HFT_REGION_MAGIC);
	ring_at(&ring, region + head->rings_offset);
	EXPECT_EQ(ring.ctl->magic, HFT_RING_MAGIC);
	while (ring_next(&ring, &record, true)) {
		ASSERT_TRUE(record.type == HFT_REC_MARK || record.type == HFT_REC_SPAN);
		value = record.type == HFT_REC_MARK ? record.mark.value : record.span.id;
		if (any)
			ASSERT_EQ(value, next);
		ASSERT_EQ(record.type == HFT_REC_SPAN, value % 3 == 0);
		any = true;
		next = value + 1;
	}
	EXPECT_TRUE(any);
	EXPECT_EQ(ring.disorders, 0);
	/* the one record that it was writing when it was killed, if any */
	EXPECT_LE(ring.broken, 2);
	EXPECT_EQ(ring_slots_written(&ring), ring.slots_read + ring.slots_lost);
	EXPECT_GE(ring_records_written(&ring), next);
	EXPECT_LE(ring_records_written(&ring), next + 1);
}

/* The number of a process's region, 0 if it has none. */
static __u64 region_of(int fd, pid_t pid)
{
	struct hft_region_info info = { 0 };

	while (!region_info(fd, info.region, &info)) {
		if (info.tgid == pid)
			return info.region;
	}
	return 0;
}

TEST_F(dead, by_kill_leaves_every_committed_record)
{
	struct hft_region_open open;
	int i, ready[2], fd, err;
	char byte, *at;
	pid_t pid;

	ASSERT_EQ(pipe(ready), 0);
	for (i = 0; i < 40; i++) {
		struct timespec moment = { 0, 200000 + (long)(ticks() % 20000000) };

		pid = fork();
		if (!pid)
			write_records(ready[1]);
		ASSERT_EQ(read(ready[0], &byte, 1), 1);
		nanosleep(&moment, NULL);
		stop(pid);
		fd = device_open(O_RDONLY);
		ASSERT_EQ(region_open(fd, region_of(fd, pid), &open), 0);
		at = device_map(fd, HFT_MAP_REGION, open.map_size, PROT_READ, &err);
		ASSERT_EQ(err, 0);
		read_records(_metadata, at);
		munmap(at, open.map_size);
		close(fd);
	}
}

TEST_HARNESS_MAIN
