// SPDX-License-Identifier: GPL-2.0
/*
 * See device_request.h. Left out is only what the kernel does as it was told
 * and is then too busy with, such as samples each few microseconds.
 */
#include "device_request.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "device_call.h"
#include "device_memory.h"

#define ALL_HOOKS	(HFT_HOOK_BIT(HFT_HOOKS) - 1)
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static const char *const symbols[] = {
	"do_nanosleep", "hrtimer_nanosleep", "vfs_read", "vfs_write", "do_mmap", "ksys_read",
	"vfs_fsync", "kernel_clone", "schedule", "hftrace:device_open", "hftrace:hft_session_arm",
	"no_such_function", "", "hftrace:", ":", "exc_page_fault",
};

/* Mostly one or some, now and then all. */
static __u64 some_hooks(void)
{
	const unsigned int kind = below(8);

	if (kind == 0)
		return ALL_HOOKS;
	if (kind == 1)
		return draw() & ALL_HOOKS;
	return HFT_HOOK_BIT(below(HFT_HOOKS)) | HFT_HOOK_BIT(below(HFT_HOOKS));
}

/* Those that are attached when the module is loaded, as far as one may guess. */
static __u64 usual_hooks(void)
{
	const __u64 often = HFT_HOOK_BIT(HFT_HOOK_SWITCH) | HFT_HOOK_BIT(HFT_HOOK_IRQ) |
			    HFT_HOOK_BIT(HFT_HOOK_WAKEUP) | HFT_HOOK_BIT(HFT_HOOK_FAULT) |
			    HFT_HOOK_BIT(HFT_HOOK_TIMER) | HFT_HOOK_BIT(HFT_HOOK_VISIT);

	return one_in(3) ? some_hooks() : often & (draw() | HFT_HOOK_BIT(HFT_HOOK_SWITCH));
}

static __u64 place(const void *made, size_t bytes)
{
	bool whole;

	return (uintptr_t)memory_place(MEMORY_INNER, made, bytes, &whole);
}

static void some_cpus(__u64 *address, __u32 *bytes)
{
	__u64 words[64] = { below(8) ? 1 + below(3) : draw() };

	*bytes = below(8) ? 8 : 8 * below(65);
	*address = place(words, *bytes ? *bytes : 8);
}

static __s32 some_process(void)
{
	static const __s32 others[] = { 1, 2, 0x7fffffff, -1 };

	return below(4) ? getpid() : others[below(ARRAY_SIZE(others))];
}

static void make_hello(void *to)
{
	struct hft_hello *hello = to;

	hello->abi_major = HFT_ABI_MAJOR;
	hello->abi_minor = one_in(4) ? draw() : HFT_ABI_MINOR;
}

static void make_hook_info(void *to)
{
	((struct hft_hook_info *)to)->id = below(HFT_HOOKS + 1);
}

static void make_attach(void *to)
{
	struct hft_attach *attach = to;

	attach->flags = below(4) ? HFT_ATTACH_FORCE : 0;
	attach->hooks = one_in(2) ? world->hooks_supported : some_hooks();
}

/* Seldom many: without hooks others have little to ask for. */
static void make_detach(void *to)
{
	struct hft_attach *detach = to;

	detach->flags = below(4) ? HFT_ATTACH_FORCE : 0;
	detach->hooks = below(8) ? HFT_HOOK_BIT(below(HFT_HOOKS)) : some_hooks();
}

static void make_arm(void *to)
{
	struct hft_sampling sampling[HFT_HOOKS + 1] = { 0 };
	struct hft_arm *arm = to;
	unsigned int i;

	if (one_in(6))
		return;
	arm->hooks = usual_hooks();
	arm->hooks_elsewhere = one_in(2) ? usual_hooks() : 0;
	some_cpus(&arm->cpus, &arm->cpus_bytes);
	arm->lease_ms = one_in(2) ? below(40) : 0;
	for (i = 0; one_in(3) && i < HFT_FILTERS; i++)
		arm->tgid[i] = some_process();
	for (i = 0; one_in(4) && i < HFT_QUIET_THREADS; i++)
		arm->no_syscalls[i] = some_process();
	if (!one_in(4))
		return;
	arm->samplings = 1 + below(4);
	for (i = 0; i < arm->samplings; i++)
		sampling[i] = (struct hft_sampling){ below(HFT_HOOKS), 1 + below(100) };
	arm->sampling = place(sampling, sizeof(sampling));
}

static void make_resize(void *to)
{
	((struct hft_resize *)to)->slots = 1024ULL << below(4);
}

