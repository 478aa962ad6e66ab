// SPDX-License-Identifier: LGPL-2.1
/*
 * Private memory: a file in /dev/shm that readers of the same user can find.
 * It is removed when its process ends by itself; what a crash leaves behind is
 * evidence, and stays for 10 minutes after another process of its user has
 * found it orphaned.
 */
#include "library.h"
#include "process.h"
#include "shm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define EVIDENCE_SECONDS	600
#define ORPHAN_MODE		0400	/* marks a file that was found orphaned at its mtime */

/*
 * All of it now: a full file system must not show as SIGBUS later. A signal that comes
 * meanwhile would undo it, each time where a timer sends them.
 */
static int allocate(int fd, size_t size)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = -posix_fallocate(fd, 0, (off_t)size);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

/* Its descriptor is kept: as long as it is open, others see that its process lives. Or -errno. */
int hft_shm_create(size_t size, char *path, size_t path_size, void **map)
{
	uint64_t random;
	int fd, err;

	do {
		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return -errno;
		snprintf(path, path_size, HFT_SHM_DIR "/" HFT_SHM_PREFIX "%d-%016llx",
			 (int)getpid(), (unsigned long long)random);
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	} while (fd < 0 && errno == EEXIST);
	if (fd < 0) {
		err = -errno;
		goto err_path;
	}
	/* without the lock, which nobody is to hold, it is its pid alone that it is known by */
	flock(fd, LOCK_SH | LOCK_NB);
	err = allocate(fd, size);
	if (err)
		goto err_unlink;
	*map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (*map == MAP_FAILED) {
		err = -errno;
		goto err_unlink;
	}
	return fd;

err_unlink:
	unlink(path);
	close(fd);
err_path:
	path[0] = '\0';
	return err;
}

/* The pid that a file's name tells, 0 if it is not one of ours. */
pid_t hft_shm_pid(const char *name)
{
	const char *text = name + strlen(HFT_SHM_PREFIX);
	char *end;
	long pid;

	if (strncmp(name, HFT_SHM_PREFIX, strlen(HFT_SHM_PREFIX)) || *text < '1' || *text > '9')
		return 0;
	errno = 0;
	pid = strtol(text, &end, 10);
	if (errno || *end != '-' || pid > 0x7fffffff || strlen(end + 1) != 16)
		return 0;
	return (pid_t)pid;
}

/* Its process, in whatever namespace: there it may have another pid. */
static bool is_held(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
}

/* Whether it was made by another process than that which has the pid. */
static bool is_of_another(int fd, pid_t pid)
{
	struct hft_region page;

	return pread(fd, &page, sizeof(page), 0) == sizeof(page) &&
	       page.magic == HFT_REGION_MAGIC && hft_process_is_another(pid, page.process_start);
}

/* Is there still the process that made it? Not one that was given its pid since. */
static bool is_orphan(int dir, const char *name, pid_t pid)
{
	bool gone = kill(pid, 0) && errno == ESRCH, orphan;
	int fd;

	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	orphan = (gone || is_of_another(fd, pid)) && !is_held(fd);
	close(fd);
	return orphan;
}

static void clean_one(int dir, const char *name)
{
	struct timespec now;
	struct stat st;
	pid_t pid;

	pid = hft_shm_pid(name);
	if (!pid)
		return;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || !is_orphan(dir, name, pid))
		return;
	if ((st.st_mode & 07777) != ORPHAN_MODE) {
		/* Whoever may remove it may mark it; if not, it stays as it is. */
		if (!utimensat(dir, name, NULL, AT_SYMLINK_NOFOLLOW))
			fchmodat(dir, name, ORPHAN_MODE, 0);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec - st.st_mtim.tv_sec > EVIDENCE_SECONDS)
		unlinkat(dir, name, 0);
}

void hft_shm_clean(void)
{
	struct dirent *entry;
	DIR *dir;

	dir = opendir(HFT_SHM_DIR);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		clean_one(dirfd(dir), entry->d_name);
	closedir(dir);
}
