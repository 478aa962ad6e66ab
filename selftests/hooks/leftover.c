// SPDX-License-Identifier: GPL-2.0
/*
 * What a closed file leaves while another one is armed: nothing is recorded of
 * it any more and no CPU is interrupted, as /proc/interrupts says; it is taken
 * away when the other one disarms, as the kernel's own list says.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/mount.h>
#include <unistd.h>

#include "hook_test.h"
#include "load.h"
#include "probes.h"

#define FUNCTION	"do_nanosleep"
#define KPROBES		"/sys/kernel/debug/kprobes/list"
#define REGISTERS	4
#define PERIOD_NS	1000000

static const char *const sources[] = { NULL };

static volatile __u64 price;

static int open_file(void)
{
	int fd = device_open(O_RDWR);

	CHECK(fd >= 0);
	return fd;
}

static int open_attached(void)
{
	int fd = open_file();

	CHECK_EQ(device_attach(fd, BIT_OF(PROBE) | BIT_OF(WATCH) | BIT_OF(PMU), 0), 0);
	return fd;
}

static int kernel_probes(void)
{
	FILE *list;
	char line[256];
	int count = 0;

	if (access(KPROBES, F_OK))
		CHECK_EQ(mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL), 0);
	list = fopen(KPROBES, "r");
	CHECK(list);
	while (fgets(line, sizeof(line), list))
		count += strstr(line, FUNCTION) && !strstr(line, "[DISABLED]");
	fclose(list);
	return count;
}

/* Arms a hook on both CPUs and maps the ring of `cpu`. */
static int arm(__u64 hook, unsigned int cpu, struct ring *ring)
{
	const struct arming arming = { .hooks = hook, .cpus = 3 };
	int fd = open_file();

	CHECK_EQ(device_arm(fd, &arming), 0);
	CHECK_EQ(ring_map(ring, fd, cpu), 0);
	return fd;
}

/* Records of a type that came since the last look. */
static unsigned int count_new(struct ring *ring, unsigned int type)
{
	struct record record;
	unsigned int count = 0;

	while (ring_next(ring, &record, false))
		count += record.type == type;
	return count;
}

/* Nobody calls the quiet CPU: what the kernel put off, often for a second, is done. */
static bool is_at_rest(void)
{
	const unsigned long before = calls_on(QUIET_CPU);

	sleep_ms(1500);
	return calls_on(QUIET_CPU) == before;
}

/* Closes it; the quiet CPU was not told, now or later. */
static void close_unheard(int fd)
{
	unsigned long before;

	CHECK(wait_until(is_at_rest()));
	before = calls_on(QUIET_CPU);
	CHECK_EQ(close(fd), 0);
	sleep_ms(200);
	CHECK_EQ(calls_on(QUIET_CPU), before);
}

/* ------------------------------------------------------------------ probes */

__attribute__((noinline)) static void own_function(void)
{
	__asm__ volatile("" ::: "memory");
}

static void provoke(void)
{
	sleep_ms(1);
	own_function();
}

static int first_probe;

static int add_probes(void)
{
	int fd = open_attached();

	first_probe = probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, 0);
	CHECK(first_probe > 0);
	CHECK(probe_kernel(fd, HFT_PROBE_KERNEL_CALL, FUNCTION, 0) > 0);
	CHECK(probe_own(fd, HFT_PROBE_USER, own_function) > 0);
	CHECK(probe_own(fd, HFT_PROBE_USER_CALL, own_function) > 0);
	return fd;
}

