// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "deeds.h"

#define NAME		"/hftrace-scenarios"
/*
 * Seldom: each sleep here keeps the emulator busy, on the victim's core perhaps, while the
 * victim is at it.
 */
#define STEP_NS		1000000
#define WAIT_STEPS	5000

static int map_box(int fd, struct deed_box **box)
{
	void *memory;

	if (fd < 0)
		return -errno;
	memory = ftruncate(fd, sizeof(**box)) ? MAP_FAILED :
		 mmap(NULL, sizeof(**box), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		      fd, 0);
	if (memory == MAP_FAILED) {
		close(fd);
		return -errno;
	}
	close(fd);
	*box = memory;
	return 0;
}

int deed_box_create(struct deed_box **box)
{
	shm_unlink(NAME);
	return map_box(shm_open(NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), box);
}

int deed_box_open(struct deed_box **box)
{
	return map_box(shm_open(NAME, O_RDWR | O_CLOEXEC, 0), box);
}

void deed_box_remove(struct deed_box *box)
{
	shm_unlink(NAME);
	munmap(box, sizeof(*box));
}

void deed_ask(struct deed_box *box, enum deed deed, __u64 amount)
{
	box->deed = deed;
	box->amount = amount;
	atomic_fetch_add(&box->asked, 1);
}

int deed_wait(struct deed_box *box)
{
	const struct timespec step = { .tv_nsec = STEP_NS };
	int tries;

	for (tries = 0; tries < WAIT_STEPS; tries++) {
		nanosleep(&step, NULL);
		if (atomic_load(&box->answered) == atomic_load(&box->asked))
			return box->error;
	}
	return -ETIMEDOUT;
}
