// SPDX-License-Identifier: GPL-2.0
/*
 * In the guest: how often does it interrupt the isolated CPU 1, where
 * something spins, that a tracer is switched on, read and switched off again?
 *
 *	peers CYCLES
 *
 * hftrace, ftrace, perf and BPF take turns on CPU 0, and after each comes a
 * window of the same length in which nothing is done. Tools as people run
 * them come last, those that are there. Prints the rows of a table: what CPU 1
 * had of /proc/interrupts and of switches in both. Exit status 1 if cycles or
 * recordings of hftrace added interrupts or switches.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "device.h"
#include "interrupts.h"
#include "spinner.h"
#include "tracefs.h"

#define TURNS		3
#define LIMIT		0.05	/* as "hftrace audit" has it; one that is ours would be 1 */
#define LIMIT_OF_FEW	0.5
#define ISOLATED	1
#define SETTLE_US	100000	/* for grace periods and what comes late */
#define PERF_RING	(9 * 4096)
#define EVENT		"sched/sched_switch"
#define HFTRACE		"/usr/bin/hftrace"
#define PERF		"/usr/bin/perf"
#define BPFTRACE	"/usr/bin/bpftrace"

static int hftrace_fd, perf_fd = -1, bpf_program = -1;
static struct hft_hello hello;

/* The others must not find a tracepoint that is in use already: that would cost them less. */
static void hftrace_comes(void)
{
	device_attach(hftrace_fd, hello.hooks_attached);
}

static void hftrace_goes(void)
{
	device_detach(hftrace_fd, hello.hooks_attached);
}

static void hftrace_cycle(void)
{
	__u64 usual = hello.hooks_attached & ~HFT_HOOK_BIT(HFT_HOOK_SYSCALL);
	const struct hft_ring_ctl *ring;
	unsigned long long sum = 0, i;

	device_arm(hftrace_fd, usual, 1 << ISOLATED, 0, 1000);
	ring = device_map(hftrace_fd, ISOLATED, hello.ring_slots);
	for (i = 0; i < ring->slots; i++)
		sum += __atomic_load_n(&device_slots(ring)[i].tsc, __ATOMIC_RELAXED);
	device_arm(hftrace_fd, HFT_HOOK_BIT(HFT_HOOK_SWITCH), 1 << ISOLATED, getpid(), 1000);
	device_disarm(hftrace_fd);
	device_unmap(ring, hello.ring_slots);
}

static void hftrace_anew(void)
{
	hftrace_comes();
	hftrace_goes();
}

static void ftrace_read(void)
{
	char page[4096];
	int fd = open("/sys/kernel/tracing/per_cpu/cpu1/trace_pipe_raw", O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		err(EXIT_FAILURE, "trace_pipe_raw");
	while (read(fd, page, sizeof(page)) > 0)
		;
	close(fd);
}

static void ftrace_event(void)
{
	tracefs_write("events/" EVENT "/enable", "1");
	ftrace_read();
	tracefs_write("events/" EVENT "/enable", "0");
}

static void ftrace_buffer(void)
{
	tracefs_on(true);
	ftrace_read();
	tracefs_on(false);
}

static int perf_open(void)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_TRACEPOINT,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
		.disabled = 1,
	};
	FILE *file = fopen("/sys/kernel/tracing/events/" EVENT "/id", "r");
	unsigned long long id;
	int fd;

	if (!file || fscanf(file, "%llu", &id) != 1)
		err(EXIT_FAILURE, "the id of " EVENT);
	fclose(file);
	attr.config = id;
	fd = syscall(SYS_perf_event_open, &attr, -1, ISOLATED, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		err(EXIT_FAILURE, "perf_event_open");
	return fd;
}

static void perf_switch(int fd)
{
	struct perf_event_mmap_page *ring = mmap(NULL, PERF_RING, PROT_READ | PROT_WRITE,
						 MAP_SHARED, fd, 0);

	if (ring == MAP_FAILED)
		err(EXIT_FAILURE, "perf ring");
	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	ring->data_tail = __atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE);
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	munmap(ring, PERF_RING);
}

static void perf_anew(void)
{
	int fd = perf_open();

	perf_switch(fd);
	close(fd);
}

static void perf_opened(void)
{
	perf_switch(perf_fd);
}

static void bpf_load(void)
{
	struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.insns = (uintptr_t)program,
		.insn_cnt = ARRAY_SIZE(program),
		.license = (uintptr_t)"GPL",
	};

	bpf_program = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (bpf_program < 0)
		err(EXIT_FAILURE, "BPF program");
}

static void bpf_cycle(void)
{
	union bpf_attr attr = { 0 };
	int fd;

	attr.raw_tracepoint.name = (uintptr_t)"sched_switch";
	attr.raw_tracepoint.prog_fd = bpf_program;
	fd = syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));
	if (fd < 0)
		err(EXIT_FAILURE, "BPF on sched_switch");
	close(fd);
}

static void ftrace_event_stays(void)
{
	tracefs_write("events/" EVENT "/enable", "1");
}

static void ftrace_event_goes(void)
{
	tracefs_write("events/" EVENT "/enable", "0");
}

static void perf_stays(void)
{
	perf_fd = perf_open();
}

static void perf_goes(void)
{
	close(perf_fd);
}

