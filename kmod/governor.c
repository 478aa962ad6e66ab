// SPDX-License-Identifier: GPL-2.0
/* See governor.h. */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "audit.h"
#include "governor.h"
#include "housekeeping.h"
#include "ring_write.h"
#include "session.h"

#define POLL_MS		10
/*
 * A window is long enough not to take a burst for a storm, and two of them are
 * over well before 100 ms. After a cut a whole new window has to be over the
 * budget before the next one.
 */
#define WINDOW_NS	(20 * NSEC_PER_MSEC)
/* What a probe is taken to cost until one has been timed. */
#define UNTIMED_NS	200

/* What is still to be said in the ring about a hook. */
struct hft_note {
	u32 reason;		/* enum hft_governor_reason */
	u64 events_per_s;
	u64 ns_per_s;
	u64 budget;
	u64 decided;			/* ticks */
};

struct hft_governed {
	u64 events_per_s;		/* budget; 0: none */
	u64 ns_per_s;
	u64 cut;			/* bits of the hooks that were disarmed */
	unsigned long notes;		/* bits of hooks with a note; cleared by the CPU itself */
	struct hft_note note[HFT_HOOKS];
	ktime_t since;			/* the window began; 0: none has */
	u64 events[HFT_HOOKS];		/* counts when it began */
};

static struct hft_governed __percpu *governed;
static struct delayed_work poll;

static bool has_budget(const struct hft_governed *own)
{
	return own->events_per_s || own->ns_per_s;
}

/* One record of `hook` on `cpu`, both probes of an interval. */
static u64 cost_ns(unsigned int cpu, enum hft_hook_id hook)
{
	const struct hft_tally *own = per_cpu_ptr(hft_tally, cpu);
	u64 timed = READ_ONCE(own->count[hook].timed);
	u64 ns = UNTIMED_NS;

	if (timed)
		ns = hft_clock_ticks_to_ns(READ_ONCE(own->count[hook].timed_ticks)) / timed;
	return READ_ONCE(own->intervals) & HFT_HOOK_BIT(hook) ? 2 * ns : ns;
}

/* What one CPU's hooks did in a window, by hook and together, per second. */
struct load {
	u64 events[HFT_HOOKS];
	u64 ns[HFT_HOOKS];
	u64 all_events;
	u64 all_ns;
};

static void measure(unsigned int cpu, struct hft_governed *own, s64 elapsed, struct load *load)
{
	int hook;

	memset(load, 0, sizeof(*load));
	for (hook = 0; hook < HFT_HOOKS; hook++) {
		u64 now = hft_count_read(cpu, hook), count = now - own->events[hook];

		own->events[hook] = now;
		load->events[hook] = mul_u64_u64_div_u64(count, NSEC_PER_SEC, elapsed);
		load->ns[hook] = load->events[hook] * cost_ns(cpu, hook);
		load->all_events += load->events[hook];
		load->all_ns += load->ns[hook];
	}
}

static void begin_window(unsigned int cpu, struct hft_governed *own)
{
	int hook;

	own->since = ktime_get();
	for (hook = 0; hook < HFT_HOOKS; hook++)
		own->events[hook] = hft_count_read(cpu, hook);
}

static enum hft_hook_id dearest(const u64 *by_hook)
{
	int hook, most = 0;

	for (hook = 1; hook < HFT_HOOKS; hook++) {
		if (by_hook[hook] > by_hook[most])
			most = hook;
	}
	return most;
}

/* The note stands before its bit, and that before the mode: see hft_governor_note(). */
static void leave_note(struct hft_governed *own, enum hft_hook_id hook, const struct hft_note *note)
{
	if (test_bit(hook, &own->notes))
		return;
	own->note[hook] = *note;
	/* pairs with hft_governor_note() */
	smp_wmb();
	set_bit(hook, &own->notes);
}

static void cut(unsigned int cpu, struct hft_governed *own, const struct load *load, bool by_ns)
{
	enum hft_hook_id hook = dearest(by_ns ? load->ns : load->events);
	const struct hft_note note = {
		.reason = by_ns ? HFT_GOVERNOR_NS : HFT_GOVERNOR_EVENTS,
		.events_per_s = load->all_events,
		.ns_per_s = load->all_ns,
		.budget = by_ns ? own->ns_per_s : own->events_per_s,
		.decided = hft_clock(),
	};

	own->cut |= HFT_HOOK_BIT(hook);
	leave_note(own, hook, &note);
	hft_audit_module(HFT_AUDIT_CUT, HFT_HOOK_BIT(hook), cpu, load->all_ns);
	hft_sessions_update();
}

/* A window that is not over yet stays open. */
static void govern(unsigned int cpu, struct load *load)
{
	struct hft_governed *own = per_cpu_ptr(governed, cpu);
	bool over_events, over_ns;
	s64 elapsed;

	if (!has_budget(own))
		return;
	if (!own->since) {
		begin_window(cpu, own);
		return;
	}
	elapsed = ktime_to_ns(ktime_sub(ktime_get(), own->since));
	if (elapsed < WINDOW_NS)
		return;
	measure(cpu, own, elapsed, load);
	own->since = ktime_get();
	over_ns = own->ns_per_s && load->all_ns > own->ns_per_s;
	over_events = own->events_per_s && load->all_events > own->events_per_s;
	if (over_ns || over_events)
		cut(cpu, own, load, over_ns);
}

static void poll_again(void)
{
	mod_delayed_work_on(hft_housekeeping_cpu(), system_wq, &poll, msecs_to_jiffies(POLL_MS));
}

