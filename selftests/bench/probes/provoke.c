// SPDX-License-Identifier: GPL-2.0
/*
 * Causes, on the calling CPU, an event that user space cannot cause alone, and
 * returns the ticks from its cause to its end: see provoke.h.
 */
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>
#include <linux/tracepoint.h>
#include <asm/msr.h>

#include "provoke.h"

static bool done;
static int irq;
static struct tracepoint *user_exit, *user_enter, *sys_enter;
static struct tracepoint *hrtimer_entry, *hrtimer_exit, *cpu_idle;
static struct hrtimer hrtimer;

static void work(struct irq_work *unused)
{
	WRITE_ONCE(done, true);
}

static struct irq_work irq_work = IRQ_WORK_INIT_HARD(work);

static void run_tasklet(struct tasklet_struct *unused)
{
}

static DECLARE_TASKLET(tasklet, run_tasklet);

static irqreturn_t act(int number, void *unused)
{
	return IRQ_HANDLED;
}

static u64 provoke_vector(void)
{
	u64 start;

	WRITE_ONCE(done, false);
	start = rdtsc();
	irq_work_queue(&irq_work);
	while (!READ_ONCE(done))
		cpu_relax();
	return rdtsc() - start;
}

static u64 provoke_irq(void)
{
	unsigned long flags;
	u64 start;

	local_irq_save(flags);
	start = rdtsc();
	generic_handle_irq(irq);
	start = rdtsc() - start;
	local_irq_restore(flags);
	return start;
}

static u64 provoke_softirq(void)
{
	u64 start = rdtsc();

	local_bh_disable();
	tasklet_schedule(&tasklet);
	local_bh_enable();
	return rdtsc() - start;
}

/* As the kernel would: the first argument is each probe's own, the rest the event's. */
static __always_inline void call_probes(struct tracepoint *tp, void *a, long b)
{
	struct tracepoint_func *func;

	preempt_disable_notrace();
	func = rcu_dereference_raw(tp->funcs);
	for (; func && func->func; func++)
		((void (*)(void *, void *, long))func->func)(func->data, a, b);
	preempt_enable_notrace();
}

static u64 provoke_visit(void)
{
	u64 start = rdtsc();

	call_probes(user_exit, NULL, 0);
	call_probes(user_enter, NULL, 0);
	return rdtsc() - start;
}

static u64 provoke_enter(void)
{
	struct pt_regs *regs = current_pt_regs();
	u64 start = rdtsc();

	call_probes(sys_enter, regs, 1);
	return rdtsc() - start;
}

/* It never runs: its function is not called. */
static u64 provoke_hrtimer(void)
{
	ktime_t now = 0;
	u64 start = rdtsc();

	call_probes(hrtimer_entry, &hrtimer, (long)&now);
	call_probes(hrtimer_exit, &hrtimer, 0);
	return rdtsc() - start;
}

static u64 provoke_idle(void)
{
	u64 start = rdtsc();

	call_probes(cpu_idle, (void *)1, 0);
	call_probes(cpu_idle, (void *)(unsigned long)(u32)-1, 0);
	return rdtsc() - start;
}

static long ioctl(struct file *file, unsigned int command, unsigned long unused)
{
	switch (command) {
	case PROVOKE_VECTOR:
		return provoke_vector();
	case PROVOKE_IRQ:
		return provoke_irq();
	case PROVOKE_SOFTIRQ:
		return provoke_softirq();
	case PROVOKE_VISIT:
		return provoke_visit();
	case PROVOKE_ENTER:
		return provoke_enter();
	case PROVOKE_HRTIMER:
		return provoke_hrtimer();
	case PROVOKE_IDLE:
		return provoke_idle();
	}
	return -ENOTTY;
}

static const struct file_operations operations = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= ioctl,
};

static struct miscdevice device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "hft-provoke",
	.fops	= &operations,
};

static void find(struct tracepoint *tp, void *unused)
{
	if (!strcmp(tp->name, "user_exit"))
		user_exit = tp;
	else if (!strcmp(tp->name, "user_enter"))
		user_enter = tp;
	else if (!strcmp(tp->name, "sys_enter"))
		sys_enter = tp;
	else if (!strcmp(tp->name, "hrtimer_expire_entry"))
		hrtimer_entry = tp;
	else if (!strcmp(tp->name, "hrtimer_expire_exit"))
		hrtimer_exit = tp;
	else if (!strcmp(tp->name, "cpu_idle"))
		cpu_idle = tp;
}

static int __init provoke_init(void)
{
	int err;

	for_each_kernel_tracepoint(find, NULL);
	if (!user_exit || !user_enter || !sys_enter || !hrtimer_entry || !hrtimer_exit ||
	    !cpu_idle)
		return -ENOENT;
	/* without an owner: with itself as one this module could not be unloaded */
	irq = __irq_alloc_descs(-1, 1, 1, numa_node_id(), NULL, NULL);
	if (irq < 0)
		return irq;
	irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	err = request_irq(irq, act, 0, "hft-provoke", &device);
	if (err)
		goto err_desc;
	err = misc_register(&device);
	if (err)
		goto err_irq;
	return 0;

err_irq:
	free_irq(irq, &device);
err_desc:
	irq_free_desc(irq);
	return err;
}

static void __exit provoke_exit(void)
{
	misc_deregister(&device);
	irq_work_sync(&irq_work);
	tasklet_kill(&tasklet);
	free_irq(irq, &device);
	irq_free_desc(irq);
}

module_init(provoke_init);
module_exit(provoke_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Causes events whose cost is measured");