static void make_region_create(void *to)
{
	struct hft_region_create *create = to;

	create->rings = 1 + below(4);
	create->ring_slots = 256ULL << below(4);
	if (one_in(2))
		create->board_size = one_in(4) ? sizeof(struct hft_board) : below(8192);
	/* one that is as large as a user may have, and that takes its time */
	if (one_in(100))
		create->ring_slots = 1ULL << (16 + below(9));
}

static void make_region_info(void *to)
{
	((struct hft_region_info *)to)->after = one_in(2) ? 0 : world_region(draw());
}

static void make_region_open(void *to)
{
	((struct hft_region_open *)to)->region = world_region(draw());
}

static void make_clock(void *to)
{
	(void)to;
}

static void make_audit(void *to)
{
	struct hft_audit_read *read = to;

	read->count = below(32);
	read->after = one_in(2) ? 0 : below(2000);
	read->entries = (uintptr_t)memory_audit();
}

static void make_budget(void *to)
{
	struct hft_budget *budget = to;

	some_cpus(&budget->cpus, &budget->cpus_bytes);
	budget->events_per_s = one_in(2) ? 0 : 10 + below(1000000);
	budget->ns_per_s = one_in(2) ? 0 : 1000 + below(1000000000);
}

static void make_rearm(void *to)
{
	struct hft_rearm *rearm = to;

	some_cpus(&rearm->cpus, &rearm->cpus_bytes);
	rearm->hooks = one_in(2) ? ALL_HOOKS : some_hooks();
}

static void make_pmu(void *to)
{
	static const __u64 periods[] = {
		0, 0, 1, 999, 100000000, 1ULL << 40, 1ULL << 62, 1ULL << 63,
	};
	struct hft_pmu_event events[8] = { 0 };
	struct hft_pmu *pmu = to;
	unsigned int i;

	pmu->op = below(4) ? below(3) : below(5);
	pmu->flags = below(4) ? HFT_PMU_FORCE : draw() & 3;
	pmu->count = 1 + below(4);
	for (i = 0; i < ARRAY_SIZE(events); i++) {
		events[i].type = one_in(4) ? below(16) : PERF_TYPE_SOFTWARE;
		events[i].config = one_in(4) ? draw() : below(12);
		events[i].flags = one_in(4) ? below(5) : 0;
		events[i].period = periods[below(ARRAY_SIZE(periods))];
	}
	pmu->events = place(events, sizeof(events));
	some_cpus(&pmu->cpus, &pmu->cpus_bytes);
}

/* Of the kernel's memory only what nobody touches all the time. */
static void make_watch(void *to)
{
	static const __u64 edges[] = {
		0, 8, 0x7ffffffff000, 0x7ffffffffff8, 0x800000000000, 0xffffffffff600000,
	};
	struct hft_watch *watch = to;

	watch->op = below(4) ? HFT_WATCH_OPEN : HFT_WATCH_CLOSE;
	watch->flags = below(4) ? HFT_WATCH_FORCE : 0;
	watch->length = 1U << below(4);
	watch->address = one_in(4) ? edges[below(ARRAY_SIZE(edges))] :
				     (uintptr_t)self->memory + 8 * below(512);
	watch->access = below(4) ? HFT_WATCH_WRITE : HFT_WATCH_WRITE | HFT_WATCH_READ;
	if (one_in(2))
		watch->tgid = some_process();
	else
		some_cpus(&watch->cpus, &watch->cpus_bytes);
}

static void make_probe_add(void *to)
{
	struct hft_probe *probe = to;

	probe->flags = below(8) ? HFT_PROBE_FORCE : 0;
	probe->flags |= one_in(8) ? HFT_PROBE_KEEP : 0;
	probe->kind = 1 + below(4);
	snprintf(probe->label, sizeof(probe->label), "fuzz%u", below(1000));
	if (probe->kind <= HFT_PROBE_KERNEL_CALL) {
		const char *symbol = symbols[below(ARRAY_SIZE(symbols))];

		memcpy(probe->symbol, symbol, strlen(symbol));
		probe->offset = one_in(4) ? below(64) : 0;
		return;
	}
	/* a program's code, or another file */
	probe->file = one_in(8) ? SLOT_FIRST + (int)below(SLOTS) : FUZZ_CODE_FD;
	probe->tgid = one_in(2) ? some_process() : 0;
	probe->offset = below(4) ? world->code_offset : 0x1000 + below(0x4000);
}

static void make_probe_remove(void *to)
{
	struct hft_probe_remove *remove = to;

	remove->flags = below(8) ? HFT_PROBE_FORCE : 0;
	remove->id = one_in(4) ? 0 : below(64);
}

static void make_probe_info(void *to)
{
	((struct hft_probe *)to)->id = one_in(2) ? 0 : below(64);
}

