// SPDX-License-Identifier: GPL-2.0
/* The part of guest.h that looks users and groups up, which wants a dynamic C library. */
#include "guest.h"

#include <errno.h>
#include <grp.h>
#include <hftrace/abi.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Processes that have just been killed give their files back a moment later. */
static int unload_when_free(void)
{
	int err;

	wait_until((err = module_unload("hftrace")) != -EWOULDBLOCK);
	return err;
}

int hftrace_reload(const char *parameters)
{
	struct group *group = getgrnam("hftrace");
	int err;

	err = unload_when_free();
	if (err && err != -ENOENT)
		return err;
	err = module_load(HFTRACE_KO, parameters);
	if (err)
		return err;
	if (!group || chown(HFT_DEVICE_PATH, 0, group->gr_gid) || chmod(HFT_DEVICE_PATH, 0660))
		return -ENOENT;
	return 0;
}

static int change_user(const char *user)
{
	const struct passwd *entry = getpwnam(user);

	if (!entry)
		return -ENOENT;
	if (initgroups(user, entry->pw_gid) ||
	    setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) ||
	    setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid))
		return -errno;
	return 0;
}

int become(const char *user)
{
	return change_user(user);
}

int become_with(const char *user, unsigned int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	int err;

	if (prctl(PR_SET_KEEPCAPS, 1))
		return -errno;
	err = change_user(user);
	if (err)
		return err;
	data[capability / 32].effective = 1U << capability % 32;
	data[capability / 32].permitted = 1U << capability % 32;
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}
