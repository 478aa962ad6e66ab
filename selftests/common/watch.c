// SPDX-License-Identifier: GPL-2.0
/* See watch.h. */
#include "watch.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#include "trace_pages.h"
#include "tracefs.h"

#define TRACE_KIB	16384
#define EDGE_MS		5

static void check(int result, const char *what)
{
	if (result < 0)
		errx(EXIT_FAILURE, "%s: %s", what, strerror(-result));
}

/* ------------------------------------------------------------------ child */

struct child {
	pid_t pid;
	int go;
	void *told;
};

/* Forked and pinned, it waits for `go` to be closed. */
static struct child child_start(const struct watch_want *want)
{
	struct child child;
	int ends[2];
	char byte;

	child.told = mmap(NULL, WATCH_TOLD, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);
	if (child.told == MAP_FAILED || pipe(ends))
		err(EXIT_FAILURE, "child");
	child.pid = fork();
	if (child.pid < 0)
		err(EXIT_FAILURE, "fork");
	child.go = ends[1];
	if (child.pid) {
		close(ends[0]);
		return child;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(ends[1]);
	check(pin(want->on), "pin");
	if (read(ends[0], &byte, 1) < 0)
		err(EXIT_FAILURE, "pipe");
	close(ends[0]);
	_exit(want->provoke(child.told));
}

static void child_run(const struct child *child)
{
	int status;

	close(child->go);
	status = wait_for(child->pid);
	if (status)
		errx(EXIT_FAILURE, "what should be provoked failed: status %d", status);
}

/* ------------------------------------------------------------------ events */

static char *read_all(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	size_t room = 0, length = 0;
	char *text = NULL;
	ssize_t got;

	if (fd < 0)
		err(EXIT_FAILURE, "%s", path);
	do {
		if (room - length < TRACE_PAGE + 1) {
			room = room ? 2 * room : 16 * TRACE_PAGE;
			text = realloc(text, room);
			if (!text)
				err(EXIT_FAILURE, "%s", path);
		}
		got = read(fd, text + length, TRACE_PAGE);
		if (got > 0)
			length += got;
	} while (got > 0);
	if (got < 0 && errno != EAGAIN)
		err(EXIT_FAILURE, "%s", path);
	close(fd);
	text[length] = '\0';
	*size = length;
	return text;
}

static void enable(struct watch *watch, const char *path)
{
	bool lackable = *path == '?';
	char file[160], *text;
	size_t size;

	path += lackable;
	if (!tracefs_enable(path)) {
		if (!lackable)
			errx(EXIT_FAILURE, "the witness lacks its event %s", path);
		return;
	}
	if (watch->formats_count == WATCH_EVENTS)
		errx(EXIT_FAILURE, "more than %d kinds of events", WATCH_EVENTS);
	snprintf(file, sizeof(file), "/sys/kernel/tracing/events/%s/format", path);
	text = read_all(file, &size);
	trace_format_parse(&watch->formats[watch->formats_count++], path, text);
	free(text);
}

/*
 * The witness's time in ticks. On x86 that is what it counts; elsewhere it
 * counts CLOCK_MONOTONIC, which two samples of the module relate to ticks.
 */
struct clocks {
	bool same;
	struct hft_clock_sample from, to;
};

static __u64 ticks_of(const struct clocks *clocks, __u64 ts)
{
	const struct hft_clock_sample *from = &clocks->from, *to = &clocks->to;
	double slope;

	if (clocks->same)
		return ts;
	slope = (double)(to->ticks - from->ticks) / (double)(to->monotonic_ns - from->monotonic_ns);
	return from->ticks + (__s64)((double)(__s64)(ts - from->monotonic_ns) * slope);
}

struct taking {
	struct watch *watch;
	const struct clocks *clocks;
	unsigned int cpu;
	size_t room;
};

static void take_event(void *to, const struct trace_pages_event *raw)
{
	struct taking *taking = to;
	struct watch *watch = taking->watch;
	unsigned int cpu = taking->cpu, i;
	size_t n = watch->events_count[cpu];
	struct event *event;

	for (i = 0; i < watch->formats_count && watch->formats[i].id != raw->id; i++)
		;
	if (i == watch->formats_count)
		errx(EXIT_FAILURE, "tracefs has an event of type %u", raw->id);
	if (n == taking->room) {
		taking->room = n ? 2 * n : 4096;
		watch->events[cpu] = reallocarray(watch->events[cpu], taking->room,
						  sizeof(*watch->events[cpu]));
		if (!watch->events[cpu])
			err(EXIT_FAILURE, "events");
	}
	event = &watch->events[cpu][n];
	*event = (struct event){ .ts = ticks_of(taking->clocks, raw->ts), .data = raw->data,
				 .format = &watch->formats[i], .size = raw->size, .cpu = cpu };
	event->pid = event_number(event, "common_pid");
	watch->events_count[cpu]++;
}

static void take_events(struct watch *watch, const struct clocks *clocks, unsigned int cpu)
{
	struct taking taking = { .watch = watch, .clocks = clocks, .cpu = cpu };
	unsigned long lost = tracefs_lost(cpu);
	char path[96], *pages;
	size_t size;

	if (lost)
		errx(TRACE_PAGES_LOST, "tracefs lost %lu events of CPU %u", lost, cpu);
	snprintf(path, sizeof(path), "/sys/kernel/tracing/per_cpu/cpu%u/trace_pipe_raw", cpu);
	/* the events stay where they are */
	pages = read_all(path, &size);
	trace_pages_read(pages, size, cpu, take_event, &taking);
}

/* ----------------------------------------------------------------- records */

static void take_records(struct watch *watch, struct ring *ring, unsigned int cpu)
{
	size_t room = ring_records_written(ring), n = 0;
	struct record *records = calloc(room + 1, sizeof(*records));

	if (!records)
		err(EXIT_FAILURE, "records");
	while (n < room && ring_next(ring, &records[n], true))
		n++;
	if (ring->laps || ring->slots_lost)
		errx(TRACE_PAGES_LOST, "hftrace's ring of CPU %u is too small for this test", cpu);
	if (ring->broken || ring->disorders || n != room)
		errx(EXIT_FAILURE, "CPU %u: %zu records read, %zu written; %llu slots broken", cpu,
		     n, room, ring->broken);
	watch->records[cpu] = records;
	watch->records_count[cpu] = n;
}

/* What is attached here is detached again: the machine is left as it was found. */
static __u64 attach(int fd, __u64 hooks)
{
	struct hft_hello hello;

	check(device_hello(fd, &hello), "hello");
	hooks &= ~hello.hooks_attached;
	if (hooks)
		check(device_attach(fd, hooks, 0), "attach");
	return hooks;
}

static struct hft_clock_sample sample(int fd)
{
	struct hft_clock_sample sample = { .size = sizeof(sample) };

