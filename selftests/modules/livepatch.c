// SPDX-License-Identifier: GPL-2.0
/*
 * Livepatches madvise(2), which hftrace's hook mmcall probes: it fails with
 * EXDEV from then on, which it never does by itself.
 */
#include <linux/errno.h>
#include <linux/livepatch.h>
#include <linux/module.h>

static long patched_madvise(const struct pt_regs *regs)
{
	return -EXDEV;
}

static struct klp_func functions[] = {
	{ .old_name = "__x64_sys_madvise", .new_func = patched_madvise },
	{ }
};

static struct klp_object objects[] = {
	{ .funcs = functions },
	{ }
};

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init livepatch_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit livepatch_exit(void)
{
}

module_init(livepatch_init);
module_exit(livepatch_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of hftrace: a function that it probes is livepatched");
MODULE_INFO(livepatch, "Y");
