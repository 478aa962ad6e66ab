// SPDX-License-Identifier: GPL-2.0
/*
 * One run of a command over the files of a case, inside libFuzzer. The harness
 * is chosen by HFT_FUZZ=NAME; with HFT_FUZZ_ALL=1 a case is run with each of its
 * options, not with those that it chooses itself. A failure is what the sanitizers see, and: more
 * than 10 s of CPU, an exit code that is none of ours, output that a terminal
 * must not see or that is no JSON, a descriptor that is left open.
 */
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "files_case.h"
#include "files_fuzz.h"
#include "files_output.h"
#include "files_place.h"

#define CPU_SECONDS 10

static const struct files_harness *harness;
static unsigned int variants;
static bool every_variant;
static timer_t timer;
static struct files_case files;

static void too_long(int number)
{
	static const char text[] = "hang: more than 10 s of CPU\n";

	(void)number;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(1);
	abort();
}

static int free_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("HFT_FUZZ");
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGPROF };

	(void)argc;
	(void)argv;
	for (harness = files_harnesses; harness->name; harness++)
		if (name && !strcmp(harness->name, name))
			break;
	if (!harness->name)
		errx(64, "HFT_FUZZ=%s: no such harness", name ? name : "");
	while (harness->variant[variants].argument[0])
		variants++;
	every_variant = getenv("HFT_FUZZ_ALL");
	setenv("TZ", "UTC", 1);
	unsetenv("DEBUGINFOD_URLS");
	unsetenv("HOME");
	unsetenv("XDG_CACHE_HOME");
	unsetenv("DEBUGINFOD_CACHE_PATH");
	signal(SIGPROF, too_long);
	if (timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer))
		err(1, "timer");
	files_place_init();
	files_output_init();
	return 0;
}

static void arm(int seconds)
{
	struct itimerspec when = { .it_value.tv_sec = seconds };

	if (timer_settime(timer, 0, &when, NULL))
		err(1, "timer");
}

static int call_tool(const struct files_variant *variant)
{
	char *argv[FILES_ARGUMENTS + 2] = { (char *)"hftrace" };
	int argc = 1;

	while (variant->argument[argc - 1]) {
		argv[argc] = (char *)variant->argument[argc - 1];
		argc++;
	}
	optind = 0;	/* begins anew */
	return hftrace_main(argc, argv);
}

static void fail(const struct files_variant *variant, int status, const char *what)
{
	int i;

	dprintf(STDERR_FILENO, "defect: %s; status %d; hftrace", what, status);
	for (i = 0; variant->argument[i]; i++)
		dprintf(STDERR_FILENO, " %s", variant->argument[i]);
	dprintf(STDERR_FILENO, "\n");
	files_output_show();
	abort();
}

static bool wants_json(const struct files_variant *variant)
{
	int i;

	for (i = 0; variant->argument[i]; i++)
		if (!strcmp(variant->argument[i], "--json"))
			return true;
	return false;
}

static void run(const struct files_variant *variant)
{
	const char *fault;
	int status, lowest;

	files_output_begin();
	lowest = free_descriptor();
	arm(CPU_SECONDS);
	status = harness->call ? harness->call(variant) : call_tool(variant);
	arm(0);
	if (status != HFT_EXIT_OK && status != HFT_EXIT_FAILED && status != HFT_EXIT_THRESHOLD &&
	    status != HFT_EXIT_LOST && status != HFT_EXIT_USAGE)
		fail(variant, status, "an exit code that there is not");
	fault = files_output_check(wants_json(variant));
	if (fault)
		fail(variant, status, fault);
	if (free_descriptor() != lowest)
		fail(variant, status, "a descriptor is left open");
	if (getenv("HFT_FUZZ_SHOW"))
		files_output_show();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int i;

	files_case_read(&files, data, size);
	files_place(&files);
	if (!every_variant) {
		run(&harness->variant[files.choice % variants]);
		return 0;
	}
	for (i = 0; i < variants; i++)
		run(&harness->variant[i]);
	return 0;
}
