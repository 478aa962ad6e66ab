// SPDX-License-Identifier: GPL-2.0
/* See argument.h. */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "argument.h"

/*
 * Copies a structure that begins with its size: shorter ones are filled with
 * zeros, longer ones refused unless the rest is zero.
 */
int hft_copy_in(void *to, size_t size, const void __user *from)
{
	u32 given;
	int err;

	if (get_user(given, (const u32 __user *)from))
		return -EFAULT;
	if (given < sizeof(given) || given > PAGE_SIZE)
		return -EINVAL;
	err = copy_struct_from_user(to, size, from, given);
	if (err)
		return err;
	*(u32 *)to = given;
	return 0;
}

/* As much of it as the caller knows. */
int hft_copy_out(void __user *to, void *from, size_t size)
{
	size_t given = *(u32 *)from;

	*(u32 *)from = size;
	return copy_to_user(to, from, min(given, size)) ? -EFAULT : 0;
}
