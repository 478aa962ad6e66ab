// SPDX-License-Identifier: GPL-2.0
/* What a crash leaves in /dev/shm can be read, and goes when it is old. */
#include "ktap.h"
#include "live.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <glob.h>

static int crash(pid_t *dead)
{
	struct hft_thread *thread;
	int status;

	*dead = fork();
	CHECK(*dead >= 0);
	if (!*dead) {
		if (init_private(2, 256))
			_exit(1);
		thread = hft_thread_attach("doomed");
		hft_mark(thread, hft_name("last words"), 42);
		hft_span_begin(thread, 1, 43);
		signal(SIGSEGV, SIG_DFL);
		raise(SIGKILL);
	}
	CHECK_EQ(waitpid(*dead, &status, 0), *dead);
	CHECK(WIFSIGNALED(status));
	return 0;
}

static int read_dead(pid_t dead)
{
	const struct hft_rec_mark *mark;
	struct hft_reader *reader;
	struct hft_record rec;

	CHECK_EQ(open_process(&reader, dead, 0), 0);
	hft_reader_settle(reader);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	mark = rec.payload;
	CHECK_EQ(mark->value, 42);
	CHECK(!strcmp(hft_reader_name(reader, rec.ring, mark->name), "last words"));
	hft_reader_close(reader);
	return 0;
}

static int file_of(pid_t pid, char *path, size_t size)
{
	glob_t found;

	snprintf(path, size, "/dev/shm/hftrace-%d-*", (int)pid);
	CHECK_EQ(glob(path, 0, NULL, &found), 0);
	CHECK_EQ(found.gl_pathc, 1);
	snprintf(path, size, "%s", found.gl_pathv[0]);
	globfree(&found);
	return 0;
}

static int init_and_fini(void)
{
	CHECK_EQ(init_private(1, 256), 0);
	hft_fini();
	return 0;
}

static int evidence_stays_and_goes(void)
{
	struct timespec old[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	char path[128];
	struct stat st;
	pid_t dead;

	CHECK_EQ(crash(&dead), 0);
	CHECK_EQ(file_of(dead, path, sizeof(path)), 0);
	CHECK_EQ(stat(path, &st), 0);
	CHECK_EQ(st.st_mode & 07777, 0600);
	/* An engine that ran for days: its age when found is what counts. */
	CHECK_EQ(utimensat(AT_FDCWD, path, old, 0), 0);
	CHECK_EQ(init_and_fini(), 0);
	CHECK_EQ(read_dead(dead), 0);
	CHECK_EQ(init_and_fini(), 0);
	CHECK_EQ(read_dead(dead), 0);
	CHECK_EQ(utimensat(AT_FDCWD, path, old, 0), 0);
	CHECK_EQ(init_and_fini(), 0);
	CHECK(stat(path, &st) && errno == ENOENT);
	return 0;
}

KTAP_MAIN({ "a crash's rings can be read, and are removed when old", evidence_stays_and_goes })