static int probes(void)
{
	struct hft_probe info, more = { .kind = HFT_PROBE_KERNEL, .symbol = FUNCTION };
	int fd = add_probes(), armed, id;
	struct ring ring;

	CHECK_EQ(pin(OTHER_CPU), 0);
	armed = arm(BIT_OF(PROBE), OTHER_CPU, &ring);
	provoke();
	CHECK(count_new(&ring, HFT_REC_PROBE) >= 2);
	provoke();
	CHECK(count_new(&ring, HFT_REC_CALL) >= 2);
	close_unheard(fd);
	CHECK_EQ(settle(), 0);
	ring_skip(&ring);
	provoke();
	CHECK_EQ(ring_records_written(&ring), 0);
	/* they are there, say so, and count */
	CHECK_EQ(probes_count(armed), 4);
	CHECK(kernel_probes());
	CHECK_EQ(probe_info(armed, first_probe, &info), 0);
	CHECK_EQ(info.flags, HFT_PROBE_CLOSED);
	CHECK_EQ(device_disarm(armed), 0);
	CHECK_EQ(probes_count(armed), 0);
	CHECK_EQ(kernel_probes(), 0);
	/* who patches code by force takes them as well, and is not one of them */
	fd = add_probes();
	ring_unmap(&ring);
	armed = arm(BIT_OF(PROBE), OTHER_CPU, &ring);
	close_unheard(fd);
	more.flags = HFT_PROBE_FORCE;
	id = probe_add(armed, &more);
	CHECK(id > 0);
	CHECK_EQ(probes_count(armed), 1);
	provoke();
	CHECK(count_new(&ring, HFT_REC_PROBE) >= 1);
	/* nobody else is armed: its own go at once */
	ring_unmap(&ring);
	close(armed);
	CHECK_EQ(kernel_probes(), 0);
	return 0;
}

/* ---------------------------------------------------------------- counters */

static int open_clock(int fd, unsigned int flags)
{
	const struct hft_pmu_event clock = {
		.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK,
		.period = PERIOD_NS,
	};
	struct hft_pmu pmu;

	return device_pmu(fd, HFT_PMU_OPEN, flags, &clock, 1, 1 << QUIET_CPU, &pmu);
}

static int counters(void)
{
	const pid_t spinner = load_spin(QUIET_CPU);
	int fd = open_attached(), armed;
	unsigned int count = 0;
	struct hft_pmu pmu;
	struct ring ring;

	CHECK_EQ(pin(OTHER_CPU), 0);
	CHECK_EQ(open_clock(fd, 0), 0);
	armed = arm(BIT_OF(PMU), QUIET_CPU, &ring);
	CHECK(wait_until((count += count_new(&ring, HFT_REC_SAMPLE)) > 10));
	close_unheard(fd);
	ring_skip(&ring);
	sleep_ms(50);
	CHECK_EQ(ring_records_written(&ring), 0);
	fd = open_file();
	CHECK_EQ(open_clock(fd, 0), -EBUSY);
	/* by force: the old ones go, the new ones sample */
	CHECK_EQ(open_clock(fd, HFT_PMU_FORCE), 0);
	CHECK(wait_until((count += count_new(&ring, HFT_REC_SAMPLE)) > 30));
	/* closed by hand, it is the same */
	CHECK_EQ(device_pmu(fd, HFT_PMU_CLOSE, 0, NULL, 0, 1 << QUIET_CPU, &pmu), 0);
	CHECK_EQ(device_pmu(fd, HFT_PMU_REQUEST, 0, NULL, 0, 1 << QUIET_CPU, &pmu), -ENOLINK);
	CHECK_EQ(device_disarm(armed), 0);
	CHECK_EQ(open_clock(fd, 0), 0);
	stop(spinner);
	return 0;
}

/* ----------------------------------------------------------------- watches */

static int watch_price(int fd)
{
	return device_watch(fd, 0, &price, sizeof(price), HFT_WATCH_WRITE, 0, 3);
}

static int watches(void)
{
	int fd = open_attached(), armed, i;
	struct ring ring;

	CHECK_EQ(pin(OTHER_CPU), 0);
	CHECK_EQ(watch_price(fd), 0);
	armed = arm(BIT_OF(WATCH), OTHER_CPU, &ring);
	price = 1;
	CHECK_EQ(count_new(&ring, HFT_REC_WATCH), 1);
	close_unheard(fd);
	price = 2;
	CHECK_EQ(ring_records_written(&ring), 1);
	CHECK_EQ(device_disarm(armed), 0);
	/* all registers are free again */
	for (i = 0; i < REGISTERS; i++)
		CHECK_EQ(watch_price(armed), 0);
	return 0;
}

HOOK_TEST_MAIN("probe", sources, NULL,
	       { "probes of a closed file are silent, and go when nobody is armed", probes },
	       { "counters, too, and their samples cease", counters },
	       { "watches, too", watches })
