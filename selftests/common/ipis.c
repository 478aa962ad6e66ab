// SPDX-License-Identifier: GPL-2.0
/* See ipis.h. */
#include <hftrace/abi.h>
#include <linux/membarrier.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cpu_clock.h"
#include "guest.h"
#include "ipis.h"

#define PAGE	4096

static const struct {
	const char *function;
	__u32 kind;
} ways[IPI_HOWS] = {
	[IPI_BY_MEMBARRIER]	= { "ipi_mb", HFT_IPI_MEMBARRIER },
	[IPI_BY_CALL]		= { "remote_function", HFT_IPI_CALL },
	[IPI_BY_MUNMAP]		= { "flush_tlb_func", HFT_IPI_TLB },
};

const char *ipi_function(__u32 how)
{
	return ways[how].function;
}

__u32 ipi_kind(__u32 how)
{
	return ways[how].kind;
}

static atomic_bool spinning;

static void *spin(void *unused)
{
	(void)unused;
	if (pin(QUIET_CPU))
		return NULL;
	atomic_store(&spinning, true);
	while (atomic_load(&spinning))
		cpu_relax();
	return NULL;
}

/* An event of QUIET_CPU that counts nothing. */
static int open_event(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY, .disabled = 1,
	};

	return syscall(SYS_perf_event_open, &attr, -1, QUIET_CPU, -1, 0);
}

/* A page of an area that stays, so that no page table goes with it. */
static int send_one(struct ipi_sent *sent, int event, char *page, bool odd)
{
	int err;

	*page = 1;
	sent->tid = gettid();
	sent->before = cpu_clock();
	switch (sent->how) {
	case IPI_BY_MEMBARRIER:
		err = syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
		break;
	case IPI_BY_CALL:
		err = ioctl(event, odd ? PERF_EVENT_IOC_ENABLE : PERF_EVENT_IOC_DISABLE, 0);
		break;
	default:
		err = munmap(page, PAGE);
	}
	sent->after = cpu_clock();
	return err;
}

static int send_all(struct ipi_sent *sent, size_t count, int event)
{
	char *pages = mmap(NULL, (count + 1) * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool odd = false;
	size_t i;

	if (pages == MAP_FAILED)
		return -1;
	srandom(1);
	for (i = 0; i < count; i++) {
		/* now and then, so that the other CPU is back in user mode */
		usleep(random() % 50);
		sent[i].how = random() % IPI_WAYS;
		odd ^= sent[i].how == IPI_BY_CALL;
		/* the neighbours stay or are gone: each is a mapping of its own */
		if (send_one(&sent[i], event, pages + i * PAGE, odd))
			return -1;
	}
	return munmap(pages, (count + 1) * PAGE);
}

int ipis_send(struct ipi_sent *sent, size_t count)
{
	pthread_t thread;
	int event, err;

	event = open_event();
	if (event < 0 || pin(OTHER_CPU) ||
	    syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) ||
	    pthread_create(&thread, NULL, spin, NULL))
		return -1;
	while (!atomic_load(&spinning))
		cpu_relax();
	err = send_all(sent, count, event);
	atomic_store(&spinning, false);
	pthread_join(thread, NULL);
	close(event);
	return err;
}
