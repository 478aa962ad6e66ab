// SPDX-License-Identifier: GPL-2.0
/* hftrace budget: what the hooks may take of a CPU, and do. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "lib/args.h"
#include "lib/cost.h"
#include "lib/hooks.h"
#include "lib/json.h"
#include "lib/manners.h"
#include "lib/output.h"

enum {
	OPT_CPU = 256,
	OPT_EVENTS,
	OPT_REARM,
	OPT_JSON,
};

static const struct option long_options[] = {
	{ "cpus", required_argument, NULL, 'c' },
	{ "cpu", required_argument, NULL, OPT_CPU },
	{ "events", required_argument, NULL, OPT_EVENTS },
	{ "rearm", required_argument, NULL, OPT_REARM },
	{ "json", no_argument, NULL, OPT_JSON },
	{ NULL, 0, NULL, 0 },
};

struct request {
	struct cpus cpus;
	bool set;		/* a budget is given */
	__u64 ns_per_s;
	__u64 events_per_s;
	__u64 rearm;		/* bits of hooks; 0: none */
	bool json;
};

static int take_option(struct request *request, int option, char **argv)
{
	char word[65], known[HOOKS_TEXT];

	switch (option) {
	case 'c':
		if (parse_cpus(optarg, &request->cpus) || !cpus_count(&request->cpus))
			return usage_error(&cmd_budget, "'%s' is no list of CPUs like 1-3,7",
					   optarg);
		return 0;
	case OPT_CPU:
		request->set = true;
		if (budget_parse(optarg, &request->ns_per_s))
			return usage_error(&cmd_budget, "'%s' is no share like 1%%, 500ppm, none",
					   optarg);
		return 0;
	case OPT_EVENTS:
		request->set = true;
		if (!strcmp(optarg, "none"))
			request->events_per_s = 0;
		else if (parse_u64(optarg, &request->events_per_s))
			return usage_error(&cmd_budget, "'%s' is no number of records a second",
					   optarg);
		return 0;
	case OPT_REARM:
		if (hooks_parse(optarg, &request->rearm, word, sizeof(word)))
			return usage_error(&cmd_budget,
					   "no hook '%s'; there are %s; groups sched, all", word,
					   hooks_format(HOOKS_ALL, known));
		return 0;
	case OPT_JSON:
		request->json = true;
		return 0;
	default:
		return option_error(&cmd_budget, option, argv);
	}
}

static int parse(int argc, char **argv, struct request *request)
{
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:", long_options, NULL)) >= 0) {
		status = take_option(request, option, argv);
		if (status)
			return status;
	}
	return no_more_arguments(&cmd_budget, argc, argv);
}

static int change(const struct device *device, const struct request *request)
{
	int err = 0;

	if (request->set)
		err = budget_set(device, &request->cpus, request->events_per_s,
				 request->ns_per_s);
	if (!err && request->rearm)
		err = budget_rearm(device, &request->cpus, request->rearm);
	if (err)
		message("cannot set it: %s", strerror(-err));
	return err;
}

/* What a second of now takes. */
static int watch(const struct device *device, const struct cpus *cpus, struct cost *first,
		 struct cost *last)
{
	const struct timespec second = { .tv_sec = 1 };
	int err = cost_read(first, device, cpus);

	if (err)
		return err;
	nanosleep(&second, NULL);
	err = cost_read(last, device, cpus);
	if (err)
		cost_free(first);
	return err;
}

static void print_text(const struct cost *first, const struct cost *last)
{
	static const char *const headings[] = {
		"CPU", "BUDGET", "RECORDS/S", "TAKES", "DEAREST", "DISARMED FOR IT",
	};
	struct table *table = table_new("llrrll", headings);
	char text[HOOKS_TEXT];
	size_t i;

	for (i = 0; i < last->count; i++) {
		const struct hft_hook_cpu *any = &last->cpus[i].hook[0];
		const struct cost_sum sum = cost_between(first, last, i);

		table_cell(table, "cpu%d", last->cpus[i].cpu);
		table_cell(table, "%s", budget_format(text, sizeof(text), any->budget_events,
						      any->budget_ns));
		table_cell(table, "%s", format_count(text, sum.records));
		if (sum.untimed == sum.records && sum.records)
			table_cell(table, "not timed");
		else
			table_cell(table, "%.3f %%", sum.ns / 1e7);
		table_cell(table, "%s", sum.dearest < 0 ? "-" : hooks[sum.dearest].name);
		table_cell(table, "%s", sum.cut ? hooks_format(sum.cut, text) : "-");
	}
	table_print(table, stdout);
	table_free(table);
}

