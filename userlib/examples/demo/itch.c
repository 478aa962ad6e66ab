// SPDX-License-Identifier: LGPL-2.1
/* Layouts from the public ITCH 5.0 specification. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hot.h"
#include "itch.h"

/* Every message begins with type, locate, tracking and time. */
#define COMMON_BYTES	11

static void put(__u8 *bytes, size_t width, __u64 value)
{
	while (width--) {
		bytes[width] = value;
		value >>= 8;
	}
}

static __u64 get(const __u8 *bytes, size_t width)
{
	__u64 value = 0;

	while (width--)
		value = value << 8 | *bytes++;
	return value;
}

size_t itch_bytes(__u8 type)
{
	switch (type) {
	case ITCH_SYSTEM:
		return 12;
	case ITCH_DIRECTORY:
		return 39;
	case ITCH_ADD:
		return 36;
	case ITCH_EXECUTED:
		return 31;
	case ITCH_CANCEL:
		return 23;
	case ITCH_DELETE:
		return 19;
	case ITCH_REPLACE:
		return 35;
	case ITCH_TRADE:
		return 44;
	default:
		return 0;
	}
}

static void encode_directory(const struct itch_message *message, __u8 *body)
{
	memcpy(body, message->symbol, ITCH_SYMBOL);
	body[8] = 'Q';			/* market category */
	body[9] = 'N';			/* financial status: normal */
	put(body + 10, 4, 100);		/* round lot */
	body[14] = 'N';			/* odd lots too */
	body[15] = 'C';			/* common stock */
	memcpy(body + 16, "Z ", 2);	/* no sub-type */
	body[18] = 'P';			/* production */
	body[19] = 'N';			/* short sale threshold */
	body[20] = 'N';			/* no new issue */
	body[21] = '1';			/* price band tier */
	body[22] = 'N';			/* no fund */
	put(body + 23, 4, 0);		/* leverage */
	body[27] = 'N';			/* not inverse */
}

static void encode_quote(const struct itch_message *message, __u8 *body)
{
	put(body, 8, message->order);
	body[8] = message->side;
	put(body + 9, 4, message->shares);
	memcpy(body + 13, message->symbol, ITCH_SYMBOL);
	put(body + 21, 4, message->price);
}

size_t itch_encode(const struct itch_message *message, __u8 *bytes)
{
	__u8 *body = bytes + COMMON_BYTES;

	bytes[0] = message->type;
	put(bytes + 1, 2, message->locate);
	put(bytes + 3, 2, message->tracking);
	put(bytes + 5, 6, message->time);
	switch (message->type) {
	case ITCH_SYSTEM:
		body[0] = message->event;
		break;
	case ITCH_DIRECTORY:
		encode_directory(message, body);
		break;
	case ITCH_ADD:
		encode_quote(message, body);
		break;
	case ITCH_EXECUTED:
		put(body, 8, message->order);
		put(body + 8, 4, message->shares);
		put(body + 12, 8, message->match);
		break;
	case ITCH_CANCEL:
		put(body, 8, message->order);
		put(body + 8, 4, message->shares);
		break;
	case ITCH_DELETE:
		put(body, 8, message->order);
		break;
	case ITCH_REPLACE:
		put(body, 8, message->order);
		put(body + 8, 8, message->new_order);
		put(body + 16, 4, message->shares);
		put(body + 20, 4, message->price);
		break;
	case ITCH_TRADE:
		encode_quote(message, body);
		put(body + 25, 8, message->match);
		break;
	}
	return itch_bytes(message->type);
}

DEMO_HOT int itch_decode(struct itch_message *message, const __u8 *bytes, size_t length)
{
	const __u8 *body = bytes + COMMON_BYTES;

	if (length < COMMON_BYTES || length != itch_bytes(bytes[0]))
		return -EBADMSG;
	memset(message, 0, sizeof(*message));
	message->type = bytes[0];
	message->locate = get(bytes + 1, 2);
	message->tracking = get(bytes + 3, 2);
	message->time = get(bytes + 5, 6);
	if (message->type == ITCH_SYSTEM) {
		message->event = body[0];
		return 0;
	}
	if (message->type == ITCH_DIRECTORY) {
		memcpy(message->symbol, body, ITCH_SYMBOL);
		return 0;
	}
	message->order = get(body, 8);
	switch (message->type) {
	case ITCH_TRADE:
		message->match = get(body + 25, 8);
		/* fallthrough */
	case ITCH_ADD:
		message->side = body[8];
		message->shares = get(body + 9, 4);
		memcpy(message->symbol, body + 13, ITCH_SYMBOL);
		message->price = get(body + 21, 4);
		break;
	case ITCH_EXECUTED:
		message->match = get(body + 12, 8);
		/* fallthrough */
	case ITCH_CANCEL:
		message->shares = get(body + 8, 4);
		break;
	case ITCH_REPLACE:
		message->new_order = get(body + 8, 8);
		message->shares = get(body + 16, 4);
		message->price = get(body + 20, 4);
		break;
	}
	return 0;
}

int itch_open(struct itch_file *file, const char *path)
{
	struct stat status;
	int fd, err = 0;
	void *bytes;

	memset(file, 0, sizeof(*file));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &status)) {
		err = -errno;
		goto out_close;
	}
	if (!status.st_size)
		goto out_close;
	/* Present at once: faults later would delay the replay. */
	bytes = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (bytes == MAP_FAILED) {
		err = -errno;
		goto out_close;
	}
	file->bytes = bytes;
	file->size = status.st_size;

out_close:
	close(fd);
	return err;
}

void itch_close(struct itch_file *file)
{
	if (file->bytes)
		munmap((void *)file->bytes, file->size);
	memset(file, 0, sizeof(*file));
}

int itch_next(struct itch_file *file, const __u8 **bytes, size_t *length)
{
	size_t left = file->size - file->at;

	if (!left)
		return 0;
	if (left < 2)
		return -EBADMSG;
	*length = get(file->bytes + file->at, 2);
	if (!*length || *length > ITCH_BYTES_MAX || *length > left - 2)
		return -EBADMSG;
	*bytes = file->bytes + file->at + 2;
	file->at += 2 + *length;
	return 1;
}
