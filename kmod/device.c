// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/hftrace. Whoever may open it for writing (its group) may make a region
 * of its own; reading CPU rings, attaching and arming need CAP_PERFMON.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "audit.h"
#include "clock.h"
#include "compat/mm.h"
#include "device.h"
#include "governor.h"
#include "hook.h"
#include "pmu.h"
#include "privilege.h"
#include "probe.h"
#include "region.h"
#include "ring.h"
#include "session.h"
#include "watch.h"

struct hft_file {
	struct hft_session session;
	struct mutex lock;		/* the fields below */
	bool greeted;			/* HFT_IOC_HELLO has agreed on the ABI */
	bool owner;			/* of the region: made it, not opened it */
	struct hft_user_region *region;
};

/*
 * Copies a structure that begins with its size: shorter ones are filled with
 * zeros, longer ones refused unless the rest is zero.
 */
static int copy_in(void *to, size_t size, const void __user *from)
{
	u32 given;
	int err;

	if (get_user(given, (const u32 __user *)from))
		return -EFAULT;
	if (given < sizeof(given) || given > PAGE_SIZE)
		return -EINVAL;
	err = copy_struct_from_user(to, size, from, given);
	if (err)
		return err;
	*(u32 *)to = given;
	return 0;
}

/* As much of it as the caller knows. */
static int copy_out(void __user *to, void *from, size_t size)
{
	size_t given = *(u32 *)from;

	*(u32 *)from = size;
	return copy_to_user(to, from, min(given, size)) ? -EFAULT : 0;
}

static int device_open(struct inode *inode, struct file *file)
{
	struct hft_file *own;
	int err;

	own = kzalloc(sizeof(*own), GFP_KERNEL_ACCOUNT);
	if (!own)
		return -ENOMEM;
	mutex_init(&own->lock);
	err = hft_session_init(&own->session);
	if (err) {
		kfree(own);
		return err;
	}
	file->private_data = own;
	return 0;
}

static int device_release(struct inode *inode, struct file *file)
{
	struct hft_file *own = file->private_data;

	hft_session_uninit(&own->session);
	mutex_lock(&hft_lock);
	hft_pmu_drop(own);
	hft_watch_drop(own);
	hft_probes_close(own);
	mutex_unlock(&hft_lock);
	if (own->region) {
		if (own->owner)
			hft_region_abandon(own->region);
		hft_region_put(own->region);
	}
	mutex_destroy(&own->lock);
	kfree(own);
	return 0;
}

static u64 rights(const struct file *file)
{
	return (file->f_mode & FMODE_WRITE ? HFT_MAY_WRITE : 0) |
	       (hft_may_read() ? HFT_MAY_READ : 0);
}

static int ioctl_hello(struct file *file, void __user *arg)
{
	struct hft_file *own = file->private_data;
	struct hft_hello hello;
	int err;

	err = copy_in(&hello, sizeof(hello), arg);
	if (err)
		return err;
	own->greeted = hello.abi_major == HFT_ABI_MAJOR;
	hello.abi_major = HFT_ABI_MAJOR;
	hello.abi_minor = HFT_ABI_MINOR;
	hello.may = rights(file);
	mutex_lock(&hft_lock);
	hello.hooks_attached = hft_hooks_attached();
	hello.hooks_supported = hft_hooks_supported();
	hello.ring_slots = hft_rings_slots();
	mutex_unlock(&hft_lock);
	hello.cpus = nr_cpu_ids;
	hello.clock_flags = hft_clock_flags();
	hello.clock_khz = hft_clock_khz();
	strscpy_pad(hello.version, HFT_VERSION, sizeof(hello.version));
	/* also when the caller's ABI is another: it must be able to say which */
	err = copy_out(arg, &hello, sizeof(hello));
	return err ?: (own->greeted ? 0 : -EPROTO);
}

static void forget_counts(struct hft_hook_info *info)
{
	info->events = 0;
	info->missed = 0;
	info->cpus_cut = 0;
}

static int ioctl_hook_info(struct file *file, void __user *arg)
{
	struct hft_hook_info info;
	int err;

	err = copy_in(&info, sizeof(info), arg);
	if (err)
		return err;
	if (info.id >= HFT_HOOKS)
		return -ENOENT;
	mutex_lock(&hft_lock);
	hft_hook_describe(info.id, &info);
	mutex_unlock(&hft_lock);
	/* how busy others keep the machine is for those who may read the rings */
	if (!hft_may_read())
		forget_counts(&info);
	return copy_out(arg, &info, sizeof(info));
}

