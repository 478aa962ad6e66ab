// SPDX-License-Identifier: GPL-2.0
/* Many tasks of a name that take turns with an engine: run has the rows that are expected. */
#include <string.h>

#include "recording.h"
#include "scenarios.h"

#define ENGINE	100
#define WAKER	77

static void turn(struct ring *cpu0, struct ring *cpu1, __u64 *now, __s32 tid, const char *comm,
		 __u64 ticks)
{
	struct hft_rec_wakeup rec = { .tid = tid, .by_tid = WAKER, .target_cpu = 1 };

	strncpy(rec.comm, comm, sizeof(rec.comm) - 1);
	strncpy(rec.by_comm, "starter", sizeof(rec.by_comm) - 1);
	add_waking(cpu0, HFT_CTX_TASK, *now + 950, tid, comm, WAKER, "starter", 1);
	ring_add(cpu0, HFT_REC_WAKEUP, HFT_CTX_TASK, *now + 960, &rec, sizeof(rec));
	add_switch(cpu1, *now + 1000, ENGINE, "engine", 0, tid, comm);
	add_switch(cpu1, *now + 1000 + ticks, tid, comm, 64, ENGINE, "engine");
	*now += 1000 + ticks;
}

void scenario_crowd(const char *path)
{
	struct recording *recording = recording_new(path);
	struct ring *cpu0 = recording_cpu(recording, 0), *cpu1 = recording_cpu(recording, 1);
	__u64 now = 1000;
	__s32 tid;

	for (tid = 300; tid < 310; tid++)
		turn(cpu0, cpu1, &now, tid, "sh", tid == 305 ? 500 : 100);
	turn(cpu0, cpu1, &now, 400, "alone", 1200);
	for (tid = 500; tid < 503; tid++)
		turn(cpu0, cpu1, &now, tid, "few", 300 + (__u64)tid);
	recording_times(recording, 1000, now + 1000, "1");
	recording_close(recording);
}
