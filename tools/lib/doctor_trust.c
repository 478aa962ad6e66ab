// SPDX-License-Identifier: GPL-2.0
/* What may be loaded and read here, and where cores go. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "lib/doctor_private.h"

static void look_at_signature(const struct doctor_host *host, struct doctor_finding *finding)
{
	static const char enforced[] = "/sys/module/module/parameters/sig_enforce";
	char taint[16], only_signed[8];
	int err = doctor_line(host, "/sys/module/hftrace/taint", taint, sizeof(taint));

	if (err == -ENODATA)	/* not even out of tree */
		err = 0;
	if (!err) {
		if (!strchr(taint, 'E')) {
			doctor_say(finding, DOCTOR_OK, "hftrace is loaded, and signed");
			return;
		}
		doctor_say(finding, DOCTOR_WARNING, "hftrace is loaded, and not signed");
		doctor_fix(finding,
			   "sign hftrace.ko: scripts/sign-file sha256 KEY CERTIFICATE hftrace.ko; dkms does it with its mok.key");
		return;
	}
	if (err != -ENOENT) {
		doctor_unreadable(finding, "/sys/module/hftrace/taint", err);
		return;
	}
	err = doctor_line(host, enforced, only_signed, sizeof(only_signed));
	if (err && err != -ENOENT) {
		doctor_unreadable(finding, enforced, err);
	} else if (!err && only_signed[0] == 'Y') {
		doctor_say(finding, DOCTOR_WARNING,
			   "hftrace is not loaded, and only signed modules load here");
		doctor_fix(finding,
			   "sign hftrace.ko with a key that was enrolled by mokutil --import");
	} else {
		doctor_say(finding, DOCTOR_OK, "hftrace is not loaded; it needs no signature here");
	}
}

/* Whether the firmware starts only what is signed; -ENOENT: it is not said. */
static int secure_boot(const struct doctor_host *host, bool *on)
{
	static const char path[] =
		"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	unsigned char value[5];	/* 4 bytes of attributes come first */
	char full[PATH_MAX];
	FILE *file = NULL;
	int err = 0;

	errno = ENAMETOOLONG;
	if (doctor_path(host, path, full, sizeof(full)))
		file = fopen(full, "re");
	if (!file)
		return -errno;
	if (fread(value, 1, sizeof(value), file) != sizeof(value))
		err = -EIO;
	else
		*on = value[4];
	fclose(file);
	return err;
}

static void look_at_lockdown(const struct doctor_host *host, struct doctor_finding *finding)
{
	static const char path[] = "/sys/kernel/security/lockdown";
	const char *boot = "secure boot unknown";
	char line[80];
	bool on = false;
	int err = secure_boot(host, &on);

	if (!err)
		boot = on ? "secure boot on" : "secure boot off";
	else if (err == -ENOENT)
		boot = "no secure boot";
	err = doctor_line(host, path, line, sizeof(line));
	if (err == -ENOENT && !doctor_exists(host, "/sys/kernel/security/lsm")) {
		if (on) {
			doctor_say(finding, DOCTOR_UNKNOWN, "%s; securityfs is not mounted", boot);
			doctor_fix(finding, "mount -t securityfs none /sys/kernel/security");
		} else {
			doctor_say(finding, DOCTOR_OK, "%s", boot);
		}
		return;
	}
	if (err && err != -ENOENT) {
		doctor_unreadable(finding, path, err);
	} else if (err || strstr(line, "[none]")) {
		doctor_say(finding, DOCTOR_OK, "not locked down, %s", boot);
	} else if (strstr(line, "[integrity]")) {
		doctor_say(finding, DOCTOR_WARNING, "locked down: integrity; %s", boot);
		doctor_fix(finding,
			   "sign hftrace.ko with a key that was enrolled by mokutil --import");
	} else {
		doctor_say(finding, DOCTOR_BAD, "locked down: confidentiality; %s", boot);
		doctor_fix(finding, "boot with lockdown=integrity, or without secure boot");
	}
}

static void look_at_core_pattern(const struct doctor_host *host, struct doctor_finding *finding)
{
	static const char path[] = "/proc/sys/kernel/core_pattern";
	char pattern[160];
	int err = doctor_line(host, path, pattern, sizeof(pattern));

	if (err && err != -ENODATA) {
		doctor_unreadable(finding, path, err);
	} else if (pattern[0] == '|') {
		doctor_say(finding, DOCTOR_OK, "handed to %s", pattern + 1);
	} else if (pattern[0] == '/') {
		doctor_say(finding, DOCTOR_OK, "%s", pattern);
	} else {
		doctor_say(finding, DOCTOR_WARNING,
			   "'%s': in the directory of the process, over the one before", pattern);
		doctor_fix(finding,
			   "mkdir -p /var/crash; sysctl kernel.core_pattern=/var/crash/core.%%e.%%p.%%t");
	}
}

static const struct doctor_check checks[] = {
	{
		"module_signature",
		"secure boot and module.sig_enforce refuse a module that is not signed",
		look_at_signature,
	}, {
		"lockdown",
		"integrity refuses unsigned modules, confidentiality kprobes and perf as well",
		look_at_lockdown,
	}, {
		"core_pattern",
		"after a crash the core must be found, and writing it must not fill the wrong disk",
		look_at_core_pattern,
	},
};

const struct doctor_subject doctor_trust = { checks, ARRAY_SIZE(checks) };
