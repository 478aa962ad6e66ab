// SPDX-License-Identifier: GPL-2.0
/*
 * Makes one mistake while it is loaded, of the kind that a parameter names:
 * for the test that the debug kernels see the mistakes of a module that is
 * called hftrace-something.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

#define OBJECT_SIZE	40	/* less than any cache's objects */

static char *kind;
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "the mistake");

/* What the compiler must not know, or it would not compile the mistake. */
static int beyond = OBJECT_SIZE;
static u8 table[OBJECT_SIZE];

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spin);
static int __rcu *guarded;
static u64 racing;

static void slab_out_of_bounds(void)
{
	u8 *object = kmalloc(OBJECT_SIZE, GFP_KERNEL);

	if (object)
		WRITE_ONCE(object[beyond], 1);
	kfree(object);
}

static void use_after_free(void)
{
	u8 *object = kmalloc(OBJECT_SIZE, GFP_KERNEL);

	kfree(object);
	OPTIMIZER_HIDE_VAR(object);
	if (object)
		WRITE_ONCE(object[1], 1);
}

static void vmalloc_out_of_bounds(void)
{
	u8 *area = vmalloc(OBJECT_SIZE);

	if (area)
		WRITE_ONCE(area[beyond], 1);
	vfree(area);
}

static void global_out_of_bounds(void)
{
	u8 *begin = table;

	OPTIMIZER_HIDE_VAR(begin);
	WRITE_ONCE(begin[beyond], 1);
}

static void leak(void)
{
	u8 *object = kmalloc(OBJECT_SIZE, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(object);
}

static void lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void rcu_unguarded(void)
{
	WRITE_ONCE(beyond, rcu_dereference(guarded) ? 1 : OBJECT_SIZE);
}

static void atomic_sleep(void)
{
	spin_lock(&spin);
	mutex_lock(&first);
	mutex_unlock(&first);
	spin_unlock(&spin);
}

static void preemptible_cpu(void)
{
	WRITE_ONCE(beyond, smp_processor_id());
}

static void array_index(void)
{
	WRITE_ONCE(table[beyond + 1], 1);
}

static void shift_too_far(void)
{
	WRITE_ONCE(racing, 1 << beyond);
}

static void list_corruption(void)
{
	LIST_HEAD(list);
	struct list_head entry, other;

	list_add(&entry, &list);
	list.next = &other;
	list_del(&entry);
}

static void timer_expired(struct timer_list *timer)
{
}

/* The memory of a timer that is still set. */
static void active_timer_freed(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, timer_expired, 0);
	mod_timer(timer, jiffies + 1000 * HZ);
	kfree(timer);
}

static void rcu_stall(void)
{
	const unsigned long until = jiffies + 12 * HZ;

	preempt_disable();
	while (time_before(jiffies, until))
		cpu_relax();
	preempt_enable();
}

static void warn_of_it(void)
{
	WARN(1, "a mistake was asked for\n");
}

static int increment(void *unused)
{
	while (!kthread_should_stop()) {
		racing++;
		barrier();
		cond_resched();
	}
	return 0;
}

static void raced(void)
{
	struct task_struct *racers[2];
	int cpu;

	for (cpu = 0; cpu < 2; cpu++) {
		racers[cpu] = kthread_create_on_cpu(increment, NULL, cpu, "racer/%u");
		if (!IS_ERR(racers[cpu]))
			wake_up_process(racers[cpu]);
	}
	msleep(5000);
	for (cpu = 0; cpu < 2; cpu++)
		if (!IS_ERR(racers[cpu]))
			kthread_stop(racers[cpu]);
}

static const struct {
	const char *name;
	void (*make)(void);
} mistakes[] = {
	{ "slab-out-of-bounds", slab_out_of_bounds },
	{ "use-after-free", use_after_free },
	{ "vmalloc-out-of-bounds", vmalloc_out_of_bounds },
	{ "global-out-of-bounds", global_out_of_bounds },
	{ "leak", leak },
	{ "lock-order", lock_order },
	{ "rcu-unguarded", rcu_unguarded },
	{ "atomic-sleep", atomic_sleep },
	{ "preemptible-cpu", preemptible_cpu },
	{ "array-index", array_index },
	{ "shift-too-far", shift_too_far },
	{ "list-corruption", list_corruption },
	{ "active-timer-freed", active_timer_freed },
	{ "rcu-stall", rcu_stall },
	{ "warning", warn_of_it },
	{ "data-race", raced },
};

static int __init mistake_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
		if (kind && !strcmp(kind, mistakes[i].name)) {
			mistakes[i].make();
			return 0;
		}
	}
	return -EINVAL;
}

static void __exit mistake_exit(void)
{
}

module_init(mistake_init);
module_exit(mistake_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of hftrace: makes a mistake that a debug kernel reports");
