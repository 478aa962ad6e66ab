// SPDX-License-Identifier: GPL-2.0
/* Spans that take longer by their own code, and what counters say: run has what is expected. */
#include "recording.h"
#include "scenarios.h"

#define ENGINE		100
#define USUAL		1000	/* own ticks of a span */
#define SLOW		3000
#define USUAL_SPANS	300
#define MISSING		HFT_SPAN_PMU_MISSING

enum { ORDER = 1, INSTRUCTIONS, CYCLES, LLC_MISSES, DTLB_MISSES };

struct scene {
	struct recording *recording;
	struct ring *cpu1;
	struct ring *engine;
	__u64 now;
};

static void put_fact(struct scene *scene, const char *name, const char *text)
{
	FILE *file = recording_fact(scene->recording, name);

	fputs(text, file);
	fclose(file);
}

static void add_counts(struct scene *scene, __u64 id, __u64 instructions, __u64 cycles, __u64 llc,
		       __u64 dtlb)
{
	const struct hft_rec_span_pmu rec = {
		.duration = USUAL, .id = id, .name = ORDER, .events = 4,
		.event = { INSTRUCTIONS, CYCLES, LLC_MISSES, DTLB_MISSES },
		.count = { instructions, cycles, llc, dtlb },
	};

	ring_add(scene->engine, HFT_REC_SPAN_PMU, HFT_CTX_TASK, scene->now + 1, &rec, sizeof(rec));
}

/* Apart from the others by 100 ticks. */
static void add_order(struct scene *scene, __u64 id, __u64 ticks)
{
	scene->now += 100 + ticks;
	add_span(scene->engine, scene->now - ticks, scene->now, ORDER, id, 0);
}

/* Then its clock was slower, too. */
static void slow_clock(struct scene *scene)
{
	const struct hft_rec_hidden rec = {
		.window = 1000, .kind = HFT_HIDDEN_FREQUENCY, .delta = -100000,
		.khz_before = 3000000, .khz = 2900000,
	};

	ring_add(scene->cpu1, HFT_REC_HIDDEN, HFT_CTX_TASK, scene->now - 100, &rec, sizeof(rec));
}

void scenario_own_code(const char *path)
{
	struct scene scene = { .recording = recording_new(path), .now = 1000 };
	__u64 id;

	scene.cpu1 = recording_cpu(scene.recording, 1);
	scene.engine = recording_thread(scene.recording, ENGINE, ENGINE);
	put_fact(&scene, "names-100", "0\t(unnamed)\n1\torder\n2\tinstructions\n3\tcycles\n"
				      "4\tllc-misses\n5\tdtlb-misses\n");
	put_fact(&scene, "tasks", "100\t100\tengine\t1\t1\n");
	put_fact(&scene, "host", "machine=x86_64\nisolated=1\nnohz_full=1\n");
	add_visit(scene.cpu1, 500, 510, 0, 0);
	for (id = 1; id <= USUAL_SPANS; id++) {
		add_order(&scene, id, USUAL);
		add_counts(&scene, id, 1000, 500, 2, 0);
	}
	/* more of everything is no more than more work; but for what is more by far */
	add_order(&scene, 101, SLOW);
	add_counts(&scene, 101, 3100, 1500, 6, 0);
	add_order(&scene, 102, SLOW);
	add_counts(&scene, 102, 3100, 1500, 80, 0);
	/* the same work: where it was slower, and where the CPU did not run more for it */
	add_order(&scene, 103, SLOW);
	add_counts(&scene, 103, 1010, 1500, 80, 0);
	add_order(&scene, 104, SLOW);
	add_counts(&scene, 104, 1000, 1500, 2, 0);
	add_order(&scene, 105, SLOW);
	add_counts(&scene, 105, 1000, 1500, 2, 7);
	add_order(&scene, 106, SLOW);
	add_counts(&scene, 106, 1000, 510, 2, 0);
	/* half of it counted, or nothing */
	add_order(&scene, 107, SLOW);
	add_counts(&scene, 107, MISSING, 1500, 2, 0);
	add_order(&scene, 108, SLOW);
	add_counts(&scene, 108, 1000, MISSING, 2, 0);
	add_order(&scene, 109, SLOW);
	/* what something else took is none of the code's */
	add_order(&scene, 110, SLOW);
	add_irq(scene.cpu1, scene.now - 2500, scene.now - 520, 34);
	add_visit(scene.cpu1, scene.now - 2510, scene.now - 510, 0, 0);
	add_counts(&scene, 110, 1000, 500, 2, 0);
	/* a slower clock takes nothing where there was more to do; and all where there was not */
	scene.now += 10000;
	add_order(&scene, 111, SLOW);
	slow_clock(&scene);
	add_counts(&scene, 111, 3100, 1500, 2, 0);
	scene.now += 10000;
	add_order(&scene, 112, SLOW);
	slow_clock(&scene);
	add_counts(&scene, 112, 1000, 500, 2, 0);
	scene.now += 10000;
	add_order(&scene, 113, SLOW);
	add_counts(&scene, 113, 15000, 1500, 2, 0);
	recording_times(scene.recording, 100, scene.now + 2000, "1");
	recording_close(scene.recording);
}
