// SPDX-License-Identifier: GPL-2.0
/* What hftrace costs a loop, for people and for scripts. */
#include <math.h>
#include <stdio.h>

#include "lib/hooks.h"
#include "lib/json.h"
#include "lib/output.h"
#include "lib/prove.h"

const char *const prove_names[PROVE_STATES] = {
	[PROVE_ABSENT] = "absent",
	[PROVE_LOADED] = "loaded",
	[PROVE_ARMED] = "armed",
	[PROVE_RECORDED] = "recorded",
};

static const char *const headings[] = { "state", "times", "p50", "p90", "p99", "p99.9", "max" };
static const char *const keys[PROVE_PERCENTS] = { "p50", "p90", "p99", "p99_9", "max" };

/* What is measured, in words. */
static const char *subject(const struct prove *prove, char *buf, size_t size)
{
	char name[240];

	if (prove->timed_runs) {
		snprintf(buf, size, "the run time of %s",
			 text_escape(name, sizeof(name), prove->options->command[0], 120));
		return buf;
	}
	text_escape(name, sizeof(name), prove->name, sizeof(prove->name));
	snprintf(buf, size, prove->marks ? "the time between marks '%s'" : "spans '%s'", name);
	return buf;
}

static void print_times(const struct prove *prove)
{
	struct table *table = table_new("lrrrrrr", headings);
	char text[FORMAT_SIZE];
	int state, i;

	for (state = 0; state < PROVE_STATES; state++) {
		const struct histogram *all = &prove->all[state];

		if (!prove->measured[state])
			continue;
		table_cell(table, "%s", prove_names[state]);
		table_cell(table, "%s", format_count(text, all->count));
		for (i = 0; i < PROVE_PERCENTS; i++) {
			double percent = prove_percents[i];

			if (!prove_enough(all->count, percent))
				table_cell(table, "-");
			else
				table_cell(table, "%s",
					   format_ns(text, histogram_percentile(all, percent)));
		}
	}
	table_print(table, stdout);
	table_free(table);
}

static const char *signed_ns(char *buf, double ns)
{
	char text[FORMAT_SIZE];

	snprintf(buf, FORMAT_SIZE, "%s%s", ns > 0 ? "+" : "", format_ns(text, ns));
	return buf;
}

static const char *verdict(const struct prove_difference *difference)
{
	if (!difference->known)
		return "too few times";
	if (difference->slower)
		return "SLOWER";
	return difference->ns.high <= difference->threshold ? "no slower" : "not told apart";
}

static void print_differences(const struct prove *prove)
{
	static const char *const columns[] = {
		"state", "against", "at", "median of rounds", "from", "to", "verdict",
	};
	struct table *table = table_new("lllrrrl", columns);
	char text[FORMAT_SIZE];
	int state, i;

	for (state = 0; state < PROVE_STATES; state++) {
		enum prove_state base = prove_base(prove, state);

		if (!prove->measured[state] || base == (enum prove_state)state)
			continue;
		for (i = 0; i < PROVE_PERCENTS; i++) {
			const struct prove_difference *own = &prove->difference[state][i];

			table_cell(table, "%s", prove_names[state]);
			table_cell(table, "%s", prove_names[base]);
			table_cell(table, "%s", headings[2 + i]);
			table_cell(table, "%s", own->known ? signed_ns(text, own->ns.median) : "-");
			table_cell(table, "%s", own->known ? signed_ns(text, own->ns.low) : "-");
			table_cell(table, "%s", own->known ? signed_ns(text, own->ns.high) : "-");
			table_cell(table, "%s", verdict(own));
		}
	}
	table_print(table, stdout);
	table_free(table);
}

void prove_print(struct prove *prove)
{
	char text[300], hooks_text[HOOKS_TEXT], cpus[64], lost[FORMAT_SIZE];

	printf("%s, in %u rounds; on CPU %s armed: %s\n", subject(prove, text, sizeof(text)),
	       prove->rounds, cpus_format(&prove->arming.cpus, cpus, sizeof(cpus)),
	       hooks_format(prove->arming.hooks, hooks_text));
	if (!prove->measured[PROVE_ABSENT])
		printf("not measured: the module absent; see --unload\n");
	if (prove->lost)
		printf("%s slots of the program's own ring were lapped before they were read\n",
		       format_count(lost, prove->lost));
	putchar('\n');
	print_times(prove);
	printf("\ndifferences, round by round; all intervals hold at once with %.0f %%\n",
	       PROVE_CONFIDENCE * 100);
	print_differences(prove);
}

static void json_number(struct json *json, const char *key, double value)
{
	if (isfinite(value))
		json_double(json, key, value);
	else
		json_null(json, key);
}

static void json_difference(const struct prove_difference *own, int percent, struct json *json)
{
	json_object(json, keys[percent]);
	json_bool(json, "known", own->known);
	json_number(json, "median_ns", own->ns.median);
	json_number(json, "low_ns", own->ns.low);
	json_number(json, "high_ns", own->ns.high);
	json_number(json, "threshold_ns", own->threshold);
	json_bool(json, "slower", own->slower);
	json_close(json);
}

static void json_state(const struct prove *prove, enum prove_state state, struct json *json)
{
	const struct histogram *all = &prove->all[state];
	enum prove_state base = prove_base(prove, state);
	int i;

	json_object(json, prove_names[state]);
	json_u64(json, "times", all->count);
	for (i = 0; i < PROVE_PERCENTS; i++) {
		double percent = prove_percents[i];

		if (!prove_enough(all->count, percent))
			json_null(json, keys[i]);
		else
			json_u64(json, keys[i], histogram_percentile(all, percent));
	}
	if (base != state) {
		json_string(json, "against", prove_names[base]);
		json_object(json, "difference");
		for (i = 0; i < PROVE_PERCENTS; i++)
			json_difference(&prove->difference[state][i], i, json);
		json_close(json);
	}
	json_close(json);
}

void prove_json(struct prove *prove)
{
	char hooks_text[HOOKS_TEXT], cpus[256];
	struct json json;
	int state;

	json_start(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "measured",
		    prove->timed_runs ? "runs" : prove->marks ? "marks" : "spans");
	if (prove->timed_runs)
		json_null(&json, "name");
	else
		json_text(&json, "name", prove->name, sizeof(prove->name));
	json_u64(&json, "rounds", prove->rounds);
	json_string(&json, "cpus", cpus_format(&prove->arming.cpus, cpus, sizeof(cpus)));
	json_string(&json, "hooks", hooks_format(prove->arming.hooks, hooks_text));
	json_u64(&json, "slots_lost", prove->lost);
	json_object(&json, "states");
	for (state = 0; state < PROVE_STATES; state++) {
		if (prove->measured[state])
			json_state(prove, state, &json);
	}
	json_close(&json);
	json_close(&json);
	json_newline(&json);
}
