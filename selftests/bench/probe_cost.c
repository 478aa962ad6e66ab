// SPDX-License-Identifier: GPL-2.0
/*
 * What a probe costs whoever hits it, in ticks, which under --icount are
 * instructions; with --interrupts, what adding and removing one costs another
 * CPU. Prints lines "KIND baseline|silent|recorded TICKS", "KIND add|remove N".
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "probes.h"

#define RUNS		200
#define CALLS		20
#define TIMES		10
#define FUNCTION	"__x64_sys_getppid"

static __attribute__((noinline, noclone, noipa, aligned(64))) long work(long value)
{
	asm volatile("" : "+r" (value));
	return value;
}

static int by_value(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static void call_user(void)
{
	work(1);
}

static void call_kernel(void)
{
	syscall(SYS_getppid);
}

/* The median of a call. */
static double measure(void (*call)(void))
{
	uint64_t taken[RUNS];
	int run, i;

	for (run = 0; run < RUNS; run++) {
		uint64_t start = ticks();

		for (i = 0; i < CALLS; i++)
			call();
		taken[run] = ticks() - start;
	}
	qsort(taken, RUNS, sizeof(*taken), by_value);
	return (double)taken[RUNS / 2] / CALLS;
}

struct subject {
	const char *name;
	enum hft_probe_kind kind;
	bool inside;		/* behind the place at its entry that is made for tracers */
	void (*call)(void);
};

static const struct subject subjects[] = {
	{ "kernel-entry", HFT_PROBE_KERNEL, false, call_kernel },
	{ "kernel-call", HFT_PROBE_KERNEL_CALL, false, call_kernel },
	{ "kernel-inside", HFT_PROBE_KERNEL, true, call_kernel },
	{ "program-hit", HFT_PROBE_USER, false, call_user },
	{ "program-call", HFT_PROBE_USER_CALL, false, call_user },
};

static int add(int fd, const struct subject *subject)
{
	int id = -EILSEQ;
	__u64 offset;

	if (subject->call == call_user)
		id = probe_own(fd, subject->kind, work);
	else if (!subject->inside)
		id = probe_kernel(fd, subject->kind, FUNCTION, 0);
	for (offset = 5; subject->inside && id < 0 && offset < 16; offset++)
		id = probe_kernel(fd, subject->kind, FUNCTION, offset);
	if (id < 0)
		errx(EXIT_FAILURE, "%s: %s", subject->name, strerror(-id));
	return id;
}

static void cost(int fd, const struct subject *subject)
{
	const struct arming arming = { .hooks = BIT_OF(PROBE), .cpus = 1 };
	double base = measure(subject->call), silent;

	add(fd, subject);
	/* the kernel makes a jump of a trap some time after */
	sleep_ms(500);
	silent = measure(subject->call);
	if (device_arm(fd, &arming))
		errx(EXIT_FAILURE, "arm");
	printf("%s baseline %.0f\n%s silent %.0f\n%s recorded %.0f\n", subject->name, base,
	       subject->name, silent - base, subject->name, measure(subject->call) - base);
	device_disarm(fd);
	probe_remove(fd, 0, 0);
}

/* A thread of the probed program on the other CPU, which makes no system call. */
static void *spin(void *nothing)
{
	volatile bool go = true;

	if (pin(QUIET_CPU))
		errx(EXIT_FAILURE, "no CPU %d", QUIET_CPU);
	while (go)
		;
	return nothing;
}

/* Of all kinds, of CPU 1. */
static long interrupts(void)
{
	FILE *file = fopen("/proc/interrupts", "r");
	long sum = 0, count;
	char line[1024];

	if (!file)
		err(EXIT_FAILURE, "/proc/interrupts");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " %*[^:]: %*d %ld", &count) == 1)
			sum += count;
	}
	fclose(file);
	return sum;
}

static void disturbance(int fd, const struct subject *subject)
{
	uint64_t added[TIMES], removed[TIMES];
	long before;
	int i;

	for (i = 0; i < TIMES; i++) {
		before = interrupts();
		add(fd, subject);
		sleep_ms(300);
		added[i] = interrupts() - before;
		before = interrupts();
		probe_remove(fd, 0, 0);
		sleep_ms(300);
		removed[i] = interrupts() - before;
	}
	qsort(added, TIMES, sizeof(*added), by_value);
	qsort(removed, TIMES, sizeof(*removed), by_value);
	printf("%s add %llu %llu\n%s remove %llu %llu\n", subject->name,
	       (unsigned long long)added[TIMES / 2], (unsigned long long)added[TIMES - 1],
	       subject->name, (unsigned long long)removed[TIMES / 2],
	       (unsigned long long)removed[TIMES - 1]);
}

int main(int argc, char **argv)
{
	bool count = argc == 2 && !strcmp(argv[1], "--interrupts");
	int fd = device_open(O_RDWR);
	pthread_t thread;
	size_t i;

	if (argc > 1 && !count)
		errx(64, "unknown argument %s", argv[1]);
	if (fd < 0 || device_attach(fd, BIT_OF(PROBE), 0) || pin(OTHER_CPU))
		errx(EXIT_FAILURE, HFT_DEVICE_PATH);
	if (count && pthread_create(&thread, NULL, spin, NULL))
		errx(EXIT_FAILURE, "thread");
	if (count)
		sleep_ms(1000);
	for (i = 0; i < sizeof(subjects) / sizeof(*subjects); i++) {
		if (count)
			disturbance(fd, &subjects[i]);
		else
			cost(fd, &subjects[i]);
	}
	return 0;
}
