// SPDX-License-Identifier: GPL-2.0
/* What people type after --watch. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/live_symbol.h"
#include "lib/watchpoint.h"

static int parse_number(const char *text, __u64 *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, 0);
	return errno || *end ? -EINVAL : 0;
}

/* "price", "book+16" */
static int find_symbol(char *name, __s32 pid, __u64 *address, __u64 *size, char *why)
{
	char *plus = strchr(name, '+');
	__u64 offset = 0;
	int err;

	if (plus) {
		*plus = '\0';
		if (parse_number(plus + 1, &offset)) {
			snprintf(why, WATCHPOINT_WHY, "'%.40s' behind %.60s+ is no number",
				 plus + 1, name);
			return -EINVAL;
		}
	}
	if (!pid) {
		snprintf(why, WATCHPOINT_WHY,
			 "'%.60s' is no address; a symbol needs one process: -p PID", name);
		return -EINVAL;
	}
	err = live_symbol(pid, name, address, size);
	if (err == -ENOSYS)
		snprintf(why, WATCHPOINT_WHY,
			 "symbols need elfutils, which this was built without: give an address");
	else if (err == -ENOENT)
		snprintf(why, WATCHPOINT_WHY,
			 "process %d has no symbol %.60s (stripped?): give an address", pid, name);
	else if (err)
		snprintf(why, WATCHPOINT_WHY, "cannot read the symbols of process %d: %s", pid,
			 strerror(-err));
	*address += offset;
	*size = *size > offset ? *size - offset : 0;
	return err ? -EINVAL : 0;
}

/* The longest that fits the size and the alignment. */
static __u32 choose_length(__u64 address, __u64 size)
{
	__u32 length = 8;

	while (length > 1 && (address % length || (size && length > size)))
		length /= 2;
	return length;
}

static int take_length(struct watchpoint *watch, const char *word)
{
	__u64 length;

	if (parse_number(word, &length) ||
	    (length != 1 && length != 2 && length != 4 && length != 8))
		return -EINVAL;
	watch->length = length;
	return 0;
}

static int take_word(struct watchpoint *watch, const char *word, char *why)
{
	if (!strcmp(word, "w")) {
		watch->access = HFT_WATCH_WRITE;
		return 0;
	}
	if (!strcmp(word, "rw")) {
		watch->access = HFT_WATCH_WRITE | HFT_WATCH_READ;
		return 0;
	}
	if (!take_length(watch, word))
		return 0;
	snprintf(why, WATCHPOINT_WHY,
		 "'%.40s' is no length of 1, 2, 4 or 8 bytes, and neither w nor rw", word);
	return -EINVAL;
}

int watchpoint_parse(struct watchpoint *watch, const char *text, __s32 pid,
		     char why[WATCHPOINT_WHY])
{
	char copy[256], *rest = copy, *address, *word;
	__u64 size = 0;
	int err = 0;

	*watch = (struct watchpoint){ .text = text, .access = HFT_WATCH_WRITE };
	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy) || !*text) {
		snprintf(why, WATCHPOINT_WHY, "--watch needs ADDRESS[:LENGTH][:w|rw]");
		return -EINVAL;
	}
	address = strsep(&rest, ":");
	if (parse_number(address, &watch->address))
		err = find_symbol(address, pid, &watch->address, &size, why);
	while (!err && (word = strsep(&rest, ":")))
		err = take_word(watch, word, why);
	if (err)
		return err;
	if (!watch->length)
		watch->length = choose_length(watch->address, size);
	if (watch->address % watch->length) {
		snprintf(why, WATCHPOINT_WHY,
			 "0x%llx is no multiple of its length %u: a CPU watches aligned bytes alone",
			 watch->address, watch->length);
		return -EINVAL;
	}
	return 0;
}
