// SPDX-License-Identifier: GPL-2.0
/* What the rounds say: is a state slower than that without it? */
#include "lib/prove.h"

enum prove_state prove_base(const struct prove *prove, enum prove_state state)
{
	if (state != PROVE_LOADED)
		return state == PROVE_ABSENT ? PROVE_ABSENT : PROVE_LOADED;
	return prove->measured[PROVE_ABSENT] ? PROVE_ABSENT : PROVE_LOADED;
}

static double threshold(const struct prove *prove, enum prove_state base, double percent)
{
	if (prove->options->threshold_ns)
		return (double)prove->options->threshold_ns;
	return prove->options->threshold_share *
	       (double)histogram_percentile(&prove->all[base], percent);
}

/* Round by round, so that what changes over the minutes changes both alike. */
static void compare(struct prove *prove, enum prove_state state, int percent, double confidence)
{
	static double differences[PROVE_ROUNDS_MAX];
	struct prove_difference *out = &prove->difference[state][percent];
	enum prove_state base = prove_base(prove, state);
	unsigned int i;
	size_t n = 0;

	for (i = 0; i < prove->rounds; i++) {
		const struct prove_window *round = &prove->window[i * PROVE_STATES];
		__u64 with = round[state].at[percent], without = round[base].at[percent];

		if (with != ~0ULL && without != ~0ULL)
			differences[n++] = (double)with - (double)without;
	}
	out->known = paired_median(differences, n, confidence, &out->ns);
	out->threshold = threshold(prove, base, prove_percents[percent]);
	out->slower = out->known && out->ns.low > out->threshold;
}

void prove_judge(struct prove *prove)
{
	unsigned int comparisons = 0;
	int state, percent;

	for (state = 0; state < PROVE_STATES; state++) {
		if (prove->measured[state] && prove_base(prove, state) != (enum prove_state)state)
			comparisons += PROVE_PERCENTS;
	}
	for (state = 0; state < PROVE_STATES; state++) {
		if (!prove->measured[state] || prove_base(prove, state) == (enum prove_state)state)
			continue;
		for (percent = 0; percent < PROVE_PERCENTS; percent++)
			compare(prove, state, percent, 1 - (1 - PROVE_CONFIDENCE) / comparisons);
	}
}
