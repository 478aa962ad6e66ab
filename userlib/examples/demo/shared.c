// SPDX-License-Identifier: LGPL-2.1
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "shared.h"

static int map(int fd, struct shared **shared)
{
	void *memory = mmap(NULL, sizeof(**shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_POPULATE, fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	*shared = memory;
	return 0;
}

int shared_engine_lives(const struct shared *shared)
{
	return !kill(shared->pid, 0) || errno == EPERM;
}

/* -ENOENT: none, or none that is whole yet. */
static int open_once(struct shared **shared, const char *name)
{
	struct stat status;
	int fd, err;

	fd = shm_open(name, O_RDWR | O_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = fstat(fd, &status) ? -errno : 0;
	if (!err && status.st_size != sizeof(**shared))
		err = -ENOENT;
	if (!err)
		err = map(fd, shared);
	close(fd);
	if (err)
		return err;
	if ((*shared)->magic == SHARED_MAGIC && shared_engine_lives(*shared))
		return 0;
	shared_close(*shared);
	return -ENOENT;
}

int shared_create(struct shared **shared, const char *name)
{
	int fd, err;

	if (!open_once(shared, name)) {
		shared_close(*shared);
		return -EEXIST;
	}
	/* What an engine that was killed has left. */
	shm_unlink(name);
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = ftruncate(fd, sizeof(**shared)) ? -errno : 0;
	if (!err)
		err = map(fd, shared);
	close(fd);
	if (err) {
		shm_unlink(name);
		return err;
	}
	(*shared)->pid = getpid();
	atomic_thread_fence(memory_order_release);
	(*shared)->magic = SHARED_MAGIC;
	return 0;
}

int shared_open(struct shared **shared, const char *name, unsigned int seconds)
{
	const struct timespec step = { .tv_nsec = 10 * 1000 * 1000 };
	unsigned int tries;
	int err = -ENOENT;

	for (tries = 0; tries <= seconds * 100; tries++) {
		err = open_once(shared, name);
		if (!err && atomic_load(&(*shared)->state) == SHARED_READY)
			return 0;
		if (!err)
			shared_close(*shared);
		else if (err != -ENOENT)
			return err;
		nanosleep(&step, NULL);
	}
	return -ETIMEDOUT;
}

void shared_remove(struct shared *shared, const char *name, enum shared_state state)
{
	atomic_store(&shared->state, state);
	shm_unlink(name);
	shared_close(shared);
}

void shared_close(struct shared *shared)
{
	munmap(shared, sizeof(*shared));
}
