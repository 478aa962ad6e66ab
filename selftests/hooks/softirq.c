// SPDX-License-Identifier: GPL-2.0
/*
 * softirq: datagrams over the loopback device; each run as irq:softirq_entry
 * and softirq_exit show it, as many as /proc/softirqs counts.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hook_test.h"
#include "intervals.h"

#define DATAGRAMS	300
#define NET_RX		3

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

static int loopback(void)
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

HOOK_TEST_MAIN("softirq", sources, NULL,
	       { "each run with its vector and length, as many as /proc/softirqs counts", loopback })
