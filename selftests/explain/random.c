// SPDX-License-Identifier: GPL-2.0
/*
 * A random recording, and who owned each tick of it: noted tick by tick as
 * time goes on, not worked out from the records as hftrace does.
 */
#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "recording.h"
#include "scenarios.h"

#define TICKS		400000U
#define ENGINE		100
#define OTHER		300
#define OPEN_MAX	3

enum owner {
	OWNER_OWN,		/* user mode of the engine */
	OWNER_IRQ,
	OWNER_SOFTIRQ,
	OWNER_VECTOR,
	OWNER_NMI,
	OWNER_PAGE_FAULT,
	OWNER_SYSCALL,
	OWNER_KERNEL_ENTRY,
	OWNER_OFF_BEHIND,	/* off: another task has the CPU, or it is idle too long */
	OWNER_OFF,		/* off: asleep */
	OWNER_STEAL,
	OWNERS
};

static const char *const names[OWNERS] = {
	"own", "irq", "softirq", "vector", "nmi", "page_fault", "syscall", "kernel_entry",
	"off_cpu", "off_cpu", "steal",
};

struct open_span {
	__u64 start;
	__u64 id;
};

struct world {
	struct recording *recording;
	struct ring *cpu1;
	struct ring *engine;
	FILE *expected;
	FILE *steal;
	__u64 random;
	__u64 now;
	__u64 last_id;
	enum owner off;		/* while the engine is off; OWNER_OWN: it is on */
	unsigned int depth;	/* open spans */
	struct open_span open[OPEN_MAX];
	__u8 owner[2 * TICKS];
	__u8 stolen[2 * TICKS];
};

static __u32 draw(struct world *world, __u32 below)
{
	world->random ^= world->random << 13;
	world->random ^= world->random >> 7;
	world->random ^= world->random << 17;
	return (__u32)((world->random >> 20) % below);
}

static void burn(struct world *world, __u32 most, enum owner owner)
{
	__u32 ticks = draw(world, most + 1);

	if (world->now + ticks >= 2 * TICKS)
		errx(1, "the world is too long");
	if (world->off != OWNER_OWN)
		owner = world->off;
	memset(world->owner + world->now, owner, ticks);
	world->now += ticks;
}

/* Any interval of interrupts, with more of them inside. */
static void interrupt(struct world *world, unsigned int depth)
{
	enum owner owner = depth ? OWNER_NMI : OWNER_IRQ + draw(world, 4);
	__u64 start = world->now;

	burn(world, 40, owner);
	if (depth < 2 && owner != OWNER_NMI && !draw(world, 3))
		interrupt(world, depth + 1);
	burn(world, 40, owner);
	switch (owner) {
	case OWNER_IRQ:
		add_irq(world->cpu1, start, world->now, draw(world, 4));
		break;
	case OWNER_SOFTIRQ:
		add_softirq(world->cpu1, start, world->now, draw(world, 10));
		break;
	case OWNER_VECTOR:
		add_vector(world->cpu1, start, world->now, draw(world, HFT_VECTOR_KINDS));
		break;
	default:
		add_nmi(world->cpu1, start, world->now, 0);
		break;
	}
}

static void interrupts(struct world *world, enum owner around)
{
	__u32 count = draw(world, 3);

	burn(world, 30, around);
	while (count--) {
		interrupt(world, 0);
		burn(world, 30, around);
	}
}

static void plain_visit(struct world *world)
{
	__u64 start = world->now;

	interrupts(world, OWNER_KERNEL_ENTRY);
	add_visit(world->cpu1, start, world->now, 0, 0);
}

static void fault_visit(struct world *world)
{
	__u64 start = world->now;

	burn(world, 5, OWNER_PAGE_FAULT);
	add_fault(world->cpu1, world->now, ENGINE, ENGINE, draw(world, 1000) * 4096ULL,
		  draw(world, 1000), HFT_FAULT_USER, 1);
	interrupts(world, OWNER_PAGE_FAULT);
	add_visit(world->cpu1, start, world->now, 1, draw(world, 2));
}

static void syscall_visit(struct world *world)
{
	__u64 start = world->now, call;

	burn(world, 20, OWNER_KERNEL_ENTRY);
	call = world->now;
	interrupts(world, OWNER_SYSCALL);
	add_syscall(world->cpu1, 0, call, world->now, (__s32)draw(world, 300), ENGINE);
	burn(world, 20, OWNER_KERNEL_ENTRY);
	add_visit(world->cpu1, start, world->now, 0, 0);
}

/* Another task has the CPU, in the kernel or also in user mode. */
static void others_run(struct world *world, __u64 *visit)
{
	burn(world, 200, OWNER_OWN);
	while (draw(world, 2)) {
		interrupts(world, OWNER_OWN);
		if (draw(world, 2)) {
			add_visit(world->cpu1, *visit, world->now, 0, 0);
			burn(world, 300, OWNER_OWN);
			*visit = world->now;
		}
		burn(world, 50, OWNER_OWN);
	}
}

