// SPDX-License-Identifier: GPL-2.0
/* Spans that meet timers, ticks, work items and hidden time: run has what is expected of each. */
#include "recording.h"
#include "scenarios.h"

#define ENGINE		100
#define WORKER		50
#define USUAL		1000	/* own ticks of a span */
#define USUAL_SPANS	90

/* As in facts/kallsyms below. */
#define TICK		0xffffffff81000100ULL
#define WAKEUP		0xffffffff81000200ULL
#define GUARD		0xffffffff81000300ULL
#define VMSTAT		0xffffffff81000400ULL
#define ITEM		0xff11000001234000ULL

struct scene {
	struct recording *recording;
	struct ring *cpu0;
	struct ring *cpu1;
	struct ring *engine;
	__u64 now;
	__u64 begun;
};

static void put_fact(struct scene *scene, const char *name, const char *text)
{
	FILE *file = recording_fact(scene->recording, name);

	fputs(text, file);
	fclose(file);
}

static __u64 begin(struct scene *scene)
{
	scene->now += 100;
	scene->begun = scene->now;
	scene->now += USUAL / 2;
	return scene->now;
}

static void end(struct scene *scene, __u64 id, __u64 took)
{
	scene->now += took + USUAL / 2;
	add_span(scene->engine, scene->begun, scene->now, 1, id, 0);
}

static void add_hrtimer(struct ring *ring, __u64 start, __u64 end, __u64 function)
{
	const struct hft_rec_hrtimer rec = {
		.duration = end - start, .net = end - start, .function = function, .tid = ENGINE,
	};

	ring_add(ring, HFT_REC_HRTIMER, HFT_CTX_HARDIRQ, end, &rec, sizeof(rec));
}

static void add_timer(struct ring *ring, __u64 start, __u64 end, __u64 function)
{
	const struct hft_rec_timer rec = {
		.duration = end - start, .net = end - start, .function = function, .tid = ENGINE,
	};

	ring_add(ring, HFT_REC_TIMER, HFT_CTX_SOFTIRQ, end, &rec, sizeof(rec));
}

static void add_tick_stop(struct ring *ring, __u64 tsc, __u32 success, __u32 dependency)
{
	const struct hft_rec_tick_stop rec = {
		.success = success, .dependency = dependency, .tid = ENGINE,
	};

	ring_add(ring, HFT_REC_TICK_STOP, HFT_CTX_HARDIRQ, tsc, &rec, sizeof(rec));
}

static void add_work(struct ring *ring, __u8 ctx, __u64 start, __u64 end)
{
	const struct hft_rec_work rec = {
		.duration = end - start, .net = end - start, .function = VMSTAT, .work = ITEM,
		.tid = WORKER,
	};

	ring_add(ring, HFT_REC_WORK, ctx, end, &rec, sizeof(rec));
}

static void add_queue(struct ring *ring, __u64 tsc)
{
	const struct hft_rec_work_queue rec = {
		.function = VMSTAT, .work = ITEM, .by_tid = 77, .cpu = 1, .by_comm = "queuer",
	};

	ring_add(ring, HFT_REC_WORK_QUEUE, HFT_CTX_TASK, tsc, &rec, sizeof(rec));
}

static void add_hidden(struct ring *ring, __u64 tsc, __u64 window, __u32 kind, __s64 delta)
{
	struct hft_rec_hidden rec = { .window = window, .kind = kind, .delta = delta };

	if (kind == HFT_HIDDEN_FREQUENCY) {
		rec.khz_before = 3000000;
		rec.khz = (__u32)(3000000 + delta);
	}
	ring_add(ring, HFT_REC_HIDDEN, HFT_CTX_TASK, tsc, &rec, sizeof(rec));
}

/* The function is apart from the rest of its interrupt. */
static void hrtimer(struct scene *scene, __u64 id)
{
	__u64 t = begin(scene);

	add_hrtimer(scene->cpu1, t + 60, t + 160, WAKEUP);
	add_vector(scene->cpu1, t + 10, t + 210, HFT_VECTOR_LOCAL_TIMER);
	add_visit(scene->cpu1, t, t + 220, 0, 0);
	end(scene, id, 220);
}

