// SPDX-License-Identifier: GPL-2.0
/* A recording in which orders go from thread 100 to thread 101, and to 111 of another process. */
#include "recording.h"
#include "scenarios.h"

#define ORDER		1
#define SEND		2
#define HANDOVER	3
#define OTHER		4
#define FLOOD		70000	/* more than are remembered */

static void add_flow(struct ring *ring, __u64 tsc, __u32 name, __u64 id, __u32 step)
{
	const struct hft_rec_flow flow = { .id = id, .name = name, .step = step };

	ring_add(ring, HFT_REC_FLOW, HFT_CTX_TASK, tsc, &flow, sizeof(flow));
}

static void name_process(struct recording *recording, const char *fact)
{
	FILE *file = recording_fact(recording, fact);

	fputs("0\t(unnamed)\n1\torder\n2\tsend\n3\thandover\n4\tother\n", file);
	fclose(file);
}

void scenario_flows(const char *path)
{
	struct recording *recording = recording_new(path);
	struct ring *from = recording_thread(recording, 100, 100);
	struct ring *to = recording_thread(recording, 100, 101);
	struct ring *stranger = recording_thread(recording, 110, 111);
	__u64 t = 200000, i;

	name_process(recording, "names-100");
	name_process(recording, "names-110");

	/* 1: waits 4000, and is taken over 500 after its span began, inside another one */
	add_flow(from, 1000, HANDOVER, 1, HFT_FLOW_OUT);
	add_span(from, 500, 1500, ORDER, 1, 0);
	add_flow(to, 5000, HANDOVER, 1, HFT_FLOW_IN);
	add_span(to, 4900, 5100, SEND, 11, 1);
	add_span(to, 4500, 6000, SEND, 1, 0);

	/* 2: an id that is used again, of which the last counts; the same of another name */
	add_flow(from, 10000, HANDOVER, 2, HFT_FLOW_OUT);
	add_flow(from, 11000, HANDOVER, 2, HFT_FLOW_OUT);
	add_flow(from, 11500, OTHER, 2, HFT_FLOW_OUT);
	add_flow(to, 12000, HANDOVER, 2, HFT_FLOW_IN);
	add_span(to, 11900, 12100, SEND, 2, 0);

	/* 3: to another process, whose names are others; nothing of that one was handed over */
	add_flow(from, 20000, HANDOVER, 3, HFT_FLOW_OUT);
	add_flow(stranger, 21000, HANDOVER, 3, HFT_FLOW_IN);
	add_span(stranger, 20900, 21100, SEND, 3, 0);

	/* 4: outside any span of its thread */
	add_flow(from, 30000, HANDOVER, 4, HFT_FLOW_OUT);
	add_flow(to, 31000, HANDOVER, 4, HFT_FLOW_IN);
	add_span(to, 32000, 32100, SEND, 4, 0);

	/* 5: ten in one span */
	for (i = 0; i < 10; i++)
		add_flow(from, 40000 + i, HANDOVER, 50 + i, HFT_FLOW_OUT);
	for (i = 0; i < 10; i++)
		add_flow(to, 41000 + i, HANDOVER, 50 + i, HFT_FLOW_IN);
	add_span(to, 40900, 42000, SEND, 5, 0);

	/* 6 and 7: the first is forgotten for all that came between, the last of them is not */
	add_flow(from, 100000, HANDOVER, 6, HFT_FLOW_OUT);
	for (i = 0; i < FLOOD; i++)
		add_flow(from, 100001 + i, OTHER, 1000 + i, HFT_FLOW_OUT);
	add_flow(from, t - 10, HANDOVER, 7, HFT_FLOW_OUT);
	add_flow(to, t, HANDOVER, 6, HFT_FLOW_IN);
	add_flow(to, t + 10, HANDOVER, 7, HFT_FLOW_IN);
	add_flow(to, t + 20, OTHER, 1000 + FLOOD - 60000, HFT_FLOW_IN);
	add_span(to, t - 100, t + 100, SEND, 6, 0);

	recording_times(recording, 100, 300000, "1");
	recording_close(recording);
}

/* The thread that handed it over has lost records since. */
void scenario_flow_lost(const char *path)
{
	struct recording *recording = recording_new(path);
	struct ring *from = recording_thread(recording, 100, 100);
	struct ring *to = recording_thread(recording, 100, 101);

	name_process(recording, "names-100");
	add_span(from, 500, 1500, ORDER, 1, 0);
	ring_lose(from, 3, 3);
	add_span(from, 2500, 3500, ORDER, 2, 0);
	add_flow(to, 5000, HANDOVER, 1, HFT_FLOW_IN);
	add_span(to, 4500, 6000, SEND, 1, 0);
	recording_times(recording, 100, 300000, "1");
	recording_close(recording);
}
