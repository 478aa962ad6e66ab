// SPDX-License-Identifier: GPL-2.0
/* hftrace history: who attached, armed and set what, and when. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "command.h"
#include "lib/args.h"
#include "lib/compiler.h"
#include "lib/device.h"
#include "lib/hooks.h"
#include "lib/json.h"
#include "lib/output.h"

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

static const char *const actions[] = {
	[HFT_AUDIT_ATTACH]	 = "attach",
	[HFT_AUDIT_DETACH]	 = "detach",
	[HFT_AUDIT_ARM]		 = "arm",
	[HFT_AUDIT_DISARM]	 = "disarm",
	[HFT_AUDIT_EXPIRE]	 = "lease ran out",
	[HFT_AUDIT_RESIZE]	 = "ring size",
	[HFT_AUDIT_BUDGET]	 = "budget",
	[HFT_AUDIT_CUT]		 = "over budget",
	[HFT_AUDIT_REARM]	 = "rearm",
	[HFT_AUDIT_PMU]		 = "counters",
	[HFT_AUDIT_WATCH]	 = "watch",
	[HFT_AUDIT_PROBE_ADD]	 = "add probe",
	[HFT_AUDIT_PROBE_REMOVE] = "remove probe",
};

static const char *action_text(__u32 action)
{
	return action < ARRAY_SIZE(actions) && actions[action] ? actions[action] : "?";
}

static const char *value_text(const struct hft_audit_entry *entry, char *buf, size_t size)
{
	char bytes[FORMAT_SIZE];

	switch (entry->action) {
	case HFT_AUDIT_ATTACH:
	case HFT_AUDIT_DETACH:
		snprintf(buf, size, "%s", entry->value & HFT_ATTACH_FORCE ? "while armed" : "");
		break;
	case HFT_AUDIT_ARM:
		if (entry->value)
			snprintf(buf, size, "lease %llu ms", entry->value);
		else
			snprintf(buf, size, "no lease");
		break;
	case HFT_AUDIT_RESIZE:
		snprintf(buf, size, "%s", format_bytes(bytes, entry->value * HFT_SLOT_SIZE));
		break;
	case HFT_AUDIT_BUDGET:
	case HFT_AUDIT_CUT:
		snprintf(buf, size, "%g %% of a CPU", entry->value / 1e7);
		break;
	case HFT_AUDIT_WATCH:
		if (entry->value)
			snprintf(buf, size, "%#llx", entry->value);
		else
			snprintf(buf, size, "taken away");
		break;
	case HFT_AUDIT_PMU:
		if (entry->value)
			snprintf(buf, size, "%llu events", entry->value);
		else
			snprintf(buf, size, "closed");
		break;
	case HFT_AUDIT_PROBE_ADD:
	case HFT_AUDIT_PROBE_REMOVE:
		snprintf(buf, size, "%llu", entry->value);
		break;
	default:
		*buf = 0;
	}
	return buf;
}

static const char *cpus_text(const struct hft_audit_entry *entry, char *buf, size_t size)
{
	struct cpus cpus = { .word = { entry->cpus } };

	return entry->cpus ? cpus_format(&cpus, buf, size) : "-";
}

static void print_text(const struct hft_audit_entry *entries, size_t count)
{
	static const char *const headings[] = {
		"WHEN", "WHO", "USER", "WHAT", "HOOKS", "CPUS", "DETAIL", "RESULT",
	};
	struct table *table = table_new("llrlllll", headings);
	char text[HOOKS_TEXT], when[FORMAT_SIZE], comm[80];
	size_t i;

	for (i = 0; i < count; i++) {
		const struct hft_audit_entry *entry = &entries[i];

		table_cell(table, "%s", format_date(when, entry->realtime_ns));
		table_cell(table, "%s/%d", text_escape(comm, sizeof(comm), entry->comm,
						       sizeof(entry->comm)), entry->pid);
		table_cell(table, "%u", entry->uid);
		table_cell(table, "%s", action_text(entry->action));
		table_cell(table, "%s", entry->hooks ? hooks_format(entry->hooks, text) : "-");
		table_cell(table, "%s", cpus_text(entry, text, sizeof(text)));
		table_cell(table, "%s", value_text(entry, text, sizeof(text)));
		table_cell(table, "%s", entry->result ? strerror(-entry->result) : "done");
	}
	table_print(table, stdout);
	table_free(table);
}

static void print_json(const struct hft_audit_entry *entries, size_t count)
{
	char text[HOOKS_TEXT];
	struct json json;
	size_t i;

	json_start(&json, stdout);
	json_object(&json, NULL);
	json_array(&json, "entries");
	for (i = 0; i < count; i++) {
		const struct hft_audit_entry *entry = &entries[i];

		json_object(&json, NULL);
		json_u64(&json, "number", entry->number);
		json_u64(&json, "realtime_ns", entry->realtime_ns);
		json_u64(&json, "ticks", entry->ticks);
		json_string(&json, "action", action_text(entry->action));
		json_text(&json, "comm", entry->comm, sizeof(entry->comm));
		json_s64(&json, "pid", entry->pid);
		json_u64(&json, "uid", entry->uid);
		json_u64(&json, "euid", entry->euid);
		json_string(&json, "hooks", hooks_format(entry->hooks, text));
		json_string(&json, "hooks_elsewhere", hooks_format(entry->hooks_elsewhere, text));
		json_string(&json, "cpus", cpus_text(entry, text, sizeof(text)));
		json_u64(&json, "value", entry->value);
		json_s64(&json, "result", entry->result);
		json_close(&json);
	}
	json_close(&json);
	json_close(&json);
	json_newline(&json);
}

static int show(const struct device *device, bool json)
{
	struct hft_audit_read want = { .size = sizeof(want), .count = HFT_AUDIT_ENTRIES };
	struct hft_audit_entry *entries = calloc(HFT_AUDIT_ENTRIES, sizeof(*entries));

	want.entries = (unsigned long)entries;
	if (!entries || ioctl(device->fd, HFT_IOC_AUDIT, &want)) {
		message("cannot read the module's history: %s", strerror(errno));
		free(entries);
		return HFT_EXIT_FAILED;
	}
	if (json)
		print_json(entries, want.count);
	else
		print_text(entries, want.count);
	if (want.newest > want.count)
		message("%llu older entries are gone: the module keeps the last %u",
			want.newest - want.count, HFT_AUDIT_ENTRIES);
	free(entries);
	return HFT_EXIT_OK;
}

static int run(int argc, char **argv)
{
	char why[DEVICE_WHY];
	struct device device;
	bool json = false;
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) >= 0) {
		if (option != 'j')
			return option_error(&cmd_history, option, argv);
		json = true;
	}
	status = no_more_arguments(&cmd_history, argc, argv);
	if (status)
		return status;
	if (device_open(&device, why) || device_may_read(&device, why)) {
		message("%s", why);
		status = HFT_EXIT_FAILED;
	} else {
		status = show(&device, json);
	}
	device_close(&device);
	return status;
}

const struct hft_command cmd_history = {
	.name = "history",
	.summary = "Shows who attached, armed and set what, and when",
	.usage = "[--json]",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"The module keeps its last 1024 steps: who (process, user) attached or detached\n"
"hooks, armed or disarmed CPUs, set budgets, added counters, watchpoints and\n"
"probes; what its governor disarmed, which leases ran out; refused ones too.\n"
"\n"
"  --json               in JSON on stdout\n"
"\n"
"Exit status: 0 fine, 1 failed, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace history\n"
"  hftrace history --json | jq -r '.entries[] | select(.uid != 0)'\n",
};
