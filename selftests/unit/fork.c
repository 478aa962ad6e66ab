// SPDX-License-Identifier: GPL-2.0
/* A child of fork writes nothing into its parent's rings, and does not crash. */
#include "ktap.h"
#include "live.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void trace(struct hft_thread *thread, __u64 value)
{
	hft_span_begin(thread, 2, value);
	hft_mark(thread, 1, value);
	hft_span_end(thread);
}

/* 0, or the number of what went wrong. */
static int child_does(struct hft_thread *thread)
{
	struct hft_status status = { .size = sizeof(status) };
	struct hft_thread *again;
	struct hft_reader *reader;
	struct hft_record rec;
	int i;

	for (i = 0; i < 1000; i++)
		trace(thread, 777);
	hft_status(&status);
	if (status.state != HFT_STATE_CHILD || hft_name("x"))
		return 2;
	if (hft_thread_attach("child") != thread)
		return 3;
	trace(thread, 777);
	if (init_private(2, 256))
		return 4;
	again = hft_thread_attach("child");
	trace(again, 888);
	if (open_self(&reader) || hft_reader_rings(reader) != 1)
		return 5;
	hft_reader_settle(reader);
	for (i = 0; !hft_reader_next(reader, &rec); i++)
		;
	if (i != 2)
		return 6;
	hft_reader_close(reader);
	hft_fini();
	trace(again, 999);
	return 0;
}

/* Which tells no library. */
static pid_t raw_clone(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static int child_is_off_of(pid_t (*make)(void))
{
	struct hft_thread *thread;
	struct hft_reader *reader;
	struct hft_record rec;
	int status, records;
	pid_t pid;

	CHECK_EQ(init_private(2, 8192), 0);
	thread = hft_thread_attach("parent");
	hft_span_begin(thread, 1, 1);
	trace(thread, 1);
	pid = make();
	CHECK(pid >= 0);
	if (!pid)
		_exit(child_does(thread));
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 0);
	trace(thread, 1);
	hft_span_end(thread);
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	for (records = 0; !hft_reader_next(reader, &rec); records++)
		;
	CHECK_EQ(records, 5);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int child_is_off(void)
{
	return child_is_off_of(fork);
}

static int cloned_child_is_off(void)
{
	return child_is_off_of(raw_clone);
}

/* The parent's file must outlive a child that ends by exit(). */
static int child_leaves_the_file_of(pid_t (*make)(void))
{
	struct hft_reader *reader;
	int status;
	pid_t pid;

	CHECK_EQ(init_private(2, 256), 0);
	hft_thread_attach("parent");
	pid = make();
	CHECK(pid >= 0);
	if (!pid)
		exit(0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_close(reader);
	hft_fini();
	CHECK_EQ(open_self(&reader), -ENOENT);
	return 0;
}

static int child_leaves_the_file(void)
{
	return child_leaves_the_file_of(fork);
}

static int cloned_child_leaves_the_file(void)
{
	return child_leaves_the_file_of(raw_clone);
}

KTAP_MAIN({ "a child's handle is off until it calls hft_init()", child_is_off },
	  { "so is that of a child by a bare clone", cloned_child_is_off },
	  { "a child's exit leaves the parent's file", child_leaves_the_file },
	  { "so does that of a child by a bare clone", cloned_child_leaves_the_file })
