// SPDX-License-Identifier: GPL-2.0
/* The states of the module that a loop is measured in. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "lib/hooks.h"
#include "lib/output.h"
#include "lib/prove.h"

extern char **environ;

static pid_t recorder;

static int fail(int err, const char *what)
{
	message("cannot %s: %s", what, strerror(-err));
	return HFT_EXIT_FAILED;
}

/* The last line that the recorder wrote. */
static void say_why(const struct prove *prove)
{
	char path[96], line[512], last[512] = "hftrace: it said nothing\n";
	FILE *file;

	snprintf(path, sizeof(path), "%s/said", prove->scratch);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		memcpy(last, line, sizeof(last));
	if (file)
		fclose(file);
	last[strcspn(last, "\n")] = 0;
	message("the recorder ended: %s", last + (strncmp(last, "hftrace: ", 9) ? 0 : 9));
}

/* Starts 'hftrace record' as anybody would, and waits until it records. */
static int start_recorder(struct prove *prove)
{
	char list[1024], hooks[HOOKS_TEXT], output[96], said[96], ready[16];
	char *const argv[] = { "hftrace", "record", "-c", list, "-e", hooks, "-o", output, "-f",
			 "--ready-fd", ready, NULL };
	posix_spawn_file_actions_t actions;
	int ends[2], err;
	char byte;

	cpus_format(&prove->arming.cpus, list, sizeof(list));
	hooks_format(prove->arming.hooks, hooks);
	snprintf(output, sizeof(output), "%s/run.hft", prove->scratch);
	snprintf(said, sizeof(said), "%s/said", prove->scratch);
	if (pipe(ends))
		return fail(-errno, "make a pipe");
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	snprintf(ready, sizeof(ready), "%d", ends[1]);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, said,
					 O_WRONLY | O_CREAT | O_TRUNC, 0600);
	err = posix_spawn(&recorder, "/proc/self/exe", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (!err && read(ends[0], &byte, 1) != 1) {
		kill(recorder, SIGTERM);
		waitpid(recorder, NULL, 0);
		recorder = 0;
		say_why(prove);
		close(ends[0]);
		return HFT_EXIT_FAILED;
	}
	close(ends[0]);
	return err ? fail(-err, "start the recorder") : HFT_EXIT_OK;
}

/* That it lost records is no failure here: it did its work on the loop. */
static int stop_recorder(const struct prove *prove)
{
	int status;

	if (!recorder)
		return HFT_EXIT_OK;
	kill(recorder, SIGTERM);
	if (waitpid(recorder, &status, 0) != recorder)
		return fail(-errno, "wait for the recorder");
	recorder = 0;
	if (WIFEXITED(status) && (WEXITSTATUS(status) == HFT_EXIT_OK ||
				  WEXITSTATUS(status) == HFT_EXIT_LOST))
		return HFT_EXIT_OK;
	say_why(prove);
	return HFT_EXIT_FAILED;
}

static int said(const char *why, int err)
{
	if (!err)
		return HFT_EXIT_OK;
	message("%s", why);
	return HFT_EXIT_FAILED;
}

static int leave_absent(struct prove *prove)
{
	char why[DEVICE_WHY];
	int err = module_load(&prove->module, why);

	if (!err)
		prove->unloaded = false;
	if (!err)
		err = device_open(&prove->device, why);
	return said(why, err);
}

int prove_enter(struct prove *prove, enum prove_state state)
{
	char why[DEVICE_WHY];
	int err;

	switch (state) {
	case PROVE_ABSENT:
		device_close(&prove->device);
		err = module_unload(why);
		if (!err)
			prove->unloaded = true;
		return said(why, err);
	case PROVE_ARMED:
		return said(why, device_arm(&prove->device, &prove->arming, why));
	case PROVE_RECORDED:
		return start_recorder(prove);
	default:
		return HFT_EXIT_OK;
	}
}

int prove_leave(struct prove *prove, enum prove_state state)
{
	int err;

	switch (state) {
	case PROVE_ABSENT:
		return prove->unloaded ? leave_absent(prove) : HFT_EXIT_OK;
	case PROVE_ARMED:
		err = device_disarm(&prove->device);
		return err ? fail(err, "disarm") : HFT_EXIT_OK;
	case PROVE_RECORDED:
		return stop_recorder(prove);
	default:
		return HFT_EXIT_OK;
	}
}
