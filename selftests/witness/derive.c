// SPDX-License-Identifier: GPL-2.0
/*
 * What tracefs saw: moments from single events, intervals from pairs. Says
 * itself which system calls hftrace must have cut into segments, from the
 * rule in the ABI: the one that a CPU runs, at its task's first switch.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <syscall.h>

#include "observation.h"
#include "trace.h"

#define CPUS		64
#define PIDS		(1 << 22)
#define NO_ARGS		(~0ULL)
/* Events so near to the window's start may have been before hftrace was on. */
#define EDGE_US		2000

struct open_call {
	uint64_t start;
	int64_t nr;
	uint64_t args[6];
	bool remembered;	/* still on the CPU where it began */
	bool open;
	bool exec;		/* of any process: its name is about to change */
};

static struct cpu {
	uint64_t irq, visit;		/* starts; 0: none seen */
	uint64_t softirq[10];
	unsigned int softirq_vec;	/* the one that began last */
	int softirq_tid;		/* in whose task, while it has not left the CPU; 0: none */
	uint64_t vector[11];
	uint64_t faults;		/* in the open visit */
	int caller;			/* whose call is remembered; 0: none */
	char comm[16];			/* of the running task, if known */
} cpus[CPUS];

static struct open_call *calls;		/* by tid */
static const struct window *window;

static void text(struct observation *o, int which, const struct trace_event *e, const char *name)
{
	size_t size;
	const char *from = trace_text(e, name, &size);

	observed_text(o, which, from, size);
}

/* An interval that began at `start`: unseen by hftrace if before the window. */
static void set_start(struct observation *o, uint64_t start)
{
	uint64_t edge = EDGE_US * window->khz / 1000;

	o->interval = true;
	o->start = start >= window->start ? start : 0;
	o->unsure = start + edge >= window->start && start <= window->start + edge;
}

static struct open_call *call_of(int tid)
{
	if (tid < 0 || tid >= PIDS)
		errx(EXIT_FAILURE, "thread %d", tid);
	return &calls[tid];
}

static void observe_sched(struct observations *all, const struct trace_event *e)
{
	struct cpu *cpu = &cpus[e->cpu];
	struct observation *o;
	size_t size;

	if (e->event == EV_SWITCH) {
		o = observe(all, OBS_SWITCH, e->cpu, e->ts);
		o->field[0] = trace_field(e, "prev_pid");
		o->field[1] = trace_field(e, "next_pid");
		o->field[2] = trace_field(e, "prev_state");
		o->field[3] = trace_field(e, "prev_prio");
		o->field[4] = trace_field(e, "next_prio");
		text(o, 0, e, "prev_comm");
		text(o, 1, e, "next_comm");
		memcpy(cpu->comm, trace_text(e, "next_comm", &size), sizeof(cpu->comm));
		if (call_of(trace_field(e, "next_pid"))->exec)
			memset(cpu->comm, 0, sizeof(cpu->comm));
	} else if (e->event == EV_MIGRATE) {
		o = observe(all, OBS_MIGRATE, e->cpu, e->ts);
		o->field[0] = trace_field(e, "pid");
		o->field[1] = e->pid;
		o->field[2] = trace_field(e, "prio");
		o->field[3] = trace_field(e, "orig_cpu");
		o->field[4] = trace_field(e, "dest_cpu");
	} else {
		o = observe(all, OBS_WAKING + e->event - EV_WAKING, e->cpu, e->ts);
		o->field[0] = trace_field(e, "pid");
		o->field[1] = e->pid;
		o->field[2] = trace_field(e, "prio");
		o->field[3] = trace_field(e, "target_cpu");
		text(o, 0, e, "comm");
		/* tracefs does not say: the last task that was switched to */
		observed_text(o, 1, cpu->comm, sizeof(cpu->comm));
	}
}

