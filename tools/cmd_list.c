// SPDX-License-Identifier: GPL-2.0
/* hftrace list: hooks, rings and processes as they are now. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <hftrace-reader.h>
#include "command.h"
#include "lib/args.h"
#include "lib/cost.h"
#include "lib/device.h"
#include "lib/events.h"
#include "lib/hooks.h"
#include "lib/json.h"
#include "lib/output.h"
#include "lib/process.h"
#include "lib/records.h"

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pmu", no_argument, NULL, 'p' },
	{ NULL, 0, NULL, 0 },
};

struct cpu_ring {
	int cpu;
	__u64 armed;
	__u64 records;
	__u64 slots;		/* written */
	__u64 capacity;
};

struct list {
	struct device device;
	bool module;
	bool may_read;
	char why_not[DEVICE_WHY];
	struct hft_hook_info hook[HFT_HOOKS];
	struct cpu_ring *rings;
	size_t rings_count;
	struct cost cost;	/* of the CPUs of the rings */
	struct hft_reader *reader;	/* user rings; NULL: none */
};

/* Only the control page: what is armed there, how much was written. */
static int read_ring(struct list *list, int cpu)
{
	const struct hft_ring_ctl *ctl;
	struct cpu_ring *ring;

	/* The mapping is the whole ring or nothing. */
	size_t size = HFT_RING_STRIDE(list->device.hello.ring_slots);
	void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, list->device.fd, HFT_MAP_CPU(cpu));

	if (map == MAP_FAILED)
		return -errno;
	ctl = map;
	ring = &list->rings[list->rings_count++];
	ring->cpu = cpu;
	ring->armed = __atomic_load_n(&ctl->enable, __ATOMIC_RELAXED) & HOOKS_ALL;
	ring->records = __atomic_load_n(&ctl->records, __ATOMIC_RELAXED);
	ring->slots = __atomic_load_n(&ctl->head, __ATOMIC_RELAXED);
	ring->capacity = ctl->slots;
	munmap(map, size);
	return 0;
}

static int read_rings(struct list *list)
{
	struct cpus online;
	int cpu, err;

	err = cpus_online(&online);
	if (err)
		return err;
	list->rings = calloc(cpus_count(&online) + 1, sizeof(*list->rings));
	if (!list->rings)
		return -ENOMEM;
	for (cpu = cpus_next(&online, 0); cpu >= 0 && !err; cpu = cpus_next(&online, cpu + 1))
		err = read_ring(list, cpu);
	return err ? err : cost_read(&list->cost, &list->device, &online);
}

static int collect(struct list *list)
{
	struct hft_live live = { .size = sizeof(live), .flags = HFT_LIVE_ALL_PROCESSES };
	int hook, err;

	err = device_open(&list->device, list->why_not);
	list->module = !err;
	for (hook = 0; list->module && hook < HFT_HOOKS; hook++) {
		err = device_hook_info(&list->device, hook, &list->hook[hook]);
		if (err) {
			message("the module does not describe hook %s: %s", hooks[hook].name,
				strerror(-err));
			return err;
		}
	}
	if (list->module && !device_may_read(&list->device, list->why_not)) {
		err = read_rings(list);
		list->may_read = !err;
		if (err == -EPERM || err == -EACCES)
			snprintf(list->why_not, sizeof(list->why_not),
				 "%s", device_hidden_addresses);
		else if (err)
			return err;
	}
	err = hft_reader_open_live(&list->reader, &live);
	/* What the device refuses was said already; without it there may be private rings. */
	if (err && list->module && err != -ENOENT) {
		message("cannot look for user rings: %s", strerror(-err));
		return err;
	}
	return 0;
}

/* ------------------------------------------------------------------- text */

/* CPUs on which a hook is armed. */
static const char *armed_text(const struct list *list, int hook, char *buf, size_t size)
{
	struct cpus cpus = { 0 };
	size_t i;

	if (!list->may_read) {
		snprintf(buf, size, "%u CPUs", list->hook[hook].cpus_armed);
		return list->hook[hook].cpus_armed ? buf : "-";
	}
	for (i = 0; i < list->rings_count; i++) {
		if (list->rings[i].armed & HFT_HOOK_BIT(hook))
			cpus_add(&cpus, list->rings[i].cpu);
	}
	return cpus_count(&cpus) ? cpus_format(&cpus, buf, size) : "-";
}

