// SPDX-License-Identifier: GPL-2.0
/* Recordings in which each span meets one thing. */
#include <err.h>
#include <stdlib.h>

#include "recording.h"
#include "scenarios.h"

#define ENGINE		100	/* the thread with spans, and its process */
#define STRESS		300
#define ORDER		1	/* the name of its spans */
#define USUAL		1000	/* own ticks of a span */
#define USUAL_SPANS	30

/* Where a scenario stands. */
struct scene {
	struct recording *recording;
	struct ring *cpu0;	/* not traced: names culprits */
	struct ring *cpu1;	/* traced, the engine's */
	struct ring *engine;
	__u64 now;
	__u64 begun;		/* of the open span */
};

static void put_fact(struct scene *scene, const char *name, const char *text)
{
	FILE *file = recording_fact(scene->recording, name);

	fputs(text, file);
	fclose(file);
}

static void open_scene(struct scene *scene, const char *path)
{
	scene->recording = recording_new(path);
	scene->cpu0 = recording_cpu(scene->recording, 0);
	scene->cpu1 = recording_cpu(scene->recording, 1);
	scene->engine = recording_thread(scene->recording, ENGINE, ENGINE);
	scene->now = 1000;
	put_fact(scene, "names-100", "0\t(unnamed)\n1\torder\n2\tbook\n");
	put_fact(scene, "tasks", "100\t100\tengine\t1\t1\n201\t200\tunmapper\t0\t0\n");
	put_fact(scene, "host", "machine=x86_64\nisolated=1\nnohz_full=1\n");
	put_fact(scene, "interrupts",
		 "            CPU0       CPU1\n"
		 "  34:          0        123   PCI-MSI 16384-edge      virtio0-input.0\n"
		 " LOC:          1          2   Local timer interrupts\n");
}

static void close_scene(struct scene *scene)
{
	recording_times(scene->recording, 100, scene->now + 1000, "1");
	recording_close(scene->recording);
}

static void begin(struct scene *scene)
{
	scene->now += 100;
	scene->begun = scene->now;
}

static void end(struct scene *scene, __u64 id)
{
	add_span(scene->engine, scene->begun, scene->now, ORDER, id, 0);
}

static void usual_spans(struct scene *scene)
{
	__u64 id;

	for (id = 1; id <= USUAL_SPANS; id++) {
		begin(scene);
		scene->now += USUAL;
		end(scene, id);
	}
}

/* The engine is in user mode half of its usual time, before and after. */
static void half(struct scene *scene)
{
	scene->now += USUAL / 2;
}

static void device_irq(struct scene *scene, __u64 id)
{
	__u64 t;

	begin(scene);
	half(scene);
	t = scene->now;
	add_irq(scene->cpu1, t + 100, t + 600, 34);
	add_visit(scene->cpu1, t, t + 700, 0, 0);
	scene->now = t + 700;
	half(scene);
	end(scene, id);
}

/* Timer, then its softirq, in which an NMI. */
static void nested(struct scene *scene, __u64 id)
{
	__u64 t;

	begin(scene);
	half(scene);
	t = scene->now;
	add_vector(scene->cpu1, t + 10, t + 210, HFT_VECTOR_LOCAL_TIMER);
	add_nmi(scene->cpu1, t + 300, t + 350, 0);
	add_softirq(scene->cpu1, t + 220, t + 520, 1);
	add_visit(scene->cpu1, t, t + 600, 0, 0);
	scene->now = t + 600;
	half(scene);
	end(scene, id);
}

static void shootdown(struct scene *scene, __u64 id)
{
	__u64 t;

	begin(scene);
	half(scene);
	t = scene->now;
	add_ipi(scene->cpu0, t - 20, HFT_IPI_TLB, 201, "unmapper", 1);
	add_flush(scene->cpu1, t + 40, HFT_TLB_REMOTE_SHOOTDOWN, ENGINE);
	add_vector(scene->cpu1, t + 30, t + 130, HFT_VECTOR_CALL_FUNCTION);
	add_visit(scene->cpu1, t, t + 400, 0, 0);
	scene->now = t + 400;
	half(scene);
	end(scene, id);
}

