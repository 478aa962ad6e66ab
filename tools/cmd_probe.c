// SPDX-License-Identifier: GPL-2.0
/* hftrace probe: probes that stay, so that a recording later interrupts nobody. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "lib/args.h"
#include "lib/ask.h"
#include "lib/device.h"
#include "lib/json.h"
#include "lib/output.h"
#include "lib/probes.h"
#include "lib/process.h"

struct request {
	struct probes probes;
	const char *remove;	/* a number or "all" */
	__u32 remove_id;	/* 0: all */
	__s32 pid;
	bool force;
	bool json;
};

static int take_remove(struct request *request, const char *text)
{
	__u64 id;

	request->remove = text;
	if (!strcmp(text, "all"))
		return 0;
	if (parse_u64(text, &id) || !id || id >= HFT_NAMES)
		return usage_error(&cmd_probe, "'%s' is no probe's number; see 'hftrace probe'",
				   text);
	request->remove_id = id;
	return 0;
}

static int take_pid(struct request *request, const char *text)
{
	if (parse_pid(text, &request->pid))
		return usage_error(&cmd_probe, "'%s' is no process number", text);
	return 0;
}

static int parse(int argc, char **argv, struct request *request)
{
	static const struct option long_options[] = {
		{ "pid", required_argument, NULL, 'p' },
		{ "remove", required_argument, NULL, 'r' },
		{ "yes", no_argument, NULL, 'y' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option, status = 0;

	opterr = 0;
	while (!status && (option = getopt_long(argc, argv, ":p:r:y", long_options, NULL)) >= 0) {
		switch (option) {
		case 'p':
			status = take_pid(request, optarg);
			break;
		case 'r':
			status = take_remove(request, optarg);
			break;
		case 'y':
			request->force = true;
			break;
		case 'j':
			request->json = true;
			break;
		default:
			return option_error(&cmd_probe, option, argv);
		}
	}
	while (!status && optind < argc)
		status = probes_take(&request->probes, argv[optind++]);
	if (!status && request->remove && request->probes.count)
		return usage_error(&cmd_probe, "add or remove, one at a time");
	if (!status && request->pid && !request->probes.count)
		return usage_error(&cmd_probe, "-p goes with probes that are added");
	return status;
}

/* -------------------------------------------------------------------- list */

static void list_one(struct table *table, const struct hft_probe *probe)
{
	char label[4 * sizeof(probe->label)], count[FORMAT_SIZE];

	table_cell(table, "%u", probe->id);
	table_cell(table, "%s", probe_kind(probe));
	table_cell(table, "%s", text_escape(label, sizeof(label), probe->label,
					    sizeof(probe->label)));
	if (probe->tgid)
		table_cell(table, "%d", probe->tgid);
	else
		table_cell(table, "all");
	table_cell(table, "%s", format_count(count, probe->hits));
	table_cell(table, "%s", format_count(count, probe->missed));
	table_cell(table, "%s", probe->flags & HFT_PROBE_GONE ? "its module was unloaded" :
		   probe->flags & HFT_PROBE_CLOSED ? "silent, until nobody is armed" :
		   probe->flags & HFT_PROBE_KEEP ? "until removed" : "while its recording runs");
}

static void json_one(struct json *json, const struct hft_probe *probe)
{
	json_object(json, NULL);
	json_u64(json, "id", probe->id);
	json_string(json, "kind", probe_kind(probe));
	json_text(json, "label", probe->label, sizeof(probe->label));
	json_text(json, "symbol", probe->symbol, sizeof(probe->symbol));
	json_u64(json, "offset", probe->offset);
	json_u64(json, "address", probe->address);
	json_s64(json, "tgid", probe->tgid);
	json_u64(json, "hits", probe->hits);
	json_u64(json, "missed", probe->missed);
	json_bool(json, "kept", probe->flags & HFT_PROBE_KEEP);
	json_bool(json, "gone", probe->flags & HFT_PROBE_GONE);
	json_bool(json, "closed", probe->flags & HFT_PROBE_CLOSED);
	json_close(json);
}

static int list(const struct device *device, bool as_json)
{
	static const char *const headings[] = {
		"NUMBER", "KIND", "PROBE", "PROCESS", "RECORDS", "MISSED", "STAYS"
	};
	struct table *table = as_json ? NULL : table_new("rlllrrl", headings);
	struct hft_probe info = { 0 };
	struct json json;
	int err, count = 0;

	if (as_json) {
		json_start(&json, stdout);
		json_object(&json, NULL);
		json_array(&json, "probes");
	}
	for (; !(err = probes_next(device, &info)); count++) {
		if (as_json)
			json_one(&json, &info);
		else
			list_one(table, &info);
	}
	if (as_json) {
		json_close(&json);
		json_close(&json);
		json_newline(&json);
	} else if (count) {
		table_print(table, stdout);
	}
	table_free(table);
	if (err != -ENOENT) {
		message("cannot list probes: %s", err == -ENOTTY ?
			"the loaded module is older than this tool" : strerror(-err));
		return HFT_EXIT_FAILED;
	}
	if (!count && !as_json)
		message("there are no probes");
	return output_finish(HFT_EXIT_OK);
}

/* ------------------------------------------------------------------ change */

static int add(const struct device *device, struct request *request)
{
	int status = probes_resolve(&request->probes);
	size_t i;

	if (status)
		return status;
	if (request->pid && process_of_thread(request->pid) != request->pid) {
		message("no process %d", request->pid);
		return HFT_EXIT_FAILED;
	}
	probes_say_cost(&request->probes);
	if (!request->force) {
		enum hft_answer answer = ask("Add them?");

		if (answer != HFT_ANSWER_YES)
			return answer == HFT_ANSWER_NO ? HFT_EXIT_FAILED : HFT_EXIT_USAGE;
	}
	status = probes_add(device, &request->probes,
			    HFT_PROBE_KEEP | (request->force ? HFT_PROBE_FORCE : 0),
			    request->pid);
	for (i = 0; !status && i < request->probes.count; i++)
		message("probe %u: %s", request->probes.probe[i].id, request->probes.text[i]);
	return status;
}

static int remove_some(const struct device *device, const struct request *request)
{
	int err = probes_remove(device, request->remove_id, request->force);

	if (!err)
		return HFT_EXIT_OK;
	if (err == -EBUSY)
		message("a CPU is armed, which it would interrupt: stop that recording, or say -y");
	else if (err == -ENOENT)
		message("there is no probe %s; 'hftrace probe' lists them", request->remove);
	else
		message("cannot remove %s: %s", request->remove, strerror(-err));
	return HFT_EXIT_FAILED;
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	char why[DEVICE_WHY];
	struct device device;
	int status;

	status = parse(argc, argv, &request);
	if (status)
		return status;
	if (device_open(&device, why) || device_may_read(&device, why)) {
		message("%s", why);
		status = HFT_EXIT_FAILED;
	} else if (request.probes.count) {
		status = add(&device, &request);
	} else if (request.remove) {
		status = remove_some(&device, &request);
	} else {
		status = list(&device, request.json);
	}
	probes_close(&request.probes);
	device_close(&device);
	return status;
}

const struct hft_command cmd_probe = {
	.name = "probe",
	.summary = "Adds probes of functions, lists and removes them",
	.usage = "[--json]\n"
		 "[-y] [-p PID] PROBE...\n"
		 "[-y] --remove NUMBER|all",
	.risk = HFT_RISK_INTERRUPTS,
	.run = run,
	.help =
"Adds probes that stay until they are removed, so that 'hftrace record' finds them and\n"
"interrupts nobody; 'hftrace record --probe' adds some for one recording. Says before\n"
"what that costs the CPUs, and asks. Without a PROBE, lists those that are there.\n"
"\n"
"  FUNCTION             a function of the kernel is entered: do_nanosleep\n"
"  FUNCTION%return      a call of it, from entry to return, with its result\n"
"  FUNCTION+0x1f        an instruction in it; MODULE:FUNCTION and 0xADDRESS work, too\n"
"  FILE:FUNCTION        the same of a program or a library: /usr/bin/engine:on_order,\n"
"  FILE:FUNCTION%return ./engine:Engine::on_order%return; FILE has a / in it\n"
"  FILE:0x1234          a place in a file, for one that is stripped\n"
"\n"
"  -p, --pid PID        probe programs and libraries in this process alone\n"
"  -r, --remove NUMBER  remove a probe, or all\n"
"  -y, --yes            do not ask; also while a CPU is armed, which this interrupts\n"
"  --json               list as JSON\n"
"\n"
"Exit status: 0 fine, 1 failed, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace probe -y do_nanosleep%return /usr/bin/engine:on_order%return\n"
"  hftrace probe\n"
"  hftrace probe --remove 3\n"
"  hftrace record --probe ./engine:on_order%return -c 1 -d 10s -o orders.hft\n",
};
