// SPDX-License-Identifier: GPL-2.0
/*
 * A recording of any shape, for sums alone: intervals of all kinds nest and
 * overlap as they never would, threads leave and come back without a word, ends
 * are missing, records are lost, the clock has any rate. Prints how many spans
 * and calls there are, a hash of their starts and ends, and the clock's rate as
 * ticks in so many ns.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "recording.h"
#include "scenarios.h"

#define CPUS		4	/* of which 0 was not traced */
#define ENGINES		3	/* threads with rings */
#define ENGINE		100
#define CALLER		400	/* has calls, and no ring */
#define OTHER		300
#define OTHERS		4
#define OPEN_MAX	6
#define SECOND		1000000000ULL

struct thread {
	struct ring *ring;
	unsigned int depth;
	__u64 open[OPEN_MAX];
	__u64 call;		/* start of the call that is open, 0: none */
};

struct shapes {
	struct recording *recording;
	struct ring *cpu[CPUS];
	__s32 current[CPUS];
	struct thread thread[ENGINES + 1];	/* the last one is the caller */
	__u64 random;
	__u64 now;
	__u64 spans;
	__u64 hash;
	FILE *steal;
};

static __u64 draw(struct shapes *shapes, __u64 below)
{
	shapes->random ^= shapes->random << 13;
	shapes->random ^= shapes->random >> 7;
	shapes->random ^= shapes->random << 17;
	return (shapes->random >> 11) % below;
}

static struct ring *any_cpu(struct shapes *shapes)
{
	return shapes->cpu[draw(shapes, CPUS)];
}

/* When an interval that ends now has begun. */
static __u64 start_of(struct shapes *shapes)
{
	static const __u64 most[] = { 1, 20, 20, 200, 200, 2000, 2000, 40000 };
	__u64 duration = draw(shapes, most[draw(shapes, 8)] + 1);

	return duration < shapes->now ? shapes->now - duration : 0;
}

static __s32 any_task(struct shapes *shapes)
{
	switch (draw(shapes, 4)) {
	case 0:
		return 0;
	case 1:
		return CALLER;
	case 2:
		return OTHER + (__s32)draw(shapes, OTHERS);
	default:
		return ENGINE + (__s32)draw(shapes, ENGINES);
	}
}

static __u8 any_part(struct shapes *shapes)
{
	static const __u8 parts[] = { 0, 0, 0, HFT_CTX_CONTINUED, HFT_CTX_SWITCHED_OUT,
				      HFT_CTX_CONTINUED | HFT_CTX_SWITCHED_OUT };

	return parts[draw(shapes, sizeof(parts))];
}

/* ------------------------------------------------------------------ spans */

static void expect(struct shapes *shapes, __u64 start, __u64 end)
{
	__u64 mixed = (start * 0x9e3779b97f4a7c15ULL) ^ (end * 0xc2b2ae3d27d4eb4fULL);

	mixed ^= mixed >> 29;
	shapes->hash += mixed * 0xbf58476d1ce4e5b9ULL;
	shapes->spans++;
}

static void open_or_close(struct shapes *shapes)
{
	struct thread *thread = &shapes->thread[draw(shapes, ENGINES)];
	__u64 what = draw(shapes, 20);

	if (what < 10 && thread->depth < OPEN_MAX) {
		thread->open[thread->depth++] = shapes->now;
	} else if (thread->depth && what == 19) {
		thread->depth--;	/* its end was never told */
	} else if (thread->depth) {
		thread->depth--;
		add_span(thread->ring, thread->open[thread->depth], shapes->now,
			 1 + (__u32)draw(shapes, 3), shapes->spans, thread->depth);
		expect(shapes, thread->open[thread->depth], shapes->now);
	}
}

/* Of a function that was probed, by a thread with a ring or by the one without. */
static void call_or_return(struct shapes *shapes)
{
	__u64 number = draw(shapes, ENGINES + 1);
	struct thread *thread = &shapes->thread[number];
	struct hft_rec_call rec = { .tid = number == ENGINES ? CALLER : ENGINE + (__s32)number,
				    .probe = (__u16)(1 + draw(shapes, 2)) };
	bool unseen = !draw(shapes, 8);

	if (!thread->call) {
		thread->call = shapes->now;
		return;
	}
	rec.duration = unseen ? 0 : shapes->now - thread->call;
	rec.net = rec.duration;
	ring_add(any_cpu(shapes), HFT_REC_CALL, unseen ? HFT_CTX_CONTINUED : 0, shapes->now, &rec,
		 sizeof(rec));
	if (!unseen)
		expect(shapes, thread->call, shapes->now);
	thread->call = 0;
}

