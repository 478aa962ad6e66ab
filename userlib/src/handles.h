/* SPDX-License-Identifier: LGPL-2.1 */
/* The handles of threads, in memory that every kind of fork leaves zeroed in the child. */
#ifndef HFT_HANDLES_H
#define HFT_HANDLES_H

#include <hftrace.h>
#include <stdbool.h>

/* 0 or -errno. */
int hft_handles_prepare(void);

/* True in a child that was made by whatever means, until hft_handles_forget(). */
bool hft_handles_wiped(void);

/* In a child: all are free but `keep`, which may be NULL. */
void hft_handles_forget(struct hft_thread *keep);

/* A zeroed handle for the calling thread; NULL: all are taken. With the library's lock held. */
struct hft_thread *hft_handle_take(void);

/* Its thread ends: to be given to another as soon as that is so. */
void hft_handle_leave(struct hft_thread *handle);

#endif /* HFT_HANDLES_H */