/* The kernel looked and kept it; the next one is what came of that. */
static void tick(struct scene *scene, __u64 id)
{
	__u64 t = begin(scene);

	add_hrtimer(scene->cpu1, t + 10, t + 110, TICK);
	add_tick_stop(scene->cpu1, t + 115, 0, HFT_TICK_POSIX_TIMER);
	add_visit(scene->cpu1, t, t + 120, 0, 0);
	add_hrtimer(scene->cpu1, t + 160, t + 460, TICK);
	add_tick_stop(scene->cpu1, t + 465, 1, HFT_TICK_NONE);
	add_visit(scene->cpu1, t + 150, t + 470, 0, 0);
	add_hrtimer(scene->cpu1, t + 480, t + 500, TICK);
	add_visit(scene->cpu1, t + 475, t + 505, 0, 0);
	/* 35 of it are user mode's own */
	end(scene, id, 505 - 35);
}

static void timer(struct scene *scene, __u64 id)
{
	__u64 t = begin(scene);

	add_timer(scene->cpu1, t + 20, t + 120, GUARD);
	add_softirq(scene->cpu1, t + 10, t + 150, 1);
	add_visit(scene->cpu1, t, t + 160, 0, 0);
	end(scene, id, 160);
}

/* An item runs, sleeps in the middle, and goes on when the engine has lost the CPU again. */
static void work(struct scene *scene, __u64 id)
{
	__u64 t = begin(scene);

	add_queue(scene->cpu0, t - 50);
	add_switch(scene->cpu1, t + 20, ENGINE, "engine", 0, WORKER, "kworker/1:1");
	add_work(scene->cpu1, HFT_CTX_SWITCHED_OUT, t + 120, t + 2018);
	add_switch(scene->cpu1, t + 2020, WORKER, "kworker/1:1", 2, ENGINE, "engine");
	add_visit(scene->cpu1, t, t + 2040, 0, 0);
	end(scene, id, 2040);

	t = scene->now + 50;
	add_switch(scene->cpu1, t + 20, ENGINE, "engine", 0, WORKER, "kworker/1:1");
	add_work(scene->cpu1, HFT_CTX_CONTINUED, t + 60, t + 60);
	add_switch(scene->cpu1, t + 80, WORKER, "kworker/1:1", 1, ENGINE, "engine");
	add_visit(scene->cpu1, t, t + 100, 0, 0);
	scene->now = t + 100;
}

/* Nothing took it, but something was counted then. */
static void counted(struct scene *scene, __u64 id, __u32 kind, __s64 delta)
{
	__u64 t = begin(scene);

	t += 2000;
	add_hidden(scene->cpu1, t, 1000, kind, delta);
	end(scene, id, 2000);
}

void scenario_deferred(const char *path)
{
	struct scene scene = { 0 };
	__u64 id;

	scene.recording = recording_new(path);
	scene.cpu0 = recording_cpu(scene.recording, 0);
	scene.cpu1 = recording_cpu(scene.recording, 1);
	scene.engine = recording_thread(scene.recording, ENGINE, ENGINE);
	scene.now = 1000;
	put_fact(&scene, "names-100", "0\t(unnamed)\n1\torder\n");
	put_fact(&scene, "tasks", "100\t100\tengine\t1\t1\n77\t77\tqueuer\t0\t0\n");
	put_fact(&scene, "host", "machine=x86_64\nisolated=1\nnohz_full=1\n");
	put_fact(&scene, "kallsyms",
		 "ffffffff81000000 T first\nffffffff81000100 t tick_nohz_handler\n"
		 "ffffffff81000200 t hrtimer_wakeup\nffffffff81000300 t guard\t[driver]\n"
		 "ffffffff81000400 t vmstat_update\n");
	for (id = 1; id <= USUAL_SPANS; id++) {
		begin(&scene);
		end(&scene, id, 0);
	}
	hrtimer(&scene, 101);
	tick(&scene, 102);
	timer(&scene, 103);
	work(&scene, 104);
	counted(&scene, 105, HFT_HIDDEN_SMI, 2);
	counted(&scene, 106, HFT_HIDDEN_STEAL, 1500);
	counted(&scene, 107, HFT_HIDDEN_FREQUENCY, -1000000);
	counted(&scene, 108, HFT_HIDDEN_FREQUENCY, 1000000);
	recording_times(scene.recording, 100, scene.now + 1000, "1");
	recording_close(scene.recording);
}
