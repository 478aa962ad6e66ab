// SPDX-License-Identifier: GPL-2.0
/*
 * Who passes memory that never comes (userfaultfd) keeps nobody waiting but
 * himself: others arm, set budgets and close meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hook_test.h"

#define PAGE		4096
#define PATIENCE_S	60

static const char *const sources[] = { NULL };

static void *page;	/* of which nothing is there until feed() */

/* An ioctl that passes the page, and its result. */
static int (*stall)(int fd);
static int result;

static int open_file(void)
{
	int fd = device_open(O_RDWR);

	CHECK(fd >= 0);
	return fd;
}

static int open_userfaultfd(void)
{
	struct uffdio_register want = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0 && errno == ENOSYS)
		case_skip("this kernel has no userfaultfd");
	CHECK(fd >= 0);
	CHECK(!ioctl(fd, UFFDIO_API, &api));
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED);
	want.range = (struct uffdio_range){ (uintptr_t)page, PAGE };
	CHECK(!ioctl(fd, UFFDIO_REGISTER, &want));
	return fd;
}

static void await_fault(int uffd)
{
	struct uffd_msg message;

	CHECK_EQ(read(uffd, &message, sizeof(message)), sizeof(message));
	CHECK_EQ(message.event, UFFD_EVENT_PAGEFAULT);
}

static void feed(int uffd)
{
	struct uffdio_zeropage zero = { .range = { (uintptr_t)page, PAGE } };

	CHECK(!ioctl(uffd, UFFDIO_ZEROPAGE, &zero));
}

static void *run(void *fd)
{
	result = stall((intptr_t)fd);
	return NULL;
}

/* The rest of the module goes on while `what` waits for its memory. */
static void check(int (*what)(int fd))
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 1 };
	int uffd = open_userfaultfd(), fd = open_file(), other = open_file();
	pthread_t thread;

	CHECK_EQ(device_attach(fd, BIT_OF(SWITCH) | BIT_OF(PMU) | BIT_OF(WATCH), 0), 0);
	CHECK_EQ(device_budget(other, 1, 0, 0), 0);
	stall = what;
	CHECK(!pthread_create(&thread, NULL, run, (void *)(intptr_t)fd));
	/* ends this process when it hangs */
	alarm(PATIENCE_S);
	await_fault(uffd);
	CHECK_EQ(device_arm(other, &arming), 0);
	CHECK_EQ(device_budget(other, 1, 0, 0), 0);
	CHECK_EQ(close(other), 0);
	alarm(0);
	feed(uffd);
	pthread_join(thread, NULL);
}

static int open_counters(int fd)
{
	struct hft_pmu pmu;

	return device_pmu(fd, HFT_PMU_OPEN, 0, page, 1, 1, &pmu);
}

static int counters(void)
{
	check(open_counters);
	CHECK(!result || result == -ENOENT);
	return 0;
}

static int open_counters_on(int fd)
{
	const struct hft_pmu_event event = { .type = PERF_TYPE_SOFTWARE };
	struct hft_pmu pmu = {
		.size = sizeof(pmu), .count = 1, .events = (uintptr_t)&event,
		.cpus = (uintptr_t)page, .cpus_bytes = 8,
	};

	return control(fd, HFT_IOC_PMU, &pmu);
}

static int counters_cpus(void)
{
	check(open_counters_on);
	CHECK_EQ(result, -EINVAL);
	return 0;
}

static int watch_on(int fd)
{
	static __u64 watched;
	struct hft_watch watch = {
		.size = sizeof(watch), .address = (uintptr_t)&watched, .length = sizeof(watched),
		.access = HFT_WATCH_WRITE, .cpus = (uintptr_t)page, .cpus_bytes = 8,
	};

	return control(fd, HFT_IOC_WATCH, &watch);
}

static int watches(void)
{
	check(watch_on);
	CHECK_EQ(result, -EINVAL);
	return 0;
}

static int read_audit(int fd)
{
	struct hft_audit_read want = {
		.size = sizeof(want), .entries = (uintptr_t)page, .count = 1,
	};

	return control(fd, HFT_IOC_AUDIT, &want);
}

static int audit(void)
{
	check(read_audit);
	CHECK_EQ(result, 0);
	CHECK(((const struct hft_audit_entry *)page)->number);
	return 0;
}

HOOK_TEST_MAIN("pmu", sources, NULL,
	       { "who waits for his counters' events keeps nobody waiting", counters },
	       { "nor for their CPUs", counters_cpus },
	       { "nor for the CPUs of a watch", watches },
	       { "nor for the audit's entries", audit })
