// SPDX-License-Identifier: GPL-2.0
/* Loading and unloading. */
#include <linux/log2.h>
#include <linux/module.h>

#include "armed.h"
#include "device.h"
#include "failure.h"
#include "governor.h"
#include "hook.h"
#include "kill_switch.h"
#include "pmu.h"
#include "region.h"
#include "ring.h"

static char *attach = "default";
module_param(attach, charp, 0444);
MODULE_PARM_DESC(attach, "hooks to attach now: default (all but the costly), all, none or names a,b,c");

static unsigned int ring_kb = 1024;
module_param(ring_kb, uint, 0444);
MODULE_PARM_DESC(ring_kb, "KiB of ring for each possible CPU, a power of two (default 1024)");

static unsigned int regions_mb = 256;
module_param(regions_mb, uint, 0444);
MODULE_PARM_DESC(regions_mb, "MiB that the rings of all processes may take together (default 256)");

static unsigned int user_mb = 64;
module_param(user_mb, uint, 0444);
MODULE_PARM_DESC(user_mb, "MiB that the processes of one user may take (default 64)");

static unsigned int dead_age_s = 600;
module_param(dead_age_s, uint, 0444);
MODULE_PARM_DESC(dead_age_s, "seconds that the rings of a dead process are kept (default 600)");

static unsigned long budget_events;
module_param(budget_events, ulong, 0444);
MODULE_PARM_DESC(budget_events, "records a second that a CPU may write, else its hooks go off one by one (default 0: no limit)");

static unsigned int budget_ppm;
module_param(budget_ppm, uint, 0444);
MODULE_PARM_DESC(budget_ppm, "millionths of a CPU that its hooks may take (default 0: no limit)");

static bool off;
module_param(off, bool, 0444);
MODULE_PARM_DESC(off, "do nothing at all; hftrace.off on the kernel's command line does the same");

/* Without hooks, rings and device: the library works as it does without the module. */
static bool inert;

static int __init hftrace_init(void)
{
	int err;

	err = off ? 1 : hft_kill_switch();
	if (err < 0) {
		pr_err("hftrace: /proc/cmdline cannot be read: error %d\n", err);
		return err;
	}
	inert = err;
	if (inert) {
		pr_info("hftrace: off, as the kernel's command line or the parameter says\n");
		return 0;
	}
	err = hft_rings_init((u64)ring_kb * 1024 / HFT_SLOT_SIZE);
	if (err) {
		pr_err("hftrace: ring_kb=%u: %s\n", ring_kb, err == -EINVAL ?
		       "must be a power of two from 32 to 524288" : "not enough memory");
		return err;
	}
	err = hft_regions_init(regions_mb, user_mb, dead_age_s);
	if (err)
		goto err_rings;
	err = hft_counts_init();
	if (err)
		goto err_regions;
	err = hft_pmu_init();
	if (err)
		goto err_counts;
	err = hft_governor_init(budget_events, budget_ppm * 1000ULL);
	if (err)
		goto err_pmu;
	err = hft_hooks_init(attach);
	if (err)
		goto err_governor;
	err = hft_device_init();
	if (err)
		goto err_hooks;
	return 0;

err_hooks:
	hft_hooks_uninit();
err_governor:
	hft_governor_uninit();
err_pmu:
	hft_pmu_uninit();
err_counts:
	hft_counts_uninit();
err_regions:
	hft_regions_uninit();
err_rings:
	hft_rings_uninit();
	return err;
}

static void __exit hftrace_exit(void)
{
	if (inert)
		return;
	hft_device_uninit();
	hft_hooks_uninit();
	hft_failure_uninit();
	hft_governor_uninit();
	hft_pmu_uninit();
	hft_counts_uninit();
	hft_regions_uninit();
	hft_rings_uninit();
}

module_init(hftrace_init);
module_exit(hftrace_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Tracer for pinned cores that do not notice");
MODULE_VERSION(HFT_VERSION);
