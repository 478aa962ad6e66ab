// SPDX-License-Identifier: GPL-2.0
/*
 * storm: for tests. On every CPU a timer interrupt that sends this CPU an NMI,
 * raises a softirq and an IRQ work, and calls a function on the next CPU; each
 * of these sends NMIs in turn, so that they hit inside one another. What was
 * done is counted, for tests to compare with what was recorded. There are NMIs
 * on x86 alone.
 */
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/timex.h>
#include <linux/version.h>
#ifdef CONFIG_X86_64
#include <asm/apic.h>
#include <asm/nmi.h>
#endif

#define HAILSTONES	8
#define PAUSE_NS	4096

struct storm {
	struct hrtimer timer;
	struct tasklet_struct tasklet;
	struct irq_work work;
	call_single_data_t csd;
	call_single_data_t hail[HAILSTONES];
	u64 nmis;
	u64 tasklets;
	u64 calls;
	u64 works;
};

static DEFINE_PER_CPU(struct storm, storms);
static unsigned int period_us = 100;
module_param(period_us, uint, 0444);
static bool running;

#ifdef CONFIG_X86_64
/* This CPU's, from any context. */
static void send_nmi(void)
{
	apic->send_IPI(raw_smp_processor_id(), NMI_VECTOR);
}

/* Others' NMIs may have been merged with ours: claim them all. */
static int handle_nmi(unsigned int reason, struct pt_regs *regs)
{
	this_cpu_inc(storms.nmis);
	return NMI_HANDLED;
}

static void hit(unsigned int cpu, unsigned int stone)
{
	apic->send_IPI(cpu, stone % 2 ? RESCHEDULE_VECTOR : NMI_VECTOR);
}

static u64 handler;
module_param(handler, ullong, 0444);
MODULE_PARM_DESC(handler, "address of the NMI handler, as records name it");

static int take_nmis(void)
{
	handler = (uintptr_t)handle_nmi;
	return register_nmi_handler(NMI_LOCAL, handle_nmi, 0, "storm");
}

static void leave_nmis(void)
{
	unregister_nmi_handler(NMI_LOCAL, "storm");
}
#else
static void send_nmi(void)
{
}

/* Not at all when the last one of the kind has not been taken yet. */
static void hit(unsigned int cpu, unsigned int stone)
{
	smp_call_function_single_async(cpu, &this_cpu_ptr(&storms)->hail[stone]);
}

static int take_nmis(void)
{
	return 0;
}

static void leave_nmis(void)
{
}
#endif

static void start_here(void *unused)
{
	hrtimer_start(this_cpu_ptr(&storms.timer), ns_to_ktime(1000ULL * period_us),
		      HRTIMER_MODE_REL_PINNED_HARD);
}

static unsigned int next_cpu(void)
{
	unsigned int next = cpumask_next(raw_smp_processor_id(), cpu_online_mask);

	return next < nr_cpu_ids ? next : cpumask_first(cpu_online_mask);
}

/* What this CPU sends itself comes at once; the next CPU is hit at any instruction. */
static void hail(void)
{
	unsigned int next = next_cpu(), i;

	if (next == raw_smp_processor_id())
		return;
	for (i = 0; i < HAILSTONES; i++) {
		hit(next, i);
		ndelay(get_cycles() % PAUSE_NS);
	}
}

/* The last of a round, so that the CPU has some time for others before the next. */
static void run_tasklet(struct tasklet_struct *tasklet)
{
	this_cpu_inc(storms.tasklets);
	send_nmi();
	hail();
	if (READ_ONCE(running))
		start_here(NULL);
}

static void run_work(struct irq_work *work)
{
	this_cpu_inc(storms.works);
	send_nmi();
}

static void run_call(void *unused)
{
	this_cpu_inc(storms.calls);
	send_nmi();
}

static enum hrtimer_restart run_timer(struct hrtimer *timer)
{
	struct storm *own = this_cpu_ptr(&storms);
	unsigned int next = next_cpu();

	send_nmi();
	tasklet_hi_schedule(&own->tasklet);
	irq_work_queue(&own->work);
	/* busy when the last call has not been taken yet: the storm goes on without */
	if (next != raw_smp_processor_id())
		smp_call_function_single_async(next, &own->csd);
	send_nmi();
	return HRTIMER_NORESTART;
}

static void nothing(void *unused)
{
}

/* When it returns, nothing that the storm did is under way. */
static void calm_down(void)
{
	int cpu;

	WRITE_ONCE(running, false);
	for_each_possible_cpu(cpu) {
		struct storm *own = per_cpu_ptr(&storms, cpu);

		/* whichever of the two was under way, it starts the other no more than once */
		tasklet_kill(&own->tasklet);
		hrtimer_cancel(&own->timer);
		tasklet_kill(&own->tasklet);
		irq_work_sync(&own->work);
	}
	/* calls are taken in order: behind these there is none of ours */
	on_each_cpu(nothing, NULL, 1);
}

static int set_run(const char *text, const struct kernel_param *param)
{
	bool run;
	int err;

	err = kstrtobool(text, &run);
	if (err)
		return err;
	if (run && !running) {
		WRITE_ONCE(running, true);
		on_each_cpu(start_here, NULL, 1);
	} else if (!run) {
		calm_down();
	}
	return 0;
}

static const struct kernel_param_ops run_ops = { .set = set_run, .get = param_get_bool };
module_param_cb(run, &run_ops, &running, 0644);

/* One number for each possible CPU; `arg` is where in struct storm it stands. */
static int get_counts(char *text, const struct kernel_param *param)
{
	size_t offset = (size_t)param->arg;
	int cpu, length = 0;

	for_each_possible_cpu(cpu)
		length += sysfs_emit_at(text, length, "%llu ",
					*(u64 *)((char *)per_cpu_ptr(&storms, cpu) + offset));
	return length + sysfs_emit_at(text, length, "\n");
}

static const struct kernel_param_ops count_ops = { .get = get_counts };
module_param_cb(nmis, &count_ops, (void *)offsetof(struct storm, nmis), 0444);
module_param_cb(tasklets, &count_ops, (void *)offsetof(struct storm, tasklets), 0444);
module_param_cb(calls, &count_ops, (void *)offsetof(struct storm, calls), 0444);
module_param_cb(works, &count_ops, (void *)offsetof(struct storm, works), 0444);

static void set_up_timer(struct hrtimer *timer)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	hrtimer_setup(timer, run_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	timer->function = run_timer;
#endif
}

static int __init storm_init(void)
{
	int cpu, i;

	if (!period_us)
		return -EINVAL;
	for_each_possible_cpu(cpu) {
		struct storm *own = per_cpu_ptr(&storms, cpu);

		set_up_timer(&own->timer);
		tasklet_setup(&own->tasklet, run_tasklet);
		own->work = IRQ_WORK_INIT_HARD(run_work);
		INIT_CSD(&own->csd, run_call, NULL);
		for (i = 0; i < HAILSTONES; i++)
			INIT_CSD(&own->hail[i], nothing, NULL);
	}
	return take_nmis();
}

static void __exit storm_exit(void)
{
	calm_down();
	leave_nmis();
}

module_init(storm_init);
module_exit(storm_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Storms of interrupts and NMIs for the tests of hftrace");
