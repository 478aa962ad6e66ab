// SPDX-License-Identifier: GPL-2.0
/*
 * tlb: a process with a thread on each CPU unmaps pages; each flush as
 * tlb:tlb_flush shows it, the sender as the program knows it.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>

#include "cpu_clock.h"
#include "hook_test.h"

#define ROUNDS	60
#define PAGES	3

static const char *const sources[] = { "tlb/tlb_flush", NULL };

static const struct field_pair fields[] = {
	FIELD(hft_rec_tlb_flush, reason, "reason"),
	FIELD(hft_rec_tlb_flush, pages, "pages"),
	FIELD(hft_rec_tlb_flush, tid, "common_pid"),
	{ 0 }
};

/* The hook leaves flushes at a switch of address spaces out: see kmod/hooks/tlb.c. */
static bool is_no_switch(const struct event *event)
{
	return event_number(event, "reason") != HFT_TLB_TASK_SWITCH;
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

static int unmap(void *told)
{
	volatile char *at;
	pthread_t thread;
	int i, page;

	(void)told;
	if (pthread_create(&thread, NULL, spin, NULL))
		return 1;
	while (!atomic_load(&spinning))
		cpu_relax();
	for (i = 0; i < ROUNDS; i++) {
		at = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
		if (at == MAP_FAILED)
			return 1;
		for (page = 0; page < PAGES; page++)
			at[page * 4096] = 1;
		munmap((void *)at, PAGES * 4096);
	}
	atomic_store(&spinning, false);
	return pthread_join(thread, NULL);
}

static unsigned int count(const struct watch *watch, unsigned int cpu, unsigned int reason)
{
	unsigned int found = 0;
	size_t i;

	for (i = 0; i < watch->records_count[cpu]; i++) {
		const struct hft_rec_tlb_flush *rec = record_payload(&watch->records[cpu][i]);

		if (reason == HFT_TLB_REMOTE_SEND_IPI && rec->tid != watch->child)
			continue;
		found += rec->reason == reason && rec->pages == PAGES;
	}
	return found;
}

static int shootdowns(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(TLB), .cpus = 3, .on = OTHER_CPU,
		.provoke = unmap, .events = sources,
	};
	const struct pairing pairing = {
		.type = HFT_REC_TLB_FLUSH, .event = sources[0], .fields = fields,
		.event_is = is_no_switch,
	};
	unsigned int sent, received;
	struct watch watch;

	watch_run(&watch, &want);
	CHECK(pairs_on_all(&watch, &pairing) >= 2 * ROUNDS);
	sent = count(&watch, OTHER_CPU, HFT_TLB_REMOTE_SEND_IPI);
	received = count(&watch, QUIET_CPU, HFT_TLB_REMOTE_SHOOTDOWN);
	printf("# %d unmapped: %u sent, %u received\n", ROUNDS, sent, received);
	CHECK(sent >= ROUNDS);
	CHECK(received >= ROUNDS);
	return 0;
}

/* Where the hardware tells the other CPUs, there is no function that flushes for them. */
static bool needs_no_interrupt(void)
{
	return !kernel_has_symbol("flush_tlb_func");
}

HOOK_TEST_MAIN("tlb", sources, needs_no_interrupt,
	       { "each shootdown at its sender and its receiver, with its pages", shootdowns })
