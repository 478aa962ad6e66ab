// SPDX-License-Identifier: GPL-2.0
/* What is below the kernel: mitigations, firmware, a hypervisor. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "lib/doctor_private.h"

#define VULNERABILITIES "/sys/devices/system/cpu/vulnerabilities/"

static void look_at_mitigations(const struct doctor_host *host, struct doctor_finding *finding)
{
	/* Those that lengthen each way into the kernel, or each switch. */
	static const char *const dear[] = {
		"gather_data_sampling", "indirect_target_selection", "l1tf", "mds", "meltdown",
		"mmio_stale_data", "retbleed", "spec_rstack_overflow", "spectre_v2", "srbds",
		"tsa", "tsx_async_abort", "vmscape",
	};
	char path[96], line[256], on[DOCTOR_TEXT] = "";
	size_t i;
	int err;

	if (!doctor_exists(host, VULNERABILITIES)) {
		doctor_say(finding, DOCTOR_OK, "this kernel has none");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(dear); i++) {
		snprintf(path, sizeof(path), VULNERABILITIES "%s", dear[i]);
		err = doctor_line(host, path, line, sizeof(line));
		if (err == -ENOENT)	/* older than that one */
			continue;
		if (err) {
			doctor_unreadable(finding, path, err);
			return;
		}
		if (!strncmp(line, "Mitigation:", 11))
			doctor_add(on, sizeof(on), "%s", dear[i]);
	}
	if (!on[0]) {
		doctor_say(finding, DOCTOR_OK, "none that costs at each entry");
		return;
	}
	doctor_say(finding, DOCTOR_WARNING, "%s", on);
	doctor_fix(finding, "boot with mitigations=off, only where no code of others runs");
}

#define MSR_SMI_COUNT	0x34

/* SMIs reach all CPUs: that of the caller will do, and no other CPU is asked. */
static void look_at_smi(const struct doctor_host *host, struct doctor_finding *finding)
{
	char vendor[64], path[64], full[PATH_MAX];
	__u64 count;
	int fd = -1;

	if (doctor_cpuinfo(host, "vendor_id", vendor, sizeof(vendor)) ||
	    strcmp(vendor, "GenuineIntel")) {
		doctor_say(finding, DOCTOR_UNKNOWN, "this CPU does not count them");
		doctor_fix(finding,
			   "measure: record with the hook hidden; ask the vendor for low-latency firmware settings");
		return;
	}
	snprintf(path, sizeof(path), "/dev/cpu/%d/msr", host->root[0] ? 0 : sched_getcpu());
	errno = ENAMETOOLONG;
	if (doctor_path(host, path, full, sizeof(full)))
		fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		doctor_say(finding, DOCTOR_UNKNOWN, "cannot read %s: %s", path, strerror(errno));
		doctor_fix(finding, "modprobe msr; run it as root");
		return;
	}
	if (pread(fd, &count, sizeof(count), MSR_SMI_COUNT) != sizeof(count)) {
		doctor_say(finding, DOCTOR_UNKNOWN, "the CPU does not tell its count of SMIs");
		doctor_fix(finding, "measure: record with the hook hidden");
	} else if (!(__u32)count) {
		doctor_say(finding, DOCTOR_OK, "none since the start");
	} else {
		doctor_say(finding, DOCTOR_WARNING, "%u since the start; boot-time ones are normal",
			   (__u32)count);
		doctor_fix(finding,
			   "see whether it grows; firmware: turn off power capping, USB legacy and error polling");
	}
	close(fd);
}

/* Of the chosen CPUs since the start, in clock ticks: stolen by a hypervisor. 0 or -errno. */
static int read_steal(const struct doctor_host *host, __u64 *stolen)
{
	FILE *file = NULL;
	char full[PATH_MAX], line[512];

	*stolen = 0;
	errno = ENAMETOOLONG;
	if (doctor_path(host, "/proc/stat", full, sizeof(full)))
		file = fopen(full, "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		unsigned long long steal;
		unsigned int cpu;

		if (sscanf(line, "cpu%u %*u %*u %*u %*u %*u %*u %*u %llu", &cpu, &steal) == 2 &&
		    cpus_has(&host->cpus, cpu))
			*stolen += steal;
	}
	fclose(file);
	return 0;
}

static void look_at_hypervisor(const struct doctor_host *host, struct doctor_finding *finding)
{
	char flags[8192];
	__u64 stolen;
	int err = doctor_cpuinfo(host, "flags", flags, sizeof(flags));
	bool tells = !err;

	if (err == -ENOENT)
		err = 0;
	if (err) {
		doctor_unreadable(finding, "/proc/cpuinfo", err);
		return;
	}
	err = read_steal(host, &stolen);
	if (err) {
		doctor_unreadable(finding, "/proc/stat", err);
		return;
	}
	if (stolen) {
		doctor_say(finding, DOCTOR_BAD,
			   "it took CPU %s for %.2f s since the start",
			   host->list,
			   (double)stolen / (double)sysconf(_SC_CLK_TCK));
		doctor_fix(finding,
			   "pin each virtual CPU to a core of its own on the machine below");
	} else if (!tells) {
		doctor_say(finding, DOCTOR_UNKNOWN,
			   "this CPU does not tell; none took time so far");
		doctor_fix(finding, "systemd-detect-virt tells");
	} else if (doctor_has_word(flags, "hypervisor")) {
		doctor_say(finding, DOCTOR_WARNING, "there is one; it tells of no stolen time");
		doctor_fix(finding,
			   "trade on the bare machine, or pin each virtual CPU to a core of its own");
	} else {
		doctor_say(finding, DOCTOR_OK, "none");
	}
}

static const struct doctor_check checks[] = {
	{
		"mitigations",
		"each system call, interrupt and switch takes longer, by up to microseconds",
		look_at_mitigations,
	}, {
		"smi",
		"firmware stops all CPUs for 10 to 300 us, and no kernel sees it",
		look_at_smi,
	}, {
		"hypervisor",
		"it runs other machines on the same core, and each exit to it takes microseconds",
		look_at_hypervisor,
	},
};

const struct doctor_subject doctor_platform = { checks, ARRAY_SIZE(checks) };
