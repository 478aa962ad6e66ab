// SPDX-License-Identifier: GPL-2.0
/* The kernel module: out and in again, as it was. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/device.h"
#include "lib/module.h"

#define PARAMETERS "/sys/module/hftrace/parameters"

extern char **environ;

/* Exit status of modprobe, 127 without one. */
static int modprobe(const char *option)
{
	char *const argv[] = { "modprobe", (char *)option, "hftrace", NULL };
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ))
		return 127;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 127;
	return WEXITSTATUS(status);
}

static int note_parameters(struct module *module)
{
	struct dirent *entry;
	char path[300], value[256];
	size_t used = 0;
	DIR *dir;

	module->parameters[0] = 0;
	dir = opendir(PARAMETERS);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(dir))) {
		FILE *file;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), PARAMETERS "/%s", entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;	/* nobody may read it: not one to be set */
		if (fgets(value, sizeof(value), file) && value[0] != '\n') {
			value[strcspn(value, "\n")] = 0;
			used += (size_t)snprintf(module->parameters + used,
						 sizeof(module->parameters) - used, "%s%s=%s",
						 used ? " " : "", entry->d_name, value);
		}
		fclose(file);
		if (used >= sizeof(module->parameters))
			break;
	}
	closedir(dir);
	return used < sizeof(module->parameters) ? 0 : -E2BIG;
}

int module_note(struct module *module, const char *path, __u64 attached, char why[MODULE_WHY])
{
	int err = note_parameters(module);

	module->path = path;
	module->attached = attached;
	if (err) {
		snprintf(why, MODULE_WHY, "cannot read the module's parameters: %s",
			 strerror(-err));
		return err;
	}
	if (path && !access(path, R_OK))
		return 0;
	if (path) {
		err = -errno;
		snprintf(why, MODULE_WHY, "cannot read %.100s: %s", path, strerror(-err));
		return err;
	}
	if (!modprobe("-nq"))
		return 0;
	snprintf(why, MODULE_WHY,
		 "modprobe does not know hftrace to load it again: say --module FILE");
	return -ENOENT;
}

int module_unload(char why[MODULE_WHY])
{
	int err;

	if (!syscall(SYS_delete_module, "hftrace", O_NONBLOCK))
		return 0;
	err = errno;
	switch (err) {
	case EAGAIN:
	case EBUSY:
		snprintf(why, MODULE_WHY,
			 "cannot unload the module: other programs use it; end them, or leave --unload");
		break;
	case EPERM:
		snprintf(why, MODULE_WHY, "unloading the module needs root");
		break;
	default:
		snprintf(why, MODULE_WHY, "cannot unload the module: %s", strerror(err));
	}
	return -err;
}

static int load(const struct module *module)
{
	int fd, err = 0;

	if (!module->path)
		return modprobe("-q") ? -ENOENT : 0;
	fd = open(module->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, module->parameters, 0))
		err = -errno;
	close(fd);
	return err;
}

/* What was attached, and nothing else. */
int module_load(const struct module *module, char why[MODULE_WHY])
{
	struct device device;
	int err = load(module);

	if (err) {
		snprintf(why, MODULE_WHY, "cannot load the module again: %s", strerror(-err));
		return err;
	}
	err = device_open(&device, why);
	if (err)
		return err;
	if (module->attached & ~device.hello.hooks_attached)
		err = device_attach(&device, module->attached & ~device.hello.hooks_attached, 0,
				    why);
	if (!err && (device.hello.hooks_attached & ~module->attached))
		err = device_detach(&device, device.hello.hooks_attached & ~module->attached, 0,
				    why);
	device_close(&device);
	return err;
}