static const char *state_text(const struct list *list, int hook)
{
	__u32 flags = list->hook[hook].flags;

	if (!list->module)
		return "not known";
	if (flags & HFT_HOOK_ATTACHED)
		return "attached";
	if (!(flags & HFT_HOOK_SUPPORTED))
		return "not here";
	return flags & HFT_HOOK_COSTLY ? "on request" : "detached";
}

static void print_hooks(const struct list *list)
{
	static const char *const headings[] = {
		"HOOK", "STATE", "ARMED ON", "RECORDS", "NS EACH", "WHAT",
	};
	struct table *table = table_new("lllrrl", headings);
	char armed[128], count[FORMAT_SIZE];
	double each;
	int hook;

	for (hook = 0; hook < HFT_HOOKS; hook++) {
		const struct hft_hook_info *info = &list->hook[hook];
		const struct hft_schema *schema = hft_schema(hooks[hook].types[0]);

		table_cell(table, "%s", hooks[hook].name);
		table_cell(table, "%s", state_text(list, hook));
		table_cell(table, "%s", list->module ?
			   armed_text(list, hook, armed, sizeof(armed)) : "-");
		table_cell(table, "%s", list->may_read ? format_count(count, info->events) : "-");
		each = cost_ns_of_hook(&list->cost, hook);
		table_cell(table, each < 0 ? "-" : "%.0f", each);
		if (info->reason[0] && info->flags & HFT_HOOK_SUPPORTED)
			table_cell(table, "%s (%s)", info->summary, info->reason);
		else if (info->reason[0])
			table_cell(table, "%s", info->reason);
		else if (info->summary[0])
			table_cell(table, "%s", info->summary);
		else
			table_cell(table, "%s", schema ? schema->summary : "");
	}
	table_print(table, stdout);
	table_free(table);
}

static void print_types(void)
{
	static const char *const headings[] = { "RECORD", "HOOK", "FIELDS" };
	struct table *table = table_new("lll", headings);
	const struct hft_schema *all;
	size_t count, i, field;
	char fields[256];

	all = hft_schema_all(&count);
	for (i = 0; i < count; i++) {
		const char *hook = all[i].type >= HFT_REC_MARK ? "libhftrace" : "-";
		int used = 0;
		int h, t;

		for (h = 0; h < HFT_HOOKS; h++) {
			for (t = 0; t < HOOK_TYPES; t++) {
				if (hooks[h].types[t] == all[i].type)
					hook = hooks[h].name;
			}
		}
		fields[0] = 0;
		for (field = 0; field < all[i].fields_count && used < (int)sizeof(fields); field++)
			used += snprintf(fields + used, sizeof(fields) - used, "%s%s",
					 field ? " " : "", all[i].fields[field].name);
		table_cell(table, "%s", all[i].name);
		table_cell(table, "%s", hook);
		table_cell(table, "%s", fields);
	}
	table_print(table, stdout);
	table_free(table);
}

static void print_rings(const struct list *list)
{
	static const char *const headings[] = {
		"RING", "SIZE", "RECORDS", "HOLDS", "BUDGET", "OVER IT", "ARMED",
	};
	struct table *table = table_new("lrrrlll", headings);
	char size[FORMAT_SIZE], records[FORMAT_SIZE], armed[HOOKS_TEXT];
	size_t i;

	for (i = 0; i < list->rings_count; i++) {
		const struct cpu_ring *ring = &list->rings[i];
		__u64 held = ring->slots < ring->capacity ? ring->slots : ring->capacity;
		__u64 cut = cost_cut(&list->cost.cpus[i]);

		table_cell(table, "cpu%d", ring->cpu);
		table_cell(table, "%s", format_bytes(size, ring->capacity * HFT_SLOT_SIZE));
		table_cell(table, "%s", format_count(records, ring->records));
		table_cell(table, "%.0f%%", ring->capacity ? 100. * held / ring->capacity : 0);
		table_cell(table, "%s", budget_format(armed, sizeof(armed),
						      list->cost.cpus[i].hook[0].budget_events,
						      list->cost.cpus[i].hook[0].budget_ns));
		table_cell(table, "%s", cut ? hooks_format(cut, armed) : "-");
		table_cell(table, "%s", ring->armed ? hooks_format(ring->armed, armed) : "-");
	}
	table_print(table, stdout);
	table_free(table);
}