static void observe_task(struct observations *all, const struct trace_event *e)
{
	struct observation *o;
	int class = e->event == EV_FAULT_USER ? OBS_FAULT_USER : OBS_FAULT_KERNEL;

	switch (e->event) {
	case EV_FORK:
		o = observe(all, OBS_FORK, e->cpu, e->ts);
		o->field[0] = trace_field(e, "child_pid");
		o->field[1] = trace_field(e, "parent_pid");
		text(o, 0, e, "parent_comm");
		return;
	case EV_EXEC:
		o = observe(all, OBS_EXEC, e->cpu, e->ts);
		o->field[0] = trace_field(e, "pid");
		o->field[1] = trace_field(e, "old_pid");
		text(o, 0, e, "filename");
		return;
	case EV_EXIT:
		o = observe(all, OBS_EXIT, e->cpu, e->ts);
		o->field[0] = trace_field(e, "pid");
		o->field[1] = trace_field(e, "prio");
		text(o, 0, e, "comm");
		return;
	}
	if (!window_chose(window, e->pid))
		return;
	if (e->event == EV_FAULT_USER)
		cpus[e->cpu].faults++;
	o = observe(all, class, e->cpu, e->ts);
	o->field[0] = trace_field(e, "address");
	o->field[1] = trace_field(e, "ip");
	o->field[2] = trace_field(e, "error_code");
	o->field[3] = e->pid;
}

static void observe_vector(struct observations *all, const struct trace_event *e)
{
	int kind = (e->event - EV_VECTORS) / 2;
	uint64_t *start = &cpus[e->cpu].vector[kind];
	struct observation *o;

	if ((e->event - EV_VECTORS) % 2 == 0) {
		*start = e->ts;
		return;
	}
	o = observe(all, OBS_VECTOR + kind, e->cpu, e->ts);
	o->field[0] = trace_field(e, "vector");
	set_start(o, *start);
}

static void observe_interrupt(struct observations *all, const struct trace_event *e)
{
	struct cpu *cpu = &cpus[e->cpu];
	struct observation *o;
	uint64_t vec;

	switch (e->event) {
	case EV_IRQ_ENTRY:
		cpu->irq = e->ts;
		break;
	case EV_IRQ_EXIT:
		o = observe(all, OBS_IRQ, e->cpu, e->ts);
		o->field[0] = trace_field(e, "irq");
		o->field[1] = trace_field(e, "ret");
		set_start(o, cpu->irq);
		break;
	case EV_SOFTIRQ_ENTRY:
	case EV_SOFTIRQ_EXIT:
		vec = trace_field(e, "vec");
		if (vec >= 10)
			errx(EXIT_FAILURE, "softirq %lu", vec);
		if (e->event == EV_SOFTIRQ_ENTRY) {
			cpu->softirq[vec] = e->ts;
			cpu->softirq_vec = vec;
			cpu->softirq_tid = e->pid;
			break;
		}
		cpu->softirq_tid = 0;
		o = observe(all, OBS_SOFTIRQ + vec, e->cpu, e->ts);
		o->field[0] = vec;
		set_start(o, cpu->softirq[vec]);
		break;
	case EV_NMI:
		o = observe(all, OBS_NMI, e->cpu, e->ts);
		o->field[0] = trace_field(e, "delta_ns") * (window->khz / 1e6);
		o->field[1] = trace_field(e, "handled");
		o->field[2] = trace_field(e, "handler");
		break;
	case EV_TLB:
		/* hftrace leaves out flushes by a switch of address spaces: see its hook */
		if (!trace_field(e, "reason"))
			break;
		o = observe(all, OBS_TLB + trace_field(e, "reason"), e->cpu, e->ts);
		o->field[0] = trace_field(e, "pages");
		o->field[1] = e->pid;
		break;
	}
}

static void observe_visit(struct observations *all, const struct trace_event *e)
{
	struct cpu *cpu = &cpus[e->cpu];
	struct observation *o;

	if (e->event == EV_USER_EXIT) {
		cpu->visit = e->ts;
		cpu->faults = 0;
		return;
	}
	o = observe(all, OBS_VISIT, e->cpu, e->ts);
	o->field[0] = cpu->faults;
	set_start(o, cpu->visit);
	if (!o->start)
		o->field[0] = 0;
}

/* The CPU leaves a task: its call, if remembered here, is cut. */
static void cut_call(struct observations *all, const struct trace_event *e)
{
	struct cpu *cpu = &cpus[e->cpu];
	struct open_call *call;
	struct observation *o;

	if (!cpu->caller)
		return;
	call = call_of(cpu->caller);
	if (cpu->caller == trace_field(e, "prev_pid")) {
		o = observe(all, OBS_SEGMENT, e->cpu, e->ts);
		o->field[0] = call->nr;
		o->field[1] = cpu->caller;
		memcpy(&o->field[3], call->args, sizeof(call->args));
		set_start(o, call->start);
		/* of a call that began before, hftrace knows nothing at its switch */
		if (!o->start && !o->unsure)
			all->count--;
	}
	call->remembered = false;
	cpu->caller = 0;
}

