// SPDX-License-Identifier: GPL-2.0
/*
 * Counters inside the spans of a program, which need no hook: against loops of known
 * length, and against read(2) of a counter of the same event. An emulated machine
 * counts instructions when each is said to take one cycle, and has one CPU then.
 *
 * Machine aarch64: -c 2
 * Machine aarch64: --icount
 * Machine aarch64: --icount --cpu neoverse-n1
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#include "span_pmu.h"

/* Instructions that a span of this program may have beside the known ones. */
#define CALLERS		8

/* Two instructions a round. */
static inline __attribute__((always_inline)) void count_down(unsigned long rounds)
{
#if defined(__x86_64__)
	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(rounds) :: "cc");
#else
	__asm__ volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(rounds) :: "cc");
#endif
}

static __attribute__((noinline)) void span_of(unsigned long rounds)
{
	hft_span_begin_pmu(thread, 1, rounds);
	if (rounds)
		count_down(rounds);
	hft_span_end_pmu(thread);
}

/* -------------------------------------------------------------- exactness */

static int known_instructions(void)
{
	static const unsigned long rounds[] = { 0, 1, 2, 10, 1000, 1000000, 20000000 };
	struct hft_rec_span_pmu pmu;
	unsigned int i, again;

	count(count_instructions, PERF_COUNT_HW_INSTRUCTIONS);
	for (i = 0; i < ARRAY_SIZE(rounds); i++) {
		for (again = 0; again < 3; again++) {
			span_of(rounds[i]);
			pmu = take(1, rounds[i]);
			CHECK_EQ(pmu.events, 1);
			CHECK(!strcmp(hft_reader_name(reader, 0, pmu.event[0]), "instructions"));
			printf("# %lu instructions: %llu\n", 2 * rounds[i], pmu.count[0]);
			CHECK(pmu.count[0] >= 2 * rounds[i]);
			CHECK(pmu.count[0] <= 2 * rounds[i] + CALLERS);
			CHECK_EQ(pmu.count[1], 0);
		}
	}
	nothing_left();
	return 0;
}

/* One whose counters are narrow, and run over in the middle. */
static int narrow_counter(void)
{
	const unsigned long rounds = 0x50000000;
	struct hft_thread_pmu_status status = { .size = sizeof(status) };
	struct hft_rec_span_pmu pmu;

	count(count_instructions, PERF_COUNT_HW_INSTRUCTIONS);
	hft_thread_pmu_close(thread);
	CHECK_EQ(hft_thread_pmu(thread, count_instructions, 1, &status), 0);
	printf("# %u bits\n", status.bits[0]);
	if (status.bits[0] != 32)
		case_skip("this PMU has counters of %u bits", status.bits[0]);
	CHECK(strstr(status.text, "every 2147483648 events"));
	span_of(rounds);
	pmu = take(1, rounds);
	printf("# %lu instructions: %llu\n", 2 * rounds, pmu.count[0]);
	CHECK(pmu.count[0] >= 2 * rounds);
	CHECK(pmu.count[0] <= 2 * rounds + CALLERS);
	return 0;
}

#define PAIRS	100

static __attribute__((noinline)) void plain_pairs(void)
{
	int i;

	for (i = 0; i < PAIRS; i++) {
		hft_span_begin(thread, 1, 1);
		hft_span_end(thread);
	}
}

static __attribute__((noinline)) void counted_pairs(void)
{
	int i;

	for (i = 0; i < PAIRS; i++) {
		hft_span_begin_pmu(thread, 1, 1);
		hft_span_end_pmu(thread);
	}
}

/* Instructions of one, by read(2), rounded. */
static __u64 cost_of(int fd, void (*pairs)(void))
{
	__u64 before;

	pairs();
	before = perf_count(fd);
	pairs();
	return (perf_count(fd) - before + PAIRS / 2) / PAIRS;
}

static int cost(void)
{
	static const char *const four[] = { "instructions", "cycles", "r8", "r8" };
	__u64 plain, without, one, with_four;
	int fd;

	count(count_instructions, PERF_COUNT_HW_INSTRUCTIONS);
	fd = witness(PERF_COUNT_HW_INSTRUCTIONS);
	CHECK(fd >= 0);
	one = cost_of(fd, counted_pairs);
	hft_thread_pmu_close(thread);
	CHECK_EQ(try_counters(four, 4, NULL), 0);
	with_four = cost_of(fd, counted_pairs);
	hft_thread_pmu_close(thread);
	without = cost_of(fd, counted_pairs);
	plain = cost_of(fd, plain_pairs);
	printf("# a span: %llu instructions; with _pmu %llu, with one counter %llu, four %llu\n",
	       plain, without, one, with_four);
	CHECK(without <= plain + 4);
	CHECK(one > without && with_four > one);
	return 0;
}

/* Readings by system call inside and outside, between which the span's must lie. */
struct bracket {
	__u64 before, first, last, after;
};