static void fault(struct scene *scene, __u64 id)
{
	__u64 t;

	begin(scene);
	half(scene);
	t = scene->now;
	add_fault(scene->cpu1, t + 20, ENGINE, ENGINE, 0x7000, 0x401234,
		  HFT_FAULT_WRITE | HFT_FAULT_USER, 1);
	add_visit(scene->cpu1, t, t + 800, 1, 0);
	scene->now = t + 800;
	half(scene);
	end(scene, id);
}

static void preemption(struct scene *scene, __u64 id)
{
	__u64 t;

	begin(scene);
	half(scene);
	t = scene->now;
	add_waking(scene->cpu0, HFT_CTX_TASK, t - 10, STRESS, "stress", 99, "sh", 1);
	add_ipi(scene->cpu0, t - 5, HFT_IPI_RESCHEDULE, 99, "sh", 1);
	add_vector(scene->cpu1, t + 10, t + 60, HFT_VECTOR_RESCHEDULE);
	add_switch(scene->cpu1, t + 100, ENGINE, "engine", 0, STRESS, "stress");
	add_visit(scene->cpu1, t, t + 150, 0, 0);
	/* An interrupt of the other task is part of being off. */
	add_irq(scene->cpu1, t + 1100, t + 1200, 34);
	add_visit(scene->cpu1, t + 1050, t + 1250, 0, 0);
	add_switch(scene->cpu1, t + 5100, STRESS, "stress", 1, ENGINE, "engine");
	add_visit(scene->cpu1, t + 5000, t + 5130, 0, 0);
	scene->now = t + 5130;
	half(scene);
	end(scene, id);
}

/* read() sleeps until a feeder on the other CPU wakes the engine. */
static void sleeping_call(struct scene *scene, __u64 id)
{
	__u64 t;

	begin(scene);
	half(scene);
	t = scene->now;
	add_syscall(scene->cpu1, HFT_CTX_SWITCHED_OUT, t + 20, t + 100, 0, ENGINE);
	add_switch(scene->cpu1, t + 100, ENGINE, "engine", 1, 0, "swapper/1");
	add_waking(scene->cpu0, HFT_CTX_TASK, t + 2100, ENGINE, "engine", 77, "feeder", 1);
	add_switch(scene->cpu1, t + 2400, 0, "swapper/1", 0, ENGINE, "engine");
	add_syscall(scene->cpu1, HFT_CTX_CONTINUED, t + 2450, t + 2450, 0, ENGINE);
	add_visit(scene->cpu1, t, t + 2480, 0, 0);
	scene->now = t + 2480;
	half(scene);
	end(scene, id);
}

/* 400 ticks in user mode, and 50 of an interrupt's 100, see scenario_causes(). */
static void stolen(struct scene *scene, __u64 id, FILE *steal)
{
	__u64 t;

	begin(scene);
	half(scene);
	t = scene->now;
	fprintf(steal, "1,%llu,%llu,preempt\n", t, t + 400);
	fprintf(steal, "0,%llu,%llu,preempt\n", t, t + 900);
	t += 400;
	fprintf(steal, "1,%llu,%llu,irq\n", t + 10, t + 60);
	add_irq(scene->cpu1, t + 10, t + 110, 34);
	add_visit(scene->cpu1, t, t + 120, 0, 0);
	scene->now = t + 120;
	half(scene);
	end(scene, id);
}

void scenario_causes(const char *path)
{
	struct scene scene;
	FILE *steal;

	open_scene(&scene, path);
	steal = recording_fact(scene.recording, "steal.csv");
	fputs("# cpu,start_tsc,end_tsc,kind\n", steal);
	put_fact(&scene, "maps-100",
		 "00400000-00402000 r-xp 00000000 00:00 0          /nowhere/engine\n"
		 "00007000-00009000 rw-p 00000000 00:00 0\n");
	usual_spans(&scene);
	device_irq(&scene, 101);
	nested(&scene, 102);
	shootdown(&scene, 103);
	fault(&scene, 104);
	preemption(&scene, 105);
	sleeping_call(&scene, 106);
	stolen(&scene, 107, steal);
	begin(&scene);
	scene.now += 3 * USUAL;
	end(&scene, 108);
	/* A bare visit: a system call that nobody hooked. */
	begin(&scene);
	half(&scene);
	add_visit(scene.cpu1, scene.now, scene.now + 250, 0, 0);
	scene.now += 250;
	half(&scene);
	end(&scene, 109);
	fclose(steal);
	close_scene(&scene);
}

