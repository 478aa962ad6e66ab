// SPDX-License-Identifier: GPL-2.0
/*
 * probe: probes of kernel functions, their arguments, results and durations
 * beside tracefs's own probes of the same functions; kernel addresses hidden.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "hook_test.h"
#include "probes.h"
#include "tracefs.h"

#define SLEEPS		40
#define SLEEP_NS	300000
#define WRITES		200
#define SLEEPER		"do_nanosleep"
#define WRITER		"vfs_write"

static const char *const sources[] = { NULL };
static const char *const entries[] = { "hfttest/entry", NULL };
static const char *const both[] = { "hfttest/entry", "hfttest/back", NULL };

static pid_t child;

static bool is_childs(const struct event *event)
{
	return event->pid == child;
}

static int open_device(void)
{
	int fd = device_open(O_RDWR);

	CHECK(fd >= 0);
	CHECK_EQ(device_attach(fd, BIT_OF(PROBE), 0), 0);
	return fd;
}

static void witness(const char *function)
{
	char line[256];

	tracefs_disable_all();
	tracefs_write("kprobe_events", "");
	snprintf(line, sizeof(line), "p:hfttest/entry %s a=$arg1:u64 b=$arg2:u64 c=$arg3:u64\n",
		 function);
	tracefs_add("kprobe_events", line);
	snprintf(line, sizeof(line), "r256:hfttest/back %s ret=$retval:s64\n", function);
	tracefs_add("kprobe_events", line);
}

static int sleep_often(void *told)
{
	const struct timespec time = { .tv_nsec = SLEEP_NS };
	int i;

	(void)told;
	for (i = 0; i < SLEEPS; i++)
		nanosleep(&time, NULL);
	return 0;
}

/* 1, 2, 3... bytes, and each tenth time from a place that is none. */
static int write_often(void *told)
{
	const char *volatile nowhere = (const char *)8;
	int fd = memfd_create("written", 0), i;

	for (i = 1; i <= WRITES; i++) {
		if (write(fd, i % 10 ? told : nowhere, i) < 0 && i % 10)
			return 1;
	}
	return fd < 0;
}

/* ------------------------------------------------------------------- hits */

static unsigned int probe_id;
static __u64 probe_address;

static const char *hit_differs(const struct record *record, const struct event *event)
{
	const struct hft_rec_probe *rec = record_payload(record);

	if (rec->tid != event->pid || rec->tgid != child)
		return "tid";
	if (rec->probe != probe_id)
		return "probe";
	if (rec->ip != probe_address)
		return "ip";
	if (rec->args[0] != (__u64)event_number(event, "a"))
		return "first argument";
	if (rec->args[1] != (__u64)event_number(event, "b"))
		return "second argument";
	return rec->args[2] != (__u64)event_number(event, "c") ? "third argument" : NULL;
}

static int hits(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(PROBE), .cpus = 3, .on = QUIET_CPU,
		.provoke = sleep_often, .events = entries, .chosen = true,
	};
	const struct pairing pairing = {
		.type = HFT_REC_PROBE, .event = "hfttest/entry", .differs = hit_differs,
		.event_is = is_childs,
	};
	struct hft_probe info;
	struct watch watch;
	int fd = open_device();

	witness(SLEEPER);
	probe_id = probe_kernel(fd, HFT_PROBE_KERNEL, SLEEPER, 0);
	CHECK((int)probe_id > 0);
	CHECK_EQ(probe_info(fd, probe_id, &info), 0);
	probe_address = info.address;
	CHECK(probe_address);
	watch_run(&watch, &want);
	child = watch.child;
	CHECK_EQ(pairs_on_all(&watch, &pairing), SLEEPS);
	CHECK_EQ(probe_info(fd, probe_id, &info), 0);
	CHECK_EQ(info.hits, SLEEPS);
	CHECK_EQ(info.missed, 0);
	return 0;
}

/* ------------------------------------------------------------------- calls */

static const char *call_differs(const struct record *record, const struct event *event)
{
	const struct hft_rec_call *rec = record_payload(record);

	if (rec->tid != event->pid)
		return "tid";
	if (rec->probe != probe_id)
		return "probe";
	return rec->ret != event_number(event, "ret") ? "ret" : NULL;
}

/* The n-th event of the child, of a kind, in time order: it stays on one CPU. */
static const struct event *nth(const struct watch *watch, const char *path, size_t n)
{
	size_t i;

	for (i = 0; i < watch->events_count[QUIET_CPU]; i++) {
		const struct event *event = &watch->events[QUIET_CPU][i];

		if (event->pid == child && event_is(event, path) && !n--)
			return event;
	}
	CHECK(!"an event of the witness");
	return NULL;
}