/*
 * The CPU leaves a task inside a softirq, as PREEMPT_RT lets it: no other runs
 * there until that one has ended, and its end knows of no start.
 */
static void cut_softirq(struct observations *all, const struct trace_event *e)
{
	struct cpu *cpu = &cpus[e->cpu];
	struct observation *o;

	if (!cpu->softirq_tid || cpu->softirq_tid != trace_field(e, "prev_pid"))
		return;
	o = observe(all, OBS_SOFTIRQ_SEGMENT, e->cpu, e->ts);
	o->field[0] = cpu->softirq_vec;
	o->field[1] = cpu->softirq_tid;
	set_start(o, cpu->softirq[cpu->softirq_vec]);
	if (!o->start && !o->unsure)
		all->count--;
	cpu->softirq[cpu->softirq_vec] = 0;
	cpu->softirq_tid = 0;
}

/* execve gives the task another name some time before its event. */
static void note_exec(const struct trace_event *e)
{
	int64_t nr = trace_field(e, "id");

	call_of(e->pid)->exec = e->event == EV_SYS_ENTER &&
				(nr == SYS_execve || nr == SYS_execveat);
	if (call_of(e->pid)->exec)
		memset(cpus[e->cpu].comm, 0, sizeof(cpus[e->cpu].comm));
}

static void observe_call(struct observations *all, const struct trace_event *e)
{
	struct open_call *call;
	struct observation *o;
	int i;

	note_exec(e);
	if (!window_chose(window, e->pid))
		return;
	call = call_of(e->pid);
	if (e->event == EV_SYS_ENTER) {
		call->start = e->ts;
		call->nr = trace_field(e, "id");
		call->remembered = true;
		call->open = true;
		for (i = 0; i < 6; i++)
			call->args[i] = trace_element(e, "args", i);
		cpus[e->cpu].caller = e->pid;
		return;
	}
	o = observe(all, OBS_SYSCALL, e->cpu, e->ts);
	o->field[0] = trace_field(e, "id");
	o->field[1] = e->pid;
	o->field[2] = trace_field(e, "ret");
	for (i = 0; i < 6; i++)
		o->field[3 + i] = call->open ? call->args[i] : NO_ARGS;
	set_start(o, call->open ? call->start : 0);
	if (!call->remembered)
		o->start = 0;
	/* after rt_sigreturn the registers have no number any more; the call's start told it */
	if (call->remembered && o->start)
		o->field[0] = call->nr;
	call->open = false;
	call->remembered = false;
	cpus[e->cpu].caller = 0;
}

static void observe_event(struct observations *all, const struct trace_event *e)
{
	switch (e->event) {
	case EV_SWITCH:
		cut_call(all, e);
		cut_softirq(all, e);
		/* fallthrough */
	case EV_WAKING:
	case EV_WAKEUP:
	case EV_WAKEUP_NEW:
	case EV_MIGRATE:
		observe_sched(all, e);
		break;
	case EV_FORK:
	case EV_EXEC:
	case EV_EXIT:
	case EV_FAULT_USER:
	case EV_FAULT_KERNEL:
		observe_task(all, e);
		break;
	case EV_USER_EXIT:
	case EV_USER_ENTER:
		observe_visit(all, e);
		break;
	case EV_SYS_ENTER:
	case EV_SYS_EXIT:
		observe_call(all, e);
		break;
	default:
		if (e->event >= EV_VECTORS)
			observe_vector(all, e);
		else
			observe_interrupt(all, e);
	}
}

void trace_observe(struct observations *all, const struct window *given, const char *directory)
{
	struct trace trace = { 0 };
	size_t i;

	window = given;
	if (window->cpus > CPUS)
		errx(EXIT_FAILURE, "%u CPUs", window->cpus);
	calls = calloc(PIDS, sizeof(*calls));
	if (!calls)
		err(EXIT_FAILURE, "calls");
	trace_load(&trace, directory, window->cpus);
	for (i = 0; i < trace.count; i++)
		observe_event(all, &trace.at[i]);
	free(calls);
}