/* No switch ever: facts alone tell where the engine is. Nested spans. */
void scenario_pinned(const char *path)
{
	struct scene scene;
	__u64 t;

	open_scene(&scene, path);
	usual_spans(&scene);
	scene.now += 100;
	t = scene.now;
	add_irq(scene.cpu1, t + 200, t + 300, 34);
	add_visit(scene.cpu1, t + 200, t + 300, 0, 0);
	add_irq(scene.cpu1, t + 500, t + 540, 35);
	add_visit(scene.cpu1, t + 500, t + 540, 0, 0);
	add_irq(scene.cpu1, t + 700, t + 710, 34);
	add_visit(scene.cpu1, t + 700, t + 710, 0, 0);
	add_span(scene.engine, t + 150, t + 400, 2, 202, 1);
	add_span(scene.engine, t + 450, t + 600, 2, 203, 1);
	add_span(scene.engine, t, t + 1150, ORDER, 201, 0);
	scene.now = t + 1150;
	close_scene(&scene);
}

/* A record with duration and net, and what `rec` has behind them. */
#define ADD_CALL(ring, ctx, start, end, type, rec)				\
	do {									\
		__typeof__(rec) *rec_ = &(rec);					\
										\
		rec_->duration = (end) - (start);				\
		rec_->net = rec_->duration;					\
		ring_add(ring, type, ctx, end, rec_, sizeof(*rec_));		\
	} while (0)

/* While another thread of the process unmaps, which is recorded when it has done so. */
static void unmapping(struct scene *scene, __u64 id)
{
	struct hft_rec_mmcall munmap = { .call = HFT_MMCALL_MUNMAP, .tid = 201, .tgid = ENGINE };
	__u64 t = scene->now + 100 + USUAL / 2;

	shootdown(scene, id);
	ADD_CALL(scene->cpu0, HFT_CTX_TASK, t - 50, t + 300, HFT_REC_MMCALL, munmap);
}

/* Its own madvise, in which memory had to be freed, in which pages were moved. */
static void short_of_memory(struct scene *scene, __u64 id)
{
	struct hft_rec_mmcall madvise = { .call = HFT_MMCALL_MADVISE, .tid = ENGINE };
	struct hft_rec_reclaim reclaim = { .kind = HFT_RECLAIM_LIMIT, .tid = ENGINE };
	struct hft_rec_compaction compaction = { .tid = ENGINE };
	__u64 t;

	begin(scene);
	half(scene);
	t = scene->now;
	ADD_CALL(scene->cpu1, HFT_CTX_TASK, t + 60, t + 100, HFT_REC_COMPACTION, compaction);
	ADD_CALL(scene->cpu1, HFT_CTX_TASK, t + 200, t + 500, HFT_REC_RECLAIM, reclaim);
	ADD_CALL(scene->cpu1, HFT_CTX_TASK, t + 50, t + 550, HFT_REC_MMCALL, madvise);
	add_visit(scene->cpu1, t, t + 600, 0, 0);
	scene->now = t + 600;
	half(scene);
	end(scene, id);
}

/* A signal that thread 201 sent, and one of a timer's interrupt over 201. */
static void signalled(struct scene *scene, __u64 id, __u8 level)
{
	struct hft_rec_signal rec = { .sig = 10, .tid = ENGINE, .tgid = ENGINE, .by_tid = 201,
				      .by_tgid = 200 };
	__u64 t;

	begin(scene);
	half(scene);
	t = scene->now;
	ring_add(scene->cpu0, HFT_REC_SIGNAL, level, t - 10, &rec, sizeof(rec));
	rec.by_tid = 0;
	ring_add(scene->cpu1, HFT_REC_SIGNAL_DELIVER, HFT_CTX_TASK, t + 50, &rec, sizeof(rec));
	add_visit(scene->cpu1, t, t + 300, 0, 0);
	scene->now = t + 300;
	half(scene);
	end(scene, id);
}

