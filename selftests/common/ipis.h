/* SPDX-License-Identifier: GPL-2.0 */
/* Interrupts that a program makes the kernel send to another CPU, and when it did so. */
#ifndef SELFTEST_IPIS_H
#define SELFTEST_IPIS_H

#include <linux/types.h>
#include <stddef.h>

enum ipi_how {
	IPI_BY_MEMBARRIER,	/* of a process that runs there */
	IPI_BY_CALL,		/* a perf event of that CPU is switched on or off there */
	IPI_BY_MUNMAP,		/* of pages of a process that runs there */
	IPI_HOWS
};

/* By the program's own account: the kernel had done it between the two. */
struct ipi_sent {
	__u64 before;		/* ticks */
	__u64 after;
	__u32 how;		/* enum ipi_how */
	__s32 tid;		/* who asked for it */
};

/* Ways that there are here: where the hardware tells other CPUs to flush TLBs, not munmap(2). */
#if defined(__x86_64__)
#define IPI_WAYS	IPI_HOWS
#else
#define IPI_WAYS	IPI_BY_MUNMAP
#endif

/* The kernel's function that runs there, and what hftrace calls that. */
const char *ipi_function(__u32 how);
__u32 ipi_kind(__u32 how);

/*
 * From OTHER_CPU to a thread of the same process that spins on QUIET_CPU, in
 * random order. 0, or -1 when the kernel refused something.
 */
int ipis_send(struct ipi_sent *sent, size_t count);

#endif /* SELFTEST_IPIS_H */