static void json_cut(struct json *json, __u64 cut)
{
	int hook;

	json_array(json, "disarmed");
	for (hook = 0; hook < HFT_HOOKS; hook++) {
		if (cut & HFT_HOOK_BIT(hook))
			json_string(json, NULL, hooks[hook].name);
	}
	json_close(json);
}

static void json_hooks(struct json *json, const struct cost *first, const struct cost *last,
		       size_t cpu)
{
	int hook;

	json_array(json, "hooks");
	for (hook = 0; hook < HFT_HOOKS; hook++) {
		const struct hft_hook_cpu *about = &last->cpus[cpu].hook[hook];
		double each = cost_ns_each(last, about);

		json_object(json, NULL);
		json_string(json, "name", hooks[hook].name);
		json_bool(json, "armed", about->flags & HFT_HOOK_CPU_ARMED);
		json_u64(json, "records", about->events);
		json_u64(json, "records_per_s",
			 about->events - first->cpus[cpu].hook[hook].events);
		if (each >= 0)
			json_double(json, "ns_each", each);
		json_u64(json, "every", about->every);
		json_close(json);
	}
	json_close(json);
}

static void print_json(const struct cost *first, const struct cost *last)
{
	struct json json;
	size_t i;

	json_start(&json, stdout);
	json_object(&json, NULL);
	json_array(&json, "cpus");
	for (i = 0; i < last->count; i++) {
		const struct hft_hook_cpu *any = &last->cpus[i].hook[0];
		const struct cost_sum sum = cost_between(first, last, i);

		json_object(&json, NULL);
		json_s64(&json, "cpu", last->cpus[i].cpu);
		json_u64(&json, "budget_records_per_s", any->budget_events);
		json_u64(&json, "budget_ns_per_s", any->budget_ns);
		json_u64(&json, "records_per_s", sum.records);
		json_u64(&json, "records_per_s_not_timed", sum.untimed);
		json_double(&json, "ns_per_s", sum.ns);
		json_cut(&json, sum.cut);
		json_hooks(&json, first, last, i);
		json_close(&json);
	}
	json_close(&json);
	json_close(&json);
	json_newline(&json);
}

static int show(const struct device *device, const struct request *request)
{
	struct cost first, last;
	int err = watch(device, &request->cpus, &first, &last);

	if (err)
		message("the module does not say what its hooks take: %s", strerror(-err));
	if (err)
		return HFT_EXIT_FAILED;
	if (request->json)
		print_json(&first, &last);
	else
		print_text(&first, &last);
	cost_free(&first);
	cost_free(&last);
	return HFT_EXIT_OK;
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	char why[DEVICE_WHY];
	struct device device;
	int status, err;

	status = parse(argc, argv, &request);
	if (!status)
		status = manners_check_online(&request.cpus);
	if (status)
		return status;
	if (device_open(&device, why) || device_may_read(&device, why)) {
		message("%s", why);
		device_close(&device);
		return HFT_EXIT_FAILED;
	}
	err = cpus_count(&request.cpus) ? 0 : cpus_online(&request.cpus);
	if (err) {
		message("cannot tell which CPUs are online: %s", strerror(-err));
		device_close(&device);
		return HFT_EXIT_FAILED;
	}
	status = change(&device, &request) ? HFT_EXIT_FAILED : HFT_EXIT_OK;
	if (!status && ((!request.set && !request.rearm) || request.json))
		status = show(&device, &request);
	device_close(&device);
	return status;
}

const struct hft_command cmd_budget = {
	.name = "budget",
	.summary = "Shows and limits what the hooks take of each CPU",
	.usage = "[-c LIST] [--json]\n"
		 "[-c LIST] [--cpu SHARE] [--events N] [--rearm HOOKS]",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"Without a limit to set it watches for a second and shows, for each CPU, what the\n"
"hooks wrote and took. Beyond its budget a CPU's dearest hook is disarmed within\n"
"100 ms; the rest go on unless they are over it too. The ring has a record that\n"
"says so, 'hftrace list' and 'hftrace history' show it. What was disarmed stays so\n"
"until --rearm, or until nothing is armed on the CPU any more.\n"
"\n"
"  -c, --cpus LIST      these CPUs: 1-3,7; default all\n"
"  --cpu SHARE          of the CPU's time: 1%, 500ppm; none\n"
"  --events N           records a second; none\n"
"  --rearm HOOKS        arm again what was disarmed: names, or all\n"
"  --json               the table, and each hook, in JSON on stdout\n"
"\n"
"A limit that is not named is none. Budgets stay until they are set anew or the\n"
"module goes; its parameters budget_ppm and budget_events set them at load.\n"
"\n"
"Exit status: 0 fine, 1 failed, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace budget\n"
"  hftrace budget -c 1-3 --cpu 1%\n"
"  hftrace budget -c 2 --rearm all\n",
};
