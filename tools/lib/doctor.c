// SPDX-License-Identifier: GPL-2.0
/* The checks of all subjects, and what they found, for people and for programs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/doctor_private.h"
#include "lib/output.h"

static const struct doctor_subject *const subjects[] = {
	&doctor_clock,
	&doctor_isolation,
	&doctor_interrupts,
	&doctor_power,
	&doctor_memory,
	&doctor_scheduler,
	&doctor_platform,
	&doctor_trust,
	&doctor_watched,
};

static const char *const state_names[] = {
	[DOCTOR_OK]		= "ok",
	[DOCTOR_WARNING]	= "warning",
	[DOCTOR_BAD]		= "bad",
	[DOCTOR_UNKNOWN]	= "unknown",
};

const char *doctor_state_name(enum doctor_state state)
{
	return state_names[state];
}

int doctor_examine(const struct doctor_host *host, struct doctor_report *report)
{
	size_t subject, i, count = 0;

	memset(report, 0, sizeof(*report));
	for (subject = 0; subject < ARRAY_SIZE(subjects); subject++)
		count += subjects[subject]->count;
	report->finding = calloc(count, sizeof(*report->finding));
	if (!report->finding)
		return -ENOMEM;
	for (subject = 0; subject < ARRAY_SIZE(subjects); subject++) {
		/* Who never wanted to watch need not hear of it. */
		if (subjects[subject] == &doctor_watched && !host->watch && !host->root[0])
			continue;
		for (i = 0; i < subjects[subject]->count; i++) {
			struct doctor_finding *finding = &report->finding[report->count++];

			finding->check = &subjects[subject]->checks[i];
			finding->check->look(host, finding);
			report->states[finding->state]++;
		}
	}
	return 0;
}

void doctor_report_uninit(struct doctor_report *report)
{
	free(report->finding);
	memset(report, 0, sizeof(*report));
}

static void add_names(const struct doctor_report *report, enum doctor_state state, char *text,
		      size_t size)
{
	size_t i;

	for (i = 0; i < report->count; i++) {
		if (report->finding[i].state == state)
			doctor_add(text, size, "%s", report->finding[i].check->name);
	}
}

const char *doctor_summary(const struct doctor_report *report, char *buf, size_t size)
{
	char names[DOCTOR_TEXT] = "";

	add_names(report, DOCTOR_BAD, names, sizeof(names));
	snprintf(buf, size, "%zu bad%s%s%s, %zu warning%s, %zu unknown, %zu ok",
		 report->states[DOCTOR_BAD], names[0] ? " (" : "", names, names[0] ? ")" : "",
		 report->states[DOCTOR_WARNING], report->states[DOCTOR_WARNING] == 1 ? "" : "s",
		 report->states[DOCTOR_UNKNOWN], report->states[DOCTOR_OK]);
	return buf;
}

static const char *colour_of(enum doctor_state state)
{
	switch (state) {
	case DOCTOR_BAD:
		return "\033[1;31m";
	case DOCTOR_WARNING:
		return "\033[33m";
	case DOCTOR_UNKNOWN:
		return "\033[36m";
	default:
		return "";
	}
}

void doctor_print(const struct doctor_host *host, const struct doctor_report *report, FILE *file)
{
	char escaped[4 * DOCTOR_TEXT + 1], summary[2 * DOCTOR_TEXT];
	bool colour = output_colour(file);
	size_t i;

	for (i = 0; i < report->count; i++) {
		const struct doctor_finding *finding = &report->finding[i];

		fprintf(file, "%s%-8s%s %-20s  %s\n", colour ? colour_of(finding->state) : "",
			doctor_state_name(finding->state), colour ? "\033[0m" : "",
			finding->check->name,
			text_escape(escaped, sizeof(escaped), finding->found,
				    sizeof(finding->found)));
		if (finding->state == DOCTOR_OK)
			continue;
		fprintf(file, "%29s  why: %s\n", "", finding->check->why);
		if (finding->fix[0])
			fprintf(file, "%29s  fix: %s\n", "",
				text_escape(escaped, sizeof(escaped), finding->fix,
					    sizeof(finding->fix)));
	}
	fprintf(file, "\nCPU %s: %s\n", host->list,
		doctor_summary(report, summary, sizeof(summary)));
}

void doctor_json(const struct doctor_host *host, const struct doctor_report *report,
		 struct json *json)
{
	size_t i;

	json_object(json, NULL);
	json_string(json, "cpus", host->list);
	if (host->watch)
		json_u64(json, "watched_ns", host->watch->ns);
	for (i = 0; i < DOCTOR_STATES; i++)
		json_u64(json, doctor_state_name(i), report->states[i]);
	json_array(json, "findings");
	for (i = 0; i < report->count; i++) {
		const struct doctor_finding *finding = &report->finding[i];

		json_object(json, NULL);
		json_string(json, "check", finding->check->name);
		json_string(json, "state", doctor_state_name(finding->state));
		json_text(json, "found", finding->found, sizeof(finding->found));
		json_string(json, "why", finding->check->why);
		if (finding->fix[0])
			json_text(json, "fix", finding->fix, sizeof(finding->fix));
		json_close(json);
	}
	json_close(json);
	json_close(json);
}

void doctor_facts(const struct doctor_host *host, const struct doctor_report *report, FILE *file)
{
	char escaped[4 * DOCTOR_TEXT + 1], summary[2 * DOCTOR_TEXT];
	size_t i;

	fprintf(file, "cpus=%s\ndoctor=%s\n", host->list,
		doctor_summary(report, summary, sizeof(summary)));
	for (i = 0; i < report->count; i++) {
		const struct doctor_finding *finding = &report->finding[i];
		const char *name = finding->check->name;

		fprintf(file, "%s.state=%s\n", name, doctor_state_name(finding->state));
		fprintf(file, "%s.found=%s\n", name,
			text_escape(escaped, sizeof(escaped), finding->found,
				    sizeof(finding->found)));
		if (finding->fix[0])
			fprintf(file, "%s.fix=%s\n", name,
				text_escape(escaped, sizeof(escaped), finding->fix,
					    sizeof(finding->fix)));
	}
}
