// SPDX-License-Identifier: GPL-2.0
/* A program with the library: it runs whatever the module does, and says what that is. */
#include <errno.h>
#include <fcntl.h>
#include <hftrace-reader.h>
#include <hftrace.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"

#define MARKS	1000U

/* What the program finds, and whether its marks can be read: 0, or what was not so. */
static int run_as(const char *user, __u32 state, int error, const char *text)
{
	struct hft_options options = { .size = sizeof(options), .rings = 8, .ring_slots = 8192 };
	struct hft_status status = { .size = sizeof(status) };
	struct hft_thread *thread;
	__s32 tgid = getpid();
	struct hft_live live = { .size = sizeof(live), .tgids = &tgid, .tgids_count = 1 };
	struct hft_reader *reader;
	struct hft_record rec;
	unsigned int i;

	if (user && become(user))
		return 1;
	if (hft_init(&options) || hft_status(&status))
		return 2;
	if (status.state != state || status.module_error != error)
		return 3;
	if (!strstr(status.text, text) || strchr(status.text, '\n'))
		return 4;
	thread = hft_thread_attach("engine");
	for (i = 0; i < MARKS; i++)
		hft_mark(thread, 1, i);
	if (hft_reader_open_live(&reader, &live))
		return 5;
	hft_reader_settle(reader);
	for (i = 0; !hft_reader_next(reader, &rec); i++)
		if (((const struct hft_rec_mark *)rec.payload)->value != i)
			return 6;
	hft_reader_close(reader);
	hft_fini();
	return i == MARKS ? 0 : 7;
}

static int runs(const char *user, __u32 state, int error, const char *text)
{
	pid_t pid = fork();

	if (!pid)
		_exit(run_as(user, state, error, text));
	return wait_for(pid);
}

TEST(through_the_module)
{
	EXPECT_EQ(runs("trader", HFT_STATE_MODULE, 0, "tracing through /dev/hftrace"), 0);
}

TEST(who_may_not)
{
	EXPECT_EQ(runs("alice", HFT_STATE_PRIVATE, -EACCES, "join the group hftrace"), 0);
}

/* 8 rings take 2 MiB and more. */
TEST(a_users_quota_is_used_up)
{
	ASSERT_EQ(hftrace_reload("user_mb=1"), 0);
	EXPECT_EQ(runs("trader", HFT_STATE_PRIVATE, -EDQUOT, "user_mb"), 0);
	ASSERT_EQ(hftrace_reload(""), 0);
}

TEST(all_memory_for_rings_is_used_up)
{
	ASSERT_EQ(hftrace_reload("regions_mb=1"), 0);
	EXPECT_EQ(runs("trader", HFT_STATE_PRIVATE, -ENOSPC, "regions_mb"), 0);
	ASSERT_EQ(hftrace_reload(""), 0);
}

TEST(the_module_is_not_there)
{
	ASSERT_EQ(module_unload("hftrace"), 0);
	EXPECT_EQ(runs(NULL, HFT_STATE_PRIVATE, -ENOENT, "modprobe hftrace"), 0);
	ASSERT_EQ(hftrace_reload(""), 0);
}

/* Unloading is refused, and the program notices nothing of it. */
TEST(the_module_is_to_be_unloaded_meanwhile)
{
	struct hft_options options = { .size = sizeof(options), .rings = 1, .ring_slots = 256 };
	struct hft_thread *thread;
	unsigned int i;

	ASSERT_EQ(hft_init(&options), 0);
	thread = hft_thread_attach("engine");
	for (i = 0; i < MARKS; i++) {
		hft_mark(thread, 1, i);
		if (!(i % 100))
			EXPECT_EQ(module_unload("hftrace"), -EWOULDBLOCK);
	}
	EXPECT_EQ(thread->ctl->records, MARKS);
	hft_fini();
	EXPECT_EQ(module_unload("hftrace"), 0);
	hft_mark(thread, 1, 1);
	ASSERT_EQ(hftrace_reload(""), 0);
}

TEST_HARNESS_MAIN