/* The engine leaves the CPU, because it must or because it wants to, and comes back. */
static void away(struct world *world)
{
	bool in_call = draw(world, 2);
	bool sleeps = in_call && draw(world, 2);
	bool idle = sleeps && draw(world, 2);
	const char *comm = idle ? "swapper/1" : "other";
	__s32 next = idle ? 0 : OTHER;
	__u64 visit = world->now, call;

	burn(world, 20, OWNER_KERNEL_ENTRY);
	call = world->now;
	if (in_call) {
		interrupts(world, OWNER_SYSCALL);
		add_syscall(world->cpu1, HFT_CTX_SWITCHED_OUT, call, world->now, 202, ENGINE);
	} else {
		interrupts(world, OWNER_KERNEL_ENTRY);
	}
	add_switch(world->cpu1, world->now, ENGINE, "engine", sleeps ? 1 : 0, next, comm);
	world->off = sleeps ? OWNER_OFF : OWNER_OFF_BEHIND;
	others_run(world, &visit);
	if (sleeps) {
		add_waking(world->cpu1, HFT_CTX_HARDIRQ, world->now, ENGINE, "engine", next,
			   comm, 1);
		world->off = OWNER_OFF_BEHIND;
		others_run(world, &visit);
	}
	add_switch(world->cpu1, world->now, next, comm, 1, ENGINE, "engine");
	world->off = OWNER_OWN;
	if (in_call) {
		interrupts(world, OWNER_SYSCALL);
		add_syscall(world->cpu1, HFT_CTX_CONTINUED, world->now, world->now, 202, ENGINE);
	}
	burn(world, 20, OWNER_KERNEL_ENTRY);
	add_visit(world->cpu1, visit, world->now, 0, 0);
}

/* Steal takes from whoever had the CPU then. */
static enum owner owner_at(const struct world *world, __u64 tick)
{
	enum owner owner = world->owner[tick];

	return world->stolen[tick] && owner != OWNER_OFF ? OWNER_STEAL : owner;
}

static void expect(struct world *world, const struct open_span *span)
{
	__u64 sum[OWNERS] = { 0 };
	__u64 tick;
	int i;

	for (tick = span->start; tick < world->now; tick++)
		sum[owner_at(world, tick)]++;
	sum[OWNER_OFF] += sum[OWNER_OFF_BEHIND];
	sum[OWNER_OFF_BEHIND] = 0;
	fprintf(world->expected, "%llu", span->id);
	for (i = 0; i < OWNERS; i++)
		if (sum[i])
			fprintf(world->expected, " %s=%llu", names[i], sum[i]);
	fputc('\n', world->expected);
}

static void open_or_close(struct world *world)
{
	struct open_span *span;

	if (world->depth < OPEN_MAX && draw(world, 2)) {
		span = &world->open[world->depth++];
		span->start = world->now;
		span->id = ++world->last_id;
	} else if (world->depth) {
		span = &world->open[--world->depth];
		add_span(world->engine, span->start, world->now, 1, span->id, world->depth);
		expect(world, span);
	}
}

/* Beforehand: what will be stolen. */
static void draw_steal(struct world *world)
{
	__u64 tick = 0, end;

	for (;;) {
		tick += 500 + draw(world, 3000);
		end = tick + 1 + draw(world, 200);
		if (end >= 2 * TICKS)
			return;
		memset(world->stolen + tick, 1, end - tick);
		fprintf(world->steal, "1,%llu,%llu,preempt\n", tick, end);
		tick = end;
	}
}

void scenario_random(const char *path, const char *expected, __u64 seed)
{
	static void (*const visits[])(struct world *world) = {
		plain_visit, plain_visit, fault_visit, syscall_visit, away,
	};
	struct world *world = calloc(1, sizeof(*world));
	FILE *file;

	if (!world)
		err(1, "out of memory");
	world->random = seed * 0x9e3779b97f4a7c15ULL + 1;
	world->recording = recording_new(path);
	world->cpu1 = recording_cpu(world->recording, 1);
	world->engine = recording_thread(world->recording, ENGINE, ENGINE);
	world->expected = fopen(expected, "we");
	if (!world->expected)
		err(1, "%s", expected);
	world->steal = recording_fact(world->recording, "steal.csv");
	file = recording_fact(world->recording, "tasks");
	fputs("100\t100\tengine\t1\t1\n", file);
	fclose(file);
	draw_steal(world);
	world->now = 1000;
	while (world->now < TICKS) {
		burn(world, 300, OWNER_OWN);
		open_or_close(world);
		burn(world, 300, OWNER_OWN);
		visits[draw(world, 5)](world);
	}
	recording_times(world->recording, 100, world->now, "1");
	fclose(world->steal);
	if (fclose(world->expected))
		err(1, "%s", expected);
	recording_close(world->recording);
	free(world);
}
