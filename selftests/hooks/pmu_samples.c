// SPDX-License-Identifier: GPL-2.0
/*
 * pmu: the samples of a loop against perf's own, by the software clock and by
 * a PMU's cycles where there is one.
 *
 * Machine aarch64: -c 2
 * Machine aarch64: --icount
 */
#include <time.h>

#include "perf.h"
#include "pmu_set.h"

#define CLOCK_PERIOD	1000000		/* ns */
#define CYCLES_PERIOD	1000000

extern const char __start_hot_text[], __stop_hot_text[];
extern const char __start_warm_text[], __stop_warm_text[];

__attribute__((noinline, section("hot_text"))) static void add(volatile unsigned long *sum)
{
	int i;

	for (i = 0; i < 10; i++)
		*sum += i;
}

/* It calls, so that it has a frame on each architecture. */
__attribute__((noinline, section("hot_text"))) static void hot(volatile unsigned long *sum)
{
	unsigned long i;

	for (i = 0; i < 20000; i++)
		add(sum);
}

__attribute__((noinline, section("warm_text"))) static void warm(volatile unsigned long *sum)
{
	hot(sum);
	*sum += 1;
}

static __u64 address(const char *at)
{
	return (uintptr_t)at;
}

static bool lies_in(__u64 ip, const char *from, const char *to)
{
	return ip >= address(from) && ip < address(to);
}

static void be_hot(void)
{
	volatile unsigned long sum = 0;
	struct timespec from, now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	do {
		warm(&sum);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	} while (now.tv_sec - from.tv_sec + (now.tv_nsec - from.tv_nsec) / 1e9 < 0.4);
}

static int provoke_hot(void *told)
{
	(void)told;
	be_hot();
	return 0;
}

/* Samples that perf takes in hot(). Before ours: each would sample the other's interrupts. */
static size_t sample_by_perf(const struct hft_pmu_event *event)
{
	struct perf_event_attr attr = {
		.type = event->type, .config = event->config, .sample_period = event->period,
		.exclude_kernel = !!(event->flags & HFT_PMU_NO_KERNEL),
	};
	struct perf_samples samples;
	size_t count, in_hot;

	CHECK_EQ(pin(traced_cpu()), 0);
	CHECK_EQ(perf_sample(&samples, &attr), 0);
	be_hot();
	count = perf_samples_count(&samples, address(__start_hot_text), address(__stop_hot_text),
				   &in_hot);
	close(samples.fd);
	printf("# perf: %zu samples, %zu hot\n", count, in_hot);
	CHECK(in_hot * 2 >= count);
	return in_hot;
}

/* The hot function is hot in both witnesses' eyes, and known to be called by the warm one. */
static int check_samples(const struct hft_pmu_event *event)
{
	const struct watch_want want = {
		.hooks = BIT_OF(PMU), .cpus = 1U << traced_cpu(), .on = traced_cpu(),
		.provoke = provoke_hot,
	};
	size_t i, count = 0, in_hot = 0, chains = 0, perf = sample_by_perf(event);
	struct hft_pmu pmu;
	struct watch watch;
	int fd = open_set(event, 1, &pmu);

	watch_run(&watch, &want);
	close(fd);
	for (i = 0; i < watch.records_count[want.on]; i++) {
		const struct record *record = &watch.records[want.on][i];
		const struct hft_rec_sample *rec = record_payload(record);

		if (record->type != HFT_REC_SAMPLE || rec->tid != watch.child)
			continue;
		CHECK_EQ(rec->tgid, watch.child);
		CHECK_EQ(rec->event, 0);
		CHECK_EQ(rec->set, pmu.set);
		CHECK_EQ(rec->period, event->period);
		count++;
		if (!lies_in(rec->ip, __start_hot_text, __stop_hot_text))
			continue;
		in_hot++;
		CHECK_EQ(rec->user[0], rec->ip);
		CHECK_EQ(rec->kernel[0], 0);
		/* with add()'s own frame in between, where it has one */
		chains += lies_in(rec->user[1], __start_warm_text, __stop_warm_text) ||
			  lies_in(rec->user[2], __start_warm_text, __stop_warm_text);
	}
	printf("# %s: %zu samples, %zu hot, %zu with their caller\n", pmu.pmu, count, in_hot,
	       chains);
	CHECK(count >= 20);
	/* only there is time the same twice */
	if (time_is_exact()) {
		CHECK(in_hot * 10 >= count * 8);
		check_near("samples in the hot function", in_hot, perf);
	}
	CHECK(in_hot * 2 >= count);
	/* the first instructions of a function have no frame yet */
	CHECK(chains * 10 >= in_hot * 8);
	return 0;
}

static int clock_samples(void)
{
	struct hft_pmu_event event = cpu_clock_event;

	event.period = CLOCK_PERIOD;
	return check_samples(&event);
}

static int cycle_samples(void)
{
	struct hft_pmu_event event = cycles;

	if (!can_count(&event))
		case_skip("no PMU here counts cycles");
	/* or else an overflow may interrupt nobody until the next system call */
	if (!can_count(&instructions))
		case_skip("overflows are exact only where instructions are counted");
	event.period = CYCLES_PERIOD;
	return check_samples(&event);
}

HOOK_TEST_MAIN("pmu", NULL, NULL,
	       { "samples by the software clock: the hot function is hot", clock_samples },
	       { "samples by cycles: the hot function is hot", cycle_samples })
