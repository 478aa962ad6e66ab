// SPDX-License-Identifier: GPL-2.0
/* Memory: what moves, merges or swaps pages under a running thread. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/doctor_private.h"
#include "lib/output.h"

static void look_at_thp(const struct doctor_host *host, struct doctor_finding *finding)
{
	static const char path[] = "/sys/kernel/mm/transparent_hugepage/enabled";
	char line[80];
	int err = doctor_line(host, path, line, sizeof(line));

	if (err == -ENOENT) {
		doctor_say(finding, DOCTOR_OK, "this kernel has none");
	} else if (err) {
		doctor_unreadable(finding, path, err);
	} else if (strstr(line, "[always]")) {
		doctor_say(finding, DOCTOR_BAD, "always");
		doctor_fix(finding,
			   "echo madvise > %s; boot with transparent_hugepage=madvise",
			   path);
	} else {
		doctor_say(finding, DOCTOR_OK, "%s", strstr(line, "[never]") ? "never" : "madvise");
	}
}

/* A file that should hold 0, and why another value is bad. */
static void want_zero(const struct doctor_host *host, struct doctor_finding *finding,
		      const char *path, const char *fix)
{
	long long value;
	int err = doctor_number(host, path, &value);

	if (err == -ENOENT) {
		doctor_say(finding, DOCTOR_OK, "this kernel has none");
	} else if (err) {
		doctor_unreadable(finding, path, err);
	} else if (!value) {
		doctor_say(finding, DOCTOR_OK, "off");
	} else {
		doctor_say(finding, DOCTOR_BAD, "on (%lld)", value);
		doctor_fix(finding, "%s", fix);
	}
}

static void look_at_numa(const struct doctor_host *host, struct doctor_finding *finding)
{
	want_zero(host, finding, "/proc/sys/kernel/numa_balancing",
		  "sysctl kernel.numa_balancing=0; boot with numa_balancing=disable");
}

static void look_at_ksm(const struct doctor_host *host, struct doctor_finding *finding)
{
	/* 2: stopped, and what was merged is separate again */
	static const char path[] = "/sys/kernel/mm/ksm/run";
	long long value;

	if (!doctor_number(host, path, &value) && value == 2)
		doctor_say(finding, DOCTOR_OK, "off");
	else
		want_zero(host, finding, path, "echo 2 > /sys/kernel/mm/ksm/run");
}

static void look_at_swap(const struct doctor_host *host, struct doctor_finding *finding)
{
	char full[PATH_MAX], line[512], name[256], areas[DOCTOR_LIST] = "";
	char off[DOCTOR_LIST] = "";
	unsigned long long used, total = 0;
	FILE *file = NULL;

	errno = ENAMETOOLONG;
	if (doctor_path(host, "/proc/swaps", full, sizeof(full)))
		file = fopen(full, "re");
	if (!file && errno == ENOENT) {
		doctor_say(finding, DOCTOR_OK, "this kernel has none");
		return;
	}
	if (!file) {
		doctor_unreadable(finding, "/proc/swaps", -errno);
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%255s %*s %*u %llu", name, &used) != 2)
			continue;	/* the heading */
		doctor_add(areas, sizeof(areas), "%s", name);
		if (strlen(off) + strlen(name) + 1 < sizeof(off))
			strcat(strcat(off, " "), name);
		total += used;
	}
	fclose(file);
	if (!areas[0]) {
		doctor_say(finding, DOCTOR_OK, "none");
		return;
	}
	doctor_say(finding, total ? DOCTOR_BAD : DOCTOR_WARNING, "%s, %llu KiB in use", areas,
		   total);
	doctor_fix(finding, "swapoff%s; take it out of /etc/fstab", off);
}

static void look_at_memlock(const struct doctor_host *host, struct doctor_finding *finding)
{
	struct rlimit limit;
	char text[FORMAT_SIZE];

	if (host->root[0]) {
		doctor_say(finding, DOCTOR_UNKNOWN, "a copy of another host's files does not tell");
		return;
	}
	if (getrlimit(RLIMIT_MEMLOCK, &limit)) {
		doctor_say(finding, DOCTOR_UNKNOWN, "getrlimit: %s", strerror(errno));
		return;
	}
	if (limit.rlim_cur == RLIM_INFINITY) {
		doctor_say(finding, DOCTOR_OK, "no limit, in this shell");
		return;
	}
	if (!geteuid()) {
		doctor_say(finding, DOCTOR_OK, "%s in this shell, which does not bind root",
			   format_bytes(text, limit.rlim_cur));
		return;
	}
	doctor_say(finding, DOCTOR_WARNING,
		   "%s, in this shell",
		   format_bytes(text, limit.rlim_cur));
	doctor_fix(finding,
		   "in /etc/security/limits.conf: '* - memlock unlimited'; in a systemd unit: LimitMEMLOCK=infinity");
}

static const struct doctor_check checks[] = {
	{
		"thp",
		"khugepaged moves memory under the thread, and a page fault may clear or compact 2 MiB",
		look_at_thp,
	}, {
		"numa_balancing",
		"it unmaps pages to see who touches them: faults and TLB shootdowns",
		look_at_numa,
	}, {
		"ksm",
		"it write-protects and merges pages: TLB shootdowns, and a fault at the next write",
		look_at_ksm,
	}, {
		"swap",
		"memory that is not locked comes back by a fault that waits for a disk",
		look_at_swap,
	}, {
		"memlock",
		"mlockall() fails beyond it, and memory may then be reclaimed",
		look_at_memlock,
	},
};

const struct doctor_subject doctor_memory = { checks, ARRAY_SIZE(checks) };