/* ----------------------------------------------------------------- kernel */

static void interrupt(struct shapes *shapes)
{
	struct ring *ring = any_cpu(shapes);
	__u64 start = start_of(shapes);

	switch (draw(shapes, 5)) {
	case 0:
		add_irq(ring, start, shapes->now, (__u32)draw(shapes, 4));
		break;
	case 1:
		add_softirq(ring, start, shapes->now, (__u32)draw(shapes, 12));
		break;
	case 2:
		add_nmi(ring, start, shapes->now, 0);
		break;
	case 3:
		add_flush(ring, shapes->now, HFT_TLB_REMOTE_SHOOTDOWN, any_task(shapes));
		break;
	default:
		add_vector(ring, start, shapes->now, (__u32)draw(shapes, HFT_VECTOR_KINDS + 1));
		break;
	}
}

static void fault(struct shapes *shapes)
{
	add_fault(any_cpu(shapes), shapes->now, any_task(shapes), ENGINE,
		  draw(shapes, 1000) * 4096, draw(shapes, 100),
		  (__u32)draw(shapes, 2) * HFT_FAULT_USER, (__u32)draw(shapes, 2));
}

static void visit(struct shapes *shapes)
{
	add_visit(any_cpu(shapes), start_of(shapes), shapes->now, (__u16)draw(shapes, 2),
		  (__u16)draw(shapes, 2));
}

static void system_call(struct shapes *shapes)
{
	add_syscall(any_cpu(shapes), any_part(shapes), start_of(shapes), shapes->now,
		    (__s32)draw(shapes, 300), any_task(shapes));
}

/* Calls into memory management, timers, work: all are intervals of the same kind. */
static void kernel_call(struct shapes *shapes)
{
	struct hft_rec_mmcall mmcall = { .call = (__u32)draw(shapes, 8),
					 .tid = any_task(shapes) };
	struct hft_rec_reclaim reclaim = { .kind = (__u32)draw(shapes, 3),
					   .tid = any_task(shapes) };
	struct hft_rec_work work = { .function = draw(shapes, 5), .tid = any_task(shapes) };
	struct hft_rec_hrtimer timer = { .function = draw(shapes, 5) };
	__u64 duration = shapes->now - start_of(shapes);
	__u8 ctx = any_part(shapes);

	if (ctx & HFT_CTX_CONTINUED)
		duration = 0;
	switch (draw(shapes, 4)) {
	case 0:
		mmcall.duration = duration;
		ring_add(any_cpu(shapes), HFT_REC_MMCALL, ctx, shapes->now, &mmcall,
			 sizeof(mmcall));
		break;
	case 1:
		reclaim.duration = duration;
		ring_add(any_cpu(shapes), HFT_REC_RECLAIM, ctx, shapes->now, &reclaim,
			 sizeof(reclaim));
		break;
	case 2:
		work.duration = duration;
		ring_add(any_cpu(shapes), HFT_REC_WORK, ctx, shapes->now, &work, sizeof(work));
		break;
	default:
		timer.duration = (__u32)duration;
		ring_add(any_cpu(shapes), HFT_REC_HRTIMER, HFT_CTX_HARDIRQ, shapes->now, &timer,
			 sizeof(timer));
		break;
	}
}

static void hidden(struct shapes *shapes)
{
	struct hft_rec_hidden rec = { .window = draw(shapes, 4000),
				      .delta = (__s64)draw(shapes, 500) - 10,
				      .kind = 1 + (__u32)draw(shapes, 3),
				      .khz_before = 3000000, .khz = 2000000 };

	ring_add(any_cpu(shapes), HFT_REC_HIDDEN, HFT_CTX_HARDIRQ, shapes->now, &rec,
		 sizeof(rec));
}

/* Mostly by who has the CPU, as far as that is known. */
static void switch_tasks(struct shapes *shapes)
{
	static const __u32 states[] = { 0, 0, 1, 1, 2, 256, 16 };
	__u64 cpu = draw(shapes, CPUS);
	__s32 prev = draw(shapes, 16) ? shapes->current[cpu] : any_task(shapes);
	__s32 next = any_task(shapes);

	add_switch(shapes->cpu[cpu], shapes->now, prev, prev ? "task" : "swapper",
		   states[draw(shapes, sizeof(states) / sizeof(*states))], next,
		   next ? "task" : "swapper");
	shapes->current[cpu] = next;
}

