// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "command.h"
#include "lib/output.h"
#include "lib/probes.h"

/* Measured: selftests/bench/probe-cost, on Linux 6.1, x86. */
struct cost {
	const char *kind;
	const char *how;
	unsigned int interrupts;	/* on each other CPU, of adding one */
	unsigned int recorded;		/* instructions of a hit, of both ends of a call */
	unsigned int silent;		/* the same while the hook is not armed */
};

static const struct cost costs[] = {
	[HFT_PROBE_KERNEL] = { "kernel hit", "at the place made for tracers", 3, 280, 160 },
	[HFT_PROBE_KERNEL_CALL] = { "kernel call", "there and at its return", 3, 600, 250 },
	[HFT_PROBE_USER] = { "program hit", "a trap into the kernel", 3, 1660, 1560 },
	[HFT_PROBE_USER_CALL] = { "program call", "two traps into the kernel", 3, 3100, 2930 },
};

static const struct cost inside_kernel = {
	"kernel hit", "a trap, or a jump where the kernel can make one", 1, 620, 500
};

static const struct cost *cost_of(const struct hft_probe *probe)
{
	return probe->kind == HFT_PROBE_KERNEL && probe->offset ? &inside_kernel :
	       &costs[probe->kind];
}

const char *probe_kind(const struct hft_probe *probe)
{
	return probe->kind && probe->kind < sizeof(costs) / sizeof(*costs) ?
	       costs[probe->kind].kind : "?";
}

int probes_take(struct probes *probes, const char *text)
{
	if (probes->count == HFT_PROBES) {
		message("at most %d probes", HFT_PROBES);
		return HFT_EXIT_USAGE;
	}
	probes->text[probes->count++] = text;
	return 0;
}

int probes_resolve(struct probes *probes)
{
	char why[PROBE_WHY];
	size_t i;
	int err;

	for (i = 0; i < probes->count; i++) {
		err = probe_spec_parse(&probes->probe[i], probes->text[i], why);
		if (err) {
			message("%s", why);
			return err == -EINVAL ? HFT_EXIT_USAGE : HFT_EXIT_FAILED;
		}
	}
	return HFT_EXIT_OK;
}

void probes_close(struct probes *probes)
{
	size_t i;

	for (i = 0; i < probes->count; i++)
		probe_spec_close(&probes->probe[i]);
}

void probes_say_cost(const struct probes *probes)
{
	unsigned int interrupts = 0;
	size_t user = 0, i;

	for (i = 0; i < probes->count; i++)
		user += probe_is_user(&probes->probe[i]);
	for (i = 0; i < probes->count; i++)
		interrupts += cost_of(&probes->probe[i])->interrupts;
	message("adding %zu probe%s: about %u interrupts on each other CPU%s, isolated ones too",
		probes->count, probes->count == 1 ? "" : "s", interrupts,
		user == probes->count ? " where the program runs" : "");
	for (i = 0; i < probes->count; i++) {
		const struct cost *cost = cost_of(&probes->probe[i]);

		message("  %s: %s; about %u instructions each time, %u while nothing is recorded",
			probes->text[i], cost->how, cost->recorded, cost->silent);
	}
}

static void say_refusal(const struct probes *probes, size_t i, int err)
{
	static const struct {
		int err;
		const char *why;
	} reasons[] = {
		{ EBUSY, "a CPU is armed: stop that recording, or interrupt it with -y" },
		{ EPERM, "it needs CAP_PERFMON (root), in a kernel not locked down" },
		{ EACCES, "kernel.kptr_restrict hides addresses; name the function" },
		{ ENOENT, "the kernel has no such function" },
		{ EILSEQ, "no instruction begins there" },
		{ ERANGE, "that is behind its end" },
		{ EOPNOTSUPP, "the kernel forbids it; try its caller, or what it calls" },
		{ ENOSPC, "32 probes are there already; 'hftrace probe' lists them" },
		{ ENOLINK, "the hook is not attached: hftrace attach probe" },
		{ ESRCH, "the process has ended" },
		{ ENOTTY, "the loaded module is older than this tool" },
		{ 0, NULL }
	};
	size_t r;

	for (r = 0; reasons[r].err && reasons[r].err != -err; r++)
		;
	message("cannot probe %s: %s", probes->text[i],
		reasons[r].why ? reasons[r].why : strerror(-err));
}

int probes_add(const struct device *device, struct probes *probes, __u32 flags, pid_t pid)
{
	size_t i;
	int err;

	for (i = 0; i < probes->count; i++) {
		struct hft_probe *probe = &probes->probe[i];

		probe->size = sizeof(*probe);
		probe->flags = flags;
		probe->tgid = probe_is_user(probe) ? pid : 0;
		if (!ioctl(device->fd, HFT_IOC_PROBE_ADD, probe))
			continue;
		err = -errno;
		say_refusal(probes, i, err);
		while (i--)
			probes_remove(device, probes->probe[i].id, flags & HFT_PROBE_FORCE);
		return HFT_EXIT_FAILED;
	}
	return HFT_EXIT_OK;
}

int probes_remove(const struct device *device, __u32 id, bool force)
{
	struct hft_probe_remove remove = {
		.size = sizeof(remove),
		.flags = force ? HFT_PROBE_FORCE : 0,
		.id = id,
	};

	return ioctl(device->fd, HFT_IOC_PROBE_REMOVE, &remove) ? -errno : 0;
}

int probes_next(const struct device *device, struct hft_probe *info)
{
	__u32 after = info->id;

	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->id = after;
	if (ioctl(device->fd, HFT_IOC_PROBE_INFO, info))
		return -errno;
	info->symbol[sizeof(info->symbol) - 1] = 0;
	info->label[sizeof(info->label) - 1] = 0;
	return 0;
}

int probes_names(const struct device *device, struct names *names)
{
	struct hft_probe info = { 0 };
	char text[4 * sizeof(info.label)];
	int err;

	while (!(err = probes_next(device, &info))) {
		if (info.id >= HFT_NAMES || names->text[info.id])
			continue;
		names->text[info.id] = strdup(text_escape(text, sizeof(text), info.label,
							  sizeof(info.label)));
		if (!names->text[info.id])
			return -ENOMEM;
		if (names->count <= info.id)
			names->count = info.id + 1;
	}
	return err == -ENOENT ? names->count != 0 : err;
}
