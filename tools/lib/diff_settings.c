// SPDX-License-Identifier: GPL-2.0
/* What differs in how the machine was set, and in how the recordings were made. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/compiler.h"
#include "lib/diff.h"
#include "lib/facts.h"

/* The rest of facts/recording tells of the run: when, how much, how it ended. */
static const char *const recording_keys[] = {
	"version", "module", "kernel_why_not", "hooks", "hooks_elsewhere", "cpus", "ring_slots",
	"clock_flags", "no_syscalls",
};

struct reading {
	struct diff *diff;
	const char *file;
	int side;
};

static bool is_setting(const char *file, const char *key)
{
	size_t i;

	if (strcmp(file, "recording"))
		return true;
	for (i = 0; i < ARRAY_SIZE(recording_keys); i++)
		if (!strcmp(key, recording_keys[i]))
			return true;
	return false;
}

/* NULL: memory is short. */
static struct diff_setting *find(struct diff *diff, const char *file, const char *key)
{
	struct diff_setting *grown;
	char *name;
	size_t i;

	if (asprintf(&name, "%s %s", file, key) < 0)
		return NULL;
	for (i = 0; i < diff->settings; i++) {
		if (!strcmp(diff->setting[i].key, name)) {
			free(name);
			return &diff->setting[i];
		}
	}
	grown = realloc(diff->setting, (diff->settings + 1) * sizeof(*grown));
	if (!grown) {
		free(name);
		return NULL;
	}
	diff->setting = grown;
	grown += diff->settings++;
	*grown = (struct diff_setting){ .key = name };
	return grown;
}

static int take_line(void *context, char *line)
{
	struct reading *reading = context;
	struct diff_setting *setting;
	char *equals = strchr(line, '=');

	if (!equals)
		return 0;
	*equals = '\0';
	if (!is_setting(reading->file, line))
		return 0;
	setting = find(reading->diff, reading->file, line);
	if (!setting)
		return -ENOMEM;
	if (setting->value[reading->side])
		return 0;
	setting->value[reading->side] = strdup(equals + 1);
	return setting->value[reading->side] ? 0 : -ENOMEM;
}

static void free_setting(struct diff_setting *setting)
{
	free(setting->key);
	free(setting->value[0]);
	free(setting->value[1]);
}

/* Those that are the same go. */
static void keep_changed(struct diff *diff)
{
	size_t i, kept = 0;

	for (i = 0; i < diff->settings; i++) {
		struct diff_setting *setting = &diff->setting[i];

		if (setting->value[0] && setting->value[1] &&
		    !strcmp(setting->value[0], setting->value[1]))
			free_setting(setting);
		else
			diff->setting[kept++] = *setting;
	}
	diff->settings = kept;
}

int diff_settings(struct diff *diff)
{
	static const char *const files[] = { "host", "settings", "recording" };
	int side, err;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		for (side = 0; side < DIFF_SIDES; side++) {
			struct reading reading = { diff, files[i], side };

			err = facts_each_line(diff->side[side].path, files[i], take_line,
					      &reading);
			if (err && err != -ENOENT)
				return err;
		}
	}
	keep_changed(diff);
	return 0;
}

void diff_settings_free(struct diff *diff)
{
	size_t i;

	for (i = 0; i < diff->settings; i++)
		free_setting(&diff->setting[i]);
	free(diff->setting);
}
