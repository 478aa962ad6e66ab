// SPDX-License-Identifier: GPL-2.0
/*
 * Witness of the time that an emulator's vCPU threads did not run, in the guest's time stamp
 *counter.
 *
 *	vcpu-steal host PIDFILE SHARED CSV [poll]	beside the emulator, until it ends
 *	vcpu-steal guest				in the guest, at its start and end
 *
 * SHARED is a file that the guest has as the memory of an ivshmem device.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "witness.h"

#define IDLE_NS 20000000
#define POLL_NS 500000

void die(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("vcpu-steal: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	exit(1);
}

void *grow(void *array, size_t nr, size_t size)
{
	if (nr & (nr - 1))
		return array;
	array = realloc(array, (nr ? nr * 2 : 1) * size);
	if (!array)
		die("out of memory");
	return array;
}

static int by_start(const void *a, const void *b)
{
	const struct interval *first = a, *second = b;

	return (first->start > second->start) - (first->start < second->start);
}

static void write_header(FILE *csv)
{
	describe_threads(csv);
	describe_offset(csv, clock_error());
	fprintf(csv, "# tsc_hz: %.0f\n", tsc_hz());
	fprintf(csv,
		"# preempt: another thread ran on its CPU; irq: the host's interrupts and softirqs;\n");
	fprintf(csv,
		"# wait: it slept, the guest's CPU being idle or an emulator's lock taken, and woke up\n");
	fprintf(csv,
		"# host: it had its CPU, but the host's tick came late: the hypervisor below the host;\n");
	fprintf(csv, "# the part that is certain, from when the tick was due\n");
	fprintf(csv,
		"# not seen: the way into and out of the host's kernel, less than a tick by that hypervisor\n");
	fprintf(csv, "# cpu,start_tsc,end_tsc,kind\n");
}

static void write_csv(const char *path)
{
	static const char *const kinds[] = {
		[PREEMPT] = "preempt", [WAIT] = "wait", [IRQ] = "irq", [HOST] = "host"
	};
	FILE *csv = fopen(path, "w");

	if (!csv)
		die("%s: %s", path, strerror(errno));
	write_header(csv);
	qsort(intervals, nr_intervals, sizeof(*intervals), by_start);
	for (size_t i = 0; i < nr_intervals; i++) {
		uint64_t start = guest_tsc(tsc_at(intervals[i].start));
		uint64_t end = guest_tsc(tsc_at(intervals[i].end));

		/* The guest's counter begins at 0, later than the emulator's threads. */
		if ((int64_t)start > 0)
			fprintf(csv, "%u,%" PRIu64 ",%" PRIu64 ",%s\n", intervals[i].cpu, start,
				end, kinds[intervals[i].kind]);
	}
	if (ferror(csv) | fclose(csv))
		die("%s: %s", path, strerror(errno));
}

static int read_pid(const char *path)
{
	uint64_t start = raw_ns();
	int pid = 0;

	while (pid <= 0) {
		FILE *file = fopen(path, "r");

		if (file && fscanf(file, "%d", &pid) != 1)
			pid = 0;
		if (file)
			fclose(file);
		if (raw_ns() - start > 10000000000ull)
			die("the emulator did not start");
		usleep(1000);
	}
	return pid;
}

static int witness(int emulator, const char *shared, const char *csv, bool polled)
{
	struct meeting *meeting = map_meeting(shared);
	struct pollfd ended = { .events = POLLIN };
	bool met = false;
	int over;

	ended.fd = syscall(SYS_pidfd_open, emulator, 0);
	if (ended.fd < 0)
		die("the emulator: %s", strerror(errno));
	do {
		struct timespec pause = { .tv_nsec = threads_are_polled() ? POLL_NS : IDLE_NS };

		over = ppoll(&ended, 1, &pause, NULL);
		look_at_threads();
		/* By the time that the guest runs programs, all its CPUs have threads. */
		if (!met)
			find_threads(emulator, polled);
		if (over || ns_since_clocks_read() > 1000000000)
			read_clocks();
		met |= answer_guest(meeting);
		if (met)
			read_offset(emulator, meeting);
	} while (!over);
	if (!count_meetings(meeting))
		die("the guest did not compare its counter with the host's");
	settle_offset(meeting);
	find_late_ticks();
	write_csv(csv);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "guest")) {
		meet_as_guest();
		return 0;
	}
	if (argc >= 5 && !strcmp(argv[1], "host"))
		return witness(read_pid(argv[2]), argv[3], argv[4],
			       argc > 5 && !strcmp(argv[5], "poll"));
	fputs("usage: vcpu-steal host PIDFILE SHARED CSV [poll] | vcpu-steal guest\n", stderr);
	return 64;
}
