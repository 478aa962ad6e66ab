// SPDX-License-Identifier: GPL-2.0
/* A pid that was another's: what that one left is not taken for the living one's. */
#include "ktap.h"
#include "live.h"

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#define NOBODYS_PID	0x7ffffff0	/* more than there can be */

/* The file of a process's private memory; an empty path if it has none. */
static void find_file(pid_t pid, char *path)
{
	struct dirent *entry;
	int found;
	DIR *dir;

	path[0] = '\0';
	dir = opendir("/dev/shm");
	CHECK(dir);
	while ((entry = readdir(dir)))
		if (sscanf(entry->d_name, "hftrace-%d-", &found) == 1 && found == pid)
			snprintf(path, PATH_MAX, "/dev/shm/%s", entry->d_name);
	closedir(dir);
}

/*
 * One that writes a mark and is killed. What it left then bears `heir` in its
 * name, as if that one, who began at another time, had got its pid.
 */
static void leave_to(pid_t heir, char *path)
{
	struct timespec tick = { .tv_nsec = 30000000 };
	char was[PATH_MAX];
	int pipes[2];
	pid_t pid;
	char byte;

	/* starts are told apart by ticks of 10 ms */
	nanosleep(&tick, NULL);
	CHECK_EQ(pipe(pipes), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		if (init_private(1, 256))
			_exit(1);
		hft_mark(hft_thread_attach("earlier"), 1, 666);
		if (write(pipes[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	CHECK_EQ(read(pipes[0], &byte, 1), 1);
	kill(pid, SIGKILL);
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	find_file(pid, was);
	CHECK(was[0]);
	snprintf(path, PATH_MAX, "/dev/shm/hftrace-%d-%s", (int)heir, strrchr(was, '-') + 1);
	CHECK_EQ(rename(was, path), 0);
}

/* Lives until it is killed; makes its region when told to. */
static pid_t begin_heir(int *tell, int *told)
{
	int in[2], out[2];
	pid_t pid;
	char byte;

	CHECK(!pipe(in) && !pipe(out));
	*tell = in[1];
	*told = out[0];
	pid = fork();
	CHECK(pid >= 0);
	if (pid)
		return pid;
	close(in[1]);
	while (read(in[0], &byte, 1) == 1) {
		if (init_private(1, 256))
			_exit(1);
		hft_mark(hft_thread_attach("heir"), 1, 42);
		if (write(out[1], "", 1) != 1)
			_exit(1);
	}
	_exit(0);
}

static void make_region(int tell, int told)
{
	char byte;

	CHECK_EQ(write(tell, "", 1), 1);
	CHECK_EQ(read(told, &byte, 1), 1);
}

/* All that a reader of this process sees is one mark, of this value. */
static void sees_only(struct hft_reader *reader, __u64 value)
{
	struct hft_record rec;

	hft_reader_settle(reader);
	CHECK_EQ(hft_reader_rings(reader), 1);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	CHECK_EQ(((const struct hft_rec_mark *)rec.payload)->value, value);
	CHECK_EQ(hft_reader_next(reader, &rec), -ENODATA);
}

static int is_not_the_livings(void)
{
	struct hft_reader *reader;
	char path[PATH_MAX];
	int tell, told;
	pid_t heir;

	heir = begin_heir(&tell, &told);
	leave_to(heir, path);
	CHECK_EQ(open_process(&reader, heir, 0), -ENOENT);
	make_region(tell, told);
	CHECK_EQ(open_process(&reader, heir, 0), 0);
	sees_only(reader, 42);
	hft_reader_close(reader);
	kill(heir, SIGKILL);
	CHECK_EQ(waitpid(heir, NULL, 0), heir);
	unlink(path);
	find_file(heir, path);
	unlink(path);
	return 0;
}

static int is_found_orphaned(void)
{
	char path[PATH_MAX];
	struct stat st;

	leave_to(getpid(), path);
	CHECK_EQ(stat(path, &st), 0);
	CHECK_EQ(st.st_mode & 0777, 0600);
	CHECK_EQ(init_private(1, 256), 0);
	CHECK_EQ(stat(path, &st), 0);
	CHECK_EQ(st.st_mode & 0777, 0400);
	hft_fini();
	unlink(path);
	return 0;
}

/*
 * In a container a process has another pid than its file says, where that can be
 * nobody's. It is alive all the same.
 */
static int is_alive_in_another_namespace(void)
{
	char was[PATH_MAX], path[PATH_MAX];
	int tell, told, round;
	struct stat st;
	pid_t pid;

	pid = begin_heir(&tell, &told);
	make_region(tell, told);
	find_file(pid, was);
	CHECK(was[0]);
	snprintf(path, sizeof(path), "/dev/shm/hftrace-%d-%s", NOBODYS_PID, strrchr(was, '-') + 1);
	CHECK_EQ(rename(was, path), 0);
	for (round = 0; round < 2; round++) {
		CHECK_EQ(init_private(1, 256), 0);
		hft_fini();
		CHECK_EQ(stat(path, &st), 0);
		CHECK_EQ(st.st_mode & 0777, round ? 0400 : 0600);
		if (!round) {
			kill(pid, SIGKILL);
			CHECK_EQ(waitpid(pid, NULL, 0), pid);
		}
	}
	unlink(path);
	return 0;
}

/* A program that becomes another one is the same process: its earlier memory stays its own. */
static int stays_its_own_over_exec(void)
{
	struct hft_reader *reader;
	char path[PATH_MAX];
	int out[2], in[2];
	pid_t pid;
	char byte;

	CHECK(!pipe(out) && !pipe(in));
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		if (init_private(1, 256))
			_exit(1);
		hft_mark(hft_thread_attach("before"), 1, 7);
		dup2(out[1], STDOUT_FILENO);
		dup2(in[0], STDIN_FILENO);
		close(in[1]);
		execl("/bin/sh", "sh", "-c", "echo; read x", NULL);
		_exit(1);
	}
	CHECK_EQ(read(out[0], &byte, 1), 1);
	CHECK_EQ(open_process(&reader, pid, 0), 0);
	sees_only(reader, 7);
	hft_reader_close(reader);
	close(in[1]);
	close(in[0]);
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	find_file(pid, path);
	unlink(path);
	return 0;
}

/*
 * Anybody can put a file into /dev/shm: one of another user, a link or a fifo under the
 * name that a living process's has is not read, and keeps nobody waiting.
 */
static int is_its_own_users(void)
{
	char path[PATH_MAX], aside[PATH_MAX + 8];
	struct hft_reader *reader;
	int tell, told;
	pid_t pid;

	pid = begin_heir(&tell, &told);
	make_region(tell, told);
	find_file(pid, path);
	CHECK(path[0]);
	CHECK_EQ(open_process(&reader, pid, 0), 0);
	sees_only(reader, 42);
	hft_reader_close(reader);
	if (!geteuid()) {
		CHECK_EQ(chown(path, 65534, 65534), 0);
		CHECK_EQ(open_process(&reader, pid, 0), -ENOENT);
		CHECK_EQ(chown(path, 0, 0), 0);
	}
	snprintf(aside, sizeof(aside), "%s.aside", path);
	CHECK_EQ(rename(path, aside), 0);
	CHECK_EQ(symlink(aside, path), 0);
	CHECK_EQ(open_process(&reader, pid, 0), -ENOENT);
	CHECK_EQ(unlink(path), 0);
	CHECK_EQ(mkfifo(path, 0600), 0);
	CHECK_EQ(open_process(&reader, pid, 0), -ENOENT);
	CHECK_EQ(unlink(path), 0);
	kill(pid, SIGKILL);
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	unlink(aside);
	return 0;
}

KTAP_MAIN({ "a dead one's memory is not that of who has its pid", is_not_the_livings },
	  { "it is found orphaned, for all that the pid is alive", is_found_orphaned },
	  { "one that lives in another namespace keeps its memory",
	    is_alive_in_another_namespace },
	  { "what stood before exec stays the process's", stays_its_own_over_exec },
	  { "another user's file, a link and a fifo are nobody's memory", is_its_own_users })