static __attribute__((noinline)) void span_in_bracket(struct bracket *bracket, int fd,
						      void (*work)(void))
{
	bracket->before = perf_count(fd);
	hft_span_begin_pmu(thread, 2, 0);
	bracket->first = perf_count(fd);
	work();
	bracket->last = perf_count(fd);
	hft_span_end_pmu(thread);
	bracket->after = perf_count(fd);
}

static void check_bracket(const char *const *events, __u64 config, void (*work)(void))
{
	struct hft_rec_span_pmu pmu;
	struct bracket bracket;
	int fd, i;

	count(events, config);
	fd = witness(config);
	CHECK(fd >= 0);
	for (i = 0; i < 10; i++) {
		span_in_bracket(&bracket, fd, work);
		pmu = take(2, 0);
		printf("# %llu, by read(2) from %llu to %llu\n", pmu.count[0],
		       bracket.last - bracket.first, bracket.after - bracket.before);
		CHECK(pmu.count[0] >= bracket.last - bracket.first);
		CHECK(pmu.count[0] <= bracket.after - bracket.before);
	}
	close(fd);
	nothing_left();
}

static void work_a_while(void)
{
	count_down(1000000);
}

static int as_read_instructions(void)
{
	check_bracket(count_instructions, PERF_COUNT_HW_INSTRUCTIONS, work_a_while);
	return 0;
}

static int as_read_cycles(void)
{
	check_bracket(count_cycles, PERF_COUNT_HW_CPU_CYCLES, work_a_while);
	return 0;
}

/* ------------------------------------------------------- while it goes on */

#define NAPS	50

/* Each is a switch, whatever the scheduler thinks of those who yield. */
static __attribute__((noinline)) void naps_in_span(__u64 id)
{
	const struct timespec time = { .tv_nsec = 100000 };
	int i;

	hft_span_begin_pmu(thread, 3, id);
	for (i = 0; i < NAPS; i++) {
		count_down(1000);
		nanosleep(&time, NULL);
	}
	hft_span_end_pmu(thread);
}

/* Something else to do for this CPU, that counts as well. */
static pid_t other_program(void)
{
	pid_t pid = fork();

	if (!pid) {
		CHECK(witness(PERF_COUNT_HW_INSTRUCTIONS) >= 0);
		for (;;)
			count_down(1000);
	}
	CHECK(pid > 0);
	return pid;
}

static long switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nvcsw + usage.ru_nivcsw;
}

static int switched_out(void)
{
	struct hft_rec_span_pmu alone, beside;
	long before;
	pid_t pid;

	CHECK_EQ(pin(OTHER_CPU), 0);
	count(count_instructions, PERF_COUNT_HW_INSTRUCTIONS);
	naps_in_span(0);
	alone = take(3, 0);
	pid = other_program();
	before = switches();
	naps_in_span(1);
	printf("# switched out %ld times\n", switches() - before);
	CHECK(switches() - before >= NAPS);
	beside = take(3, 1);
	stop(pid);
	CHECK(alone.count[0] >= NAPS * 2000);
	CHECK(alone.count[0] <= NAPS * 2200);	/* nothing of the kernel's */
	CHECK_EQ(beside.count[0], alone.count[0]);
	return 0;
}

static void move_about(void)
{
	int i;

	for (i = 0; i < 20; i++) {
		count_down(10000);
		CHECK_EQ(pin(i % 2 ? QUIET_CPU : OTHER_CPU), 0);
	}
}

static int migrated(void)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		case_skip("there is one CPU");
	check_bracket(count_cycles, PERF_COUNT_HW_CPU_CYCLES, move_about);
	return 0;
}

/* Counters of the CPU's, pinned, come before those of a thread. */
static int taken_away(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE, .size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES, .pinned = 1,
	};
	struct hft_rec_span_pmu pmu;
	int fd[32], i, n;

	CHECK_EQ(pin(OTHER_CPU), 0);
	count(count_cycles, PERF_COUNT_HW_CPU_CYCLES);
	hft_span_begin_pmu(thread, 4, 0);
	hft_span_end_pmu(thread);
	CHECK(take(4, 0).count[0] != HFT_SPAN_PMU_MISSING);
	hft_span_begin_pmu(thread, 4, 1);
	for (n = 0; n < 32; n++) {
		fd[n] = syscall(SYS_perf_event_open, &attr, -1, OTHER_CPU, -1, 0);
		CHECK(fd[n] >= 0);
	}
	hft_span_end_pmu(thread);
	for (i = 0; i < n; i++)
		close(fd[i]);
	pmu = take(4, 1);
	CHECK_EQ(pmu.events, 1);
	CHECK_EQ(pmu.count[0], HFT_SPAN_PMU_MISSING);
	/* and there is a way back */
	hft_thread_pmu_close(thread);
	CHECK_EQ(try_counters(count_cycles, 1, NULL), 0);
	hft_span_begin_pmu(thread, 4, 2);
	hft_span_end_pmu(thread);
	CHECK(take(4, 2).count[0] != HFT_SPAN_PMU_MISSING);
	return 0;
}

