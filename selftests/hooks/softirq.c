// SPDX-License-Identifier: GPL-2.0
/*
 * softirq: datagrams over the loopback device; each run as irq:softirq_entry
 * and softirq_exit show it, as many as /proc/softirqs counts.
 */
#include <arpa/inet.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "hook_test.h"
#include "intervals.h"

#define DATAGRAMS	300
#define NET_RX		3
#define RT_ROUNDS	10
#define FEW(count)	(1 + (count) / 200)
#define RT_SWITCHES	3	/* runs that are switched out, at least */

static const char *const sources[] = { "irq/softirq_entry", "irq/softirq_exit", NULL };

static const struct field_pair fields[] = {
	FIELD(hft_rec_softirq, vec, "vec"),
	{ 0 }
};

/* Of two CPUs, as /proc/softirqs counts. */
static long count_net_rx(void)
{
	FILE *file = fopen("/proc/softirqs", "re");
	long first = 0, second = 0, count = -1;
	char line[4096];

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " NET_RX: %ld %ld", &first, &second) == 2)
			count = first + second;
	}
	fclose(file);
	return count;
}

/* To itself: each is received in a softirq behind its sending. */
static int send_datagrams(void *told)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), i;
	socklen_t size = sizeof(address);
	long *counts = told;
	char byte = 0;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) ||
	    getsockname(fd, (struct sockaddr *)&address, &size))
		return 1;
	counts[0] = count_net_rx();
	for (i = 0; i < DATAGRAMS; i++) {
		if (sendto(fd, &byte, 1, 0, (struct sockaddr *)&address, size) != 1 ||
		    recv(fd, &byte, 1, 0) != 1)
			return 1;
	}
	counts[1] = count_net_rx();
	return counts[0] < 0 || counts[1] < 0;
}

static int of_the_cpu(void)
{
	const struct watch_want want = {
		.hooks = interval_hooks(), .cpus = 3, .on = OTHER_CPU,
		.provoke = send_datagrams, .events = interval_events,
	};
	const struct pairing pairing = {
		.type = HFT_REC_SOFTIRQ, .event = "irq/softirq_exit", .fields = fields,
	};
	long received = 0, counted;
	struct watch watch;
	unsigned int cpu;
	size_t i;

	watch_run(&watch, &want);
	for (cpu = 0; cpu < 2; cpu++) {
		for (i = 0; i < watch.records_count[cpu]; i++) {
			const struct record *record = &watch.records[cpu][i];

			received += record->type == HFT_REC_SOFTIRQ &&
				    record->softirq.vec == NET_RX;
		}
	}
	counted = ((const long *)watch.told)[1] - ((const long *)watch.told)[0];
	printf("# NET_RX: /proc/softirqs counts %ld, records %ld\n", counted, received);
	CHECK(counted >= DATAGRAMS / 2);
	CHECK(received >= counted);
	CHECK(intervals_check(&watch, &pairing, want.hooks) >= DATAGRAMS / 2);
	return 0;
}

static int loopback(void)
{
	/* see below */
	if (kernel_is("PREEMPT_RT"))
		case_skip("PREEMPT_RT runs softirqs in tasks, which have a test of their own");
	return of_the_cpu();
}

/* ------------------------------------------------------------ PREEMPT_RT */

static const char *const rt_events[] = {
	"irq/softirq_entry", "irq/softirq_exit", "sched/sched_switch", NULL
};

static const struct field_pair rt_fields[] = {
	FIELD(hft_rec_softirq_task, vec, "vec"),
	FIELD(hft_rec_softirq_task, tid, "common_pid"),
	{ 0 }
};

/* A task of higher priority that wakes while softirqs run. */
static void interrupt_often(void)
{
	const struct sched_param param = { .sched_priority = 60 };
	const struct timespec pause = { .tv_nsec = 150000 };

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		_exit(1);
	for (;;)
		nanosleep(&pause, NULL);
}

static int send_and_be_switched_out(void *told)
{
	pid_t pid = fork();
	int i, err = 0;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		interrupt_often();
	}
	for (i = 0; i < RT_ROUNDS && !err; i++)
		err = send_datagrams(told);
	stop(pid);
	return err;
}

static bool is_end(const struct record *record)
{
	return !(record->ctx & HFT_CTX_SWITCHED_OUT);
}

/* Did its task leave the CPU between the run's beginning and its end? -1: it began too early. */
static int was_switched_out(const struct watch *watch, const struct event *exit, __u64 end)
{
	const struct event *first = watch->events[exit->cpu], *event = exit;
	int out = 0;

	while (event-- > first && event->ts > watch->start) {
		if (event_is(event, "irq/softirq_entry") && event->pid == exit->pid)
			return out;
		/* between the two witnesses' probes it can be, too */
		if (event_is(event, "sched/sched_switch") && event->ts < end &&
		    event_number(event, "prev_pid") == exit->pid)
			out = 1;
	}
	return -1;
}

static size_t segments_of(const struct watch *watch, unsigned int cpu)
{
	size_t i, count = 0;

	for (i = 0; i < watch->records_count[cpu]; i++) {
		const struct record *record = &watch->records[cpu][i];

		count += record->type == HFT_REC_SOFTIRQ_TASK && !is_end(record);
	}
	return count;
}

/* How many were cut into segments; each one that should have been, and no other. */
static size_t check_segments(const struct watch *watch, const struct pairing *pairing)
{
	size_t i, expected = 0, wrong = 0;
	struct pairs pairs;

	pairs_find(&pairs, watch, pairing);
	for (i = 0; i < pairs.count; i++) {
		const struct record *record = pairs.at[i].record;
		int out = was_switched_out(watch, pairs.at[i].event, record->tsc);

		if (out < 0)
			continue;
		wrong += !!(record->ctx & HFT_CTX_CONTINUED) != out;
		expected += out;
	}
	/* switched out between the two probes of its beginning, a few look otherwise to us */
	printf("# CPU %u: %zu runs, %zu switched out, %zu segments; %zu of them otherwise\n",
	       pairing->cpu, pairs.count, expected, segments_of(watch, pairing->cpu), wrong);
	CHECK(wrong <= FEW(pairs.count));
	/* and one may be open at each edge of the window */
	CHECK(segments_of(watch, pairing->cpu) + FEW(pairs.count) >= expected);
	CHECK(segments_of(watch, pairing->cpu) <= expected + 2 + FEW(pairs.count));
	return expected;
}

static int in_tasks(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(SOFTIRQ), .cpus = 3, .on = OTHER_CPU,
		.provoke = send_and_be_switched_out, .events = rt_events,
	};
	struct pairing pairing = {
		.type = HFT_REC_SOFTIRQ_TASK, .event = "irq/softirq_exit",
		.fields = rt_fields, .record_is = is_end,
	};
	size_t cut = 0;
	struct watch watch;

	if (!kernel_is("PREEMPT_RT"))
		case_skip("only PREEMPT_RT runs softirqs in tasks");
	watch_run(&watch, &want);
	for (pairing.cpu = 0; pairing.cpu < 2; pairing.cpu++)
		cut += check_segments(&watch, &pairing);
	printf("# %zu were switched out\n", cut);
	CHECK(cut >= RT_SWITCHES);
	CHECK(durations_check(&watch, &pairing, "irq/softirq_entry", "vec", sizeof(__u64)) >=
	      RT_ROUNDS * DATAGRAMS / 2);
	return 0;
}

HOOK_TEST_MAIN("softirq", sources, NULL,
	       { "each run with vector and length, as many as /proc/softirqs counts", loopback },
	       { "each run of a task, with segments where it was switched out", in_tasks })
