// SPDX-License-Identifier: GPL-2.0
/* What files have: opening, closing, reading, passing on. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device_call.h"
#include "device_memory.h"

static void greet(int fd)
{
	struct hft_hello hello = {
		.size = sizeof(hello), .abi_major = HFT_ABI_MAJOR, .abi_minor = HFT_ABI_MINOR,
	};

	ioctl(fd, HFT_IOC_HELLO, &hello);
}

int greeted(int flags)
{
	int fd = open(HFT_DEVICE_PATH, flags | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	greet(fd);
	return fd;
}

void let_go(void)
{
	unsigned int i;

	for (i = 0; i < MAPS; i++) {
		if (self->map[i].bytes)
			munmap(self->map[i].at, self->map[i].bytes);
		self->map[i].bytes = 0;
	}
	for (i = 0; i < SLOTS; i++) {
		close(SLOT_FIRST + i);
		process.open[i] = false;
	}
}

void open_some(void)
{
	unsigned int i;
	int fd, place;

	for (i = 0; i < 4; i++) {
		fd = greeted(O_RDWR);
		place = place_slot(SLOT_OWN);
		if (fd < 0 || dup2(fd, place) < 0)
			continue;
		close(fd);
		note_slot(place, true);
	}
}

int call_open(void)
{
	static const int flags[] = {
		O_RDWR, O_RDWR, O_RDWR, O_RDONLY, O_WRONLY, O_RDWR | O_NONBLOCK, O_RDWR | O_SYNC,
		O_PATH, O_RDWR | O_TRUNC, O_RDWR | O_APPEND, O_RDWR | O_DIRECT, O_RDWR | O_CREAT,
	};
	const int place = place_slot(one_in(6) ? SLOT_GIVEN : SLOT_OWN);
	char again[32];
	int fd;

	/* one that is passed on is opened anew by who has it, if he may */
	snprintf(again, sizeof(again), "/proc/self/fd/%d", any_slot(NULL));
	fd = open(below(10) ? HFT_DEVICE_PATH : again,
		  flags[below(sizeof(flags) / sizeof(flags[0]))] | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (dup2(fd, place) >= 0)
		note_slot(place, true);
	close(fd);
	if (below(8))
		greet(place);
	return 0;
}

int call_close(void)
{
	const int fd = any_slot(NULL);

	self->entry->argument[0] = fd;
	note_slot(fd, false);
	return close(fd) ? -errno : 0;
}

int call_dup(void)
{
	const int from = any_slot(NULL);
	const int to = place_slot(slot_kind(from));
	int fd;

	self->entry->argument[0] = from;
	self->entry->argument[1] = to;
	if (one_in(4)) {
		fd = dup(from);
		return fd < 0 || close(fd) ? -errno : 0;
	}
	fd = one_in(2) ? dup2(from, to) : dup3(from, to, one_in(2) ? O_CLOEXEC : 0);
	if (fd < 0)
		return -errno;
	note_slot(to, true);
	return 0;
}

int call_read(void)
{
	bool whole;
	__u64 made[32] = { 0 };
	void *to = memory_place(MEMORY_INNER, made, sizeof(made), &whole);
	const int fd = any_slot(NULL);
	ssize_t length;

	length = one_in(2) ? read(fd, to, sizeof(made)) :
			     pread(fd, to, one_in(4) ? boundary() & 0xffff : sizeof(made),
				   (off_t)(boundary() >> 1));
	return length < 0 ? -errno : 0;
}

int call_write(void)
{
	bool whole;
	__u64 made[32] = { draw(), draw() };
	void *from = memory_place(MEMORY_INNER, made, sizeof(made), &whole);
	const int fd = any_slot(NULL);
	ssize_t length;

	length = one_in(2) ? write(fd, from, sizeof(made)) :
			     pwrite(fd, from, sizeof(made), (off_t)(boundary() >> 1));
	return length < 0 ? -errno : 0;
}

int call_lseek(void)
{
	return lseek(any_slot(NULL), (off_t)boundary(), below(6)) < 0 ? -errno : 0;
}

int call_poll(void)
{
	struct pollfd polled[4];
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT };
	unsigned int i;
	int poller, err;

	if (one_in(4)) {
		poller = epoll_create1(EPOLL_CLOEXEC);
		err = epoll_ctl(poller, EPOLL_CTL_ADD, any_slot(NULL), &event) ? -errno : 0;
		if (!err && epoll_wait(poller, &event, 1, 0) < 0)
			err = -errno;
		close(poller);
		return err;
	}
	for (i = 0; i < 4; i++)
		polled[i] = (struct pollfd){ any_slot(NULL), draw(), 0 };
	return poll(polled, 4, one_in(20)) < 0 ? -errno : 0;
}

