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

#include "clock.h"
#include "compat/mm.h"
#include "control.h"
#include "device.h"
#include "hook.h"
#include "pmu.h"
#include "privilege.h"
#include "probe.h"
#include "region.h"
#include "request.h"
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

static int hello(void *asker, void *arg)
{
	struct file *file = asker;
	struct hft_file *own = file->private_data;
	struct hft_hello *hello = arg;

	own->greeted = hello->abi_major == HFT_ABI_MAJOR;
	hello->abi_major = HFT_ABI_MAJOR;
	hello->abi_minor = HFT_ABI_MINOR;
	hello->may = rights(file);
	mutex_lock(&hft_lock);
	hello->hooks_attached = hft_hooks_attached();
	hello->hooks_supported = hft_hooks_supported();
	hello->ring_slots = hft_rings_slots();
	mutex_unlock(&hft_lock);
	hello->cpus = nr_cpu_ids;
	hello->clock_flags = hft_clock_flags();
	hello->clock_khz = hft_clock_khz();
	strscpy_pad(hello->version, HFT_VERSION, sizeof(hello->version));
	return own->greeted ? 0 : -EPROTO;
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

static int region_create(void *asker, void *arg)
{
	struct file *file = asker;
	struct hft_file *own = file->private_data;
	struct hft_region_create *want = arg;
	int err;

	if (!(file->f_mode & FMODE_WRITE))
		return -EPERM;
	mutex_lock(&own->lock);
	err = own->region ? -EBUSY : bind(own, hft_region_create(want), true);
	if (!err) {
		want->map_size = hft_region_size(own->region);
		want->region = own->region->number;
	}
	mutex_unlock(&own->lock);
	return err;
}

static int region_info(void *asker, void *arg)
{
	return hft_region_describe(arg);
}

static int region_open(void *asker, void *arg)
{
	struct file *file = asker;
	struct hft_file *own = file->private_data;
	struct hft_region_open *want = arg;
	int err;

	if (want->reserved)
		return -EINVAL;
	mutex_lock(&own->lock);
	err = own->region ? -EBUSY : bind(own, hft_region_open(want->region), false);
	if (!err)
		want->map_size = hft_region_size(own->region);
	mutex_unlock(&own->lock);
	return err;
}

static int clock(void *asker, void *arg)
{
	hft_clock_sample(arg);
	return 0;
}

#define ALL(command, type, answers, function)					\
	[_IOC_NR(HFT_IOC_##command)] = HFT_REQUEST(type, HFT_BY_ALL, answers, function)

static const struct hft_request requests[] = {
	/* also when the caller's ABI is another: it must be able to say which */
	ALL(HELLO, hft_hello, HFT_ANSWER_ALWAYS, hello),
	ALL(REGION_CREATE, hft_region_create, HFT_ANSWER, region_create),
	ALL(REGION_INFO, hft_region_info, HFT_ANSWER, region_info),
	ALL(REGION_OPEN, hft_region_open, HFT_ANSWER, region_open),
	ALL(CLOCK, hft_clock_sample, HFT_ANSWER, clock),
};

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long value)
{
	/* by number: the size inside `cmd` grows with minor versions */
	const unsigned int nr = _IOC_NR(cmd);
	struct hft_file *own = file->private_data;
	struct hft_who who = { .session = &own->session, .owner = own };
	void __user *arg = (void __user *)value;
	long err;

	if (_IOC_TYPE(cmd) != HFT_IOC_MAGIC)
		return -ENOTTY;
	if (nr != _IOC_NR(HFT_IOC_HELLO) && !own->greeted)
		return -EPROTO;
	err = hft_request(requests, ARRAY_SIZE(requests), nr, file, arg);
	return err == -ENOTTY ? hft_control(&who, nr, arg) : err;
}

/* CPU rings: kernel addresses in them are for those alone who may see them. */
static int map_cpu(const struct hft_file *own, u64 offset, struct vm_area_struct *vma)
{
	u64 cpu = (offset - HFT_MAP_CPU(0)) >> 30;

	if (offset != HFT_MAP_CPU(cpu))
		return -EINVAL;
	if (!hft_may_read())
		return -EPERM;
	/* a blind file's being open keeps new ones out; what stands there stays */
	if (!hft_may_see_kernel_addresses() &&
	    (!own->session.blind || hft_sessions_recorded_addresses()))
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
		return map_cpu(own, offset, vma);
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
