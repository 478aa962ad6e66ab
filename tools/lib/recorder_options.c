// SPDX-License-Identifier: GPL-2.0
/* What commands that record are asked for alike. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/args.h"
#include "lib/recorder_options.h"

#define LEASE_MS_DEFAULT	5000

void recorder_options_init(struct recorder_options *options, int argc, char **argv)
{
	memset(options, 0, sizeof(*options));
	options->lease_ms = LEASE_MS_DEFAULT;
	options->ready_fd = -1;
	options->argc = argc;
	options->argv = argv;
}

int recorder_take_cpus(struct recorder_options *options, const struct hft_command *command,
		       const char *text)
{
	options->cpus_given = true;
	if (parse_cpus(text, &options->cpus) || !cpus_count(&options->cpus))
		return usage_error(command, "'%s' is no list of CPUs like 1-3,7", text);
	return 0;
}

int recorder_take_pid(struct recorder_options *options, const struct hft_command *command,
		      const char *text)
{
	__s32 pid;

	if (parse_pid(text, &pid))
		return usage_error(command, "'%s' is no process number", text);
	if (options->tgids_count == HFT_FILTERS)
		return usage_error(command, "at most %d processes can be chosen", HFT_FILTERS);
	options->tgids[options->tgids_count++] = pid;
	return 0;
}

int recorder_take_duration(struct recorder_options *options, const struct hft_command *command,
			   const char *text)
{
	if (parse_duration(text, 1000000000, &options->duration_ns) || !options->duration_ns)
		return usage_error(command, "'%s' is no duration like 10s or 200ms", text);
	return 0;
}

int recorder_take_ring_size(struct recorder_options *options, const struct hft_command *command,
			    const char *text)
{
	__u64 bytes, slots = HFT_CPU_RING_SLOTS_MIN;

	if (parse_size(text, &bytes) || bytes < HFT_CPU_RING_SLOTS_MIN * HFT_SLOT_SIZE ||
	    bytes > (__u64)HFT_RING_SLOTS_MAX * HFT_SLOT_SIZE)
		return usage_error(command, "'%s' is no ring size: 32K to 512M", text);
	while (slots * HFT_SLOT_SIZE < bytes)
		slots *= 2;
	options->ring_slots = slots;
	return 0;
}

int recorder_take_output(struct recorder_options *options, const struct hft_command *command,
			 const char *text)
{
	options->output = text;
	return *text ? 0 : usage_error(command, "-o needs a name");
}

int recorder_take_command(struct recorder_options *options, const struct hft_command *command,
			  int argc, char **argv)
{
	if (optind == argc)
		return 0;
	/* "--" says that what follows is no option of ours. */
	if (strcmp(argv[optind - 1], "--"))
		return usage_error(command, "what is '%s'? A command stands behind --",
				   argv[optind]);
	options->command = argv + optind;
	return 0;
}

int recorder_choose_name(struct recorder_options *options, const struct hft_command *command,
			 const char *prefix, char name[PATH_MAX])
{
	time_t now = time(NULL);
	char date[32];
	size_t length;
	struct tm tm;

	if (!options->output) {
		localtime_r(&now, &tm);
		strftime(date, sizeof(date), "%Y%m%d-%H%M%S", &tm);
		snprintf(name, PATH_MAX, "%s-%s.hft", prefix, date);
	} else if (snprintf(name, PATH_MAX, "%s", options->output) >= PATH_MAX) {
		return usage_error(command, "the name after -o is too long");
	}
	for (length = strlen(name); length > 1 && name[length - 1] == '/'; length--)
		name[length - 1] = 0;
	if (options->flight.wanted && length > 4 && !strcmp(name + length - 4, ".hft"))
		name[length - 4] = 0;
	options->output = name;
	return 0;
}
