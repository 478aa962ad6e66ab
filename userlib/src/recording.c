// SPDX-License-Identifier: LGPL-2.1
/* Opening a recording: a directory of streams and facts. */
#include "reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_identity(const void *a, const void *b)
{
	const struct hft_ring *x = *(struct hft_ring *const *)a;
	const struct hft_ring *y = *(struct hft_ring *const *)b;

	if (x->info.kind != y->info.kind)
		return x->info.kind < y->info.kind ? -1 : 1;
	if (x->info.tgid != y->info.tgid)
		return x->info.tgid < y->info.tgid ? -1 : 1;
	if (x->info.id != y->info.id)
		return x->info.id < y->info.id ? -1 : 1;
	return strcmp(x->stream, y->stream);
}

static int add_streams(struct hft_reader *reader, int dir)
{
	struct dirent *entry;
	int fd, err = 0;
	DIR *list;

	fd = dup(dir);
	if (fd < 0)
		return -errno;
	list = fdopendir(fd);
	if (!list) {
		err = -errno;
		close(fd);
		return err;
	}
	while (!err && (entry = readdir(list)))
		err = hft_file_add_stream(reader, dir, entry->d_name);
	closedir(list);
	if (!err && reader->rings_count)
		qsort(reader->rings, reader->rings_count, sizeof(*reader->rings), by_identity);
	return err;
}

/* A recording of which nobody wrote the facts can be read if its packets can. */
static int read_recording(struct hft_reader *reader, int dir)
{
	int err;

	err = add_streams(reader, dir);
	if (err)
		return err;
	err = hft_facts_read(reader, dir);
	if (err == -ENOENT || err == -ENOTDIR || err == -ELOOP) {
		if (!reader->uuid_known)
			return -EBADMSG;
		hft_reader_note(reader, "facts/recording is missing: no names, no wall clock");
		err = 0;
	}
	return err;
}

int hft_reader_open_file(struct hft_reader **out, const char *path)
{
	struct hft_reader *reader;
	int dir, err;

	if (!path)
		return -EINVAL;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOTDIR ? -EBADMSG : -errno;
	err = -ENOMEM;
	reader = calloc(1, sizeof(*reader));
	if (!reader)
		goto out;
	reader->device = -1;
	err = read_recording(reader, dir);
	if (err)
		hft_reader_close(reader);
	else
		*out = reader;
out:
	close(dir);
	return err;
}