/* Its munmap waits 400 ticks for a lock: 100 before, 200 after. */
static void waiting(struct scene *scene, __u64 id)
{
	struct hft_rec_mmcall munmap = { .call = HFT_MMCALL_MUNMAP, .tid = ENGINE };
	__u64 t;

	begin(scene);
	half(scene);
	t = scene->now;
	ADD_CALL(scene->cpu1, HFT_CTX_SWITCHED_OUT, t + 10, t + 110, HFT_REC_MMCALL, munmap);
	add_switch(scene->cpu1, t + 110, ENGINE, "engine", 2, 0, "swapper/1");
	add_waking(scene->cpu0, HFT_CTX_TASK, t + 510, ENGINE, "engine", 201, "unmapper", 1);
	add_switch(scene->cpu1, t + 510, 0, "swapper/1", 0, ENGINE, "engine");
	ADD_CALL(scene->cpu1, HFT_CTX_CONTINUED, t + 710, t + 710, HFT_REC_MMCALL, munmap);
	add_visit(scene->cpu1, t, t + 720, 0, 0);
	scene->now = t + 720;
	half(scene);
	end(scene, id);
}

void scenario_memory(const char *path)
{
	struct scene scene;

	open_scene(&scene, path);
	usual_spans(&scene);
	unmapping(&scene, 501);
	short_of_memory(&scene, 502);
	signalled(&scene, 503, HFT_CTX_TASK);
	signalled(&scene, 504, HFT_CTX_HARDIRQ);
	waiting(&scene, 505);
	close_scene(&scene);
}

/* An interrupt was sent `before` the CPU entered the kernel; the engine took `more` of own time. */
static void sent_before(struct scene *scene, __u64 id, __u64 before, __u64 more)
{
	__u64 t;

	begin(scene);
	half(scene);
	scene->now += more;
	t = scene->now;
	add_ipi(scene->cpu0, t - before, HFT_IPI_MEMBARRIER, 201, "unmapper", 1);
	add_vector(scene->cpu1, t + 20, t + 70, HFT_VECTOR_CALL_FUNCTION);
	add_visit(scene->cpu1, t, t + 150, 0, 0);
	scene->now = t + 150;
	half(scene);
	end(scene, id);
}

/* Stood still until it came; was slow for long, before it was even sent; ran on. */
void scenario_delivery(const char *path)
{
	struct scene scene;

	open_scene(&scene, path);
	usual_spans(&scene);
	sent_before(&scene, 511, 300, 280);
	sent_before(&scene, 512, 20, 800);
	sent_before(&scene, 513, 300, 0);
	close_scene(&scene);
}

/* Not a nohz_full CPU: faults are counted, entry is not seen. */
void scenario_no_visits(const char *path)
{
	struct scene scene;
	__u64 t;

	open_scene(&scene, path);
	usual_spans(&scene);
	begin(&scene);
	t = scene.now;
	add_fault(scene.cpu1, t + 20, ENGINE, ENGINE, 0x7000, 0x401234, HFT_FAULT_USER, 1);
	add_fault(scene.cpu1, t + 120, ENGINE, ENGINE, 0x8000, 0x401234, HFT_FAULT_USER, 1);
	add_irq(scene.cpu1, t + 200, t + 300, 34);
	scene.now = t + 1100;
	end(&scene, 301);
	close_scene(&scene);
}

