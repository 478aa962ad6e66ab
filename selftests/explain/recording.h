/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes recordings of known content, as the recorder would have. Mistakes end
 * the program: this serves tests.
 */
#ifndef EXPLAIN_RECORDING_H
#define EXPLAIN_RECORDING_H

#include <hftrace/abi.h>
#include <stddef.h>
#include <stdio.h>

struct recording;
struct ring;

struct recording *recording_new(const char *path);
void recording_close(struct recording *recording);

/* A file below facts/, open for writing; the caller closes it. */
FILE *recording_fact(struct recording *recording, const char *name);

/* facts/recording and facts/clock: 1 tick is 1 ns, time begins at 0. */
void recording_times(struct recording *recording, __u64 started, __u64 stopped, const char *cpus);

/* The same of another clock. */
struct recording_clock {
	__u64 khz;	/* as the kernel has measured it */
	__u64 ticks;	/* its last sample, behind one at 0 */
	__u64 ns;
};

void recording_clocked(struct recording *recording, __u64 started, __u64 stopped, const char *cpus,
		       const struct recording_clock *clock);

struct ring *recording_cpu(struct recording *recording, __s32 cpu);
struct ring *recording_thread(struct recording *recording, __s32 tgid, __s32 tid);

/* Records of one ring, in order of time. */
void ring_add(struct ring *ring, __u16 type, __u8 ctx, __u64 tsc, const void *payload,
	      size_t bytes);

/* What comes next does so after a gap. */
void ring_lose(struct ring *ring, __u64 records, __u64 slots);

/* Shorthands; intervals by their start and end. */
void add_switch(struct ring *ring, __u64 tsc, __s32 prev, const char *prev_comm, __u32 state,
		__s32 next, const char *next_comm);
void add_waking(struct ring *ring, __u8 ctx, __u64 tsc, __s32 tid, const char *comm, __s32 by_tid,
		const char *by_comm, __u16 target);
void add_irq(struct ring *ring, __u64 start, __u64 end, __u32 irq);
void add_softirq(struct ring *ring, __u64 start, __u64 end, __u32 vec);
void add_vector(struct ring *ring, __u64 start, __u64 end, __u32 kind);
void add_nmi(struct ring *ring, __u64 start, __u64 end, __u64 handler);
void add_flush(struct ring *ring, __u64 tsc, __u32 reason, __s32 tid);
/* By `tid` on the ring's CPU, to CPU `target`. */
void add_ipi(struct ring *ring, __u64 tsc, __u8 kind, __s32 tid, const char *comm, __u16 target);
void add_maybe(struct ring *ring, __u64 tsc, __u8 kind, __s32 tid, const char *comm, __u16 target);
void add_fault(struct ring *ring, __u64 tsc, __s32 tid, __s32 tgid, __u64 address, __u64 ip,
	       __u32 error_code, __u32 user);
void add_visit(struct ring *ring, __u64 start, __u64 end, __u16 faults, __u16 major);
void add_syscall(struct ring *ring, __u8 ctx, __u64 start, __u64 end, __s32 nr, __s32 tid);
void add_span(struct ring *ring, __u64 start, __u64 end, __u32 name, __u64 id, __u32 depth);

#endif /* EXPLAIN_RECORDING_H */
