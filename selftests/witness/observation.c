// SPDX-License-Identifier: GPL-2.0
/* See observation.h. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observation.h"

static const char *const names[OBS_CLASSES] = {
	"sched_switch", "sched_waking", "sched_wakeup", "sched_wakeup_new", "sched_migrate_task",
	"sched_process_fork", "sched_process_exec", "sched_process_exit", "nmi_handler",
	"page_fault_user", "page_fault_kernel", "syscall", "syscall (segment)", "visit", "irq",
	"softirq (segment)",
	"softirq HI", "softirq TIMER", "softirq NET_TX", "softirq NET_RX", "softirq BLOCK",
	"softirq IRQ_POLL", "softirq TASKLET", "softirq SCHED", "softirq HRTIMER", "softirq RCU",
	"local_timer", "reschedule", "call_function", "call_function_single", "irq_work",
	"x86_platform_ipi", "spurious_apic", "error_apic", "thermal_apic", "threshold_apic",
	"deferred_error",
	"tlb task switch", "tlb received", "tlb local", "tlb local mm", "tlb sent",
};

/* Names of the fields, in the order in which both sides fill them. */
static const char *const fields[] = {
	[OBS_SWITCH]	= "prev_tid next_tid prev_state prev_prio next_prio",
	[OBS_WAKING]	= "tid by_tid prio target_cpu",
	[OBS_WAKEUP]	= "tid by_tid prio target_cpu",
	[OBS_WAKEUP_NEW] = "tid by_tid prio target_cpu",
	[OBS_MIGRATE]	= "tid by_tid prio orig_cpu dest_cpu",
	[OBS_FORK]	= "tid parent_tid",
	[OBS_EXEC]	= "tid old_tid",
	[OBS_EXIT]	= "tid prio",
	[OBS_NMI]	= "duration handled handler",
	[OBS_FAULT_USER] = "address ip error_code tid",
	[OBS_FAULT_KERNEL] = "address ip error_code tid",
	[OBS_SYSCALL]	= "nr tid ret arg0 arg1 arg2 arg3 arg4 arg5",
	[OBS_SEGMENT]	= "nr tid ret arg0 arg1 arg2 arg3 arg4 arg5",
	[OBS_VISIT]	= "faults",
	[OBS_IRQ]	= "irq ret",
	[OBS_SOFTIRQ_SEGMENT] = "vector tid",
};

const char *observed_name(unsigned int class)
{
	return class < OBS_CLASSES ? names[class] : "?";
}

const char *observed_field(unsigned int class, unsigned int field)
{
	static char word[32];
	const char *text;

	text = class < OBS_SOFTIRQ ? fields[class] : class < OBS_TLB ? "vector" : "pages tid";
	while (field-- && text)
		text = strchr(text, ' ') ? strchr(text, ' ') + 1 : NULL;
	if (!text || sscanf(text, "%31s", word) != 1)
		return "?";
	return word;
}

struct observation *observe(struct observations *all, unsigned int class, unsigned int cpu,
			    uint64_t end)
{
	struct observation *o;

	if (class >= OBS_CLASSES)
		errx(EXIT_FAILURE, "CPU %u: no such class of record: %u", cpu, class);
	if (all->count == all->room) {
		all->room = all->room ? all->room * 2 : 4096;
		all->at = reallocarray(all->at, all->room, sizeof(*all->at));
		if (!all->at)
			err(EXIT_FAILURE, "observations");
	}
	o = &all->at[all->count++];
	memset(o, 0, sizeof(*o));
	o->class = class;
	o->cpu = cpu;
	o->end = end;
	return o;
}

/* At most `size` bytes, to the first NUL, cut to the room there is. */
void observed_text(struct observation *o, int which, const char *text, size_t size)
{
	size_t length = strnlen(text, size);

	if (length >= sizeof(o->text[0]))
		length = sizeof(o->text[0]) - 1;
	memcpy(o->text[which], text, length);
}

static FILE *file_open(const char *directory, const char *kind, const char *name)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s%s%s%s", directory, *kind || *name ? "/" : "", kind, name);
	file = fopen(path, "r");
	if (!file)
		err(EXIT_FAILURE, "%s", path);
	return file;
}

void *file_read(const char *directory, const char *kind, const char *name, size_t *size)
{
	FILE *file = file_open(directory, kind, name);
	char *data = NULL;
	size_t room = 0;

	*size = 0;
	do {
		room += 1 << 20;
		data = realloc(data, room + 1);
		if (!data)
			err(EXIT_FAILURE, "%s%s", kind, name);
		*size += fread(data + *size, 1, room - *size, file);
	} while (*size == room);
	data[*size] = '\0';
	fclose(file);
	return data;
}

void window_read(struct window *window, const char *directory)
{
	FILE *file = file_open(directory, "", "facts");
	int chosen, realtime;

	memset(window, 0, sizeof(*window));
	if (fscanf(file, "start=%lu end=%lu khz=%lu cpus=%u chosen=%d realtime=%d",
		   &window->start, &window->end, &window->khz, &window->cpus, &chosen,
		   &realtime) != 6)
		errx(EXIT_FAILURE, "%s/facts makes no sense", directory);
	fclose(file);
	window->chosen = chosen;
	window->realtime = realtime;
	if (!chosen)
		return;
	file = file_open(directory, "", "tids");
	while (window->tids < 8 && fscanf(file, "%d", &window->tid[window->tids]) == 1)
		window->tids++;
	fclose(file);
	if (!window->tids)
		errx(EXIT_FAILURE, "%s/tids is empty", directory);
}

bool window_chose(const struct window *window, int tid)
{
	unsigned int i;

	for (i = 0; i < window->tids; i++) {
		if (window->tid[i] == tid)
			return true;
	}
	return !window->chosen;
}
