// SPDX-License-Identifier: GPL-2.0
/*
 * What armed.h leaves to functions: hooks that are armed in some special way,
 * and each record that is counted down to. On the hook's own CPU, in any
 * context up to NMI.
 */
#include "armed.h"
#include "frame.h"
#include "governor.h"
#include "quiet.h"
#include "task_frame.h"

/* Records between two whose probe is timed. */
#define COUNT_PERIOD	256
/* So many times the shortest run is one that something interrupted: not the hook's own time. */
#define INTERRUPTED	8
/* The first runs find code and data in no cache. */
#define WARM_UP		3

struct hft_tally __percpu *hft_tally;

/* Is the running task's process one of those that were chosen? */
static bool task_chosen(void)
{
	s32 tgid = current->tgid;
	int i;

	for (i = 0; i < HFT_FILTERS; i++) {
		if (__this_cpu_read(hft_cpu.tgid[i]) == tgid)
			return true;
	}
	return false;
}

static bool sampled_out(struct hft_tally *tally, enum hft_hook_id hook)
{
	if (++tally->count[hook].skipped < READ_ONCE(tally->every[hook]))
		return true;
	tally->count[hook].skipped = 0;
	return false;
}

/* The interval is not written, but has been: it counts as nested in what is open around it. */
static void drop_interval(enum hft_hook_id hook)
{
	if (hook == HFT_HOOK_SYSCALL)
		hft_syscall_drop();
	else if (hft_interval_is_of_task(hook))
		hft_task_drop(hook);
	else
		hft_frame_drop(hook);
}

u64 hft_armed_special(u64 hook_and_part)
{
	const enum hft_hook_id hook = hook_and_part & 0xff;
	const enum hft_part part = hook_and_part >> 8;
	struct hft_cpu *cpu = this_cpu_ptr(&hft_cpu);
	struct hft_tally *tally = this_cpu_ptr(hft_tally);
	const u8 mode = READ_ONCE(cpu->mode[hook]);
	const bool start = part >= HFT_START;

	if (mode & HFT_MODE_NOTE)
		hft_governor_note(hook);
	if (mode & HFT_MODE_QUIET && part == HFT_ENTER)
		hft_quiet_check();
	if (!(mode & HFT_MODE_ON)) {
		/* disarmed while this CPU set the bit */
		if (mode & HFT_MODE_TIMED)
			hft_bits_clear(&cpu->mode[hook], HFT_MODE_TIMED);
		return false;
	}
	if (mode & HFT_MODE_FILTERED && !task_chosen())
		return false;
	if (!start && mode & HFT_MODE_SAMPLED && sampled_out(tally, hook)) {
		if (part == HFT_END)
			drop_interval(hook);
		return false;
	}
	if (mode & HFT_MODE_TIMED) {
		if (start)
			tally->intervals |= HFT_HOOK_BIT(hook);
		else
			tally->count[hook].started = hft_clock();
	}
	return true;
}

static void take_time(struct hft_count *count, u64 ticks)
{
	/* grows, so that the shortest of long ago is forgotten */
	count->least += count->least / 64;
	if (!count->least || ticks < count->least)
		count->least = ticks;
	if (count->warm < WARM_UP) {
		count->warm++;
		return;
	}
	if (ticks > INTERRUPTED * count->least)
		return;
	count->timed_ticks += ticks;
	count->timed++;
}

/*
 * Each count of COUNT_PERIOD - 1 is followed by one of 1, the record whose
 * probe is timed, from its armed test to here.
 */
u64 hft_counted_down(u64 hook)
{
	struct hft_cpu *cpu = this_cpu_ptr(&hft_cpu);
	struct hft_count *count = &this_cpu_ptr(hft_tally)->count[hook];
	const bool mode_is_timed = READ_ONCE(cpu->mode[hook]) & HFT_MODE_TIMED;
	u32 period = 1;

	count->events += count->period;
	if (count->started) {
		take_time(count, hft_clock() - count->started);
		count->started = 0;
	}
	/* until one counts, each is timed */
	if (mode_is_timed && count->timed) {
		hft_bits_clear(&cpu->mode[hook], HFT_MODE_TIMED);
		period = COUNT_PERIOD - 1;
	} else {
		hft_bits_set(&cpu->mode[hook], HFT_MODE_TIMED);
	}
	count->period = period;
	/* an NMI may have counted below zero meanwhile */
	this_cpu_add(hft_cpu.countdown[hook], period);
	return 0;
}

int hft_counts_init(void)
{
	unsigned int cpu;
	int hook;

	hft_tally = alloc_percpu(struct hft_tally);
	if (!hft_tally)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		for (hook = 0; hook < HFT_HOOKS; hook++) {
			per_cpu(hft_cpu.countdown[hook], cpu) = 1;
			per_cpu_ptr(hft_tally, cpu)->count[hook].period = 1;
		}
	}
	return 0;
}

void hft_counts_uninit(void)
{
	free_percpu(hft_tally);
}

/* Of another CPU, so about now; exact when that one writes nothing. */
u64 hft_count_read(unsigned int cpu, enum hft_hook_id hook)
{
	const struct hft_cpu *own = per_cpu_ptr(&hft_cpu, cpu);
	const struct hft_count *count = &per_cpu_ptr(hft_tally, cpu)->count[hook];

	return READ_ONCE(count->events) + READ_ONCE(count->period) -
	       READ_ONCE(own->countdown[hook]);
}
