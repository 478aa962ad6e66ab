// SPDX-License-Identifier: GPL-2.0
/*
 * Each thread's context switches come from a perf event without a counter, and its interrupts
 * from tracepoints, into one ring for each thread. Where perf refuses, the scheduler's own count
 * of time spent waiting for a CPU is polled.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "witness.h"

/* The largest that the system grants. */
#define MAX_RING (1 << 20)
#define MIN_RING (64 << 10)
#define PAGE	 4096

/* Pairs: an even index begins what the next one ends. */
static const char *const irq_tracepoints[] = {
	"irq_vectors/local_timer_entry",
	"irq_vectors/local_timer_exit",
	"irq_vectors/reschedule_entry",
	"irq_vectors/reschedule_exit",
	"irq_vectors/call_function_entry",
	"irq_vectors/call_function_exit",
	"irq_vectors/call_function_single_entry",
	"irq_vectors/call_function_single_exit",
	"irq/irq_handler_entry",
	"irq/irq_handler_exit",
	"irq/softirq_entry",
	"irq/softirq_exit",
};

#define NR_TRACEPOINTS (sizeof(irq_tracepoints) / sizeof(irq_tracepoints[0]))

struct thread {
	unsigned int cpu;
	int tid;
	struct perf_event_mmap_page *ring; /* NULL: polled */
	size_t ring_size;
	uint64_t ids[NR_TRACEPOINTS];
	bool out;
	enum kind out_kind;
	uint64_t out_at;
	int irq_depth;
	uint64_t irq_at;
	uint64_t seen_at; /* its last event, 0: it is not known to have been there since */
	uint64_t first_delay, delay;
	uint64_t count[NR_KINDS], total[NR_KINDS];
};

struct interval *intervals;
size_t nr_intervals;

/* A long time without any event of a thread that had its CPU. */
struct gap {
	unsigned int thread;
	uint64_t start, end;
};

#define MIN_GAP 500000 /* ns */

static struct gap *gaps;
static size_t nr_gaps;

static struct thread threads[MAX_CPUS];
static unsigned int nr_threads;
static int emulator;
static uint64_t nr_lost;
static const char *polled_because;
static const char *no_irq_because;

static void add_interval(struct thread *thread, enum kind kind, uint64_t start, uint64_t end)
{
	intervals = grow(intervals, nr_intervals, sizeof(*intervals));
	intervals[nr_intervals++] = (struct interval){ thread->cpu, kind, start, end };
	thread->count[kind]++;
	thread->total[kind] += end - start;
}

/* ---- Opening ---- */