static void wake(struct shapes *shapes)
{
	struct hft_rec_migrate rec = { .tid = any_task(shapes), .by_tid = any_task(shapes),
				       .dest_cpu = (__u16)draw(shapes, CPUS + 1) };

	if (draw(shapes, 4))
		add_waking(any_cpu(shapes), (__u8)draw(shapes, 3), shapes->now, any_task(shapes),
			   "task", any_task(shapes), "task", (__u16)draw(shapes, CPUS + 1));
	else
		ring_add(any_cpu(shapes), HFT_REC_MIGRATE, 0, shapes->now, &rec, sizeof(rec));
	if (!draw(shapes, 4))
		add_ipi(any_cpu(shapes), shapes->now, (__u8)draw(shapes, HFT_IPI_KINDS),
			any_task(shapes), "task", (__u16)draw(shapes, CPUS));
}

/* Rarely: records are gone. */
static void lose(struct shapes *shapes)
{
	__u64 number = draw(shapes, 60);

	if (number < CPUS)
		ring_lose(shapes->cpu[number], 1 + draw(shapes, 50), 128);
	else if (number < CPUS + ENGINES)
		ring_lose(shapes->thread[number - CPUS].ring, 1 + draw(shapes, 50), 128);
}

static void steal(struct shapes *shapes)
{
	fprintf(shapes->steal, "%llu,%llu,%llu,preempt\n", draw(shapes, CPUS), start_of(shapes),
		shapes->now);
}

/* ------------------------------------------------------------------ set-up */

/* Any of what machines have: as ticks in so many ns, off by what a line through samples is. */
static void put_clock(struct shapes *shapes)
{
	static const __u64 khz[] = { 24000, 62500, 19200, 54000, 1000000, 2599998, 2100123,
				     3999999, 5200000 };
	struct recording_clock clock = { .khz = khz[draw(shapes, sizeof(khz) / sizeof(*khz))] };
	__u64 seconds = 2 + shapes->now / (clock.khz * 1000);

	clock.ticks = seconds * clock.khz * 1000;
	clock.ns = seconds * SECOND + draw(shapes, 20000) - 10000;
	recording_clocked(shapes->recording, 500, shapes->now - draw(shapes, 2) * 100, "1-3",
			  &clock);
	printf("%llu %llu %llu %llu\n", shapes->spans, shapes->hash, clock.ticks, clock.ns);
}

static void put_facts(struct shapes *shapes)
{
	FILE *file = recording_fact(shapes->recording, "names-100");

	fputs("0\t(unnamed)\n1\torder\n2\tbook\n3\tdecode\n", file);
	fclose(file);
	file = recording_fact(shapes->recording, "tasks");
	fprintf(file, "100\t100\tengine\t1\t1\n101\t100\tengine\t2\n%d\t%d\tserver\t3\n", CALLER,
		CALLER);
	fclose(file);
	file = recording_fact(shapes->recording, "probes");
	fputs("1\tprogram call\t34\t0\tserver:command\n2\tkernel call\t2\t0\tfunction\n", file);
	fclose(file);
	file = recording_fact(shapes->recording, "names-0");
	fputs("1\tserver:command\n2\tfunction\n", file);
	fclose(file);
}

void scenario_shapes(const char *path, __u64 seed, __u64 spans)
{
	static void (*const acts[])(struct shapes *shapes) = {
		open_or_close, open_or_close, open_or_close, open_or_close, open_or_close,
		call_or_return, interrupt, interrupt, interrupt, fault, visit, visit,
		system_call, system_call, kernel_call, hidden, switch_tasks, wake, lose, steal,
	};
	struct shapes *shapes = calloc(1, sizeof(*shapes));
	__u64 i;

	if (!shapes)
		err(1, "out of memory");
	shapes->random = seed * 0x9e3779b97f4a7c15ULL + 1;
	shapes->now = 1000;
	shapes->recording = recording_new(path);
	for (i = 0; i < CPUS; i++)
		shapes->cpu[i] = recording_cpu(shapes->recording, (__s32)i);
	for (i = 0; i < ENGINES; i++)
		shapes->thread[i].ring = recording_thread(shapes->recording, ENGINE,
							  ENGINE + (__s32)i);
	shapes->steal = recording_fact(shapes->recording, "steal.csv");
	put_facts(shapes);
	while (shapes->spans < spans) {
		shapes->now += draw(shapes, draw(shapes, 8) ? 300 : 3);
		acts[draw(shapes, sizeof(acts) / sizeof(*acts))](shapes);
	}
	fclose(shapes->steal);
	put_clock(shapes);
	recording_close(shapes->recording);
	free(shapes);
}
