// SPDX-License-Identifier: GPL-2.0
/*
 * modprobe hands hftrace.off on as a parameter, insmod does not: so the module
 * reads the command line itself, where the kernel shows it to everyone.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kill_switch.h"

#define COMMAND_LINE_MAX	8192

/* hftrace.off, or hftrace.off= with a word for yes or no; the last one counts. */
static int find(char *line)
{
	static const char name[] = "hftrace.off";
	const size_t length = sizeof(name) - 1;
	char *word;
	bool off = false;

	while ((word = strsep(&line, "\n "))) {
		if (strncmp(word, name, length))
			continue;
		if (!word[length])
			off = true;
		else if (word[length] == '=' && kstrtobool(word + length + 1, &off))
			off = true;	/* not understood: the safe side */
	}
	return off;
}

static ssize_t read_command_line(char *line)
{
	struct file *file;
	ssize_t length;
	loff_t at = 0;

	file = filp_open("/proc/cmdline", O_RDONLY, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	length = kernel_read(file, line, COMMAND_LINE_MAX - 1, &at);
	filp_close(file, NULL);
	return length;
}

int hft_kill_switch(void)
{
	char *line = kzalloc(COMMAND_LINE_MAX, GFP_KERNEL);
	ssize_t length;
	int off;

	if (!line)
		return -ENOMEM;
	length = read_command_line(line);
	off = length < 0 ? length : find(line);
	kfree(line);
	return off;
}