static void make_hook_cpu(void *to)
{
	struct hft_hook_cpu *about = to;

	about->id = below(HFT_HOOKS + 1);
	about->cpu = below(3);
}

/* Some take long, or make others take long: they come but now and then. */
static const struct {
	unsigned long command;
	unsigned int weight;
	void (*make)(void *to);
} kinds[FUZZ_REQUESTS] = {
	{ HFT_IOC_HELLO, 300, make_hello },
	{ HFT_IOC_HOOK_INFO, 100, make_hook_info },
	{ HFT_IOC_ATTACH, 8, make_attach },
	{ HFT_IOC_DETACH, 6, make_detach },
	{ HFT_IOC_ARM, 250, make_arm },
	{ HFT_IOC_RESIZE, 10, make_resize },
	{ HFT_IOC_REGION_CREATE, 60, make_region_create },
	{ HFT_IOC_REGION_INFO, 150, make_region_info },
	{ HFT_IOC_REGION_OPEN, 250, make_region_open },
	{ HFT_IOC_CLOCK, 150, make_clock },
	{ HFT_IOC_AUDIT, 100, make_audit },
	{ HFT_IOC_BUDGET, 50, make_budget },
	{ HFT_IOC_REARM, 50, make_rearm },
	{ HFT_IOC_PMU, 12, make_pmu },
	{ HFT_IOC_WATCH, 30, make_watch },
	{ HFT_IOC_PROBE_ADD, 25, make_probe_add },
	{ HFT_IOC_PROBE_REMOVE, 8, make_probe_remove },
	{ HFT_IOC_PROBE_INFO, 80, make_probe_info },
	{ HFT_IOC_HOOK_CPU, 100, make_hook_cpu },
	{ 0, 60, make_clock },
};

static unsigned int draw_number(void)
{
	unsigned int sum = 0, i, at;

	for (i = 0; i < FUZZ_REQUESTS; i++)
		sum += kinds[i].weight;
	at = below(sum);
	for (i = 0; at >= kinds[i].weight; i++)
		at -= kinds[i].weight;
	return i;
}

void request_make(struct request *request, unsigned int number)
{
	memset(request->made, 0, sizeof(request->made));
	request->number = number;
	request->command = kinds[number].command;
	request->known = number < FUZZ_REQUESTS - 1 ? _IOC_SIZE(request->command) : 56;
	request->bytes = request->known;
	request->halves[0] = request->known;
	kinds[number].make(request->made);
}

static void change_size(struct request *request)
{
	const __u32 sizes[] = {
		0, 3, 4, 5, 8, request->known - 1, request->known + 8, request->known + 1, 4096,
		4097, 0x80000000, 0xffffffff, below(4096),
	};
	__u32 size = sizes[below(ARRAY_SIZE(sizes))];

	request->halves[0] = size;
	if (size > request->known && size <= 4096) {
		request->bytes = size;
		if (one_in(2))
			request->each[request->known + below(size - request->known)] = 1;
	}
}

/* One field; or its lower or upper half. Not what is then too much to do: see above. */
static void change_field(struct request *request)
{
	const size_t at = 4 + 4 * below(request->known / 4 - 1);

	if (request->number == _IOC_NR(HFT_IOC_RESIZE) && one_in(2))
		request->made[1] = boundary();
	else if (at % 8 || one_in(4))
		request->halves[at / 4] = boundary();
	else
		request->made[at / 8] = boundary();
}

static void change(struct request *request)
{
	const unsigned int kind = below(20);
	unsigned int i;

	if (kind < 10)
		return;
	if (kind < 13)
		change_size(request);
	else if (kind < 18)
		change_field(request);
	else if (kind < 19)
		for (i = 0; i < 3; i++)
			change_field(request);
	else
		for (i = 1; i < request->known / 8; i++)
			request->made[i] = draw();
}

/* A wrong number, or the size within it, which does not count. */
static unsigned long change_command(unsigned long command)
{
	switch (below(40)) {
	case 0:
		return command ^ 1UL << (_IOC_TYPESHIFT + below(8));
	case 1: case 2: case 3:
		return command ^ (draw() & _IOC_SIZEMASK) << _IOC_SIZESHIFT;
	case 4:
		return command ^ (draw() & 3) << _IOC_DIRSHIFT;
	default:
		return command;
	}
}

static unsigned long other_command(void)
{
	return one_in(2) ? draw() :
			   _IOC(draw() & 3, HFT_IOC_MAGIC, 19 + below(237), draw() & 0x3fff);
}

void request_draw(struct request *request)
{
	request_make(request, draw_number());
	change(request);
	if (request->number == FUZZ_REQUESTS - 1)
		request->command = other_command();
	else
		request->command = change_command(request->command);
}
