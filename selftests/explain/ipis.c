// SPDX-License-Identifier: GPL-2.0
/* Interrupts that CPUs send each other, as arm64 has them: run has what is expected of each. */
#include <string.h>

#include "recording.h"
#include "scenarios.h"

#define ENGINE		100
#define USUAL		1000	/* own ticks of a span */
#define USUAL_SPANS	90
#define DL_TASK_TIMER	0xffffffff81000100ULL	/* as in facts/kallsyms below */

struct scene {
	struct recording *recording;
	struct ring *cpu0;
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

/* An order of so many ticks more than usual, in the middle of which they are. */
static __u64 add_order(struct scene *scene, __u64 id, __u64 more)
{
	__u64 start = scene->now + 100;

	scene->now = start + USUAL + more;
	add_span(scene->engine, start, scene->now, 1, id, 0);
	return start + USUAL / 2;
}

/* Over a task that has nothing to do with it. */
static void send_over(struct scene *scene, __u64 tsc, __u8 ctx, const char *comm)
{
	struct hft_rec_ipi_send rec = {
		.targets = 1 << 1, .caller = DL_TASK_TIMER + 0x13, .tid = 77,
		.kind = HFT_IPI_RESCHEDULE,
	};

	strncpy(rec.comm, comm, sizeof(rec.comm));
	ring_add(scene->cpu0, HFT_REC_IPI_SEND, ctx, tsc, &rec, sizeof(rec));
}

/* The kernel takes an irq first; what is in it is what was sent. */
static void take(struct scene *scene, __u64 t)
{
	add_vector(scene->cpu1, t + 20, t + 100, HFT_VECTOR_RESCHEDULE);
	add_irq(scene->cpu1, t + 10, t + 110, 1);
	add_visit(scene->cpu1, t, t + 120, 0, 0);
}

void scenario_ipis(const char *path)
{
	struct scene scene = { .recording = recording_new(path), .now = 1000 };
	__u64 id, t;

	scene.cpu0 = recording_cpu(scene.recording, 0);
	scene.cpu1 = recording_cpu(scene.recording, 1);
	scene.engine = recording_thread(scene.recording, ENGINE, ENGINE);
	put_fact(&scene, "names-100", "0\t(unnamed)\n1\torder\n");
	put_fact(&scene, "tasks", "100\t100\tengine\t1\t1\n77\t77\tsh\t0\t0\n");
	put_fact(&scene, "host", "machine=aarch64\nisolated=1\nnohz_full=1\n");
	put_fact(&scene, "interrupts", "           CPU0       CPU1\n"
		 " 11:         10         20     GICv3  27 Level     arch_timer\n");
	put_fact(&scene, "kallsyms",
		 "ffffffff81000000 T first\nffffffff81000100 t dl_task_timer\n"
		 "ffffffff81000200 t last\n");
	for (id = 1; id <= USUAL_SPANS; id++)
		add_order(&scene, id, 0);
	t = add_order(&scene, 101, 120);
	send_over(&scene, t - 1, HFT_CTX_TASK, "sh");
	take(&scene, t);
	t = add_order(&scene, 102, 120);
	send_over(&scene, t - 1, HFT_CTX_HARDIRQ, "sh");
	take(&scene, t);
	/* the timer is an irq too, which nobody sends; of the second no vector is known */
	t = add_order(&scene, 103, 120);
	add_irq(scene.cpu1, t + 10, t + 110, 11);
	add_visit(scene.cpu1, t, t + 120, 0, 0);
	t = add_order(&scene, 104, 120);
	add_irq(scene.cpu1, t + 10, t + 110, 2);
	add_visit(scene.cpu1, t, t + 120, 0, 0);
	recording_times(scene.recording, 100, scene.now + 1000, "1");
	recording_close(scene.recording);
}
