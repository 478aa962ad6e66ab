// SPDX-License-Identifier: GPL-2.0
/* See failure.h. */
#include <linux/irq_work.h>
#include <linux/printk.h>

#include "cpu.h"
#include "failure.h"

static const char *failure;	/* what failed first; NULL: nothing did */

/* Outside of the probe, which may have been in the scheduler or in an NMI. */
static void say(struct irq_work *work)
{
	pr_err("hftrace: %s is not as it can be; everything is disarmed until the module is loaded anew\n",
	       READ_ONCE(failure));
}

static DEFINE_IRQ_WORK(saying, say);

void hft_fail_cpu(unsigned int cpu)
{
	int hook;

	for (hook = 0; hook < HFT_HOOKS; hook++)
		WRITE_ONCE(per_cpu(hft_cpu.mode[hook], cpu), 0);
}

void hft_fail(const char *what)
{
	unsigned int cpu;

	if (cmpxchg(&failure, NULL, what))
		return;
	/* arm_cpu() on another CPU sees it behind its own stores, or is undone here */
	smp_mb();
	for_each_possible_cpu(cpu)
		hft_fail_cpu(cpu);
	irq_work_queue(&saying);
}

bool hft_failed(void)
{
	return READ_ONCE(failure);
}

void hft_failure_uninit(void)
{
	irq_work_sync(&saying);
}
