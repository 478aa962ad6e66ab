/* SPDX-License-Identifier: GPL-2.0 */
/* A mapping's flags became write-protected behind accessors in 6.3. */
#ifndef HFT_COMPAT_MM_H
#define HFT_COMPAT_MM_H

#include <linux/mm.h>
#include <linux/version.h>

static inline void hft_vm_flags_change(struct vm_area_struct *vma,
				       unsigned long set, unsigned long clear)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

#endif /* HFT_COMPAT_MM_H */
