// SPDX-License-Identifier: GPL-2.0
/* How a tool behaves on a machine that trades. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "command.h"
#include "lib/manners.h"
#include "lib/output.h"

#define NICE 5

int manners_keep_off(const struct cpus *traced)
{
	char text[64];
	int err = cpus_keep_off(traced);

	if (err == -EBUSY) {
		message("no CPU but %s is left for this tool: trace fewer",
			cpus_format(traced, text, sizeof(text)));
		return HFT_EXIT_FAILED;
	}
	if (err) {
		message("cannot leave the traced CPUs: %s", strerror(-err));
		return HFT_EXIT_FAILED;
	}
	/* Whoever gave it a higher value than this meant it. */
	if (getpriority(PRIO_PROCESS, 0) < NICE && setpriority(PRIO_PROCESS, 0, NICE)) {
		message("cannot become nice: %s", strerror(errno));
		return HFT_EXIT_FAILED;
	}
	return HFT_EXIT_OK;
}

int manners_traced_cpus(struct cpus *cpus)
{
	struct cpus isolated, tickless, online, offline;
	int err, i;

	err = cpus_isolated(&isolated);
	if (!err)
		err = cpus_nohz_full(&tickless);
	if (!err)
		err = cpus_online(&online);
	if (err) {
		message("cannot tell which CPUs are isolated: %s", strerror(-err));
		return HFT_EXIT_FAILED;
	}
	cpus_or(cpus, &isolated, &tickless);
	for (i = 0; i < CPUS_WORDS; i++)
		offline.word[i] = ~online.word[i];
	cpus_without(cpus, cpus, &offline);
	if (cpus_count(cpus))
		return HFT_EXIT_OK;
	message("no CPU is isolated or tickless: name those that trade with -c");
	return HFT_EXIT_USAGE;
}

int manners_check_online(const struct cpus *cpus)
{
	char wanted[64], there[64];
	struct cpus online, missing;
	int err = cpus_online(&online);

	if (err) {
		message("cannot tell which CPUs are online: %s", strerror(-err));
		return HFT_EXIT_FAILED;
	}
	cpus_without(&missing, cpus, &online);
	if (!cpus_count(&missing))
		return HFT_EXIT_OK;
	message("CPU %s is not there: online are %s", cpus_format(&missing, wanted, sizeof(wanted)),
		cpus_format(&online, there, sizeof(there)));
	return HFT_EXIT_USAGE;
}