/* The number of a tracepoint, or 0. */
static uint64_t tracepoint_number(const char *name)
{
	static bool mounted;
	uint64_t number = 0;
	char path[128];
	FILE *file;

	/* Where nobody has mounted tracefs, mount it for this process alone. */
	if (!mounted && access("/sys/kernel/tracing/events", R_OK) && !unshare(CLONE_NEWNS) &&
	    !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	    mount("tracefs", "/sys/kernel/tracing", "tracefs", MS_RDONLY, NULL))
		no_irq_because = strerror(errno);
	mounted = true;
	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/%s/id", name);
	file = fopen(path, "r");
	if (!file) {
		no_irq_because = strerror(errno);
		return 0;
	}
	if (fscanf(file, "%" SCNu64, &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

static int open_event(int tid, struct perf_event_attr *attr)
{
	attr->size = sizeof(*attr);
	attr->sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
	attr->sample_id_all = 1;
	attr->use_clockid = 1;
	attr->clockid = CLOCK_MONOTONIC_RAW;
	return syscall(SYS_perf_event_open, attr, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static void open_tracepoints(struct thread *thread, int ring_fd)
{
	for (size_t i = 0; i < NR_TRACEPOINTS; i++) {
		struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT,
						.sample_period = 1 };
		int fd;

		attr.config = tracepoint_number(irq_tracepoints[i]);
		if (!attr.config)
			continue;
		fd = open_event(thread->tid, &attr);
		if (fd < 0 || ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, ring_fd) ||
		    ioctl(fd, PERF_EVENT_IOC_ID, &thread->ids[i]))
			no_irq_because = strerror(errno);
	}
}

static void open_ring(struct thread *thread)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.context_switch = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	int fd = open_event(thread->tid, &attr);
	void *ring = MAP_FAILED;
	size_t size;

	for (size = MAX_RING; fd >= 0 && ring == MAP_FAILED && size >= MIN_RING; size /= 2) {
		ring = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		thread->ring_size = size;
	}
	if (ring == MAP_FAILED) {
		polled_because = strerror(errno);
		return;
	}
	thread->ring = ring;
	open_tracepoints(thread, fd);
}

static bool read_delay(const struct thread *thread, uint64_t *delay)
{
	char path[64];
	FILE *file;
	bool ok;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", emulator, thread->tid);
	file = fopen(path, "r");
	if (!file)
		return false;
	ok = fscanf(file, "%*u %" SCNu64, delay) == 1;
	fclose(file);
	return ok;
}

/* Whether thread TID emulates a CPU, and which. */
static bool emulates_cpu(int tid, unsigned int *cpu)
{
	char path[64], name[32] = "";
	FILE *file;

	for (unsigned int i = 0; i < nr_threads; i++)
		if (threads[i].tid == tid)
			return false;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", emulator, tid);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(name, sizeof(name), file))
		name[0] = '\0';
	fclose(file);
	return sscanf(name, "CPU %u/TCG", cpu) == 1;
}

void find_threads(int pid, bool polled)
{
	char path[64];
	struct dirent *entry;
	unsigned int cpu;
	DIR *tasks;

	emulator = pid;
	snprintf(path, sizeof(path), "/proc/%d/task", emulator);
	tasks = opendir(path);
	if (!tasks)
		return;
	while ((entry = readdir(tasks)) && nr_threads < MAX_CPUS) {
		struct thread *thread = &threads[nr_threads];

		if (!isdigit(entry->d_name[0]) || !emulates_cpu(atoi(entry->d_name), &cpu))
			continue;
		*thread = (struct thread){ .cpu = cpu, .tid = atoi(entry->d_name) };
		read_delay(thread, &thread->first_delay);
		thread->delay = thread->first_delay;
		if (polled)
			polled_because = "not asked";
		else
			open_ring(thread);
		nr_threads++;
	}
	closedir(tasks);
}

bool threads_are_polled(void)
{
	return polled_because;
}

/* ---- Reading ---- */

static void take_event(struct thread *thread, uint64_t time)
{
	if (thread->seen_at && time - thread->seen_at >= MIN_GAP) {
		gaps = grow(gaps, nr_gaps, sizeof(*gaps));
		gaps[nr_gaps++] = (struct gap){ thread - threads, thread->seen_at, time };
	}
	thread->seen_at = time;
}

static size_t count_gaps_beyond(uint64_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < nr_gaps; i++)
		count += gaps[i].end - gaps[i].start > length;
	return count;
}

/*
 * The host's tick interrupts whoever runs, so a thread that went longer without
 * an event had no host under it. The tick is the shortest of the usual ones
 * that hardly any gap goes beyond.
 */
void find_late_ticks(void)
{
	static const unsigned int rates[] = { 1000, 300, 250, 100 };
	uint64_t tick = 0;
	size_t i;

	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		tick = 1000000000 / rates[i] + 200000;
		if (count_gaps_beyond(tick) < nr_gaps / 20)
			break;
	}
	if (i == sizeof(rates) / sizeof(rates[0]))
		return;
	for (i = 0; i < nr_gaps; i++) {
		if (gaps[i].end - gaps[i].start > tick + 200000)
			add_interval(&threads[gaps[i].thread], HOST, gaps[i].start + tick,
				     gaps[i].end);
	}
}