/* Rests when nothing is armed or has a budget; hft_governor_armed() starts it. */
static void do_poll(struct work_struct *work)
{
	struct load *load = kmalloc(sizeof(*load), GFP_KERNEL | __GFP_NOWARN);
	bool any = false;
	unsigned int cpu;

	mutex_lock(&hft_lock);
	for_each_online_cpu(cpu) {
		if (READ_ONCE(per_cpu(hft_cpu.armed, cpu)) & HFT_ARMED_HOOKS &&
		    has_budget(per_cpu_ptr(governed, cpu))) {
			any = true;
			if (load)
				govern(cpu, load);
		} else {
			per_cpu_ptr(governed, cpu)->since = 0;
		}
	}
	if (any)
		poll_again();
	mutex_unlock(&hft_lock);
	kfree(load);
}

void hft_governor_armed(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (per_cpu(hft_cpu.armed, cpu) & HFT_ARMED_HOOKS &&
		    has_budget(per_cpu_ptr(governed, cpu)) && !delayed_work_pending(&poll)) {
			poll_again();
			return;
		}
	}
	hft_housekeeping_move(&poll);
}

void hft_governor_set(const struct cpumask *cpus, u64 events_per_s, u64 ns_per_s)
{
	unsigned int cpu;

	for_each_cpu(cpu, cpus) {
		struct hft_governed *own = per_cpu_ptr(governed, cpu);

		own->events_per_s = events_per_s;
		own->ns_per_s = ns_per_s;
		own->since = 0;
	}
	hft_governor_armed();
}

/* Which of `hooks` had been disarmed; the caller arms them again. */
u64 hft_governor_rearm(const struct cpumask *cpus, u64 hooks)
{
	struct hft_note note = { .reason = HFT_GOVERNOR_REARMED, .decided = hft_clock() };
	u64 found = 0;
	unsigned int cpu;
	int hook;

	for_each_cpu(cpu, cpus) {
		struct hft_governed *own = per_cpu_ptr(governed, cpu);

		for (hook = 0; hook < HFT_HOOKS; hook++) {
			if (own->cut & hooks & HFT_HOOK_BIT(hook))
				leave_note(own, hook, &note);
		}
		found |= own->cut & hooks;
		own->cut &= ~hooks;
		own->since = 0;
	}
	return found;
}

u64 hft_governor_cut(unsigned int cpu)
{
	return per_cpu_ptr(governed, cpu)->cut;
}

u64 hft_governor_notes(unsigned int cpu)
{
	return READ_ONCE(per_cpu_ptr(governed, cpu)->notes);
}

/* Nobody has armed anything on the CPU any more: the next one begins anew. */
void hft_governor_forget(unsigned int cpu)
{
	struct hft_governed *own = per_cpu_ptr(governed, cpu);

	own->cut = 0;
	own->notes = 0;
	own->since = 0;
}

void hft_governor_describe(struct hft_hook_cpu *about)
{
	const struct hft_governed *own = per_cpu_ptr(governed, about->cpu);
	const struct hft_cpu *cpu = per_cpu_ptr(&hft_cpu, about->cpu);
	const struct hft_tally *tally = per_cpu_ptr(hft_tally, about->cpu);
	const u64 bit = HFT_HOOK_BIT(about->id);

	about->flags = 0;
	if (READ_ONCE(cpu->armed) & bit)
		about->flags |= HFT_HOOK_CPU_ARMED;
	if (own->cut & bit)
		about->flags |= HFT_HOOK_CPU_CUT;
	if (READ_ONCE(tally->intervals) & bit)
		about->flags |= HFT_HOOK_CPU_INTERVAL;
	about->events = hft_count_read(about->cpu, about->id);
	about->timed = READ_ONCE(tally->count[about->id].timed);
	about->timed_ticks = READ_ONCE(tally->count[about->id].timed_ticks);
	about->every = about->flags & (HFT_HOOK_CPU_ARMED | HFT_HOOK_CPU_CUT) ?
		       READ_ONCE(tally->every[about->id]) : 1;
	about->budget_events = own->events_per_s;
	about->budget_ns = own->ns_per_s;
}

void hft_governor_note(enum hft_hook_id hook)
{
	struct hft_governed *own = this_cpu_ptr(governed);
	struct hft_rec_governor *rec;
	struct hft_note note;
	struct hft_entry e;

	hft_bits_clear(this_cpu_ptr(&hft_cpu.mode[hook]), HFT_MODE_NOTE);
	if (!test_bit(hook, &own->notes))
		return;
	/* the note is read between its bit's being seen and cleared */
	smp_rmb();
	note = own->note[hook];
	if (!test_and_clear_bit(hook, &own->notes))
		return;
	e = hft_reserve(hft_ring(), 2, false);
	rec = (struct hft_rec_governor *)e.slot->arg;
	rec->hook = hook;
	rec->reason = note.reason;
	rec->events_per_s = note.events_per_s;
	rec->ns_per_s = note.ns_per_s;
	rec->budget = note.budget;
	rec->decided = note.decided;
	rec->reserved = 0;
	hft_publish(e, HFT_REC_GOVERNOR, 2, hft_level());
}

int hft_governor_init(u64 events_per_s, u64 ns_per_s)
{
	governed = alloc_percpu(struct hft_governed);
	if (!governed)
		return -ENOMEM;
	INIT_DELAYED_WORK(&poll, do_poll);
	mutex_lock(&hft_lock);
	hft_governor_set(cpu_possible_mask, events_per_s, ns_per_s);
	mutex_unlock(&hft_lock);
	return 0;
}

void hft_governor_uninit(void)
{
	cancel_delayed_work_sync(&poll);
	free_percpu(governed);
}
