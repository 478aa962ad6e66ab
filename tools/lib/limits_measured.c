// SPDX-License-Identifier: GPL-2.0
/* What a recording can say to limits. */
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/hooks.h"
#include "lib/limits.h"

void limits_measured(struct limits_measured *measured, const char *recording)
{
	char *kernel = facts_value(recording, "recording", "kernel");
	char *armed = facts_value(recording, "recording", "hooks");
	char *visits = facts_value(recording, "host", "nohz_full");
	char word[65];

	memset(measured, 0, sizeof(*measured));
	measured->kernel = !kernel || strcmp(kernel, "no");
	measured->hooks_known = armed && !hooks_parse(armed, &measured->hooks, word, sizeof(word));
	if (visits && cpus_parse(&measured->visits, visits))
		memset(&measured->visits, 0, sizeof(measured->visits));
	free(visits);
	free(armed);
	free(kernel);
}

/* A hook that is in doubt, -1: none; `cut`, else it left records out. */
static int doubtful_hook(const struct limit_kind *kind, int cpu, const struct own_cost *cost,
			 bool *cut)
{
	int hook;

	for (hook = 0; hook < HFT_HOOKS; hook++) {
		const struct own_cost_row *row = own_cost_row(cost, cpu, hook);

		if (!(kind->hooks & HFT_HOOK_BIT(hook)) || !row || (!row->cut && row->every < 2))
			continue;
		*cut = row->cut;
		return hook;
	}
	return -1;
}

bool limits_unmeasured(const struct limits_measured *measured, const struct limit_kind *kind,
		       const struct ledger_cpu *cpu, const struct own_cost *cost, char *why,
		       size_t size)
{
	char names[HOOKS_TEXT];
	bool cut = false;
	int hook;

	if (!measured->kernel) {
		snprintf(why, size, "the kernel was not recorded");
		return true;
	}
	if (!measured->hooks_known) {
		snprintf(why, size, "the recording does not tell which hooks were armed");
		return true;
	}
	if (kind->hooks & ~measured->hooks) {
		snprintf(why, size, "not armed: %s; 'hftrace record -e' arms it",
			 hooks_format(kind->hooks & ~measured->hooks, names));
		return true;
	}
	hook = doubtful_hook(kind, cpu->cpu, cost, &cut);
	if (hook >= 0) {
		snprintf(why, size, cut ? "the governor disarmed %s meanwhile" :
			 "of %s only one record in some was written", hooks[hook].name);
		return true;
	}
	if (kind->visits && !cpu->visits && !cpus_has(&measured->visits, (unsigned int)cpu->cpu)) {
		snprintf(why, size, "only nohz_full CPUs have kernel visits");
		return true;
	}
	return false;
}
