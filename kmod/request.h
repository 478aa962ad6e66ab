/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ioctls have in common. Each passes a structure that begins with its size,
 * older and newer ones than ours: it is copied in, the right is asked for, the
 * request is served, and what it answers is copied out.
 */
#ifndef HFT_REQUEST_H
#define HFT_REQUEST_H

#include <linux/types.h>

#define HFT_REQUEST_BYTES_MAX	384	/* of a structure; it stands on the stack */

enum hft_request_right {
	HFT_BY_ALL,
	HFT_BY_READERS,		/* hft_may_read(), EPERM otherwise */
};

enum hft_request_answer {
	HFT_NO_ANSWER,
	HFT_ANSWER,		/* when it succeeds */
	HFT_ANSWER_ALWAYS,	/* also when it fails: why */
};

/* Who asks is the table's own matter. 0 or -errno. */
struct hft_request {
	size_t bytes;		/* 0: there is no such request */
	enum hft_request_right right;
	enum hft_request_answer answer;
	int (*serve)(void *who, void *arg);
};

#define HFT_REQUEST(type, by, answers, function)				\
	{									\
		.bytes = sizeof(struct type) +					\
			 BUILD_BUG_ON_ZERO(sizeof(struct type) > HFT_REQUEST_BYTES_MAX), \
		.right = (by),							\
		.answer = (answers),						\
		.serve = (function),						\
	}

/* -ENOTTY: the table has no request of this number. */
long hft_request(const struct hft_request *requests, unsigned int count, unsigned int nr,
		 void *who, void __user *arg);

#endif /* HFT_REQUEST_H */