	check(control(fd, HFT_IOC_CLOCK, &sample), "clock");
	return sample;
}

void watch_run(struct watch *watch, const struct watch_want *want)
{
	struct arming arming = { .hooks = want->hooks, .cpus = want->cpus };
	struct ring rings[WATCH_CPUS];
	struct clocks clocks;
	struct hft_hello hello;
	struct child child;
	unsigned int cpu;
	__u64 attached;
	int fd;

	memset(watch, 0, sizeof(*watch));
	fd = device_open(O_RDWR);
	check(fd, HFT_DEVICE_PATH);
	check(device_hello(fd, &hello), "hello");
	watch->khz = hello.clock_khz;
	/* before the witness: its probe of a tracepoint runs behind ours */
	attached = attach(fd, want->hooks);
	for (cpu = 0; cpu < WATCH_CPUS; cpu++) {
		if (want->cpus & 1U << cpu)
			check(ring_map(&rings[cpu], fd, cpu), "ring");
	}
	tracefs_prepare(TRACE_KIB);
	clocks.same = tracefs_counts_ticks();
	for (cpu = 0; want->events && want->events[cpu]; cpu++)
		enable(watch, want->events[cpu]);

	child = child_start(want);
	watch->child = child.pid;
	watch->told = child.told;
	if (want->chosen)
		arming.tgid[0] = child.pid;
	clocks.from = sample(fd);
	tracefs_on(true);
	watch->arming = ticks();
	check(device_arm(fd, &arming), "arm");
	watch->start = ticks();
	/* near the edges of the window nobody can say which witness saw what */
	sleep_ms(EDGE_MS);
	child_run(&child);
	sleep_ms(EDGE_MS);
	watch->end = ticks();
	check(device_disarm(fd), "disarm");
	/* a probe that saw itself armed has ended when its CPU was elsewhere since */
	sleep_ms(10);
	tracefs_on(false);
	tracefs_disable_all();
	clocks.to = sample(fd);

	for (cpu = 0; cpu < WATCH_CPUS; cpu++) {
		if (!(want->cpus & 1U << cpu))
			continue;
		take_records(watch, &rings[cpu], cpu);
		ring_unmap(&rings[cpu]);
		take_events(watch, &clocks, cpu);
	}
	if (attached)
		check(device_detach(fd, attached, 0), "detach");
	close(fd);
}

/* ------------------------------------------------------------------ fields */

bool event_is(const struct event *event, const char *path)
{
	return !strcmp(event->format->path, path);
}

__s64 event_number(const struct event *event, const char *field)
{
	return trace_format_number(event->format, event->data, event->size, field);
}

__u64 event_element(const struct event *event, const char *field, unsigned int index)
{
	return trace_format_element(event->format, event->data, event->size, field, index);
}

const char *event_text(const struct event *event, const char *field)
{
	static char texts[4][256];
	static unsigned int next;
	char *text = texts[next++ % 4];
	size_t length;
	const char *from;

	from = trace_format_text(event->format, event->data, event->size, field, &length);
	length = strnlen(from, length < sizeof(texts[0]) ? length : sizeof(texts[0]) - 1);
	memcpy(text, from, length);
	text[length] = '\0';
	return text;
}

__u64 watch_ns_to_ticks(const struct watch *watch, __u64 ns)
{
	return (__u64)((double)ns * (double)watch->khz / 1e6);
}

__u64 watch_ticks_to_ns(const struct watch *watch, __u64 ticks)
{
	return (__u64)((double)ticks * 1e6 / (double)watch->khz);
}
