// SPDX-License-Identifier: GPL-2.0
/* Interrupts of CPU 1 and of CPU 70, and who sent them: run has what is expected of each. */
#include "recording.h"
#include "scenarios.h"

#define STALE	(1500 * 1000 * 1000)	/* longer than any function waits to be called */

struct scene {
	struct recording *recording;
	struct ring *cpu0;
	struct ring *cpu1;
	struct ring *cpu2;
	__u64 now;
};

static __u64 next(struct scene *scene)
{
	return scene->now += 10000;
}

static void called(struct scene *scene, __u64 start)
{
	add_vector(scene->cpu1, start, start + 100, HFT_VECTOR_CALL_FUNCTION);
}

/* Several senders share one interrupt. */
static void coalesced(struct scene *scene)
{
	__u64 t = next(scene);

	add_ipi(scene->cpu0, t, HFT_IPI_MEMBARRIER, 11, "alone", 1);
	called(scene, t + 10);

	t = next(scene);
	add_ipi(scene->cpu0, t, HFT_IPI_CALL, 11, "first", 1);
	add_ipi(scene->cpu2, t + 5, HFT_IPI_MEMBARRIER, 12, "second", 1);
	called(scene, t + 10);

	/* its TLB was flushed: so who sent that is the better one */
	t = next(scene);
	add_ipi(scene->cpu0, t, HFT_IPI_CALL, 11, "first", 1);
	add_ipi(scene->cpu2, t + 5, HFT_IPI_TLB, 12, "unmapper", 1);
	add_flush(scene->cpu1, t + 20, HFT_TLB_REMOTE_SHOOTDOWN, 100);
	called(scene, t + 10);

	/* sent while one runs, and there is no other: the cause of the next */
	t = next(scene);
	add_ipi(scene->cpu0, t, HFT_IPI_CALL, 11, "before", 1);
	add_ipi(scene->cpu2, t + 50, HFT_IPI_CALL, 12, "meanwhile", 1);
	called(scene, t + 10);
	called(scene, t + 120);
}

/* Nobody who was recorded can have sent these. */
static void unknown(struct scene *scene)
{
	__u64 t = next(scene);

	/* sent only after it began */
	add_ipi(scene->cpu0, t + 20, HFT_IPI_CALL, 11, "late", 1);
	called(scene, t + 10);

	/* long ago; to another CPU; another way */
	scene->now += STALE;
	t = next(scene);
	add_ipi(scene->cpu0, t, HFT_IPI_CALL, 11, "elsewhere", 2);
	add_ipi(scene->cpu2, t + 5, HFT_IPI_RESCHEDULE, 12, "waker", 1);
	called(scene, t + 10);

	/* what the one before has served is gone */
	called(scene, t + 200);

	/* a flush does not say who sent it */
	add_flush(scene->cpu1, t + 420, HFT_TLB_REMOTE_SHOOTDOWN, 100);
	called(scene, t + 400);
	add_vector(scene->cpu1, t + 600, t + 700, HFT_VECTOR_RESCHEDULE);
}

static void of_other_kinds(struct scene *scene)
{
	__u64 t = next(scene);

	add_ipi(scene->cpu0, t, HFT_IPI_CALL, 11, "caller", 1);
	add_vector(scene->cpu1, t + 10, t + 20, HFT_VECTOR_CALL_FUNCTION_SINGLE);
	add_ipi(scene->cpu1, t + 30, HFT_IPI_IRQ_WORK, 100, "self", 1);
	add_vector(scene->cpu1, t + 40, t + 50, HFT_VECTOR_IRQ_WORK);

	/* the kernel may have left this CPU out of the first; then there is no other */
	t = next(scene);
	add_maybe(scene->cpu0, t, HFT_IPI_CALL, 11, "maybe", 1);
	add_ipi(scene->cpu2, t + 5, HFT_IPI_CALL, 12, "certain", 1);
	called(scene, t + 10);
	t = next(scene);
	add_maybe(scene->cpu0, t, HFT_IPI_CALL, 11, "maybe", 1);
	called(scene, t + 10);

	/* nobody need have sent a timer or an NMI; the second one was */
	t = next(scene);
	add_nmi(scene->cpu1, t + 10, t + 20, 0);
	add_ipi(scene->cpu0, t + 100, HFT_IPI_BACKTRACE, 11, "asker", 1);
	add_nmi(scene->cpu1, t + 110, t + 120, 0);
	add_vector(scene->cpu1, t + 200, t + 210, HFT_VECTOR_LOCAL_TIMER);
}

/* With a gap between two of them, what was sent during the first may have had a third. */
static void lost(struct scene *scene)
{
	__u64 t = next(scene);

	add_ipi(scene->cpu0, t, HFT_IPI_CALL, 11, "before", 1);
	add_ipi(scene->cpu0, t + 50, HFT_IPI_CALL, 11, "during", 1);
	called(scene, t + 10);
	ring_lose(scene->cpu2, 5, 10);
	add_ipi(scene->cpu2, t + 150, HFT_IPI_CALL, 12, "elsewhere", 0);
	called(scene, t + 200);
}

void scenario_senders(const char *path)
{
	struct scene scene = { .recording = recording_new(path) };
	struct ring *cpu70;

	scene.cpu0 = recording_cpu(scene.recording, 0);
	scene.cpu1 = recording_cpu(scene.recording, 1);
	scene.cpu2 = recording_cpu(scene.recording, 2);
	cpu70 = recording_cpu(scene.recording, 70);
	coalesced(&scene);
	unknown(&scene);
	of_other_kinds(&scene);
	lost(&scene);
	next(&scene);
	add_ipi(scene.cpu0, scene.now, HFT_IPI_CALL, 11, "far", 70);
	add_vector(cpu70, scene.now + 10, scene.now + 20, HFT_VECTOR_CALL_FUNCTION);
	recording_times(scene.recording, 100, scene.now + 1000, "1,70");
	recording_close(scene.recording);
}
