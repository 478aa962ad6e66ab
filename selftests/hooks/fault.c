// SPDX-License-Identifier: GPL-2.0
/*
 * fault: pages that are read, written and copied on write, by the program and,
 * for it, by the kernel; at the addresses that the program knows, and on x86
 * each as exceptions:page_fault_user and _kernel show it. arm64 has neither,
 * and does not say whether the page was there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hook_test.h"

#define PAGES		40
#define PAGE		4096

#ifdef __x86_64__
#define PRESENT		HFT_FAULT_PRESENT

static const char *const sources[] = {
	"exceptions/page_fault_user", "exceptions/page_fault_kernel", NULL
};
#else
#define PRESENT		0

static const char *const sources[] = { NULL };
#endif

static const struct field_pair fields[] = {
	FIELD(hft_rec_fault, address, "address"),
	FIELD(hft_rec_fault, ip, "ip"),
	FIELD(hft_rec_fault, error_code, "error_code"),
	FIELD(hft_rec_fault, tid, "common_pid"),
	{ 0 }
};

static bool of_user(const struct record *record)
{
	return record->fault.user;
}

static bool of_kernel(const struct record *record)
{
	return !record->fault.user;
}

static struct watch watch;

static bool of_child(const struct event *event)
{
	return event->pid == watch.child;
}

struct told {
	__u64 read_at, written_at, kernel_at;
};

static volatile char *pages(void)
{
	void *at = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	if (at == MAP_FAILED)
		_exit(1);
	/* a kernel without huge pages refuses */
	madvise(at, PAGES * PAGE, MADV_NOHUGEPAGE);
	return at;
}

static int touch(void *shared)
{
	volatile char *read_at = pages(), *written_at = pages(), *kernel_at = pages();
	int zero = open("/dev/zero", O_RDONLY), i;
	struct told *told = shared;

	told->read_at = (uintptr_t)read_at;
	told->written_at = (uintptr_t)written_at;
	told->kernel_at = (uintptr_t)kernel_at;
	for (i = 0; i < PAGES; i++) {
		/* the page of zeros; then its copy */
		(void)read_at[i * PAGE + i];
		read_at[i * PAGE + i] = 1;
		written_at[i * PAGE + i] = 1;
		if (read(zero, (void *)(kernel_at + i * PAGE + i), 8) != 8)
			return 1;
	}
	return 0;
}

/* How many faults at `base`'s pages, each at its page's own byte, are of this kind. */
static unsigned int count(__u64 base, bool user, unsigned int error_code)
{
	unsigned int found = 0;
	size_t i;

	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];
		const struct hft_rec_fault *rec = record_payload(record);
		__u64 page = (rec->address - base) / PAGE;

		if (record->type != HFT_REC_FAULT || rec->address < base || page >= PAGES)
			continue;
		CHECK_EQ(rec->address, base + page * PAGE + page);
		CHECK_EQ(rec->tgid, watch.child);
		found += rec->user == user && rec->error_code == error_code;
	}
	return found;
}

/* Each as tracefs has it. */
static void compare(void)
{
	struct pairing pairing = {
		.type = HFT_REC_FAULT, .fields = fields, .event_is = of_child,
		.event = "exceptions/page_fault_user", .record_is = of_user,
	};

	CHECK(pairs_on_all(&watch, &pairing) >= 3 * PAGES);
	pairing.event = "exceptions/page_fault_kernel";
	pairing.record_is = of_kernel;
	CHECK(pairs_on_all(&watch, &pairing) >= PAGES);
}

static int chosen_process(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(FAULT), .cpus = 1 << QUIET_CPU, .on = QUIET_CPU,
		.provoke = touch, .events = sources, .chosen = true,
	};
	const struct told *told;

	watch_run(&watch, &want);
	told = watch.told;
	if (sources[0])
		compare();
	CHECK_EQ(count(told->read_at, true, HFT_FAULT_USER), PAGES);
	CHECK_EQ(count(told->read_at, true, HFT_FAULT_USER | HFT_FAULT_WRITE | PRESENT),
		 PAGES);
	CHECK_EQ(count(told->written_at, true, HFT_FAULT_USER | HFT_FAULT_WRITE), PAGES);
	CHECK_EQ(count(told->kernel_at, false, HFT_FAULT_WRITE), PAGES);
	return 0;
}

HOOK_TEST_MAIN("fault", sources, NULL,
	       { "each fault of a chosen process with address, ip and kind", chosen_process })
