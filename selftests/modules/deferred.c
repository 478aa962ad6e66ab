// SPDX-License-Identifier: GPL-2.0
/*
 * deferred: for tests. Runs functions that have names of their own on a chosen
 * CPU, in a kernel timer, a high-resolution timer, a tasklet, a work item and a
 * kthread_worker's item, one after the other, each a number of times; adds to
 * the steal time that the kernel accounts for a CPU; and is a cpufreq driver
 * whose CPUs have two frequencies in name alone. What ran is counted.
 *
 * echo "timer 1 20" >/sys/module/deferred/parameters/run
 */
#include <linux/completion.h>
#include <linux/cpufreq.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kernel_stat.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#define SPIN_US		50
#define WORK_US		300

static unsigned long timers_run, hrtimers_run, tasklets_run, works_run, items_run;
module_param(timers_run, ulong, 0444);
module_param(hrtimers_run, ulong, 0444);
module_param(tasklets_run, ulong, 0444);
module_param(works_run, ulong, 0444);
module_param(items_run, ulong, 0444);

static struct timer_list timer;
static struct hrtimer hrtimer;
static struct work_struct work;
static struct kthread_worker *worker;
static struct kthread_work item;
static DECLARE_COMPLETION(done);

/* Long enough to be seen. */
static void spin(void)
{
	const ktime_t end = ktime_add_us(ktime_get(), SPIN_US);

	while (ktime_before(ktime_get(), end))
		cpu_relax();
}

static void selftest_timer(struct timer_list *unused)
{
	spin();
	timers_run++;
	complete(&done);
}

static enum hrtimer_restart selftest_hrtimer(struct hrtimer *unused)
{
	spin();
	hrtimers_run++;
	complete(&done);
	return HRTIMER_NORESTART;
}

static void deferred_tasklet(struct tasklet_struct *unused)
{
	udelay(50);
	tasklets_run++;
	complete(&done);
}

static DECLARE_TASKLET(tasklet, deferred_tasklet);

/* It sleeps, so it is switched out in the middle. */
static void selftest_work(struct work_struct *unused)
{
	spin();
	usleep_range(WORK_US, 2 * WORK_US);
	spin();
	works_run++;
	complete(&done);
}

static void selftest_item(struct kthread_work *unused)
{
	spin();
	usleep_range(WORK_US, 2 * WORK_US);
	spin();
	items_run++;
	complete(&done);
}

static void set_up_hrtimer(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(&hrtimer, selftest_hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
#else
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	hrtimer.function = selftest_hrtimer;
#endif
}

/* On the CPU that the function is to run on. */
static void start_hrtimer(void *unused)
{
	hrtimer_start(&hrtimer, ns_to_ktime(200 * NSEC_PER_USEC), HRTIMER_MODE_REL_PINNED_HARD);
}

static int run_timer(unsigned int cpu)
{
	timer.expires = jiffies + 1;
	add_timer_on(&timer, cpu);
	return 0;
}

static int run_hrtimer(unsigned int cpu)
{
	return smp_call_function_single(cpu, start_hrtimer, NULL, 1);
}

static void start_tasklet(void *unused)
{
	tasklet_schedule(&tasklet);
}

static int run_tasklet(unsigned int cpu)
{
	return smp_call_function_single(cpu, start_tasklet, NULL, 1);
}

static int run_work(unsigned int cpu)
{
	return schedule_work_on(cpu, &work) ? 0 : -EBUSY;
}

static int run_item(unsigned int cpu)
{
	set_cpus_allowed_ptr(worker->task, cpumask_of(cpu));
	return kthread_queue_work(worker, &item) ? 0 : -EBUSY;
}

/* As the kernel does when the hypervisor says so: shown in /proc/stat. */
static void add_steal(unsigned int cpu, u64 ns)
{
	kcpustat_cpu(cpu).cpustat[CPUTIME_STEAL] += ns;
}

static const struct {
	const char *name;
	int (*start)(unsigned int cpu);
} kinds[] = {
	{ "timer", run_timer },
	{ "hrtimer", run_hrtimer },
	{ "tasklet", run_tasklet },
	{ "work", run_work },
	{ "item", run_item },
};

static int run_kind(const char *name, unsigned int cpu, unsigned int count)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(kinds[i].name, name))
			break;
	}
	if (i == ARRAY_SIZE(kinds))
		return -EINVAL;
	while (count-- && !err) {
		reinit_completion(&done);
		err = kinds[i].start(cpu);
		if (!err)
			err = wait_for_completion_killable(&done);
	}
	return err;
}

static int set_run(const char *text, const struct kernel_param *param)
{
	unsigned int cpu, count;
	char name[16];

	if (sscanf(text, "%15s %u %u", name, &cpu, &count) != 3 || cpu >= nr_cpu_ids ||
	    !cpu_online(cpu))
		return -EINVAL;
	if (!strcmp(name, "steal")) {
		add_steal(cpu, count);
		return 0;
	}
	return run_kind(name, cpu, count);
}

static const struct kernel_param_ops run_ops = { .set = set_run };
module_param_cb(run, &run_ops, NULL, 0200);

/* ---------------------------------------------------------------- cpufreq */

static bool cpufreq;
module_param(cpufreq, bool, 0444);

#ifdef CONFIG_CPU_FREQ
static struct cpufreq_frequency_table frequencies[] = {
	{ .frequency = 1000000 },
	{ .frequency = 2000000 },
	{ .frequency = CPUFREQ_TABLE_END },
};

static int policy_init(struct cpufreq_policy *policy)
{
	policy->freq_table = frequencies;
	policy->cur = frequencies[1].frequency;
	policy->cpuinfo.transition_latency = 1000;
	return 0;
}

static int set_target(struct cpufreq_policy *policy, unsigned int index)
{
	return 0;
}

static struct cpufreq_driver driver = {
	.name		= "deferred",
	.init		= policy_init,
	.verify		= cpufreq_generic_frequency_table_verify,
	.target_index	= set_target,
};

static int register_driver(void)
{
	return cpufreq ? cpufreq_register_driver(&driver) : 0;
}

static void unregister_driver(void)
{
	if (cpufreq)
		cpufreq_unregister_driver(&driver);
}
#else
static int register_driver(void)
{
	return cpufreq ? -ENODEV : 0;
}

static void unregister_driver(void)
{
}
#endif

static int __init deferred_init(void)
{
	int err;

	timer_setup(&timer, selftest_timer, 0);
	set_up_hrtimer();
	INIT_WORK(&work, selftest_work);
	kthread_init_work(&item, selftest_item);
	worker = kthread_create_worker(0, "deferred");
	if (IS_ERR(worker))
		return PTR_ERR(worker);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
	wake_up_process(worker->task);
#endif
	err = register_driver();
	if (err)
		kthread_destroy_worker(worker);
	return err;
}

static void __exit deferred_exit(void)
{
	unregister_driver();
	kthread_destroy_worker(worker);
	cancel_work_sync(&work);
	tasklet_kill(&tasklet);
	hrtimer_cancel(&hrtimer);
	timer_delete_sync(&timer);
}

module_init(deferred_init);
module_exit(deferred_exit);
MODULE_DESCRIPTION("for tests: timers, work items, steal time, frequencies");
MODULE_LICENSE("GPL");