static void detach(u64 hooks)
{
	hft_sessions_drop(hooks);
	hft_hooks_detach(hooks);
}

static int ioctl_attach(struct file *file, void __user *arg, bool attach)
{
	struct hft_attach want;
	int err;

	err = copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!want.hooks || want.hooks >> HFT_HOOKS || want.flags & ~HFT_ATTACH_FORCE)
		return -EINVAL;
	if (!hft_may_read())
		return -EPERM;
	mutex_lock(&hft_lock);
	if (hft_sessions_armed() && !(want.flags & HFT_ATTACH_FORCE))
		err = -EBUSY;
	else if (attach)
		err = hft_hooks_attach(want.hooks);
	else
		detach(want.hooks);
	mutex_unlock(&hft_lock);
	hft_audit(&(struct hft_act){ .action = attach ? HFT_AUDIT_ATTACH : HFT_AUDIT_DETACH,
				     .hooks = want.hooks, .value = want.flags, .result = err });
	return err;
}

static int ioctl_arm(struct file *file, void __user *arg)
{
	struct hft_file *own = file->private_data;
	struct hft_arm arm;
	int err;

	err = copy_in(&arm, sizeof(arm), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	return hft_session_arm(&own->session, &arm);
}

static int ioctl_probe(struct file *file, void __user *arg, bool add)
{
	struct hft_probe probe;
	int err;

	err = copy_in(&probe, sizeof(probe), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	mutex_lock(&hft_lock);
	err = add ? hft_probe_add(file->private_data, &probe) :
		    hft_probe_describe(file->private_data, &probe);
	mutex_unlock(&hft_lock);
	if (add)
		hft_audit(&(struct hft_act){ .action = HFT_AUDIT_PROBE_ADD, .value = probe.id,
					     .hooks = HFT_HOOK_BIT(HFT_HOOK_PROBE),
					     .result = err });
	return err ?: copy_out(arg, &probe, sizeof(probe));
}

static int ioctl_probe_remove(struct file *file, void __user *arg)
{
	struct hft_probe_remove want;
	int err;

	err = copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	mutex_lock(&hft_lock);
	err = hft_probe_remove(&want);
	mutex_unlock(&hft_lock);
	hft_audit(&(struct hft_act){ .action = HFT_AUDIT_PROBE_REMOVE, .value = want.id,
				     .hooks = HFT_HOOK_BIT(HFT_HOOK_PROBE), .result = err });
	return err;
}

static int ioctl_resize(struct file *file, void __user *arg)
{
	struct hft_resize want;
	int err;

	err = copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (want.reserved)
		return -EINVAL;
	if (!hft_may_read())
		return -EPERM;
	mutex_lock(&hft_lock);
	err = hft_sessions_armed() ? -EBUSY : hft_rings_resize(want.slots);
	if (!err)
		hft_sessions_rings_are_new();
	mutex_unlock(&hft_lock);
	hft_audit(&(struct hft_act){ .action = HFT_AUDIT_RESIZE, .value = want.slots,
				     .result = err });
	return err;
}

static int ioctl_audit(struct file *file, void __user *arg)
{
	struct hft_audit_read want;
	int err;

	err = copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	err = hft_audit_read(&want);
	return err ?: copy_out(arg, &want, sizeof(want));
}

static void set_budget(const struct hft_budget *want, const struct cpumask *cpus)
{
	mutex_lock(&hft_lock);
	hft_governor_set(cpus, want->events_per_s, want->ns_per_s);
	mutex_unlock(&hft_lock);
	hft_audit(&(struct hft_act){ .action = HFT_AUDIT_BUDGET, .cpus = cpus,
				     .value = want->ns_per_s });
}

static int ioctl_budget(struct file *file, void __user *arg)
{
	struct hft_budget want;
	cpumask_var_t cpus;
	int err;

	err = copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	if (!zalloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	err = hft_copy_cpus(cpus, want.cpus, want.cpus_bytes);
	if (!err)
		set_budget(&want, cpus);
	free_cpumask_var(cpus);
	return err;
}

static void rearm(const struct hft_rearm *want, const struct cpumask *cpus)
{
	u64 hooks;

	mutex_lock(&hft_lock);
	hooks = hft_governor_rearm(cpus, want->hooks);
	hft_sessions_update();
	mutex_unlock(&hft_lock);
	hft_audit(&(struct hft_act){ .action = HFT_AUDIT_REARM, .hooks = hooks, .cpus = cpus });
}

static int ioctl_rearm(struct file *file, void __user *arg)
{
	struct hft_rearm want;
	cpumask_var_t cpus;
	int err;

	err = copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!want.hooks || want.hooks >> HFT_HOOKS)
		return -EINVAL;
	if (!hft_may_read())
		return -EPERM;
	if (!zalloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	err = hft_copy_cpus(cpus, want.cpus, want.cpus_bytes);
	if (!err)
		rearm(&want, cpus);
	free_cpumask_var(cpus);
	return err;
}

static int ioctl_hook_cpu(struct file *file, void __user *arg)
{
	struct hft_hook_cpu about;
	int err;

	err = copy_in(&about, sizeof(about), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	if (about.id >= HFT_HOOKS)
		return -ENOENT;
	if (about.cpu >= nr_cpu_ids || !cpu_possible(about.cpu))
		return -ENXIO;
	mutex_lock(&hft_lock);
	hft_governor_describe(&about);
	mutex_unlock(&hft_lock);
	return copy_out(arg, &about, sizeof(about));
}

/* One region a file, made or opened. With own->lock held. */
static int bind(struct hft_file *own, struct hft_user_region *region, bool owner)
{
	if (IS_ERR(region))
		return PTR_ERR(region);
	own->region = region;
	own->owner = owner;
	return 0;
}

static int ioctl_region_create(struct file *file, void __user *arg)
{
	struct hft_file *own = file->private_data;
	struct hft_region_create want;
	int err;

	err = copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!(file->f_mode & FMODE_WRITE))
		return -EPERM;
	mutex_lock(&own->lock);
	err = own->region ? -EBUSY : bind(own, hft_region_create(&want), true);
	if (!err) {
		want.map_size = hft_region_size(own->region);
		want.region = own->region->number;
	}
	mutex_unlock(&own->lock);
	return err ?: copy_out(arg, &want, sizeof(want));
}

static int ioctl_region_info(struct file *file, void __user *arg)
{
	struct hft_region_info info;
	int err;

	err = copy_in(&info, sizeof(info), arg);
	if (!err)
		err = hft_region_describe(&info);
	return err ?: copy_out(arg, &info, sizeof(info));
}

static int ioctl_region_open(struct file *file, void __user *arg)
{
	struct hft_file *own = file->private_data;
	struct hft_region_open want;
	int err;

	err = copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (want.reserved)
		return -EINVAL;
	mutex_lock(&own->lock);
	err = own->region ? -EBUSY : bind(own, hft_region_open(want.region), false);
	if (!err)
		want.map_size = hft_region_size(own->region);
	mutex_unlock(&own->lock);
	return err ?: copy_out(arg, &want, sizeof(want));
}

static int ioctl_clock(struct file *file, void __user *arg)
{
	struct hft_clock_sample sample;
	int err;

	err = copy_in(&sample, sizeof(sample), arg);
	if (err)
		return err;
	hft_clock_sample(&sample);
	return copy_out(arg, &sample, sizeof(sample));
}

static int ioctl_pmu(struct file *file, void __user *arg)
{
	struct hft_pmu want;
	int err;

	err = copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	mutex_lock(&hft_lock);
	err = hft_pmu_control(file->private_data, &want);
	mutex_unlock(&hft_lock);
	/* also when it failed: which event it was */
	return copy_out(arg, &want, sizeof(want)) ?: err;
}

static int ioctl_watch(struct file *file, void __user *arg)
{
	struct hft_watch want;
	int err;

	err = copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	mutex_lock(&hft_lock);
	err = hft_watch_control(file->private_data, &want);
	mutex_unlock(&hft_lock);
	return err ?: copy_out(arg, &want, sizeof(want));
}

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long value)
{
	struct hft_file *own = file->private_data;
	void __user *arg = (void __user *)value;

	/* by number: the size inside `cmd` grows with minor versions */
	if (_IOC_TYPE(cmd) != HFT_IOC_MAGIC)
		return -ENOTTY;
	if (_IOC_NR(cmd) == _IOC_NR(HFT_IOC_HELLO))
		return ioctl_hello(file, arg);
	if (!own->greeted)
		return -EPROTO;
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(HFT_IOC_HOOK_INFO):
		return ioctl_hook_info(file, arg);
	case _IOC_NR(HFT_IOC_ATTACH):
		return ioctl_attach(file, arg, true);
	case _IOC_NR(HFT_IOC_DETACH):
		return ioctl_attach(file, arg, false);
	case _IOC_NR(HFT_IOC_ARM):
		return ioctl_arm(file, arg);
	case _IOC_NR(HFT_IOC_RESIZE):
		return ioctl_resize(file, arg);
	case _IOC_NR(HFT_IOC_PROBE_ADD):
		return ioctl_probe(file, arg, true);
	case _IOC_NR(HFT_IOC_PROBE_REMOVE):
		return ioctl_probe_remove(file, arg);
	case _IOC_NR(HFT_IOC_PROBE_INFO):
		return ioctl_probe(file, arg, false);
	case _IOC_NR(HFT_IOC_REGION_CREATE):
		return ioctl_region_create(file, arg);
	case _IOC_NR(HFT_IOC_REGION_INFO):
		return ioctl_region_info(file, arg);
	case _IOC_NR(HFT_IOC_REGION_OPEN):
		return ioctl_region_open(file, arg);
	case _IOC_NR(HFT_IOC_CLOCK):
		return ioctl_clock(file, arg);
	case _IOC_NR(HFT_IOC_AUDIT):
		return ioctl_audit(file, arg);
	case _IOC_NR(HFT_IOC_BUDGET):
		return ioctl_budget(file, arg);
	case _IOC_NR(HFT_IOC_REARM):
		return ioctl_rearm(file, arg);
	case _IOC_NR(HFT_IOC_HOOK_CPU):
		return ioctl_hook_cpu(file, arg);
	case _IOC_NR(HFT_IOC_PMU):
		return ioctl_pmu(file, arg);
	case _IOC_NR(HFT_IOC_WATCH):
		return ioctl_watch(file, arg);
	default:
		return -ENOTTY;
	}
}

/* CPU rings: kernel addresses in them are for those alone who may see them. */
static int map_cpu(u64 offset, struct vm_area_struct *vma)
{
	u64 cpu = (offset - HFT_MAP_CPU(0)) >> 30;

	if (offset != HFT_MAP_CPU(cpu))
		return -EINVAL;
	if (!hft_may_read())
		return -EPERM;
	/* such a file's being open keeps new ones out; what stands there stays */
	if (hft_sessions_recorded_addresses() && !hft_may_see_kernel_addresses())
		return -EPERM;
	return hft_ring_map(cpu, vma);
}

static int map_region(struct hft_file *own, struct vm_area_struct *vma)
{
	struct hft_user_region *region;
	bool owner;

	/* bound once and for the file's life: read after the lock it stays */
	mutex_lock(&own->lock);
	region = own->region;
	owner = own->owner;
	mutex_unlock(&own->lock);
	return region ? hft_region_map(region, owner, vma) : -ENXIO;
}

static int device_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct hft_file *own = file->private_data;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;

	if (!own->greeted)
		return -EPROTO;
	/* data that others write: never code */
	if (vma->vm_flags & VM_EXEC)
		return -EACCES;
	hft_vm_flags_change(vma, 0, VM_MAYEXEC);
	if (offset == HFT_MAP_REGION)
		return map_region(own, vma);
	if (offset >= HFT_MAP_CPU(0) && offset < HFT_MAP_REGION)
		return map_cpu(offset, vma);
	return -EINVAL;
}

static const struct file_operations device_fops = {
	.owner		= THIS_MODULE,
	.open		= device_open,
	.release	= device_release,
	.unlocked_ioctl	= device_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.mmap		= device_mmap,
	.llseek		= noop_llseek,
};

static struct miscdevice device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "hftrace",
	.mode	= 0660,
	.fops	= &device_fops,
};

int hft_device_init(void)
{
	return misc_register(&device);
}

void hft_device_uninit(void)
{
	misc_deregister(&device);
}