static int by_value(const void *left, const void *right)
{
	const __u64 *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* Half of the durations are within 40 us of the witness's, who is inside or around. */
static void check_durations(const struct watch *watch, size_t count)
{
	__u64 *apart = calloc(count, sizeof(*apart));
	size_t i;

	CHECK(apart);
	for (i = 0; i < count; i++) {
		const struct hft_rec_call *rec = record_payload(probe_record(watch, probe_id, i));
		__s64 theirs = nth(watch, "hfttest/back", i)->ts -
			       nth(watch, "hfttest/entry", i)->ts;
		__s64 difference = (__s64)rec->duration - theirs;

		apart[i] = watch_ticks_to_ns(watch, difference < 0 ? -difference : difference);
	}
	qsort(apart, count, sizeof(*apart), by_value);
	if (apart[count / 2] > 40000)
		printf("# half of the durations differ by %llu ns and more\n", apart[count / 2]);
	CHECK(apart[count / 2] <= 40000);
	free(apart);
}

static void watch_calls(struct watch *watch, const char *function, int (*provoke)(void *told),
			size_t count)
{
	const struct watch_want want = {
		.hooks = BIT_OF(PROBE), .cpus = 3, .on = QUIET_CPU,
		.provoke = provoke, .events = both, .chosen = true,
	};
	const struct pairing pairing = {
		.type = HFT_REC_CALL, .event = "hfttest/back", .differs = call_differs,
		.event_is = is_childs,
	};
	int fd = open_device();

	witness(function);
	probe_id = probe_kernel(fd, HFT_PROBE_KERNEL_CALL, function, 0);
	CHECK((int)probe_id > 0);
	watch_run(watch, &want);
	child = watch->child;
	CHECK_EQ(pairs_on_all(watch, &pairing), count);
	check_durations(watch, count);
	close(fd);
}

static int sleeping_calls(void)
{
	size_t i, slept = 0;
	struct watch watch;

	watch_calls(&watch, SLEEPER, sleep_often, SLEEPS);
	for (i = 0; i < SLEEPS; i++) {
		const struct hft_rec_call *rec = record_payload(probe_record(&watch, probe_id, i));

		CHECK(watch_ticks_to_ns(&watch, rec->duration) >= SLEEP_NS);
		/* the time may be over before it comes to sleep */
		slept += !!rec->switches;
		CHECK(rec->switches ? !rec->net : rec->net && rec->net <= rec->duration);
		CHECK_EQ(rec->args[0], event_number(nth(&watch, "hfttest/entry", i), "a"));
	}
	CHECK(slept >= SLEEPS / 2);
	return 0;
}

static int results(void)
{
	struct watch watch;
	size_t i;

	watch_calls(&watch, WRITER, write_often, WRITES);
	for (i = 0; i < WRITES; i++) {
		const struct hft_rec_call *rec = record_payload(probe_record(&watch, probe_id, i));

		CHECK_EQ(rec->args[2], i + 1);
		CHECK_EQ(rec->ret, (i + 1) % 10 ? (__s64)i + 1 : -EFAULT);
		CHECK(rec->net <= rec->duration);
		CHECK(rec->switches || rec->net);
	}
	return 0;
}

/* ------------------------------------------------------------------ hidden */

/* Rings that held addresses before are not for who may not see them: new ones. */
static void renew_rings(void)
{
	int fd = open_device();
	struct hft_hello hello;

	CHECK_EQ(device_hello(fd, &hello), 0);
	CHECK_EQ(device_resize(fd, hello.ring_slots / 2), 0);
	CHECK_EQ(device_resize(fd, hello.ring_slots), 0);
	close(fd);
}

static int hidden(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(PROBE), .cpus = 3, .on = QUIET_CPU,
		.provoke = write_often, .chosen = true,
	};
	const struct hft_rec_probe *rec;
	struct hft_probe info;
	struct watch watch;
	int fd;

	renew_rings();
	CHECK_EQ(write_file("/proc/sys/kernel/kptr_restrict", "2"), 0);
	fd = open_device();
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL, "", 0xffffffff81000000ULL), -EACCES);
	probe_id = probe_kernel(fd, HFT_PROBE_KERNEL, WRITER, 0);
	CHECK((int)probe_id > 0);
	CHECK_EQ(probe_info(fd, probe_id, &info), 0);
	CHECK_EQ(info.address, 0);
	watch_run(&watch, &want);
	CHECK_EQ(write_file("/proc/sys/kernel/kptr_restrict", "0"), 0);
	CHECK_EQ(probe_records(&watch, probe_id), WRITES);
	rec = record_payload(probe_record(&watch, probe_id, 0));
	CHECK_EQ(rec->ip, 0);
	CHECK_EQ(rec->args[0], 0);
	/* user mode's own pointer and a number are no secret of the kernel */
	CHECK(rec->args[1]);
	CHECK_EQ(rec->args[2], 1);
	return 0;
}

HOOK_TEST_MAIN("probe", sources, NULL,
	       { "each hit of a function, with its arguments, as tracefs sees them", hits },
	       { "calls that sleep: durations, results, switches", sleeping_calls },
	       { "results and errors of a call as its caller got them", results },
	       { "kernel addresses are hidden where kptr_restrict says so", hidden })
