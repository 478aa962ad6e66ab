// SPDX-License-Identifier: GPL-2.0
/* A recording of calls of probed functions, by a program that has no rings and by one that has. */
#include <stdio.h>

#include "recording.h"
#include "scenarios.h"

#define SERVER		400	/* without a ring, on CPU 1 */
#define OTHER		300
#define ENGINE		100	/* with one, on CPU 2 */
#define USUAL		1000	/* own ticks of a call */
#define TRAP		100	/* ticks of the probe's trap at either end that are in the call */

enum { COMMAND = 1, KERNEL, INNER, ON_ORDER };

static void add_call(struct ring *ring, __u64 start, __u64 end, __u16 probe, __s32 tid, __s64 ret,
		     __u8 ctx)
{
	const struct hft_rec_call rec = {
		.duration = ctx & HFT_CTX_CONTINUED ? 0 : end - start,
		.ret = ret, .tid = tid, .probe = probe,
	};

	ring_add(ring, HFT_REC_CALL, ctx, end, &rec, sizeof(rec));
}

/* One trap ends TRAP after the call began, the other began TRAP before its end. */
static __u64 begin_call(struct ring *ring, __u64 t)
{
	add_visit(ring, t - 150, t + TRAP, 0, 0);
	return t + TRAP;
}

static __u64 end_call(struct ring *ring, __u64 start, __u64 t, __u16 probe, __s32 tid, __s64 ret)
{
	add_call(ring, start, t + TRAP, probe, tid, ret, HFT_CTX_TASK);
	add_visit(ring, t, t + 250, 0, 0);
	return t + 1000;
}

static __u64 interrupt(struct ring *ring, __u64 t)
{
	add_irq(ring, t + 100, t + 600, 34);
	add_visit(ring, t, t + 700, 0, 0);
	return t + 700;
}

static __u64 serve(struct ring *cpu, __u64 now)
{
	__u64 start, inner;
	__s64 i;

	for (i = 1; i <= 30; i++) {
		start = now;
		now = begin_call(cpu, start) + USUAL;
		now = end_call(cpu, start, now, COMMAND, SERVER, i);
	}

	/* 101: with an interrupt inside */
	start = now;
	now = interrupt(cpu, begin_call(cpu, start) + USUAL / 2) + USUAL / 2;
	now = end_call(cpu, start, now, COMMAND, SERVER, 101);

	/* 102: another task had the CPU */
	start = now;
	now = begin_call(cpu, start) + USUAL;
	add_switch(cpu, now + 40, SERVER, "server", 0, OTHER, "other");
	add_switch(cpu, now + 2040, OTHER, "other", 1, SERVER, "server");
	add_visit(cpu, now, now + 2100, 0, 0);
	now = end_call(cpu, start, now + 2100, COMMAND, SERVER, 102);

	/* 103 has 104 inside, with the interrupt, and traps of that one */
	start = now;
	inner = begin_call(cpu, start) + USUAL;
	now = interrupt(cpu, begin_call(cpu, inner));
	now = end_call(cpu, inner, now, INNER, SERVER, 104);
	now = end_call(cpu, start, now, COMMAND, SERVER, 103);

	/* 105: of the kernel, in a system call: it makes no trap */
	add_call(cpu, now + 200, now + 700, KERNEL, SERVER, 105, HFT_CTX_TASK);
	add_visit(cpu, now, now + 1000, 0, 0);
	now += 2000;

	/* 106: nobody saw it begin; 107: of the idle task */
	add_call(cpu, now, now + 5000, COMMAND, SERVER, 106, HFT_CTX_CONTINUED);
	add_call(cpu, now + 100, now + 6000, KERNEL, 0, 107, HFT_CTX_HARDIRQ);
	return now + 7000;
}

/* 108 inside of the span 109 that its thread marked, which has the traps and the interrupt, too. */
static void trade(struct ring *cpu, struct ring *engine, __u64 now)
{
	__u64 begun = now - 500, start = now;

	now = interrupt(cpu, begin_call(cpu, start) + 100);
	now = end_call(cpu, start, now, ON_ORDER, ENGINE, 108);
	add_span(engine, begun, now, 1, 109, 0);
}

static void put_fact(struct recording *recording, const char *name, const char *text)
{
	FILE *file = recording_fact(recording, name);

	fputs(text, file);
	fclose(file);
}

void scenario_calls(const char *path)
{
	struct recording *recording = recording_new(path);
	struct ring *cpu1 = recording_cpu(recording, 1);
	struct ring *cpu2 = recording_cpu(recording, 2);
	struct ring *engine = recording_thread(recording, ENGINE, ENGINE);
	__u64 now;

	put_fact(recording, "names-0",
		 "1\tserver:command\n2\tdo_nanosleep\n3\tserver:inner\n4\tengine:on_order\n");
	put_fact(recording, "names-100", "0\t(unnamed)\n1\torder\n");
	put_fact(recording, "probes",
		 "1\tprogram call\t34\t0\tserver:command\n2\tkernel call\t2\t0\tdo_nanosleep\n"
		 "3\tprogram call\t1\t0\tserver:inner\n4\tprogram call\t1\t0\tengine:on_order\n");
	put_fact(recording, "tasks", "100\t100\tengine\t2\t2\n400\t400\tserver\t1\t1\n");
	put_fact(recording, "interrupts",
		 "            CPU0       CPU1\n"
		 "  34:          0        123   PCI-MSI 16384-edge      virtio0-input.0\n");
	now = serve(cpu1, 10000);
	trade(cpu2, engine, 20000);
	recording_times(recording, 100, now + 1000, "1-2");
	recording_close(recording);
}