/* The engine is moved to a CPU that is not traced, and comes back. */
void scenario_moves(const char *path)
{
	struct hft_rec_migrate away = { .tid = ENGINE, .by_tid = 11, .orig_cpu = 1, .dest_cpu = 0 };
	struct scene scene;
	__u64 t;

	open_scene(&scene, path);
	usual_spans(&scene);
	begin(&scene);
	half(&scene);
	t = scene.now;
	add_switch(scene.cpu1, t + 50, ENGINE, "engine", 0, 11, "migration/1");
	ring_add(scene.cpu1, HFT_REC_MIGRATE, HFT_CTX_TASK, t + 60, &away, sizeof(away));
	add_switch(scene.cpu1, t + 70, 11, "migration/1", 1, 0, "swapper/1");
	add_waking(scene.cpu0, HFT_CTX_TASK, t + 1000, ENGINE, "engine", 11, "migration/0", 1);
	add_switch(scene.cpu1, t + 1100, 0, "swapper/1", 0, ENGINE, "engine");
	add_visit(scene.cpu1, t, t + 1150, 0, 0);
	scene.now = t + 1150;
	half(&scene);
	end(&scene, 401);
	close_scene(&scene);
}

/* Records of the engine's CPU were lost while a span was open. */
void scenario_gap(const char *path)
{
	struct scene scene;
	__u64 t;

	open_scene(&scene, path);
	usual_spans(&scene);
	begin(&scene);
	t = scene.now;
	add_visit(scene.cpu1, t + 100, t + 200, 0, 0);
	ring_lose(scene.cpu1, 7, 20);
	add_irq(scene.cpu1, t + 1210, t + 1250, 34);
	add_visit(scene.cpu1, t + 1200, t + 1300, 0, 0);
	scene.now = t + 1900;
	end(&scene, 501);
	close_scene(&scene);
}

/* Nothing happened on the engine's CPU, so there is no stream of it. */
void scenario_quiet(const char *path)
{
	struct scene scene;

	open_scene(&scene, path);
	usual_spans(&scene);
	begin(&scene);
	scene.now += USUAL;
	end(&scene, 601);
	close_scene(&scene);
}

/* Nothing tells where the engine ran. */
void scenario_nowhere(const char *path)
{
	struct scene scene;

	open_scene(&scene, path);
	put_fact(&scene, "tasks", "100\t100\tengine\n");
	begin(&scene);
	scene.now += USUAL;
	end(&scene, 701);
	close_scene(&scene);
}

static void copy_maps(struct scene *scene)
{
	FILE *to = recording_fact(scene->recording, "maps-100");
	FILE *from = fopen("/proc/self/maps", "re");
	char line[512];

	if (!from)
		err(1, "/proc/self/maps");
	while (fgets(line, sizeof(line), from))
		fputs(line, to);
	fclose(from);
	fclose(to);
}

void scenario_symbols(const char *path)
{
	__u64 here = (__u64)(unsigned long)&scenario_symbols;
	struct scene scene;
	__u64 t;

	open_scene(&scene, path);
	copy_maps(&scene);
	put_fact(&scene, "kallsyms",
		 "ffffffff81000000 T first\nffffffff81000100 t handler\t[driver]\n");
	usual_spans(&scene);
	begin(&scene);
	half(&scene);
	t = scene.now;
	add_fault(scene.cpu1, t + 20, ENGINE, ENGINE, (__u64)(unsigned long)&t, here,
		  HFT_FAULT_USER, 1);
	add_visit(scene.cpu1, t, t + 800, 1, 1);
	add_nmi(scene.cpu1, t + 810, t + 830, 0xffffffff81000110ULL);
	add_visit(scene.cpu1, t + 805, t + 835, 0, 0);
	scene.now = t + 835;
	half(&scene);
	end(&scene, 801);
	close_scene(&scene);
}

void scenario_large(const char *path, __u64 spans)
{
	struct scene scene;
	__u64 id, t;

	open_scene(&scene, path);
	for (id = 1; id <= spans; id++) {
		begin(&scene);
		half(&scene);
		t = scene.now;
		add_vector(scene.cpu1, t + 5, t + 10, HFT_VECTOR_LOCAL_TIMER);
		add_irq(scene.cpu1, t + 20, t + 30, (__u32)(id % 50));
		add_softirq(scene.cpu1, t + 40, t + 50, (__u32)(id % 10));
		add_visit(scene.cpu1, t, t + 60, 0, 0);
		scene.now = t + 60 + id % 1000;
		half(&scene);
		end(&scene, id);
	}
	close_scene(&scene);
}
