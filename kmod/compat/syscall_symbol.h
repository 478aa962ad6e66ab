/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The function of a system call by the call's name. Its only argument is the
 * caller's registers, on both architectures and all kernels.
 */
#ifndef HFT_COMPAT_SYSCALL_SYMBOL_H
#define HFT_COMPAT_SYSCALL_SYMBOL_H

#ifdef CONFIG_X86_64
#define HFT_SYSCALL_SYMBOL(name)	"__x64_sys_" name
#else
#define HFT_SYSCALL_SYMBOL(name)	"__arm64_sys_" name
#endif

#endif /* HFT_COMPAT_SYSCALL_SYMBOL_H */
