// SPDX-License-Identifier: GPL-2.0
/*
 * The least that any tracer can cost: a bare probe on a tracepoint, which does
 * nothing, or reads the clock and stores 32 bytes.
 *
 *	insmod floor.ko tracepoint=sched_switch empty=1
 */
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/tracepoint.h>
#include <asm/msr.h>

#define SLOTS	64

struct slot {
	u64 tsc;
	u64 arg[3];
};

struct floor {
	unsigned long head;
	struct slot slots[SLOTS];
};

static DEFINE_PER_CPU_ALIGNED(struct floor, floor);

static char *tracepoint;
module_param(tracepoint, charp, 0444);
MODULE_PARM_DESC(tracepoint, "name of the tracepoint to probe");

static bool empty;
module_param(empty, bool, 0444);
MODULE_PARM_DESC(empty, "the probe does nothing");

static struct tracepoint *found;

static notrace void probe_empty(void *data)
{
}

/* Whatever the tracepoint passes: up to three arguments are in registers. */
static notrace void probe_floor(void *data, u64 a, u64 b, u64 c)
{
	unsigned long head = this_cpu_read(floor.head);
	struct slot *slot = this_cpu_ptr(&floor.slots[head % SLOTS]);

	slot->tsc = rdtsc();
	slot->arg[0] = a;
	slot->arg[1] = b;
	slot->arg[2] = c;
	this_cpu_write(floor.head, head + 1);
}

static void find(struct tracepoint *tp, void *unused)
{
	if (!strcmp(tp->name, tracepoint))
		found = tp;
}

static int __init floor_init(void)
{
	if (!tracepoint)
		return -EINVAL;
	for_each_kernel_tracepoint(find, NULL);
	if (!found)
		return -ENOENT;
	return tracepoint_probe_register(found, empty ? probe_empty : (void *)probe_floor, NULL);
}

static void __exit floor_exit(void)
{
	tracepoint_probe_unregister(found, empty ? probe_empty : (void *)probe_floor, NULL);
	tracepoint_synchronize_unregister();
}

module_init(floor_init);
module_exit(floor_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("The floor that the cost of tracers is measured against");
