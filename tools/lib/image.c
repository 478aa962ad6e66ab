// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/image.h"

#define IMAGES_MAX	(1U << 18)
#define SECOND_NS	1000000000LL

void image_of_file(int fd, struct image *image)
{
	struct stat status;
	int err;

	strcpy(image->id, "?");
	image->segments = 0;
	image->bytes = 0;
	image->changed_ns = 0;
	if (fstat(fd, &status) || !S_ISREG(status.st_mode))
		return;
	image->bytes = status.st_size;
	image->changed_ns = status.st_mtim.tv_sec * SECOND_NS + status.st_mtim.tv_nsec;
	err = buildid_of_file(fd, image->id);
	if (err)
		strcpy(image->id, err == -ENOENT ? "-" : "?");
	image->segments = code_segments(fd, image->segment);
	if (image->segments < 0)
		image->segments = 0;
}

void image_print(FILE *file, const struct image *image)
{
	int i;

	fprintf(file, "%s\t%s\t%d\t%x:%x:%llu\t%llu:%lld\t", image->path, image->id, image->tgid,
		image->file.major, image->file.minor, image->file.inode, image->bytes,
		image->changed_ns);
	for (i = 0; i < image->segments; i++)
		fprintf(file, "%s%llx,%llx,%llx", i ? ";" : "", image->segment[i].offset,
			image->segment[i].address, image->segment[i].bytes);
	fprintf(file, "\t%s\n", image->elsewhere ? "elsewhere" : "here");
}

static void take_segments(struct image *image, const char *text)
{
	while (text && image->segments < CODE_SEGMENTS) {
		struct code_segment *segment = &image->segment[image->segments];

		if (sscanf(text, "%llx,%llx,%llx", &segment->offset, &segment->address,
			   &segment->bytes) != 3)
			return;
		image->segments++;
		text = strchr(text, ';');
		if (text)
			text++;
	}
}

/* Columns behind the path; what is missing stays 0. */
static void take_columns(struct image *image, char *text)
{
	char *column;
	__s64 tgid;

	column = facts_column(&text);
	snprintf(image->id, sizeof(image->id), "%s", column ? column : "?");
	column = facts_column(&text);
	if (column && !facts_parse_signed(column, &tgid) && tgid > 0 && tgid <= INT32_MAX)
		image->tgid = (__s32)tgid;
	column = facts_column(&text);
	if (column)
		sscanf(column, "%x:%x:%llu", &image->file.major, &image->file.minor,
		       &image->file.inode);
	column = facts_column(&text);
	if (column)
		sscanf(column, "%llu:%lld", &image->bytes, &image->changed_ns);
	take_segments(image, facts_column(&text));
	column = facts_column(&text);
	image->elsewhere = column && !strcmp(column, "elsewhere");
}

int images_add(struct images *images, const struct image *image)
{
	struct image *grown;

	if (images->count == images->room) {
		size_t room = images->room ? images->room * 2 : 64;

		grown = realloc(images->image, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		images->image = grown;
		images->room = room;
	}
	grown = &images->image[images->count];
	*grown = *image;
	grown->path = strdup(image->path);
	if (!grown->path)
		return -ENOMEM;
	images->count++;
	return 0;
}

static int take_line(void *context, char *text)
{
	struct images *images = context;
	struct image image = { .path = facts_column(&text) };

	if (!text || images->count == IMAGES_MAX)
		return 0;
	take_columns(&image, text);
	return images_add(images, &image);
}

int images_read(struct images *images, const char *recording)
{
	int err;

	memset(images, 0, sizeof(*images));
	err = facts_each_line(recording, "buildids", take_line, images);
	if (err == -ENOENT)
		return 0;
	if (err)
		images_uninit(images);
	return err;
}

void images_uninit(struct images *images)
{
	size_t i;

	for (i = 0; i < images->count; i++)
		free(images->image[i].path);
	free(images->image);
	memset(images, 0, sizeof(*images));
}

const struct image *images_find(const struct images *images, __s32 tgid,
				const struct mapping *mapping)
{
	size_t i;

	for (i = 0; i < images->count; i++) {
		const struct image *image = &images->image[i];

		if (strcmp(image->path, mapping->path))
			continue;
		if (!image->tgid || (image->tgid == tgid &&
				     mapped_file_same(&image->file, &mapping->file)))
			return image;
	}
	return NULL;
}
