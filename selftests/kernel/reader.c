// SPDX-License-Identifier: GPL-2.0
/* A live reader while the module and the processes that it reads come and go. */
#include <errno.h>
#include <fcntl.h>
#include <hftrace-reader.h>
#include <hftrace.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"

/* A process that writes one mark, and stays. */
static void engine(__u64 value, __u32 state, int told)
{
	struct hft_options options = { .size = sizeof(options), .rings = 1, .ring_slots = 256 };
	struct hft_status status = { .size = sizeof(status) };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (hft_init(&options) || hft_status(&status) || status.state != state)
		_exit(1);
	hft_mark(hft_thread_attach("engine"), hft_name("mark"), value);
	if (write(told, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* Its pid: `want`, unless that is 0; or -errno. */
static pid_t start(__u64 value, __u32 state, pid_t want)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = want ? (__u64)(uintptr_t)&want : 0,
		.set_tid_size = want ? 1 : 0,
	};
	int told[2];
	char byte;
	pid_t pid;

	if (pipe2(told, O_CLOEXEC))
		return -errno;
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		return -errno;
	if (!pid)
		engine(value, state, told[1]);
	close(told[1]);
	if (read(told[0], &byte, 1) != 1)
		pid = -EPIPE;
	close(told[0]);
	return pid;
}

static int open_processes(struct hft_reader **reader, const __s32 *tgids, size_t count)
{
	struct hft_live live = { .size = sizeof(live), .tgids = tgids, .tgids_count = count };

	return hft_reader_open_live(reader, &live);
}

/* The next mark's value; 0 when there is none. */
static __u64 next_value(struct hft_reader *reader)
{
	struct hft_record rec;

	return hft_reader_next(reader, &rec) ? 0 :
	       ((const struct hft_rec_mark *)rec.payload)->value;
}

TEST(holds_the_module_and_reads_on)
{
	struct hft_reader *reader, *again;
	pid_t pid;

	pid = start(11, HFT_STATE_MODULE, 0);
	ASSERT_GT(pid, 0);
	ASSERT_EQ(open_processes(&reader, &pid, 1), 0);
	EXPECT_EQ(module_unload("hftrace"), -EWOULDBLOCK);
	stop(pid);
	EXPECT_EQ(module_unload("hftrace"), -EWOULDBLOCK);
	hft_reader_settle(reader);
	EXPECT_EQ(hft_reader_refresh(reader), 0);
	EXPECT_EQ(hft_reader_wait(reader, 0), 0);
	EXPECT_EQ(next_value(reader), 11);
	EXPECT_EQ(next_value(reader), 0);
	EXPECT_EQ(hft_reader_wait(reader, 2000000), -ETIMEDOUT);
	hft_reader_close(reader);
	/* nobody has it open: it goes, and with it what the dead left */
	ASSERT_EQ(hftrace_reload(""), 0);
	ASSERT_EQ(open_processes(&again, &pid, 1), 0);
	EXPECT_EQ(hft_reader_rings(again), 0);
	hft_reader_close(again);
}

TEST(finds_the_module_when_it_comes)
{
	struct hft_reader *reader;
	pid_t pids[2];

	ASSERT_EQ(module_unload("hftrace"), 0);
	/* the second pid: of a process that is not there yet */
	pids[0] = start(21, HFT_STATE_PRIVATE, 0);
	ASSERT_GT(pids[0], 0);
	pids[1] = pids[0] + 100;
	ASSERT_EQ(open_processes(&reader, pids, 2), 0);
	EXPECT_EQ(hft_reader_rings(reader), 1);
	EXPECT_EQ(hft_reader_refresh(reader), 0);
	ASSERT_EQ(hftrace_reload(""), 0);
	ASSERT_EQ(start(22, HFT_STATE_MODULE, pids[1]), pids[1]);
	EXPECT_EQ(hft_reader_refresh(reader), 1);
	hft_reader_settle(reader);
	EXPECT_EQ(next_value(reader), 21);
	EXPECT_EQ(next_value(reader), 22);
	EXPECT_EQ(next_value(reader), 0);
	stop(pids[0]);
	stop(pids[1]);
	hft_reader_close(reader);
}

/* Once with the module's memory, once with private memory. */
static void restart_under_the_same_pid(struct __test_metadata *_metadata, __u32 state)
{
	struct hft_reader *reader, *fresh;
	struct hft_ring_info info;
	pid_t pid;

	pid = start(31, state, 0);
	ASSERT_GT(pid, 0);
	ASSERT_EQ(open_processes(&reader, &pid, 1), 0);
	stop(pid);
	/* starts are told apart by ticks of 10 ms */
	sleep_ms(30);
	ASSERT_EQ(start(32, state, pid), pid);
	EXPECT_EQ(hft_reader_refresh(reader), 1);
	EXPECT_EQ(hft_reader_rings(reader), 2);
	hft_reader_settle(reader);
	EXPECT_EQ(next_value(reader), 31);
	EXPECT_EQ(next_value(reader), 32);
	EXPECT_EQ(next_value(reader), 0);
	EXPECT_EQ(hft_reader_ring(reader, 0, &info), 0);
	EXPECT_EQ(info.records_written, 1);
	EXPECT_EQ(info.records_read, 1);
	/* who comes now sees the one that lives */
	ASSERT_EQ(open_processes(&fresh, &pid, 1), 0);
	EXPECT_EQ(hft_reader_rings(fresh), 1);
	hft_reader_settle(fresh);
	EXPECT_EQ(next_value(fresh), 32);
	EXPECT_EQ(next_value(fresh), 0);
	hft_reader_close(fresh);
	hft_reader_close(reader);
	stop(pid);
}

TEST(tells_a_pids_processes_apart)
{
	restart_under_the_same_pid(_metadata, HFT_STATE_MODULE);
}

TEST(tells_a_pids_processes_apart_in_private_memory)
{
	ASSERT_EQ(module_unload("hftrace"), 0);
	restart_under_the_same_pid(_metadata, HFT_STATE_PRIVATE);
	ASSERT_EQ(hftrace_reload(""), 0);
}

TEST_HARNESS_MAIN