static void print_threads(const struct list *list)
{
	static const char *const headings[] = { "PROCESS", "THREAD", "RING", "RECORDS", "SAMPLED" };
	struct table *table = table_new("llrrr", headings);
	char name[80], thread[100], size[FORMAT_SIZE], records[FORMAT_SIZE];
	struct hft_ring_info info;
	__u32 i, every;

	for (i = 0; i < hft_reader_rings(list->reader); i++) {
		hft_reader_ring(list->reader, i, &info);
		table_cell(table, "%s/%d", process_name(info.tgid, name, sizeof(name)), info.tgid);
		table_cell(table, "%s", ring_text(&info, thread, sizeof(thread)));
		table_cell(table, "%s", format_bytes(size, info.capacity * HFT_SLOT_SIZE));
		table_cell(table, "%s", format_count(records, info.records_written));
		every = hft_reader_sample_every(list->reader, i);
		table_cell(table, every > 1 ? "1 in %u" : "-", every);
	}
	table_print(table, stdout);
	table_free(table);
}

static void print_text(const struct list *list)
{
	print_hooks(list);
	putchar('\n');
	print_types();
	if (list->may_read) {
		putchar('\n');
		print_rings(list);
	}
	if (list->reader && hft_reader_rings(list->reader)) {
		putchar('\n');
		print_threads(list);
	}
}

/* ------------------------------------------------------------------- JSON */

static void json_hooks(struct json *json, const struct list *list)
{
	int hook, i;
	size_t ring;
	double each;

	json_array(json, "hooks");
	for (hook = 0; hook < HFT_HOOKS; hook++) {
		const struct hft_hook_info *info = &list->hook[hook];

		json_object(json, NULL);
		json_string(json, "name", hooks[hook].name);
		json_string(json, "summary", info->summary);
		json_bool(json, "supported", info->flags & HFT_HOOK_SUPPORTED);
		json_bool(json, "attached", info->flags & HFT_HOOK_ATTACHED);
		json_bool(json, "on_request", info->flags & HFT_HOOK_COSTLY);
		if (info->reason[0])
			json_string(json, "reason", info->reason);
		json_u64(json, "cpus_armed", info->cpus_armed);
		json_u64(json, "cpus_over_budget", info->cpus_cut);
		json_u64(json, "records_written", info->events);
		json_u64(json, "missed", info->missed);
		each = cost_ns_of_hook(&list->cost, hook);
		if (each >= 0)
			json_double(json, "ns_each", each);
		json_array(json, "armed_on");
		for (ring = 0; ring < list->rings_count; ring++) {
			if (list->rings[ring].armed & HFT_HOOK_BIT(hook))
				json_s64(json, NULL, list->rings[ring].cpu);
		}
		json_close(json);
		json_array(json, "records");
		for (i = 0; i < HOOK_TYPES && hooks[hook].types[i]; i++)
			json_string(json, NULL, hft_schema(hooks[hook].types[i])->name);
		json_close(json);
		json_close(json);
	}
	json_close(json);
}

static void json_types(struct json *json)
{
	static const char *const kinds[] = {
		[HFT_FIELD_UINT] = "unsigned",
		[HFT_FIELD_INT] = "signed",
		[HFT_FIELD_HEX] = "hex",
		[HFT_FIELD_TICKS] = "ticks",
		[HFT_FIELD_NAME] = "name",
		[HFT_FIELD_STRING] = "string",
		[HFT_FIELD_FORMAT] = "format",
	};
	const struct hft_schema *all;
	size_t count, i, j;

	json_array(json, "records");
	all = hft_schema_all(&count);
	for (i = 0; i < count; i++) {
		json_object(json, NULL);
		json_string(json, "name", all[i].name);
		json_string(json, "summary", all[i].summary);
		json_u64(json, "type", all[i].type);
		json_u64(json, "slots", all[i].slots);
		json_u64(json, "slots_max", all[i].slots_max);
		json_bool(json, "interval", all[i].interval);
		json_array(json, "fields");
		for (j = 0; j < all[i].fields_count; j++) {
			const struct hft_field *field = &all[i].fields[j];

			json_object(json, NULL);
			json_string(json, "name", field->name);
			json_string(json, "kind", kinds[field->kind]);
			json_u64(json, "bytes", field->bytes);
			json_u64(json, "count", field->count);
			if (!field->count)
				json_string(json, "counted_by",
					    all[i].fields[field->counted_by].name);
			json_close(json);
		}
		json_close(json);
		json_close(json);
	}
	json_close(json);
}

