// SPDX-License-Identifier: GPL-2.0
/* Writes a recording of known content. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios.h"

struct scenario {
	const char *name;
	void (*write)(const char *path);
};

static const struct scenario scenarios[] = {
	{ "causes", scenario_causes },
	{ "pinned", scenario_pinned },
	{ "memory", scenario_memory },
	{ "delivery", scenario_delivery },
	{ "no_visits", scenario_no_visits },
	{ "moves", scenario_moves },
	{ "gap", scenario_gap },
	{ "quiet", scenario_quiet },
	{ "nowhere", scenario_nowhere },
	{ "senders", scenario_senders },
	{ "wakeups", scenario_wakeups },
	{ "crowd", scenario_crowd },
	{ "deferred", scenario_deferred },
	{ "ipis", scenario_ipis },
	{ "counted", scenario_counted },
	{ "own_code", scenario_own_code },
	{ "calls", scenario_calls },
	{ "flows", scenario_flows },
	{ "flow_lost", scenario_flow_lost },
	{ "symbols", scenario_symbols },
	{ NULL, NULL },
};

int main(int argc, char **argv)
{
	size_t i;

	if (argc == 5 && !strcmp(argv[1], "random")) {
		scenario_random(argv[3], argv[4], strtoull(argv[2], NULL, 10));
		return 0;
	}
	if (argc == 4 && !strcmp(argv[1], "code")) {
		scenario_code(argv[3], argv[2]);
		return 0;
	}
	if (argc == 4 && !strcmp(argv[1], "large")) {
		scenario_large(argv[3], strtoull(argv[2], NULL, 10));
		return 0;
	}
	if (argc == 4 && !strcmp(argv[1], "realistic")) {
		scenario_realistic(argv[3], strtoull(argv[2], NULL, 10));
		return 0;
	}
	if (argc == 5 && !strcmp(argv[1], "shapes")) {
		scenario_shapes(argv[4], strtoull(argv[2], NULL, 10),
				strtoull(argv[3], NULL, 10));
		return 0;
	}
	if (argc == 7 && !strcmp(argv[1], "distribution")) {
		const struct distribution wanted = {
			.seed = strtoull(argv[2], NULL, 10),
			.spans = strtoull(argv[3], NULL, 10),
			.tail_percent = strtod(argv[4], NULL),
			.irq_every = strtoull(argv[5], NULL, 10),
			.grain = getenv("GRAIN") ? strtoull(getenv("GRAIN"), NULL, 10) : 0,
			.lost = getenv("LOST") ? 7 : 0,
		};

		scenario_distribution(argv[6], &wanted);
		return 0;
	}
	for (i = 0; argc == 3 && scenarios[i].name; i++) {
		if (!strcmp(argv[1], scenarios[i].name)) {
			scenarios[i].write(argv[2]);
			return 0;
		}
	}
	errx(64, "usage: generate SCENARIO DIR | random SEED DIR EXPECTED | %s%s%s%s",
	     "large SPANS DIR | realistic RECORDS DIR | ", "shapes SEED SPANS DIR | ",
	     "code ADDRESSES DIR | ", "distribution SEED SPANS TAIL_PERCENT IRQ_EVERY DIR");
}
