// SPDX-License-Identifier: GPL-2.0
/* hftrace attach, hftrace detach: the steps that interrupt CPUs. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "lib/args.h"
#include "lib/device.h"
#include "lib/hooks.h"
#include "lib/output.h"

static const struct option long_options[] = {
	{ "yes", no_argument, NULL, 'y' },
	{ NULL, 0, NULL, 0 },
};

struct request {
	const struct hft_command *command;
	__u64 hooks;
	bool all;
	bool force;
};

static int parse(int argc, char **argv, struct request *request)
{
	char word[65], known[HOOKS_TEXT];
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":y", long_options, NULL)) >= 0) {
		if (option != 'y')
			return option_error(request->command, option, argv);
		request->force = true;
	}
	if (optind >= argc)
		return usage_error(request->command, "name the hooks, or all");
	if (hooks_parse(argv[optind], &request->hooks, word, sizeof(word)))
		return usage_error(request->command,
				   "no hook '%s'; there are %s; groups sched, all", word,
				   hooks_format(HOOKS_ALL, known));
	request->all = request->hooks == HOOKS_ALL;
	optind++;
	return no_more_arguments(request->command, argc, argv);
}

static void say_cost(const char *doing, __u64 mask)
{
	unsigned int interrupts = 0;
	char text[HOOKS_TEXT];
	int hook;

	for (hook = 0; hook < HFT_HOOKS; hook++) {
		if (mask & HFT_HOOK_BIT(hook))
			interrupts += hooks[hook].interrupts;
	}
	message("%s %s: about %u interrupts on each other CPU, isolated ones too", doing,
		hooks_format(mask, text), interrupts);
}

static void say_lasting_cost(__u64 mask)
{
	int hook;

	for (hook = 0; hook < HFT_HOOKS; hook++) {
		if ((mask & HFT_HOOK_BIT(hook)) && hooks[hook].lasting)
			message("while %s is attached, %s", hooks[hook].name, hooks[hook].lasting);
	}
}

/* "all" is what this kernel supports. */
static int attach(const struct device *device, const struct request *request, char *why)
{
	__u64 mask = request->hooks & ~device->hello.hooks_attached;
	int err;

	if (request->all)
		mask &= device->hello.hooks_supported;
	if (!mask) {
		message("attached already");
		return 0;
	}
	if (!(mask & ~device->hello.hooks_supported)) {
		say_cost("attaching", mask);
		say_lasting_cost(mask);
	}
	err = device_attach(device, mask, request->force, why);
	return err;
}

static int detach(const struct device *device, const struct request *request, char *why)
{
	__u64 mask = request->hooks & device->hello.hooks_attached;

	if (!mask) {
		message("not attached");
		return 0;
	}
	say_cost("detaching", mask);
	return device_detach(device, mask, request->force, why);
}

static int run(int argc, char **argv, const struct hft_command *command,
	       int (*change)(const struct device *, const struct request *, char *))
{
	struct request request = { .command = command };
	char why[DEVICE_WHY];
	struct device device;
	int status, err;

	status = parse(argc, argv, &request);
	if (status)
		return status;
	err = device_open(&device, why);
	if (!err)
		err = device_may_read(&device, why);
	if (!err)
		err = change(&device, &request, why);
	if (err)
		message("%s", why);
	device_close(&device);
	return err ? HFT_EXIT_FAILED : HFT_EXIT_OK;
}

static int run_attach(int argc, char **argv)
{
	return run(argc, argv, &cmd_attach, attach);
}

static int run_detach(int argc, char **argv)
{
	return run(argc, argv, &cmd_detach, detach);
}

const struct hft_command cmd_attach = {
	.name = "attach",
	.summary = "Attaches hooks to the kernel",
	.usage = "[-y] HOOKS",
	.risk = HFT_RISK_INTERRUPTS,
	.run = run_attach,
	.help =
"Says what it costs and attaches, so that 'hftrace record' can arm these hooks. It\n"
"patches code, and that interrupts every CPU; arming later interrupts none. Loading\n"
"the module attaches all hooks but syscall, unless its parameter says otherwise.\n"
"\n"
"  HOOKS                names as 'hftrace list' shows, groups sched, all: irq,softirq\n"
"  -y, --yes            also while a CPU is armed, which this interrupts\n"
"\n"
"Exit status: 0 fine, 1 failed, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace attach syscall\n"
"  hftrace attach all\n",
};

const struct hft_command cmd_detach = {
	.name = "detach",
	.summary = "Detaches hooks from the kernel",
	.usage = "[-y] HOOKS",
	.risk = HFT_RISK_INTERRUPTS,
	.run = run_detach,
	.help =
"Takes hooks out of the kernel again, which interrupts every CPU as attaching does.\n"
"What is attached and not armed costs a few instructions per event.\n"
"\n"
"  HOOKS                names as 'hftrace list' shows, groups sched, all: irq,softirq\n"
"  -y, --yes            also while a CPU is armed, which this interrupts\n"
"\n"
"Exit status: 0 fine, 1 failed, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace detach syscall\n",
};
