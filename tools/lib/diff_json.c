// SPDX-License-Identifier: GPL-2.0
/* A comparison for programs. */
#include "lib/diff.h"
#include "lib/losses.h"

static const char *const sides[DIFF_SIDES] = { "a", "b" };

static void quantile_json(struct json *json, const char *key, const struct quantile *quantile)
{
	json_object(json, key);
	json_double(json, "ns", quantile->at);
	json_double(json, "low_ns", quantile->low);
	json_double(json, "high_ns", quantile->high);
	json_close(json);
}

static void span_json(const struct diff *diff, const struct diff_span *span, double confidence,
		      struct json *json)
{
	size_t i;
	int side;

	json_object(json, NULL);
	json_string(json, "name", span->of[0]->name);
	json_array(json, "count");
	for (side = 0; side < DIFF_SIDES; side++)
		json_u64(json, NULL, span->of[side]->ticks.count);
	json_close(json);
	json_array(json, "percentiles");
	for (i = 0; i < QUANTILES; i++) {
		struct diff_percentile found;

		diff_compare(diff, span, quantile_percents[i], confidence, 1, &found);
		json_object(json, NULL);
		json_double(json, "percent", quantile_percents[i]);
		for (side = 0; side < DIFF_SIDES; side++)
			quantile_json(json, sides[side], &found.of[side]);
		quantile_json(json, "difference", &found.difference);
		json_bool(json, "significant",
			  found.difference.low > 0 || found.difference.high < 0);
		json_close(json);
	}
	json_close(json);
	json_close(json);
}

static bool gates_json(const struct diff *diff, struct json *json)
{
	bool exceeded = false;
	struct quantile by;
	size_t i, j;

	json_array(json, "gates");
	for (i = 0; i < diff->gates; i++) {
		for (j = 0; j < diff->spans_count; j++) {
			enum gate_verdict verdict;

			if (!gate_applies(&diff->gate[i], &diff->spans[j]))
				continue;
			verdict = gate_judge(diff, &diff->gate[i], &diff->spans[j], &by);
			exceeded |= verdict == GATE_EXCEEDED;
			json_object(json, NULL);
			json_string(json, "gate", diff->gate[i].text);
			json_string(json, "span", diff->spans[j].of[0]->name);
			json_string(json, "verdict", gate_verdicts[verdict]);
			quantile_json(json, "beyond_bound", &by);
			json_close(json);
		}
	}
	json_close(json);
	return exceeded;
}

static void causes_json(const struct diff *diff, struct json *json)
{
	size_t i;
	int side;

	if (!diff->side[0].kernel || !diff->side[1].kernel) {
		json_null(json, "causes");
		return;
	}
	json_array(json, "causes");
	for (i = 0; i < diff->causes; i++) {
		json_object(json, NULL);
		json_string(json, "cause", cause_name(diff->cause[i].cause));
		json_string(json, "culprit", diff->cause[i].text);
		for (side = 0; side < DIFF_SIDES; side++) {
			json_object(json, sides[side]);
			json_u64(json, "count", diff->cause[i].count[side]);
			json_double(json, "ns_per_second_and_cpu", diff->cause[i].ns[side]);
			json_close(json);
		}
		json_close(json);
	}
	json_close(json);
}

static void settings_json(const struct diff *diff, struct json *json)
{
	size_t i;
	int side;

	json_array(json, "settings");
	for (i = 0; i < diff->settings; i++) {
		json_object(json, NULL);
		json_string(json, "setting", diff->setting[i].key);
		for (side = 0; side < DIFF_SIDES; side++) {
			if (diff->setting[i].value[side])
				json_string(json, sides[side], diff->setting[i].value[side]);
			else
				json_null(json, sides[side]);
		}
		json_close(json);
	}
	json_close(json);
}

static void side_json(const struct diff_side *side, const char *key, struct json *json)
{
	struct diff_cost cost;
	int cpu;

	json_object(json, key);
	json_string(json, "recording", side->path);
	json_double(json, "seconds", side->seconds);
	json_array(json, "cost");
	for (cpu = cpus_next(&side->cpus, 0); cpu >= 0; cpu = cpus_next(&side->cpus, cpu + 1)) {
		bool known = diff_cost(side, cpu, &cost);

		json_object(json, NULL);
		json_s64(json, "cpu", cpu);
		if (known) {
			json_double(json, "ppm", cost.ppm);
			json_u64(json, "untimed_records", cost.untimed);
		} else {
			json_null(json, "ppm");
		}
		json_close(json);
	}
	json_close(json);
	losses_json(side->reader, json, "losses");
	json_close(json);
}

bool diff_json(const struct diff *diff, struct json *json)
{
	double confidence = quantile_confidence(diff->spans_count * QUANTILES);
	bool exceeded;
	size_t i;

	json_object(json, NULL);
	json_array(json, "spans");
	for (i = 0; i < diff->spans_count; i++)
		span_json(diff, &diff->spans[i], confidence, json);
	json_close(json);
	exceeded = gates_json(diff, json);
	causes_json(diff, json);
	settings_json(diff, json);
	for (i = 0; i < DIFF_SIDES; i++)
		side_json(&diff->side[i], sides[i], json);
	json_close(json);
	json_newline(json);
	return exceeded;
}
