// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ledger.h"
#include "lib/tasks.h"
#include "lib/timeline.h"

/* Instead of a CPU's index: */
#define OTHER_CPU	(~0U)		/* not in the ledger, but may name culprits */
#define NO_CPU		(~0U - 1)	/* a program's ring: the kernel wrote nothing there */

/* Who has a CPU. */
struct turn {
	__u32 task;		/* TASK_NONE: not known */
	__u64 since;
};

struct ledger {
	struct tasks *tasks;
	struct causes *causes;
	struct timeline *timeline;
	struct ledger_cpu *cpu;
	struct turn *turn;	/* by CPU, as in `cpu` */
	__u32 *row;		/* by culprit: its row's number + 1; 0: not yet asked for */
	__u32 rows;
	size_t cpus;
	__u32 *of_ring;		/* ring -> index in `cpu`, OTHER_CPU, NO_CPU */
	__s32 *number;		/* ring -> CPU */
	__u32 rings;
	__u64 begun;
	double hz;		/* ticks per second */
	int (*take)(void *context, const struct ledger_moment *moment);	/* or NULL */
	void *context;
};

size_t ledger_cpus(const struct ledger *ledger)
{
	return ledger->cpus;
}

const struct ledger_cpu *ledger_cpu(const struct ledger *ledger, size_t index)
{
	return &ledger->cpu[index];
}

struct causes *ledger_causes(struct ledger *ledger)
{
	return ledger->causes;
}

struct tasks *ledger_tasks(struct ledger *ledger)
{
	return ledger->tasks;
}

/* ---------------------------------------------------------------- entries */

