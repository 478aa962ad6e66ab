// SPDX-License-Identifier: GPL-2.0
/* What the victim does to itself, asked to. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "deeds.h"
#include "kinds.h"

/* How often to look whether it sleeps. */
#define STEP_NS		100000
#define TRIES		10000
#define SLOW_TIMES	5

static struct deed_box *box;
static int pipe_end = -1;

static int prepare(struct mischief *mischief)
{
	(void)mischief;
	if (box)
		return 0;
	/* A name of its own tells the waker from the shell that started it. */
	prctl(PR_SET_NAME, KINDS_COMM);
	return deed_box_open(&box) ? mischief_failed("the victim's box", -errno) : 0;
}

/* By its state in /proc/PID/stat, behind the name in brackets. */
static int victim_sleeps(const struct mischief *mischief)
{
	char path[64], line[256];
	const char *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", mischief->shared->pid);
	if (mischief_read_line(path, line, sizeof(line)))
		return 0;
	state = strstr(line, ") ");
	return state && state[2] == 'S';
}

/* Gives the victim what it waits for, once it sleeps. */
static int let_go(const struct mischief *mischief, struct act *act, enum deed deed)
{
	const struct timespec step = { .tv_nsec = STEP_NS };
	int tries;

	for (tries = 0; tries < TRIES && !victim_sleeps(mischief); tries++)
		nanosleep(&step, NULL);
	nanosleep(&step, NULL);
	act->tid = gettid();
	act->comm = KINDS_COMM;
	if (deed == DEED_BLOCK)
		return write(pipe_end, "", 1) == 1 ? 0 : -errno;
	atomic_store(&box->word, 1);
	return syscall(SYS_futex, &box->word, FUTEX_WAKE, 1, NULL, NULL, 0) < 0 ? -errno : 0;
}

static int ask(const struct mischief *mischief, struct act *act, enum deed deed, __u64 amount)
{
	int err = 0;

	deed_ask(box, deed, amount);
	if (deed == DEED_BLOCK || deed == DEED_FUTEX)
		err = let_go(mischief, act, deed);
	if (!err)
		err = deed_wait(box);
	act->start = box->start;
	act->end = box->end;
	act->address = box->address;
	act->bytes = box->bytes;
	return err ? mischief_failed(act->kind, err) : 0;
}

static int cow(struct mischief *mischief, struct act *act)
{
	return ask(mischief, act, DEED_COW, 0);
}

const struct mischief_kind scenario_cow = {
	.name = "cow",
	.summary = "it writes to private pages of a file that it has only read",
	.usual_ns = MISCHIEF_EXACT,
	.prepare = prepare,
	.act = cow,
};

static int file(struct mischief *mischief, struct act *act)
{
	return ask(mischief, act, DEED_FILE, 0);
}

const struct mischief_kind scenario_file = {
	.name = "file",
	.summary = "it reads pages of a file that are in memory, but not mapped yet",
	.usual_ns = MISCHIEF_EXACT,
	.prepare = prepare,
	.act = file,
};

static int prepare_block(struct mischief *mischief)
{
	char path[64];
	int err = prepare(mischief);

	if (err)
		return err;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", mischief->shared->pid, box->pipe[1]);
	pipe_end = open(path, O_WRONLY | O_CLOEXEC);
	return pipe_end < 0 ? mischief_failed(path, -errno) : 0;
}

static int block(struct mischief *mischief, struct act *act)
{
	return ask(mischief, act, DEED_BLOCK, 0);
}

const struct mischief_kind scenario_block = {
	.name = "block",
	.summary = "it reads from a pipe that is empty",
	.usual_ns = MISCHIEF_EXACT,
	.prepare = prepare_block,
	.act = block,
};

static int spin(struct mischief *mischief, struct act *act)
{
	return ask(mischief, act, DEED_SPIN, 0);
}

const struct mischief_kind scenario_spin = {
	.name = "spin",
	.summary = "it makes a system call that takes long and does not sleep",
	.usual_ns = MISCHIEF_EXACT,
	.prepare = prepare,
	.act = spin,
};

static int wait_for_word(struct mischief *mischief, struct act *act)
{
	return ask(mischief, act, DEED_FUTEX, 0);
}

const struct mischief_kind scenario_futex = {
	.name = "futex",
	.summary = "it waits for a futex",
	.usual_ns = MISCHIEF_EXACT,
	.prepare = prepare,
	.act = wait_for_word,
};

static int slow(struct mischief *mischief, struct act *act)
{
	return ask(mischief, act, DEED_SLOW, SLOW_TIMES);
}

const struct mischief_kind scenario_slow = {
	.name = "slow",
	.summary = "its own code takes longer",
	.usual_ns = MISCHIEF_EXACT,
	.prepare = prepare,
	.act = slow,
};
