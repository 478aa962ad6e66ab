/* SPDX-License-Identifier: GPL-2.0 */
/* Structures that ioctls pass, which begin with their size: older and newer ones than ours. */
#ifndef HFT_ARGUMENT_H
#define HFT_ARGUMENT_H

#include <linux/types.h>

/* 0 or -errno. In: *to has the size that was given. Out: as much as the caller knows. */
int hft_copy_in(void *to, size_t size, const void __user *from);
int hft_copy_out(void __user *to, void *from, size_t size);

#endif /* HFT_ARGUMENT_H */
