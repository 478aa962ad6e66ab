/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Probes of user programs. 6.12 gave uprobe_register() a handle and took the
 * context from filters; 6.13 gave the handlers a cookie.
 */
#ifndef HFT_COMPAT_UPROBE_H
#define HFT_COMPAT_UPROBE_H

#include <linux/err.h>
#include <linux/ptrace.h>
#include <linux/uprobes.h>
#include <linux/version.h>

/* The arguments of handlers and filters: int f(HFT_UPROBE_ARGS). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define HFT_UPROBE_ARGS		\
	struct uprobe_consumer *self, struct pt_regs *regs, __u64 *data
#define HFT_URETPROBE_ARGS	\
	struct uprobe_consumer *self, unsigned long func, struct pt_regs *regs, __u64 *data
#else
#define HFT_UPROBE_ARGS		\
	struct uprobe_consumer *self, struct pt_regs *regs
#define HFT_URETPROBE_ARGS	\
	struct uprobe_consumer *self, unsigned long func, struct pt_regs *regs
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define HFT_UPROBE_FILTER_ARGS	\
	struct uprobe_consumer *self, struct mm_struct *mm

struct hft_uprobe_handle {
	struct uprobe *uprobe;
};

static inline int hft_uprobe_register(struct inode *inode, loff_t offset,
				      struct uprobe_consumer *consumer,
				      struct hft_uprobe_handle *handle)
{
	handle->uprobe = uprobe_register(inode, offset, 0, consumer);
	return PTR_ERR_OR_ZERO(handle->uprobe);
}

/* When it returns, no handler runs any more. */
static inline void hft_uprobe_unregister(struct inode *inode, loff_t offset,
					 struct uprobe_consumer *consumer,
					 const struct hft_uprobe_handle *handle)
{
	uprobe_unregister_nosync(handle->uprobe, consumer);
	uprobe_unregister_sync();
}
#else
#define HFT_UPROBE_FILTER_ARGS	\
	struct uprobe_consumer *self, enum uprobe_filter_ctx context, struct mm_struct *mm

struct hft_uprobe_handle {
};

static inline int hft_uprobe_register(struct inode *inode, loff_t offset,
				      struct uprobe_consumer *consumer,
				      struct hft_uprobe_handle *handle)
{
	return uprobe_register(inode, offset, consumer);
}

static inline void hft_uprobe_unregister(struct inode *inode, loff_t offset,
					 struct uprobe_consumer *consumer,
					 const struct hft_uprobe_handle *handle)
{
	uprobe_unregister(inode, offset, consumer);
}
#endif

/*
 * What tells a call from others of its thread: the stack pointer behind the
 * return, which on x86 takes the return address off the stack.
 */
static inline u64 hft_call_key(const struct pt_regs *regs, bool at_entry)
{
#ifdef CONFIG_X86_64
	return user_stack_pointer((struct pt_regs *)regs) + (at_entry ? sizeof(u64) : 0);
#else
	return user_stack_pointer((struct pt_regs *)regs);
#endif
}

#endif /* HFT_COMPAT_UPROBE_H */