static int nested(void)
{
	struct hft_rec_span_pmu inner, outer, again;
	const struct hft_rec_span *span;
	struct hft_record record;

	count(count_instructions, PERF_COUNT_HW_INSTRUCTIONS);
	hft_span_begin_pmu(thread, 5, 1);
	count_down(100);
	hft_span_begin_pmu(thread, 5, 2);
	count_down(1000);
	hft_span_end_pmu(thread);
	hft_span_begin(thread, 5, 3);
	hft_span_begin_pmu(thread, 5, 4);
	count_down(10000);
	hft_span_end_pmu(thread);
	hft_span_end(thread);
	hft_span_end_pmu(thread);
	inner = take(5, 2);
	CHECK(inner.count[0] >= 2000 && inner.count[0] <= 2000 + CALLERS);
	CHECK_EQ(inner.depth, 1);
	again = take(5, 4);
	CHECK(again.count[0] >= 20000 && again.count[0] <= 20000 + CALLERS);
	CHECK_EQ(again.depth, 2);
	/* a plain one stays plain, and one begun plainly has nothing to compare with */
	CHECK_EQ(hft_reader_next(reader, &record), 0);
	CHECK_EQ(record.type, HFT_REC_SPAN);
	span = record.payload;
	CHECK_EQ(span->id, 3);
	outer = take(5, 1);
	CHECK(outer.count[0] >= 200 + inner.count[0] + again.count[0]);
	CHECK_EQ(outer.depth, 0);
	hft_span_begin(thread, 5, 5);
	hft_span_end_pmu(thread);
	hft_span_begin_pmu(thread, 5, 6);
	hft_span_end(thread);
	CHECK_EQ(hft_reader_next(reader, &record), 0);
	CHECK_EQ(record.type, HFT_REC_SPAN);
	CHECK_EQ(hft_reader_next(reader, &record), 0);
	CHECK_EQ(record.type, HFT_REC_SPAN);
	nothing_left();
	return 0;
}

/* Switched off and on in between. */
static int off_in_between(void)
{
	count(count_instructions, PERF_COUNT_HW_INSTRUCTIONS);
	thread->enable = 0;
	span_of(1);
	hft_span_end_pmu(thread);
	hft_span_begin_pmu(thread, 1, 1);
	thread->enable = 1;
	span_of(10);
	CHECK(take(1, 10).count[0] <= 20 + CALLERS);
	hft_span_begin_pmu(thread, 1, 1);
	thread->enable = 0;
	hft_span_end_pmu(thread);
	thread->enable = 1;
	nothing_left();
	return 0;
}

#define SPANS	1000

static volatile unsigned int handled;

static void handler(int signal)
{
	(void)signal;
	hft_span_begin_pmu(thread, 9, 2);
	count_down(100);
	hft_span_end_pmu(thread);
	handled++;
}

/* A handler's instructions belong to the span that it came into, all of them or none. */
static int signals(void)
{
	const struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
	const struct itimerval often = { .it_interval.tv_usec = 50, .it_value.tv_usec = 50 };
	const struct itimerval never = { 0 };
	unsigned int i, own = 0, whole = 0, inside = 0;
	const struct hft_rec_span_pmu *rec;
	struct hft_record record;
	int err;

	count(count_instructions, PERF_COUNT_HW_INSTRUCTIONS);
	CHECK_EQ(sigaction(SIGALRM, &action, NULL), 0);
	CHECK_EQ(setitimer(ITIMER_REAL, &often, NULL), 0);
	for (i = 0; i < SPANS; i++)
		span_of(1000);
	CHECK_EQ(setitimer(ITIMER_REAL, &never, NULL), 0);
	while (!(err = hft_reader_next(reader, &record))) {
		if (record.type != HFT_REC_SPAN_PMU)
			continue;
		rec = record.payload;
		CHECK(rec->count[0] != HFT_SPAN_PMU_MISSING);
		if (rec->id == 2) {
			CHECK(rec->count[0] >= 200 && rec->count[0] <= 200 + CALLERS);
			own++;
		} else if (rec->count[0] <= 2000 + CALLERS) {
			CHECK(rec->count[0] >= 2000);
			whole++;
		} else {
			CHECK(rec->count[0] >= 2200);
			inside++;
		}
	}
	CHECK_EQ(err, -ENODATA);
	printf("# %u signals, %u of them inside of %u spans\n", handled, inside, whole + inside);
	CHECK_EQ(own, handled);
	CHECK_EQ(whole + inside, SPANS);
	CHECK(whole && inside);
	return 0;
}

HOOK_TEST_MAIN("pmu", NULL, NULL,
	       { "spans: known numbers of instructions, exactly", known_instructions },
	       { "spans: 32 bits that run over", narrow_counter },
	       { "spans: what counters cost", cost },
	       { "spans: instructions as read(2) has them", as_read_instructions },
	       { "spans: cycles as read(2) has them", as_read_cycles },
	       { "spans: switched out in the middle", switched_out },
	       { "spans: to another CPU and back in the middle", migrated },
	       { "spans: counters taken away are missing", taken_away },
	       { "spans: nested, with plain ones between", nested },
	       { "spans: off in between", off_in_between },
	       { "spans: handlers of signals with spans of their own", signals })
