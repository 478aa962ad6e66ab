// SPDX-License-Identifier: GPL-2.0
/* See request.h. */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "privilege.h"
#include "request.h"

/* Shorter ones are filled up with zeros, longer ones refused unless the rest is zero. */
static int copy_in(void *to, size_t size, const void __user *from)
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
static int copy_out(void __user *to, void *from, size_t size)
{
	size_t given = *(u32 *)from;

	*(u32 *)from = size;
	return copy_to_user(to, from, min(given, size)) ? -EFAULT : 0;
}

long hft_request(const struct hft_request *requests, unsigned int count, unsigned int nr,
		 void *who, void __user *arg)
{
	u64 copy[HFT_REQUEST_BYTES_MAX / sizeof(u64)];
	const struct hft_request *request;
	int err, out = 0;

	if (nr >= count)
		return -ENOTTY;
	request = &requests[array_index_nospec(nr, count)];
	if (!request->bytes)
		return -ENOTTY;
	err = copy_in(copy, request->bytes, arg);
	if (err)
		return err;
	if (request->right == HFT_BY_READERS && !hft_may_read())
		return -EPERM;
	err = request->serve(who, copy);
	if (request->answer == HFT_ANSWER_ALWAYS || (request->answer == HFT_ANSWER && !err))
		out = copy_out(arg, copy, request->bytes);
	return out ?: err;
}
