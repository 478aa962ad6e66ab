/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WITNESS_H
#define WITNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define MAX_CPUS 64

#define get(variable)	     __atomic_load_n(&(variable), __ATOMIC_ACQUIRE)
#define set(variable, value) __atomic_store_n(&(variable), value, __ATOMIC_RELEASE)

/* ---- main.c ---- */

_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Room for one more behind the NR elements of ARRAY. */
void *grow(void *array, size_t nr, size_t size);

/* ---- clock.c: the time stamp counter, and CLOCK_MONOTONIC_RAW, threads.c's clock ---- */

uint64_t read_tsc(void);
uint64_t raw_ns(void);

/* Pairs the two; at the start, now and then, and at the end. */
void read_clocks(void);
uint64_t ns_since_clocks_read(void);

uint64_t tsc_at(uint64_t ns);
double tsc_hz(void);
uint64_t clock_error(void);

/* ---- meeting.c: the guest's counter compared with the host's ---- */

struct meeting;

struct meeting *map_meeting(const char *path);
void meet_as_guest(void);

/* Answers a guest that waits, if one does; says whether. */
bool answer_guest(struct meeting *meeting);

/* At HOST_TSC, the guest's counter was the host's + OFFSET. */
struct point {
	uint64_t host_tsc;
	int64_t offset;
};

unsigned int count_meetings(const struct meeting *meeting);
struct point meeting_found(const struct meeting *meeting, unsigned int number, uint64_t *error);

/* ---- offset.c: the guest's counter at any time ---- */

/* Often, once the guest has met the host: looks where the emulator keeps the offset. */
void read_offset(int emulator, const struct meeting *meeting);

/* After the last meeting, before guest_tsc(). */
void settle_offset(const struct meeting *meeting);

uint64_t guest_tsc(uint64_t host_tsc);

/* Lines of comment: the offset, where it comes from, and its error together with CLOCK_ERROR. */
void describe_offset(FILE *file, uint64_t clock_error);

/* ---- threads.c: when the emulator's vCPU threads did not run ---- */

enum kind { PREEMPT, WAIT, IRQ, HOST, NR_KINDS };

struct interval {
	unsigned int cpu;
	enum kind kind;
	uint64_t start, end; /* raw_ns() */
};

/* Sorted by nothing; look_at_threads() adds to them. */
extern struct interval *intervals;
extern size_t nr_intervals;

/* Threads named "CPU n/TCG" that are not yet known; with polled, without perf_event_open(). */
void find_threads(int emulator, bool polled);
void look_at_threads(void);
bool threads_are_polled(void);

/* At the end: adds the time in which the host itself did not run. */
void find_late_ticks(void);

/* Lines of comment: how it was measured, and sums for each thread. */
void describe_threads(FILE *file);

#endif
