// SPDX-License-Identifier: GPL-2.0
/*
 * A recording as of a machine at work, of any size, for time and memory: four
 * traced CPUs, each with one pinned thread that handles an order about every
 * 10 us, in two spans with marks inside. Into each order comes the kernel:
 * timers, devices' interrupts, system calls, page faults, now and then another
 * task; the first thread unmaps memory at times, which interrupts the others.
 */
#include <stdbool.h>
#include <stdio.h>

#include "recording.h"
#include "scenarios.h"

#define CPUS		4
#define FIRST_CPU	1
#define FIRST_TID	100
#define TGID		100
#define OTHER_TID	300

enum name { NAME_ORDER = 1, NAME_DECODE, NAME_BOOK };

/* One CPU and the thread that it has; each writes its own rings, in order of time. */
struct core {
	struct ring *cpu;
	struct ring *thread;
	__s32 tid;
	__u64 random;
	__u64 now;
	__u64 orders;
	__u64 records;
	bool flush;		/* another one unmapped memory */
};

static __u32 draw(struct core *core, __u32 below)
{
	core->random ^= core->random << 13;
	core->random ^= core->random >> 7;
	core->random ^= core->random << 17;
	return (__u32)((core->random >> 20) % below);
}

static void pass(struct core *core, __u32 least, __u32 spread)
{
	core->now += least + draw(core, spread);
}

static void mark(struct core *core, __u64 value)
{
	struct hft_rec_mark rec = { .value = value, .name = NAME_BOOK };

	pass(core, 100, 400);
	ring_add(core->thread, HFT_REC_MARK, HFT_CTX_TASK, core->now, &rec, sizeof(rec));
	core->records++;
}

static void timer_visit(struct core *core)
{
	__u64 visit = core->now, start;

	pass(core, 100, 100);
	start = core->now;
	pass(core, 500, 1500);
	add_vector(core->cpu, start, core->now, HFT_VECTOR_LOCAL_TIMER);
	core->records++;
	if (draw(core, 2)) {
		start = core->now + 50;
		pass(core, 100, 1000);
		add_softirq(core->cpu, start, core->now, draw(core, 2) ? 1 : 7);
		core->records++;
	}
	pass(core, 50, 100);
	add_visit(core->cpu, visit, core->now, 0, 0);
	core->records++;
}

static void device_visit(struct core *core)
{
	__u64 visit = core->now, start;

	pass(core, 100, 100);
	start = core->now;
	pass(core, 300, 2000);
	add_irq(core->cpu, start, core->now, 34 + draw(core, 4));
	pass(core, 50, 100);
	add_visit(core->cpu, visit, core->now, 0, 0);
	core->records += 2;
}

static void call_visit(struct core *core)
{
	__u64 visit = core->now, start;

	pass(core, 20, 30);
	start = core->now;
	pass(core, 100, 1000);
	add_syscall(core->cpu, 0, start, core->now, (__s32)draw(core, 16), core->tid);
	pass(core, 20, 30);
	add_visit(core->cpu, visit, core->now, 0, 0);
	core->records += 2;
}

static void fault_visit(struct core *core)
{
	__u64 visit = core->now, address;

	pass(core, 50, 50);
	address = 0x7f0000000000 + draw(core, 4096) * 4096ULL;
	add_fault(core->cpu, core->now, core->tid, TGID, address, 0x401000 + draw(core, 16) * 64,
		  HFT_FAULT_USER | HFT_FAULT_WRITE, 1);
	pass(core, 400, 1500);
	add_visit(core->cpu, visit, core->now, 1, 0);
	core->records += 2;
}

/* Another task has the CPU for a while. */
static void away(struct core *core)
{
	__s32 other = OTHER_TID + (__s32)draw(core, 8);
	__u64 visit = core->now;
	char comm[16];

	snprintf(comm, sizeof(comm), "kworker/%d:1", other);
	pass(core, 200, 500);
	add_switch(core->cpu, core->now, core->tid, "engine", 0, other, comm);
	pass(core, 2000, 20000);
	add_switch(core->cpu, core->now, other, comm, 128, core->tid, "engine");
	pass(core, 100, 200);
	add_visit(core->cpu, visit, core->now, 0, 0);
	core->records += 3;
}

