// SPDX-License-Identifier: GPL-2.0
/*
 * Spoils hftrace's stack of open intervals on the CPU that loads this, as a
 * stray pointer of somebody else's might: its depth becomes what it cannot be.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <hftrace/abi.h>

/* The beginning of hftrace's own struct hft_cpu. */
struct cpu_head {
	u64 armed;
	struct hft_ring_ctl *ctl;
};

/* As kallsyms has it: modules cannot ask for it otherwise. */
static unsigned long look_up(const char *name)
{
	struct kprobe kp = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*kallsyms)(const char *name);

	if (register_kprobe(&kp))
		return 0;
	kallsyms = (void *)kp.addr;
	unregister_kprobe(&kp);
	return kallsyms(name);
}

static int __init spoil_init(void)
{
	struct cpu_head __percpu *heads = (struct cpu_head __percpu *)look_up("hftrace:hft_cpu");
	struct cpu_head *head;

	if (!heads)
		return -ENOENT;
	head = get_cpu_ptr(heads);
	WRITE_ONCE(head->ctl->depth, 99);
	put_cpu_ptr(heads);
	return 0;
}

static void __exit spoil_exit(void)
{
}

module_init(spoil_init);
module_exit(spoil_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of hftrace: its data are not as they can be");