int call_fcntl(void)
{
	static const int commands[] = {
		F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETOWN, F_SETOWN, F_GETSIG, F_GETLK, F_SETLK,
		F_OFD_GETLK, F_OFD_SETLK, F_GETLEASE, F_SETLEASE, F_NOTIFY, F_GETPIPE_SZ,
		F_ADD_SEALS, F_GET_SEALS, F_GET_RW_HINT, F_SET_RW_HINT,
	};
	const int command = commands[below(sizeof(commands) / sizeof(commands[0]))];
	const int fd = any_slot(NULL);
	struct flock lock = { .l_type = below(3), .l_whence = below(3), .l_len = below(100) };
	__u64 hint = below(6);

	self->entry->argument[0] = fd;
	self->entry->argument[1] = command;
	switch (command) {
	case F_GETLK: case F_SETLK: case F_OFD_GETLK: case F_OFD_SETLK:
		return fcntl(fd, command, &lock) < 0 ? -errno : 0;
	case F_GET_RW_HINT: case F_SET_RW_HINT:
		return fcntl(fd, command, &hint) < 0 ? -errno : 0;
	case F_SETOWN:
		return fcntl(fd, command, getpid()) < 0 ? -errno : 0;
	case F_SETFL:
		/* no signals: they would end us */
		return fcntl(fd, command, draw() & (O_APPEND | O_NONBLOCK | O_DIRECT)) < 0 ?
		       -errno : 0;
	default:
		return fcntl(fd, command, below(3)) < 0 ? -errno : 0;
	}
}

int call_splice(void)
{
	const int fd = any_slot(NULL), flags = SPLICE_F_NONBLOCK | SPLICE_F_MOVE;
	char drained[4096];
	ssize_t length;

	switch (below(5)) {
	case 0:
		length = splice(fd, NULL, process.pipe[1], NULL, 4096, flags);
		break;
	case 1:
		length = splice(process.pipe[0], NULL, fd, NULL, 4096, flags);
		break;
	case 2:
		length = sendfile(process.pipe[1], fd, NULL, 4096);
		break;
	case 3:
		length = sendfile(fd, SLOT_ZERO, NULL, 4096);
		break;
	default:
		length = copy_file_range(fd, NULL, any_slot(NULL), NULL, 4096, 0);
	}
	if (length > 0 && read(process.pipe[0], drained, sizeof(drained)) < 0)
		return -errno;
	return length < 0 ? -errno : 0;
}

int call_other_file(void)
{
	const int fd = any_slot(NULL);
	struct stat about;
	int value = below(2), err;

	self->entry->argument[0] = fd;
	switch (below(10)) {
	case 0:
		err = fsync(fd);
		break;
	case 1:
		err = ftruncate(fd, (off_t)boundary());
		break;
	case 2:
		err = fallocate(fd, below(4), 0, 4096);
		break;
	case 3:
		err = flock(fd, LOCK_NB | 1 << below(4));
		break;
	case 4:
		err = ioctl(fd, FIONBIO, &value);
		break;
	case 5:
		err = ioctl(fd, FIONREAD, &value);
		break;
	case 6:
		err = fstat(fd, &about);
		break;
	case 7:
		err = posix_fadvise(fd, 0, 4096, below(6));
		return -err;
	case 8:
		err = sync_file_range(fd, 0, 4096, below(8));
		break;
	default:
		err = readahead(fd, 0, 4096);
	}
	return err < 0 ? -errno : 0;
}

/* ------------------------------------------------------------- passing on */

union rights {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int call_send(void)
{
	union rights rights = { 0 };
	char byte = 0;
	struct iovec part = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = rights.room, .msg_controllen = sizeof(rights.room),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	const int fd = shared_slot();

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(SLOT_SOCKET, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int call_receive(void)
{
	union rights rights = { 0 };
	char byte = 0;
	struct iovec part = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = rights.room, .msg_controllen = sizeof(rights.room),
	};
	const struct cmsghdr *header;
	const int place = place_slot(SLOT_OF_OTHERS);
	int fd;

	if (recvmsg(SLOT_SOCKET + 1, &message, MSG_DONTWAIT) < 0)
		return -errno;
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return -ENOMSG;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	if (dup2(fd, place) >= 0)
		note_slot(place, true);
	close(fd);
	return 0;
}