/* A tool from its start to its end, each of which records for half a second. */
static void run_tool(char *const command[])
{
	int status, null;
	pid_t pid = fork();

	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	if (!pid) {
		null = open("/dev/null", O_RDWR);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execv(command[0], command);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		errx(EXIT_FAILURE, "%s: status %#x", command[0], status);
}

static void hftrace_tool(void)
{
	static char *const command[] = {
		HFTRACE, "record", "-c", "1", "-d", "500ms", "-f", "-o", "/tmp/peers.hft", NULL,
	};

	run_tool(command);
}

static void perf_tool(void)
{
	static char *const command[] = {
		PERF, "record", "-q", "-C", "1", "-e", "sched:sched_switch",
		"-o", "/tmp/peers.perf", "--", "sleep", "0.5", NULL,
	};

	run_tool(command);
}

static void bpf_tool(void)
{
	static char *const command[] = {
		BPFTRACE, "-e",
		"tracepoint:sched:sched_switch /cpu == 1/ { @ = count(); } interval:ms:500 { exit(); }",
		NULL,
	};

	run_tool(command);
}

static bool is_missing(void (*run)(void))
{
	return (run == perf_tool && access(PERF, X_OK)) ||
	       (run == bpf_tool && access(BPFTRACE, X_OK));
}

static const struct peer {
	const char *name;
	const char *cycle;
	void (*before)(void);
	void (*run)(void);
	void (*after)(void);
	int share;		/* takes so many times longer: so many times fewer cycles */
} peers[] = {
	{ "hftrace", "hooks attached: arm, map and read, change filter and hooks, disarm",
	  hftrace_comes, hftrace_cycle, hftrace_goes, 1 },
	{ "hftrace", "attach, detach all hooks", NULL, hftrace_anew, NULL, 500 },
	{ "ftrace", "event on, read, event off", NULL, ftrace_event, NULL, 100 },
	{ "ftrace", "events stay on: tracing_on, read, off", ftrace_event_stays, ftrace_buffer,
	  ftrace_event_goes, 100 },
	{ "perf", "open an event of CPU 1, enable, read, disable, close", NULL, perf_anew,
	  NULL, 100 },
	{ "perf", "event stays open: enable, read, disable", perf_stays, perf_opened, perf_goes,
	  100 },
	{ "BPF", "attach a raw tracepoint program, detach", bpf_load, bpf_cycle, NULL, 100 },
	{ "hftrace", "hooks attached: hftrace record -c 1 -d 500ms", hftrace_comes,
	  hftrace_tool, hftrace_goes, 300 },
	{ "perf", "perf record -C 1 -e sched:sched_switch sleep 0.5", NULL, perf_tool, NULL, 300 },
	{ "BPF", "bpftrace: count sched_switch of CPU 1 for 0.5 s", NULL, bpf_tool, NULL, 300 },
};

/* Over all turns; [0] without, [1] with. */
struct result {
	long interrupts[2];
	long switches[2];
	long cycles;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* The cycles, or, when there are none, as many seconds of rest. Returns how many it took. */
static double window(const struct peer *peer, pid_t spinner, long cycles, double seconds,
		     struct result *result)
{
	static struct interrupts before, after;
	long switches = spinner_switches(spinner), i;
	double start;

	interrupts_read(&before);
	start = now();
	for (i = 0; i < cycles; i++)
		peer->run();
	seconds = cycles ? now() - start : seconds;
	while (now() < start + seconds)
		usleep(1000);
	usleep(SETTLE_US);
	interrupts_read(&after);
	result->interrupts[cycles > 0] += interrupts_sum(&before, &after, ISOLATED, 1);
	result->switches[cycles > 0] += spinner_switches(spinner) - switches;
	return seconds;
}

static void measure(const struct peer *peer, pid_t spinner, long cycles, struct result *result)
{
	double seconds;

	if (is_missing(peer->run))
		return;
	if (peer->before)
		peer->before();
	usleep(SETTLE_US);
	cycles = cycles / peer->share ?: 1;
	result->cycles += cycles;
	seconds = window(peer, spinner, cycles, 0, result);
	window(peer, spinner, 0, seconds, result);
	if (peer->after)
		peer->after();
	usleep(SETTLE_US);
}

static double added(const long count[2], long cycles)
{
	return (double)(count[1] - count[0]) / cycles;
}

/* Of a few recordings half would have to bring one: one or two come by themselves. */
static bool is_quiet(const struct result *result)
{
	double limit = result->cycles < 100 ? LIMIT_OF_FEW : LIMIT;

	return added(result->interrupts, result->cycles) < limit &&
	       added(result->switches, result->cycles) < limit;
}

int main(int argc, char **argv)
{
	static struct result results[ARRAY_SIZE(peers)];
	int cycles = argc == 2 ? atoi(argv[1]) : 0, turn;
	bool quiet = true;
	pid_t spinner;
	size_t i;

	if (cycles < 1)
		errx(64, "usage: peers CYCLES");
	pin(0);
	hftrace_fd = device_open(&hello);
	hftrace_goes();
	tracefs_on(false);
	spinner = spinner_start(ISOLATED, NULL);
	for (turn = 0; turn < TURNS; turn++) {
		for (i = 0; i < ARRAY_SIZE(peers); i++)
			measure(&peers[i], spinner, cycles, &results[i]);
	}
	spinner_stop(spinner);
	for (i = 0; i < ARRAY_SIZE(peers); i++) {
		const struct result *own = &results[i];

		if (!own->cycles)
			continue;
		/* in trading hours */
		if (peers[i].run == hftrace_cycle || peers[i].run == hftrace_tool)
			quiet &= is_quiet(own);
		printf("| %s | %s | %ld | %ld | %ld | %.2f | %ld | %ld |\n", peers[i].name,
		       peers[i].cycle, own->cycles, own->interrupts[1], own->interrupts[0],
		       added(own->interrupts, own->cycles), own->switches[1], own->switches[0]);
	}
	return quiet ? 0 : EXIT_FAILURE;
}
