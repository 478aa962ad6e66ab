// SPDX-License-Identifier: GPL-2.0
/*
 * probe: when adding or removing one has returned, the kernel has patched all
 * that it patches for it. /proc/interrupts counts what came later; the kernel's
 * own list says that there was a jump to be made.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "hook_test.h"
#include "probes.h"

#define FUNCTION	"vfs_write"
#define KPROBES		"/sys/kernel/debug/kprobes/list"
#define ROUNDS		5
#define LATER_MS	1000
#define PATIENCE_NS	2500000000ULL	/* less than waiting in vain takes */

static const char *const sources[] = { NULL };

static unsigned long calls(void)
{
	return calls_on(QUIET_CPU);
}

/* Does the kernel make a jump of what probes this place? */
static bool is_jump(const char *place)
{
	FILE *list = fopen(KPROBES, "r");
	bool found = false;
	char line[256];

	CHECK(list);
	while (!found && fgets(line, sizeof(line), list))
		found = strstr(line, place) && strstr(line, "[OPTIMIZED]");
	fclose(list);
	return found;
}

/* The first instruction of the function that can become a jump. */
static unsigned int find_place(int fd)
{
	unsigned int offset;
	char place[64];
	bool found;
	int id;

	for (offset = 1; offset < 128; offset++) {
		id = probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, offset);
		if (id < 0)
			continue;
		snprintf(place, sizeof(place), FUNCTION "+0x%x ", offset);
		found = is_jump(place);
		CHECK_EQ(probe_remove(fd, id, 0), 0);
		if (found)
			return offset;
	}
	case_skip("no instruction of " FUNCTION " can become a jump");
}

static int open_device(void)
{
	int fd = device_open(O_RDWR);

	CHECK(fd >= 0);
	CHECK_EQ(pin(OTHER_CPU), 0);
	if (access(KPROBES, F_OK))
		CHECK_EQ(mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL), 0);
	return fd;
}

static int added_and_removed(void)
{
	unsigned long before, added = 0, removed = 0, late_added = 0, late_removed = 0;
	int fd = open_device(), i, id;
	unsigned int offset;

	CHECK_EQ(device_attach(fd, BIT_OF(PROBE), 0), 0);
	offset = find_place(fd);
	for (i = 0; i < ROUNDS; i++) {
		sleep_ms(LATER_MS);
		before = calls();
		id = probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, offset);
		added += calls() - before;
		CHECK(id > 0);
		before = calls();
		sleep_ms(LATER_MS);
		late_added += calls() - before;
		before = calls();
		CHECK_EQ(probe_remove(fd, id, 0), 0);
		removed += calls() - before;
		before = calls();
		sleep_ms(LATER_MS);
		late_removed += calls() - before;
	}
	CHECK(added >= ROUNDS && removed >= ROUNDS);
	CHECK_EQ(late_added, 0);
	CHECK_EQ(late_removed, 0);
	return 0;
}

/* Where the kernel makes no jump nobody waits for one, nor for one that stays. */
static int without_jumps(void)
{
	struct hft_probe keep = { .kind = HFT_PROBE_KERNEL, .symbol = FUNCTION };
	int fd = open_device(), id, other;
	unsigned int offset;
	__u64 begun;

	CHECK_EQ(device_attach(fd, BIT_OF(PROBE), 0), 0);
	offset = find_place(fd);
	CHECK_EQ(write_file("/proc/sys/debug/kprobes-optimization", "0"), 0);
	begun = now_ns();
	id = probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, offset);
	begun = now_ns() - begun;
	CHECK_EQ(write_file("/proc/sys/debug/kprobes-optimization", "1"), 0);
	CHECK(id > 0);
	printf("# a probe that stays a trap: %llu ms\n", begun / 1000000);
	CHECK(begun < PATIENCE_NS);
	CHECK_EQ(probe_remove(fd, id, 0), 0);
	/* of two at one place the first to go takes nothing away */
	keep.offset = offset;
	other = probe_add(fd, &keep);
	id = probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, offset);
	CHECK(other > 0 && id > 0);
	begun = now_ns();
	CHECK_EQ(probe_remove(fd, id, 0), 0);
	begun = now_ns() - begun;
	printf("# one of two: %llu ms\n", begun / 1000000);
	CHECK(begun < PATIENCE_NS);
	return 0;
}

/* Functions that the kernel itself does not trace are probed by traps. */
static int attached_and_detached(void)
{
	unsigned long before, late_attached = 0, late_detached = 0;
	int fd = open_device(), i;

	for (i = 0; i < ROUNDS; i++) {
		CHECK_EQ(device_detach(fd, BIT_OF(IPI), 0), 0);
		before = calls();
		sleep_ms(LATER_MS);
		late_detached += calls() - before;
		CHECK_EQ(device_attach(fd, BIT_OF(IPI), 0), 0);
		before = calls();
		sleep_ms(LATER_MS);
		late_attached += calls() - before;
	}
	CHECK_EQ(late_attached, 0);
	CHECK_EQ(late_detached, 0);
	return 0;
}

static int by_jumps(int (*test)(void))
{
	if (kernel_is("arm64"))
		case_skip("arm64 kernels leave traps as they are");
	return test();
}

static int probes(void)
{
	return by_jumps(added_and_removed);
}

static int traps(void)
{
	return by_jumps(without_jumps);
}

static int hooks(void)
{
	return by_jumps(attached_and_detached);
}

HOOK_TEST_MAIN("probe", sources, NULL,
	       { "no interrupts once a probe was added or removed", probes },
	       { "no waiting for a jump that is not made, or that stays", traps },
	       { "nor once a hook was attached or detached", hooks })