static void take_switch(struct thread *thread, uint16_t misc, uint64_t time)
{
	bool out = misc & PERF_RECORD_MISC_SWITCH_OUT;

	take_event(thread, time);
	if (out)
		thread->seen_at = 0;
	thread->irq_depth = 0;
	if (out) {
		thread->out = true;
		thread->out_at = time;
		thread->out_kind = misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT ? PREEMPT : WAIT;
	} else if (thread->out) {
		thread->out = false;
		add_interval(thread, thread->out_kind, thread->out_at, time);
	}
}

static void take_tracepoint(struct thread *thread, uint64_t id, uint64_t time)
{
	size_t i = 0;

	while (i < NR_TRACEPOINTS && thread->ids[i] != id)
		i++;
	if (i == NR_TRACEPOINTS)
		return;
	take_event(thread, time);
	if (i % 2 == 0) {
		if (!thread->irq_depth++)
			thread->irq_at = time;
	} else if (thread->irq_depth && !--thread->irq_depth) {
		add_interval(thread, IRQ, thread->irq_at, time);
	}
}

static void copy_from_ring(const struct thread *thread, uint64_t at, void *to, size_t size)
{
	const char *data = (const char *)thread->ring + PAGE;

	for (size_t i = 0; i < size; i++)
		((char *)to)[i] = data[(at + i) % thread->ring_size];
}

static void drain_ring(struct thread *thread)
{
	uint64_t head = get(thread->ring->data_head), tail = thread->ring->data_tail;
	struct {
		struct perf_event_header header;
		uint64_t words[8];
	} record;

	while (tail < head) {
		copy_from_ring(thread, tail, &record.header, sizeof(record.header));
		copy_from_ring(thread, tail, &record,
			       record.header.size < sizeof(record) ? record.header.size
								   : sizeof(record));
		switch (record.header.type) {
		case PERF_RECORD_SWITCH: /* tid, time, id */
			take_switch(thread, record.header.misc, record.words[1]);
			break;
		case PERF_RECORD_SAMPLE: /* id, tid, time */
			take_tracepoint(thread, record.words[0], record.words[2]);
			break;
		case PERF_RECORD_LOST: /* id, number */
			nr_lost += record.words[1];
			thread->out = false;
			thread->irq_depth = 0;
			thread->seen_at = 0;
			break;
		}
		tail += record.header.size;
	}
	set(thread->ring->data_tail, tail);
}

void look_at_threads(void)
{
	for (unsigned int i = 0; i < nr_threads; i++) {
		struct thread *thread = &threads[i];
		uint64_t before = thread->delay;

		if (thread->ring)
			drain_ring(thread);
		if (read_delay(thread, &thread->delay) && !thread->ring &&
		    thread->delay > before) {
			uint64_t now = raw_ns();

			add_interval(thread, PREEMPT, now - (thread->delay - before), now);
		}
	}
}

void describe_threads(FILE *file)
{
	if (polled_because)
		fprintf(file,
			"# source: schedstat, polled; only preempt, ends up to a poll late (perf: %s)\n",
			polled_because);
	else
		fprintf(file,
			"# source: perf context switches; lost records: %" PRIu64 "; irq: %s\n",
			nr_lost, no_irq_because ? no_irq_because : "tracepoints");
	for (unsigned int i = 0; i < nr_threads; i++) {
		const struct thread *thread = &threads[i];

		fprintf(file, "# cpu %u:", thread->cpu);
		fprintf(file, " preempt %" PRIu64 " times %.1f us,", thread->count[PREEMPT],
			thread->total[PREEMPT] / 1e3);
		fprintf(file, " wait %" PRIu64 " times %.1f us,", thread->count[WAIT],
			thread->total[WAIT] / 1e3);
		fprintf(file, " irq %" PRIu64 " times %.1f us,", thread->count[IRQ],
			thread->total[IRQ] / 1e3);
		fprintf(file, " host %" PRIu64 " times %.1f us;", thread->count[HOST],
			thread->total[HOST] / 1e3);
		fprintf(file, " waited for a CPU by the scheduler's own count %.1f us\n",
			(thread->delay - thread->first_delay) / 1e3);
	}
}
