// SPDX-License-Identifier: GPL-2.0
/* A recording in which known tasks wait for CPU 1 for known times, 1 tick being 1 ns. */
#include <string.h>

#include "recording.h"
#include "scenarios.h"

#define WORKER	300
#define WAKER	201
#define MOVED	301

static void add_wakeup(struct ring *ring, __u64 tsc, __s32 tid, const char *comm, __u16 target)
{
	struct hft_rec_wakeup rec = { .tid = tid, .by_tid = WAKER, .target_cpu = target };

	strncpy(rec.comm, comm, sizeof(rec.comm) - 1);
	strncpy(rec.by_comm, "waker", sizeof(rec.by_comm) - 1);
	ring_add(ring, HFT_REC_WAKEUP, HFT_CTX_TASK, tsc, &rec, sizeof(rec));
}

static void wake(struct ring *ring, __u8 ctx, __u64 tsc, __s32 tid, const char *comm, __u16 target)
{
	add_waking(ring, ctx, tsc, tid, comm, WAKER, "waker", target);
	add_wakeup(ring, tsc + 10, tid, comm, target);
}

/* Runs on CPU 1 from tsc to tsc + 1000. */
static void turn(struct ring *ring, __u64 tsc, __s32 tid, const char *comm)
{
	add_switch(ring, tsc, 0, "swapper/1", 0, tid, comm);
	add_switch(ring, tsc + 1000, tid, comm, 1, 0, "swapper/1");
}

void scenario_wakeups(const char *path)
{
	const struct hft_rec_migrate moved = {
		.tid = MOVED, .by_tid = WAKER, .orig_cpu = 0, .dest_cpu = 1
	};
	struct recording *recording = recording_new(path);
	struct ring *cpu0 = recording_cpu(recording, 0);
	struct ring *cpu1 = recording_cpu(recording, 1);

	/* three that count: 100 by a task, 5000 by a task, 200 by an interrupt */
	wake(cpu0, HFT_CTX_TASK, 1000, WORKER, "worker", 1);
	turn(cpu1, 1100, WORKER, "worker");
	wake(cpu0, HFT_CTX_TASK, 10000, WORKER, "worker", 1);
	turn(cpu1, 15000, WORKER, "worker");
	wake(cpu0, HFT_CTX_HARDIRQ, 20000, WORKER, "worker", 1);
	turn(cpu1, 20200, WORKER, "worker");
	/* woken while it still runs: its next turn but one is not because of that */
	wake(cpu0, HFT_CTX_TASK, 30000, WORKER, "worker", 1);
	add_switch(cpu1, 30100, 0, "swapper/1", 0, WORKER, "worker");
	wake(cpu0, HFT_CTX_TASK, 30200, WORKER, "worker", 1);
	add_switch(cpu1, 31000, WORKER, "worker", 1, 0, "swapper/1");
	turn(cpu1, 40000, WORKER, "worker");
	/* woken for CPU 0, which is not traced, where it may have run */
	wake(cpu0, HFT_CTX_TASK, 50000, MOVED, "moved", 0);
	ring_add(cpu0, HFT_REC_MIGRATE, HFT_CTX_TASK, 60000, &moved, sizeof(moved));
	turn(cpu1, 61000, MOVED, "moved");
	/* moved while it was being woken: 300 */
	add_waking(cpu0, HFT_CTX_TASK, 70000, MOVED, "moved", WAKER, "waker", 0);
	ring_add(cpu0, HFT_REC_MIGRATE, HFT_CTX_TASK, 70010, &moved, sizeof(moved));
	add_wakeup(cpu0, 70020, MOVED, "moved", 1);
	turn(cpu1, 70300, MOVED, "moved");
	recording_times(recording, 100, 100000, "1");
	recording_close(recording);
}