/* Of the first CPU: all others are to flush what they know of the memory. */
static void unmap(struct core *core)
{
	struct hft_rec_mmcall rec = { .call = HFT_MMCALL_MUNMAP, .tid = core->tid, .tgid = TGID };
	__u64 visit = core->now, start;
	int i;

	pass(core, 20, 30);
	start = core->now;
	for (i = 1; i < CPUS; i++) {
		pass(core, 20, 30);
		add_ipi(core->cpu, core->now, HFT_IPI_TLB, core->tid, "engine",
			(__u16)(FIRST_CPU + i));
		core[i].flush = true;
		core->records++;
	}
	pass(core, 25000, 10000);	/* until all have done so */
	rec.duration = core->now - start;
	ring_add(core->cpu, HFT_REC_MMCALL, HFT_CTX_TASK, core->now, &rec, sizeof(rec));
	pass(core, 20, 30);
	add_visit(core->cpu, visit, core->now, 0, 0);
	core->records += 2;
}

static void flush_visit(struct core *core)
{
	__u64 visit = core->now, start;

	core->flush = false;
	pass(core, 100, 100);
	start = core->now;
	pass(core, 20, 20);
	add_flush(core->cpu, core->now, HFT_TLB_REMOTE_SHOOTDOWN, core->tid);
	pass(core, 100, 500);
	add_vector(core->cpu, start, core->now, HFT_VECTOR_CALL_FUNCTION);
	pass(core, 50, 100);
	add_visit(core->cpu, visit, core->now, 0, 0);
	core->records += 3;
}

static void enter_kernel(struct core *core)
{
	__u32 what = draw(core, 48);

	if (core->flush)
		flush_visit(core);
	if (what == 47 && core->tid == FIRST_TID && !draw(core, 8))
		unmap(core);
	else if (what < 12)
		timer_visit(core);
	else if (what < 24)
		device_visit(core);
	else if (what < 40)
		call_visit(core);
	else if (what < 46)
		fault_visit(core);
	else
		away(core);
}

static void handle_order(struct core *core)
{
	__u64 id = ++core->orders, order, decode;

	pass(core, 2000, 4000);
	order = core->now;
	pass(core, 50, 50);
	decode = core->now;
	mark(core, id);
	if (!draw(core, 3))
		enter_kernel(core);
	add_span(core->thread, decode, core->now, NAME_DECODE, id, 1);
	mark(core, id);
	enter_kernel(core);
	mark(core, id);
	pass(core, 100, 1000);
	add_span(core->thread, order, core->now, NAME_ORDER, id, 0);
	core->records += 2;
}

static void put_fact(struct recording *recording, const char *name, const char *text)
{
	FILE *file = recording_fact(recording, name);

	fputs(text, file);
	fclose(file);
}

void scenario_realistic(const char *path, __u64 records)
{
	struct recording *recording = recording_new(path);
	struct core cores[CPUS];
	__u64 last = 0, written = 0;
	FILE *tasks;
	int i;

	for (i = 0; i < CPUS; i++)
		cores[i] = (struct core){
			.cpu = recording_cpu(recording, FIRST_CPU + i),
			.thread = recording_thread(recording, TGID, FIRST_TID + i),
			.tid = FIRST_TID + i,
			.random = 0x9e3779b97f4a7c15ULL * (unsigned int)(i + 1),
			.now = 1000000,
		};
	put_fact(recording, "names-100", "0\t(unnamed)\n1\torder\n2\tdecode\n3\tbook\n");
	put_fact(recording, "host", "machine=x86_64\nisolated=1-4\nnohz_full=1-4\n");
	tasks = recording_fact(recording, "tasks");
	for (i = 0; i < CPUS; i++)
		fprintf(tasks, "%d\t%d\tengine\t%d\t%d\n", FIRST_TID + i, TGID, FIRST_CPU + i,
			FIRST_CPU + i);
	fclose(tasks);
	/* At the pace of the slowest, so that all rings tell of the same time. */
	while (written < records) {
		struct core *core = &cores[0];
		__u64 before;

		for (i = 1; i < CPUS; i++)
			if (cores[i].now < core->now)
				core = &cores[i];
		before = core->records;
		handle_order(core);
		written += core->records - before;
		if (core->now > last)
			last = core->now;
	}
	recording_times(recording, 1000000, last + 1000, "1-4");
	recording_close(recording);
	printf("%llu\n", written);
}