static void json_rings(struct json *json, const struct list *list)
{
	char cut[HOOKS_TEXT];
	struct hft_ring_info info;
	__u32 i;

	json_array(json, "cpu_rings");
	for (i = 0; i < list->rings_count; i++) {
		json_object(json, NULL);
		json_s64(json, "cpu", list->rings[i].cpu);
		json_u64(json, "bytes", list->rings[i].capacity * HFT_SLOT_SIZE);
		json_u64(json, "records", list->rings[i].records);
		json_u64(json, "slots_written", list->rings[i].slots);
		json_u64(json, "budget_records_per_s", list->cost.cpus[i].hook[0].budget_events);
		json_u64(json, "budget_ns_per_s", list->cost.cpus[i].hook[0].budget_ns);
		json_string(json, "over_budget", hooks_format(cost_cut(&list->cost.cpus[i]), cut));
		json_close(json);
	}
	json_close(json);
	json_array(json, "user_rings");
	for (i = 0; list->reader && i < hft_reader_rings(list->reader); i++) {
		hft_reader_ring(list->reader, i, &info);
		json_object(json, NULL);
		json_s64(json, "tgid", info.tgid);
		json_s64(json, "tid", info.id);
		json_text(json, "thread", info.name, sizeof(info.name));
		json_u64(json, "bytes", info.capacity * HFT_SLOT_SIZE);
		json_u64(json, "records", info.records_written);
		json_u64(json, "sample_every", hft_reader_sample_every(list->reader, i));
		json_close(json);
	}
	json_close(json);
}

static void print_json(const struct list *list)
{
	struct json json;

	json_start(&json, stdout);
	json_object(&json, NULL);
	json_bool(&json, "module", list->module);
	if (list->module)
		json_text(&json, "module_version", list->device.hello.version,
			  sizeof(list->device.hello.version));
	else
		json_string(&json, "why_not", list->why_not);
	json_hooks(&json, list);
	json_types(&json);
	json_rings(&json, list);
	json_close(&json);
	json_newline(&json);
}

/* Names of events are known without the module, and without its PMU. */
static int list_events(bool json)
{
	struct json out;

	if (json) {
		json_start(&out, stdout);
		json_object(&out, NULL);
		events_json(&out, "events");
		json_close(&out);
		json_newline(&out);
	} else {
		events_print(stdout);
	}
	if (events_no_library)
		message("%s", events_no_library);
	return HFT_EXIT_OK;
}

static int run(int argc, char **argv)
{
	struct list list = { .device.fd = -1 };
	bool json = false, events = false;
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) >= 0) {
		if (option == 'j')
			json = true;
		else if (option == 'p')
			events = true;
		else
			return option_error(&cmd_list, option, argv);
	}
	status = no_more_arguments(&cmd_list, argc, argv);
	if (status)
		return status;
	if (events)
		return list_events(json);
	status = collect(&list) ? HFT_EXIT_FAILED : HFT_EXIT_OK;
	if (!status) {
		if (json)
			print_json(&list);
		else
			print_text(&list);
		if (!list.may_read)
			message("%s", list.why_not);
	}
	hft_reader_close(list.reader);
	free(list.rings);
	cost_free(&list.cost);
	device_close(&list.device);
	return status;
}

const struct hft_command cmd_list = {
	.name = "list",
	.summary = "Lists hooks, record types, rings and the processes that use libhftrace",
	.usage = "[--json]\n"
		 "--pmu [--json]",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"Hooks: whether this kernel supports them, and if not, why; attached or not; on which\n"
"CPUs they are armed. Record types with their fields. CPU rings, if you may read them.\n"
"User rings that you may read.\n"
"\n"
"  --pmu                instead: the names of events for record --pmu and --sample\n"
"  --json               the same in JSON\n"
"\n"
"Exit status: 0 fine, also without the module; 1 failed, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace list\n"
"  hftrace list --pmu | grep -i miss\n"
"  hftrace list --json | jq -r '.hooks[] | select(.attached) | .name'\n",
};
