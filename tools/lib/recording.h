/* SPDX-License-Identifier: GPL-2.0 */
/* The directory NAME.hft that a recording is. */
#ifndef HFT_RECORDING_H
#define HFT_RECORDING_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

struct recording {
	const char *path;
	char *replaced;		/* where the recording stands that this one replaces */
	int directory;		/* descriptors */
	int facts;
	__u8 uuid[16];
};

/*
 * Makes the directory. What is there already is refused, or with `replace`
 * set aside, if it is a recording and nothing else. 0, or -errno with a line
 * for people in `why`.
 */
#define RECORDING_WHY 300
int recording_create(struct recording *recording, const char *path, bool replace,
		     char why[RECORDING_WHY]);

/* The new one holds: deletes what it replaces. 0 or -errno. */
int recording_keep(struct recording *recording);

/* Deletes it again and brings back what it was to replace. */
void recording_abandon(struct recording *recording);
/* Deletes one that is a recording and nothing else. 0 or -errno. */
int recording_delete(const char *path);
void recording_close(struct recording *recording);

/*
 * Room on the disk that is set aside at the start, so that a full disk still
 * takes the last facts.
 */
void recording_free_reserve(struct recording *recording);

/*
 * A file of the recording that appears when it is whole: written as
 * facts/NAME.new, renamed by recording_put() to facts/NAME (or to NAME in the
 * recording itself, for `top`). NULL with errno; 0 or -errno.
 */
FILE *recording_new_file(struct recording *recording, const char *name);
int recording_put(struct recording *recording, FILE *file, const char *name, bool top);
/* Gives it up: what stands under the name stays. */
void recording_drop(struct recording *recording, FILE *file, const char *name);

#endif /* HFT_RECORDING_H */