static int find_entry(struct ledger_cpu *cpu, __u32 culprit, struct ledger_entry **found)
{
	struct ledger_entry **grown, *entry;
	size_t room;

	if (culprit >= cpu->culprits) {
		for (room = cpu->culprits ? cpu->culprits : 64; room <= culprit;)
			room *= 2;
		grown = realloc(cpu->by_culprit, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		memset(grown + cpu->culprits, 0, (room - cpu->culprits) * sizeof(*grown));
		cpu->by_culprit = grown;
		cpu->culprits = room;
	}
	*found = cpu->by_culprit[culprit];
	if (*found)
		return 0;
	grown = realloc(cpu->entry, (cpu->entries + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	cpu->entry = grown;
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	entry->culprit = culprit;
	cpu->entry[cpu->entries++] = entry;
	cpu->by_culprit[culprit] = entry;
	*found = entry;
	return 0;
}

/* Of those that have no length. */
static void note_first(struct ledger_entry *entry, struct stretch when)
{
	if (!entry->net.count && !entry->cut)
		entry->worst = when;
}

static int add(struct ledger_cpu *cpu, __u32 culprit, struct stretch when, __u64 ticks, bool cut)
{
	struct ledger_entry *entry;
	int err;

	err = find_entry(cpu, culprit, &entry);
	if (err)
		return err;
	if (cut) {
		note_first(entry, when);
		entry->cut++;
		return 0;
	}
	if (!entry->net.count || ticks > entry->most) {
		entry->worst = when;
		entry->most = ticks;
	}
	return histogram_add(&entry->net, ticks);
}

/* Whether it is what surrounds many different things: task switches, system calls. */
static bool is_general_entry(const struct ledger *ledger, const struct culprit *culprit)
{
	const struct culprit *inside = causes_get(ledger->causes, culprit->other);

	return culprit->cause == CAUSE_KERNEL_ENTRY &&
	       (culprit->kind == KERNEL_ENTRY_SWITCH ||
		(culprit->kind == KERNEL_ENTRY_AROUND && inside && inside->cause == CAUSE_SYSCALL));
}

/* Of page faults and such entries a class is a row, not each address or pair of tasks. */
static __u32 find_row(struct ledger *ledger, __u32 number)
{
	const struct culprit *culprit = causes_get(ledger->causes, number);
	struct culprit row = { .cause = culprit->cause, .kind = culprit->kind,
			       .flags = CULPRIT_CLASS };

	if (culprit->cause == CAUSE_PAGE_FAULT)
		row.flags |= culprit->flags & (CULPRIT_MAJOR | CULPRIT_KERNEL);
	else if (!is_general_entry(ledger, culprit))
		return number;
	return causes_intern(ledger->causes, &row);
}

static __u32 row_of(struct ledger *ledger, __u32 number)
{
	__u32 row, rooms, *grown;

	if (number < ledger->rows && ledger->row[number])
		return ledger->row[number] - 1;
	row = find_row(ledger, number);
	if (row == CULPRIT_NONE)
		return row;
	if (number >= ledger->rows) {
		for (rooms = ledger->rows ? ledger->rows : 256; rooms <= number;)
			rooms *= 2;
		grown = realloc(ledger->row, rooms * sizeof(*grown));
		if (!grown)
			return CULPRIT_NONE;
		memset(grown + ledger->rows, 0, (rooms - ledger->rows) * sizeof(*grown));
		ledger->row = grown;
		ledger->rows = rooms;
	}
	ledger->row[number] = row + 1;
	return row;
}

static int add_moment(const struct ledger *ledger, __u32 cpu, __u32 row, __u32 culprit,
		      struct stretch when, __u64 ticks)
{
	const struct ledger_moment moment = {
		.cpu = ledger->cpu[cpu].cpu, .culprit = culprit, .row = row,
		.waiter = TASK_NONE, .waker = TASK_NONE, .start = when.start, .ticks = ticks,
	};
	int err = add(&ledger->cpu[cpu], row, when, ticks, false);

	return err || !ledger->take ? err : ledger->take(ledger->context, &moment);
}

static int take_interval(void *context, const struct interval *interval)
{
	struct ledger *ledger = context;
	__u32 cpu = ledger->of_ring[interval->line], row;

	if (cpu == OTHER_CPU)
		return 0;
	row = row_of(ledger, interval->culprit);
	if (row == CULPRIT_NONE)
		return -ENOMEM;
	if (interval->cut)
		return add(&ledger->cpu[cpu], row,
			   (struct stretch){ interval->start, interval->end }, 0, true);
	return add_moment(ledger, cpu, row, interval->culprit,
			  (struct stretch){ interval->start, interval->end }, interval->net);
}

static int take_visit(void *context, const struct interval *visit)
{
	struct ledger *ledger = context;
	__u32 cpu = ledger->of_ring[visit->line];

	if (cpu == OTHER_CPU)
		return 0;
	ledger->cpu[cpu].visits = true;
	if (visit->cut)
		return 0;
	stretch_keep_longer(&ledger->cpu[cpu].longest_visit, visit->start,
			    visit->start + visit->net);
	return histogram_add(&ledger->cpu[cpu].visit, visit->net);
}

/* A task's turn on a CPU is over. */
static int end_turn(struct ledger *ledger, __u32 cpu, __u32 task, __u64 end)
{
	struct culprit culprit = { .cause = CAUSE_TASK, .task = task };
	struct turn *turn = &ledger->turn[cpu];
	__u64 since = turn->since > ledger->begun ? turn->since : ledger->begun;
	__u32 number;

	if (end < since)
		since = end;
	number = causes_intern(ledger->causes, &culprit);
	return number == CULPRIT_NONE ? -ENOMEM :
	       add_moment(ledger, cpu, number, number, (struct stretch){ since, end },
			  end - since);
}

/* Who waited for the CPU while `had` had it. */
static int tell_wait(struct ledger *ledger, __u32 cpu, const struct wait *wait, __u32 had,
		     __u64 end)
{
	const struct culprit culprit = {
		.cause = CAUSE_OFF_CPU, .kind = OFF_CPU_PREEMPTED,
		.number = ledger->cpu[cpu].cpu, .task = had, .other = TASK_NONE,
	};
	struct ledger_moment moment = {
		.cpu = ledger->cpu[cpu].cpu, .row = CULPRIT_NONE, .waiter = wait->task,
		.waker = wait->waker, .start = wait->since, .ticks = end - wait->since,
	};

	if (!ledger->take || wait->task == TASK_NONE)
		return 0;
	moment.culprit = causes_intern(ledger->causes, &culprit);
	return moment.culprit == CULPRIT_NONE ? -ENOMEM : ledger->take(ledger->context, &moment);
}

static int feed_switch(struct ledger *ledger, __u32 cpu, const struct hft_record *record)
{
	const struct hft_rec_switch *rec = record->payload;
	__u32 had = tasks_find(ledger->tasks, rec->prev_tid);
	struct wait wait;
	int err;

	if (!ledger->cpu[cpu].switches++)
		ledger->cpu[cpu].switched = (struct stretch){ record->tsc, record->tsc };
	err = end_turn(ledger, cpu, had, record->tsc);
	ledger->turn[cpu].task = tasks_find(ledger->tasks, rec->next_tid);
	ledger->turn[cpu].since = record->tsc;
	if (err)
		return err;
	err = wakeups_switch(&ledger->cpu[cpu].wakeups, ledger->tasks, ledger->cpu[cpu].cpu,
			     record, &wait);
	return err ? err : tell_wait(ledger, cpu, &wait, had, record->tsc);
}

/* What the machine counted: not how long SMIs were; and a clock's change has no length. */
static int feed_hidden(struct ledger *ledger, __u32 cpu, const struct hft_record *record)
{
	const struct hft_rec_hidden *rec = record->payload;
	struct culprit culprit = { .cause = CAUSE_HIDDEN, .kind = (__u16)rec->kind };
	const struct stretch when = { record->tsc, record->tsc };
	struct ledger_entry *entry;
	__u32 number;
	int err;

	if (rec->kind == HFT_HIDDEN_STEAL) {
		culprit.cause = CAUSE_STEAL;
		culprit.kind = STEAL_COUNTED;
	} else if (rec->kind == HFT_HIDDEN_FREQUENCY) {
		culprit.data = (__u64)rec->khz_before << 32 | rec->khz;
	} else if (rec->kind != HFT_HIDDEN_SMI) {
		return 0;
	}
	number = causes_intern(ledger->causes, &culprit);
	if (number == CULPRIT_NONE)
		return -ENOMEM;
	if (rec->kind == HFT_HIDDEN_STEAL)
		return add_moment(ledger, cpu, number, number, when, rec->delta > 0 ?
				  (__u64)((double)rec->delta * ledger->hz / 1e9) : 0);
	err = find_entry(&ledger->cpu[cpu], number, &entry);
	if (err)
		return err;
	note_first(entry, when);
	entry->cut += rec->kind == HFT_HIDDEN_SMI && rec->delta > 0 ? (__u64)rec->delta : 1;
	return 0;
}

int ledger_feed(struct ledger *ledger, const struct hft_record *record)
{
	__u32 cpu = ledger->of_ring[record->ring];
	int err;

	if (cpu == NO_CPU)
		return 0;
	err = tasks_feed(ledger->tasks, record);
	if (!err && cpu != OTHER_CPU && record->type == HFT_REC_SWITCH)
		err = feed_switch(ledger, cpu, record);
	if (!err && cpu != OTHER_CPU && record->type == HFT_REC_HIDDEN)
		err = feed_hidden(ledger, cpu, record);
	wakeups_note(ledger->tasks, record);
	if (!err)
		err = timeline_feed(ledger->timeline, record->ring, ledger->number[record->ring],
				    record);
	return err;
}

int ledger_finish(struct ledger *ledger, __u64 end)
{
	__u32 cpu;
	int err;

	err = timeline_finish(ledger->timeline);
	for (cpu = 0; cpu < ledger->cpus && !err; cpu++)
		if (ledger->turn[cpu].task != TASK_NONE)
			err = end_turn(ledger, cpu, ledger->turn[cpu].task, end);
	return err;
}

void ledger_watch(struct ledger *ledger,
		  int (*take)(void *context, const struct ledger_moment *moment), void *context)
{
	ledger->take = take;
	ledger->context = context;
}

void ledger_begin(struct ledger *ledger, __u64 start)
{
	ledger->begun = start;
}

static int larger_first(const void *a, const void *b)
{
	const struct ledger_entry *left = *(struct ledger_entry *const *)a;
	const struct ledger_entry *right = *(struct ledger_entry *const *)b;

	if (left->net.total != right->net.total)
		return left->net.total > right->net.total ? -1 : 1;
	return left->culprit < right->culprit ? -1 : left->culprit > right->culprit;
}

void ledger_sort(struct ledger *ledger)
{
	size_t i;

	for (i = 0; i < ledger->cpus; i++) {
		if (ledger->cpu[i].entries)
			qsort(ledger->cpu[i].entry, ledger->cpu[i].entries,
			      sizeof(*ledger->cpu[i].entry), larger_first);
		wakeups_sort(&ledger->cpu[i].wakeups);
	}
}

void ledger_reset(struct ledger *ledger)
{
	size_t i, j;

	for (i = 0; i < ledger->cpus; i++) {
		struct ledger_cpu *cpu = &ledger->cpu[i];

		for (j = 0; j < cpu->entries; j++) {
			histogram_reset(&cpu->entry[j]->net);
			cpu->entry[j]->cut = 0;
		}
		cpu->longest_visit = (struct stretch){ 0 };
		histogram_reset(&cpu->visit);
		wakeups_reset(&cpu->wakeups);
		cpu->switches = 0;
	}
}

/* ----------------------------------------------------------------- set-up */

/* The first ring of a CPU, or NO_CPU: nothing happened there. */
static __u32 ring_of(const struct hft_reader *reader, __s32 cpu)
{
	struct hft_ring_info info;
	__u32 ring;

	for (ring = 0; !hft_reader_ring(reader, ring, &info); ring++)
		if (info.kind == HFT_RING_CPU && info.id == cpu)
			return ring;
	return NO_CPU;
}

static int make_cpus(struct ledger *ledger, const struct hft_reader *reader,
		     const struct cpus *cpus)
{
	struct hft_ring_info info;
	__u32 ring, i = 0;
	int cpu;

	ledger->cpus = cpus_count(cpus);
	ledger->rings = hft_reader_rings(reader);
	ledger->cpu = calloc(ledger->cpus ? ledger->cpus : 1, sizeof(*ledger->cpu));
	ledger->turn = calloc(ledger->cpus ? ledger->cpus : 1, sizeof(*ledger->turn));
	ledger->of_ring = calloc(ledger->rings ? ledger->rings : 1, sizeof(*ledger->of_ring));
	ledger->number = calloc(ledger->rings ? ledger->rings : 1, sizeof(*ledger->number));
	if (!ledger->cpu || !ledger->turn || !ledger->of_ring || !ledger->number)
		return -ENOMEM;
	for (ring = 0; ring < ledger->rings; ring++) {
		bool of_cpu = !hft_reader_ring(reader, ring, &info) && info.kind == HFT_RING_CPU;

		ledger->of_ring[ring] = of_cpu ? OTHER_CPU : NO_CPU;
		ledger->number[ring] = of_cpu ? info.id : -1;
	}
	for (cpu = cpus_next(cpus, 0); cpu >= 0; cpu = cpus_next(cpus, cpu + 1), i++) {
		ledger->cpu[i].cpu = cpu;
		ledger->turn[i].task = TASK_NONE;
		ring = ring_of(reader, cpu);
		if (ring == NO_CPU)
			continue;
		ledger->cpu[i].has_ring = true;
		ledger->of_ring[ring] = i;
	}
	return 0;
}

int ledger_open(struct ledger **made, const char *recording, const struct hft_reader *reader,
		const struct cpus *cpus)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));
	const struct timeline_watcher watcher = {
		.context = ledger, .interval = take_interval, .visit = take_visit,
	};
	int err;

	if (!ledger)
		return -ENOMEM;
	ledger->hz = hft_reader_hz(reader);
	err = make_cpus(ledger, reader, cpus);
	if (!err)
		err = tasks_open(&ledger->tasks, recording);
	if (!err)
		err = causes_open(&ledger->causes, recording, ledger->tasks);
	if (!err)
		err = timeline_open(&ledger->timeline, recording, ledger->rings,
				    hft_reader_hz(reader), ledger->causes, ledger->tasks,
				    &watcher);
	if (err) {
		ledger_close(ledger);
		return err;
	}
	*made = ledger;
	return 0;
}

void ledger_close(struct ledger *ledger)
{
	size_t i, j;

	if (!ledger)
		return;
	timeline_close(ledger->timeline);
	causes_close(ledger->causes);
	tasks_close(ledger->tasks);
	for (i = 0; i < ledger->cpus && ledger->cpu; i++) {
		for (j = 0; j < ledger->cpu[i].entries; j++) {
			histogram_uninit(&ledger->cpu[i].entry[j]->net);
			free(ledger->cpu[i].entry[j]);
		}
		histogram_uninit(&ledger->cpu[i].visit);
		wakeups_uninit(&ledger->cpu[i].wakeups);
		free(ledger->cpu[i].entry);
		free(ledger->cpu[i].by_culprit);
	}
	free(ledger->cpu);
	free(ledger->turn);
	free(ledger->row);
	free(ledger->of_ring);
	free(ledger->number);
	free(ledger);
}
