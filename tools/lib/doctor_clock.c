// SPDX-License-Identifier: GPL-2.0
/* The clock: whether the counter may be trusted, and whether the kernel trusts it. */
#include <errno.h>
#include <string.h>

#include "lib/doctor_private.h"

#define CLOCKSOURCES "/sys/devices/system/clocksource/clocksource0/"

static void look_at_tsc(const struct doctor_host *host, struct doctor_finding *finding)
{
	char flags[8192];
	int err = doctor_cpuinfo(host, "flags", flags, sizeof(flags));
	const char *how;
	bool constant, nonstop;

	if (err == -ENOENT) {
		doctor_say(finding, DOCTOR_OK,
			   "no TSC: not an x86; the generic timer is invariant");
		return;
	}
	if (err) {
		doctor_unreadable(finding, "/proc/cpuinfo", err);
		return;
	}
	constant = doctor_has_word(flags, "constant_tsc");
	nonstop = doctor_has_word(flags, "nonstop_tsc");
	if (constant && nonstop) {
		doctor_say(finding, DOCTOR_OK, "invariant (constant_tsc, nonstop_tsc)");
	} else if (doctor_has_word(flags, "hypervisor")) {
		doctor_say(finding, DOCTOR_WARNING,
			   "the hypervisor does not promise that it is invariant");
		doctor_fix(finding,
			   "QEMU: -cpu host,+invtsc,migratable=off; other hypervisors: expose invariant TSC");
	} else {
		how = constant ? "it stops in deep C-states" : "its rate follows the frequency";
		doctor_say(finding, DOCTOR_BAD, "not invariant: %s", how);
		doctor_fix(finding, "%s", constant ?
			   "boot with intel_idle.max_cstate=0 processor.max_cstate=1" :
			   "a CPU with an invariant TSC: nothing on this one helps");
	}
}

static void look_at_clocksource(const struct doctor_host *host, struct doctor_finding *finding)
{
	char current[64], available[256];
	bool near, offered;
	int err;

	err = doctor_line(host, CLOCKSOURCES "current_clocksource", current, sizeof(current));
	if (err) {
		doctor_unreadable(finding, CLOCKSOURCES "current_clocksource", err);
		return;
	}
	if (!strcmp(current, "tsc") || !strcmp(current, "arch_sys_counter")) {
		doctor_say(finding, DOCTOR_OK, "%s", current);
		return;
	}
	err = doctor_line(host, CLOCKSOURCES "available_clocksource", available, sizeof(available));
	if (err) {
		doctor_unreadable(finding, CLOCKSOURCES "available_clocksource", err);
		return;
	}
	/* These read the TSC too, with a page of the hypervisor's beside it. */
	near = strstr(current, "kvm-clock") || strstr(current, "hyperv");
	offered = doctor_has_word(available, "tsc");
	doctor_say(finding, near ? DOCTOR_WARNING : DOCTOR_BAD, "%s%s", current,
		   offered ? "" : ", and the kernel does not offer the TSC");
	if (offered)
		doctor_fix(finding, "echo tsc > %s; boot with clocksource=tsc",
			   CLOCKSOURCES "current_clocksource");
	else
		doctor_fix(finding,
			   "see why: dmesg | grep -i tsc; boot with tsc=reliable if the TSC is sound");
}

static const struct doctor_check checks[] = {
	{
		"tsc",
		"timestamps of different CPUs and of before and after idling compare only then",
		look_at_tsc,
	}, {
		"clocksource",
		"clock_gettime() is a system call or a slow device read with any other",
		look_at_clocksource,
	},
};

const struct doctor_subject doctor_clock = { checks, ARRAY_SIZE(checks) };
