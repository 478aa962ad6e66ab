// SPDX-License-Identifier: GPL-2.0
/* A run's probes: added before it arms, written down with those that were there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lib/ask.h"
#include "lib/facts_write.h"
#include "lib/output.h"
#include "lib/probes.h"
#include "lib/recorder.h"

int recorder_probe_agree(const struct recorder_options *options)
{
	if (!options->probes.count)
		return HFT_EXIT_OK;
	probes_say_cost(&options->probes);
	if (options->yes)
		return HFT_EXIT_OK;
	switch (ask("Add them?")) {
	case HFT_ANSWER_YES:
		return HFT_EXIT_OK;
	case HFT_ANSWER_NO:
		message("nothing was recorded");
		return HFT_EXIT_FAILED;
	default:
		return HFT_EXIT_USAGE;
	}
}

/* A probe of one process spares the others; of several, the filter does what it can. */
int recorder_probe_open(struct recorder *recorder)
{
	const struct recorder_options *options = recorder->options;
	pid_t pid = options->tgids_count == 1 && !options->command ? options->tgids[0] : 0;

	if (!options->probes.count)
		return HFT_EXIT_OK;
	return probes_add(&recorder->plan->device, (struct probes *)&options->probes,
			  options->yes ? HFT_PROBE_FORCE : 0, pid);
}

static int write_counts(struct recorder *recorder)
{
	struct hft_probe info = { 0 };
	char text[4 * sizeof(info.label)];
	FILE *file;
	int err;

	file = recording_new_file(&recorder->recording, "probes");
	if (!file)
		return -errno;
	while (!(err = probes_next(&recorder->plan->device, &info)))
		fprintf(file, "%u\t%s\t%llu\t%llu\t%s\n", info.id, probe_kind(&info), info.hits,
			info.missed, text_escape(text, sizeof(text), info.label,
						 sizeof(info.label)));
	if (err != -ENOENT) {
		recording_drop(&recorder->recording, file, "probes");
		return err;
	}
	return recording_put(&recorder->recording, file, "probes", false);
}

int recorder_probe_facts(struct recorder *recorder)
{
	struct capture *capture = &recorder->capture;
	int some;

	if (!recorder->plan->kernel ||
	    !(recorder->plan->arming.hooks & HFT_HOOK_BIT(HFT_HOOK_PROBE)))
		return 0;
	if (!capture->probes)
		capture->probes = calloc(1, sizeof(*capture->probes));
	if (!capture->probes)
		return -ENOMEM;
	some = probes_names(&recorder->plan->device, capture->probes);
	if (some <= 0)
		return some;
	some = facts_names(&recorder->recording, capture->probes);
	return some ? some : write_counts(recorder);
}
