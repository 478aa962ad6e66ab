// SPDX-License-Identifier: GPL-2.0
/*
 * Regions: made by an ioctl, mapped once by their owner, read by others,
 * counted against a cap and a quota, and freed some time after their death.
 */
#include <linux/cred.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>

#include "compat/mm.h"
#include "compat/shrinker.h"
#include "housekeeping.h"
#include "privilege.h"
#include "region.h"

static DEFINE_MUTEX(regions_lock);
static LIST_HEAD(regions);		/* in order of number */
static u64 last_number;
static unsigned long pages_charged;	/* to all of them */
static unsigned long total_max;		/* pages */
static unsigned long user_max;		/* pages */
static unsigned long dead_age;		/* jiffies */
static struct shrinker *shrinker;

static void reap(struct work_struct *work);
static DECLARE_DELAYED_WORK(reaper, reap);

/* With the lock held. The pages are uncharged when they are free, not before. */
static void release(struct kref *refs)
{
	struct hft_user_region *region = container_of(refs, struct hft_user_region, refs);

	list_del(&region->list);
	pages_charged -= region->charged;
	while (region->count)
		put_page(region->pages[--region->count]);
	kvfree(region->pages);
	mmdrop(region->mm);
	put_pid(region->tgid);
	kfree(region);
}

static void release_unlock(struct kref *refs)
{
	release(refs);
	mutex_unlock(&regions_lock);
}

void hft_region_put(struct hft_user_region *region)
{
	kref_put_mutex(&region->refs, release_unlock, &regions_lock);
}

/* Nobody finds it any more; its pages go with the last file and mapping. */
static void forget(struct hft_user_region *region)
{
	region->kept = false;
	kref_put(&region->refs, release);
}

/* Dead, and forgetting it gives its pages back now. */
static bool freeable(const struct hft_user_region *region)
{
	return region->kept && region->dead && kref_read(&region->refs) == 1;
}

static bool belongs_to(const struct hft_user_region *region, const kuid_t *user)
{
	return !user || uid_eq(region->euid, *user);
}

/* Pages of `user`'s regions, or of everyone's; only of those that are freeable, if asked. */
static unsigned long pages_of(const kuid_t *user, bool only_freeable)
{
	struct hft_user_region *region;
	unsigned long count = 0;

	list_for_each_entry(region, &regions, list) {
		if (belongs_to(region, user) && (!only_freeable || freeable(region)))
			count += region->charged;
	}
	return count;
}

/* Frees dead regions, oldest first, until `most` pages are free. */
static unsigned long free_dead(const kuid_t *user, unsigned long most)
{
	struct hft_user_region *region, *next;
	unsigned long freed = 0;

	list_for_each_entry_safe(region, next, &regions, list) {
		if (freed >= most)
			break;
		if (belongs_to(region, user) && freeable(region)) {
			freed += region->charged;
			forget(region);
		}
	}
	return freed;
}

static void reap_later(void)
{
	queue_delayed_work_on(hft_housekeeping_cpu(), system_wq, &reaper,
			      min_t(unsigned long, dead_age + 1, 10 * HZ));
}

static void reap(struct work_struct *work)
{
	struct hft_user_region *region, *next;
	bool again = false;

	mutex_lock(&regions_lock);
	list_for_each_entry_safe(region, next, &regions, list) {
		if (!region->kept || !region->dead)
			continue;
		if (time_after_eq(jiffies, region->died + dead_age))
			forget(region);
		else
			again = true;
	}
	if (again)
		reap_later();
	mutex_unlock(&regions_lock);
}

static unsigned long shrink_count(struct shrinker *s, struct shrink_control *sc)
{
	unsigned long count;

	if (!mutex_trylock(&regions_lock))
		return 0;
	count = pages_of(NULL, true);
	mutex_unlock(&regions_lock);
	return count;
}

static unsigned long shrink_scan(struct shrinker *s, struct shrink_control *sc)
{
	unsigned long freed;

	if (!mutex_trylock(&regions_lock))
		return SHRINK_STOP;
	freed = free_dead(NULL, sc->nr_to_scan);
	mutex_unlock(&regions_lock);
	return freed;
}

void hft_regions_move_works(void)
{
	hft_housekeeping_move(&reaper);
}

int hft_regions_init(unsigned long total_mb, unsigned long user_mb, unsigned long dead_age_s)
{
	total_max = total_mb << (20 - PAGE_SHIFT);
	user_max = user_mb << (20 - PAGE_SHIFT);
	dead_age = dead_age_s * HZ;
	shrinker = hft_shrinker_register(shrink_count, shrink_scan);
	return shrinker ? 0 : -ENOMEM;
}

/* The module is not in use: no file, no mapping. */
void hft_regions_uninit(void)
{
	struct hft_user_region *region, *next;

	hft_shrinker_unregister(shrinker);
	cancel_delayed_work_sync(&reaper);
	list_for_each_entry_safe(region, next, &regions, list)
		forget(region);
}

/*
 * With the lock held: do `count` more pages fit, if need be without the dead?
 * Nobody's dead region goes before it is known that this is enough.
 */
static int charge(unsigned long count)
{
	const kuid_t user = current_euid();
	unsigned long own = pages_of(&user, false);

	if (count > total_max)
		return -ENOSPC;
	if (own + count > user_max && !capable(CAP_SYS_RESOURCE)) {
		if (own + count - user_max > pages_of(&user, true))
			return -EDQUOT;
		free_dead(&user, own + count - user_max);
	}
	if (pages_charged + count > total_max) {
		if (pages_charged + count - total_max > pages_of(NULL, true))
			return -ENOSPC;
		free_dead(NULL, pages_charged + count - total_max);
	}
	pages_charged += count;
	return 0;
}

static int fill_pages(struct hft_user_region *region)
{
	region->pages = kvcalloc(region->charged, sizeof(*region->pages), GFP_KERNEL_ACCOUNT);
	if (!region->pages)
		return -ENOMEM;
	while (region->count < region->charged) {
		struct page *page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO |
					       __GFP_RETRY_MAYFAIL | __GFP_NOWARN);

		if (!page)
			return -ENOMEM;
		region->pages[region->count++] = page;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

struct hft_user_region *hft_region_create(const struct hft_region_create *want)
{
	struct hft_user_region *region;
	unsigned long count;
	int err;

	if (!want->rings || want->rings > HFT_REGION_RINGS_MAX ||
	    !is_power_of_2(want->ring_slots) || want->ring_slots < HFT_RING_SLOTS_MIN ||
	    want->ring_slots > HFT_RING_SLOTS_MAX || want->board_size > HFT_BOARD_SIZE_MAX)
		return ERR_PTR(-EINVAL);
	count = PAGE_ALIGN(HFT_REGION_SIZE(want->rings, want->ring_slots) + want->board_size) >>
		PAGE_SHIFT;

	region = kzalloc(sizeof(*region), GFP_KERNEL_ACCOUNT);
	if (!region)
		return ERR_PTR(-ENOMEM);
	kref_init(&region->refs);	/* the caller's */
	region->mm = current->mm;
	region->euid = current_euid();
	get_task_comm(region->comm, current->group_leader);

	/* in the list from here on, so that what is being made counts as well */
	mutex_lock(&regions_lock);
	err = charge(count);
	if (err) {
		mutex_unlock(&regions_lock);
		kfree(region);
		return ERR_PTR(err);
	}
	mmgrab(region->mm);
	region->tgid = get_pid(task_tgid(current));
	region->charged = count;
	region->number = ++last_number;
	list_add_tail(&region->list, &regions);
	mutex_unlock(&regions_lock);

	err = fill_pages(region);
	if (err) {
		hft_region_put(region);
		return ERR_PTR(err);
	}
	mutex_lock(&regions_lock);
	kref_get(&region->refs);	/* being kept */
	region->kept = true;
	mutex_unlock(&regions_lock);
	return region;
}

/* Is the owner, while it still can be asked, the user that made the region? */
static bool owner_changed(const struct hft_user_region *region)
{
	struct task_struct *task = get_pid_task(region->tgid, PIDTYPE_TGID);
	bool changed = true;

	if (task) {
		changed = !uid_eq(task_euid(task), region->euid);
		put_task_struct(task);
	}
	return changed;
}

/* Who changed its user, by then or before its death, is not read by the old one. */
static bool may_open(const struct hft_user_region *region)
{
	if (hft_may_read())
		return true;
	return uid_eq(region->euid, current_euid()) &&
	       !(region->dead ? region->privileged : owner_changed(region));
}

struct hft_user_region *hft_region_open(u64 number)
{
	struct hft_user_region *region, *found = ERR_PTR(-ENOENT);

	mutex_lock(&regions_lock);
	list_for_each_entry(region, &regions, list) {
		if (!region->kept || region->number != number)
			continue;
		found = may_open(region) ? region : ERR_PTR(-EACCES);
		break;
	}
	if (!IS_ERR(found))
		kref_get(&found->refs);
	mutex_unlock(&regions_lock);
	return found;
}

int hft_region_describe(struct hft_region_info *info)
{
	struct hft_user_region *region;
	int err = -ENOENT;

	mutex_lock(&regions_lock);
	list_for_each_entry(region, &regions, list) {
		if (!region->kept || region->number <= info->after || !may_open(region))
			continue;
		info->flags = region->dead ? HFT_REGION_DEAD : 0;
		info->region = region->number;
		info->map_size = hft_region_size(region);
		info->tgid = pid_vnr(region->tgid);
		info->euid = from_kuid_munged(current_user_ns(), region->euid);
		info->age_ms = region->dead ? jiffies_to_msecs(jiffies - region->died) : 0;
		memcpy(info->comm, region->comm, sizeof(info->comm));
		err = 0;
		break;
	}
	mutex_unlock(&regions_lock);
	return err;
}

u64 hft_region_size(const struct hft_user_region *region)
{
	return (u64)region->count << PAGE_SHIFT;
}

static void die(struct hft_user_region *region)
{
	if (!region->dead) {
		region->dead = true;
		region->died = jiffies;
		region->privileged = owner_changed(region);
		reap_later();
	}
}

void hft_region_abandon(struct hft_user_region *region)
{
	mutex_lock(&regions_lock);
	if (!region->owner_maps)
		die(region);
	mutex_unlock(&regions_lock);
}

static int mapping_may_split(struct vm_area_struct *vma, unsigned long addr)
{
	return -EINVAL;
}

/*
 * A fork's child has the mapping too, but not the pages (VM_WIPEONFORK). At
 * its first access it gets a zero page of its own, in which every ring is
 * switched off.
 */
static vm_fault_t child_fault(struct vm_fault *vmf)
{
	vmf->page = alloc_page(GFP_HIGHUSER | __GFP_ZERO | __GFP_ACCOUNT);
	return vmf->page ? 0 : VM_FAULT_OOM;
}

static const struct vm_operations_struct child_vm_ops = {
	.may_split	= mapping_may_split,
	.fault		= child_fault,
};

static void mapping_open(struct vm_area_struct *vma)
{
	struct hft_user_region *region = vma->vm_private_data;

	if (vma->vm_mm != region->mm) {
		/* a child's, which gets no page of it even if its parent said MADV_KEEPONFORK */
		vma->vm_ops = &child_vm_ops;
		vma->vm_private_data = NULL;
		hft_vm_flags_change(vma, VM_WIPEONFORK, 0);
		return;
	}
	kref_get(&region->refs);
	mutex_lock(&regions_lock);
	region->owner_maps++;
	mutex_unlock(&regions_lock);
}

static void mapping_close(struct vm_area_struct *vma)
{
	struct hft_user_region *region = vma->vm_private_data;

	mutex_lock(&regions_lock);
	if (!--region->owner_maps)
		die(region);
	mutex_unlock(&regions_lock);
	hft_region_put(region);
}

/* All pages are there from the start: it comes here only after MADV_DONTNEED. */
static vm_fault_t mapping_fault(struct vm_fault *vmf)
{
	struct hft_user_region *region = vmf->vma->vm_private_data;
	unsigned long index = (vmf->address - vmf->vma->vm_start) >> PAGE_SHIFT;

	if (index >= region->count)
		return VM_FAULT_SIGBUS;
	vmf->page = region->pages[index];
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct owner_vm_ops = {
	.open		= mapping_open,
	.close		= mapping_close,
	.may_split	= mapping_may_split,
	.fault		= mapping_fault,
};

static void reader_open(struct vm_area_struct *vma)
{
	struct hft_user_region *region = vma->vm_private_data;

	kref_get(&region->refs);
}

static void reader_close(struct vm_area_struct *vma)
{
	hft_region_put(vma->vm_private_data);
}

static const struct vm_operations_struct reader_vm_ops = {
	.open	= reader_open,
	.close	= reader_close,
};

/* Once, by the process that made it: shared, all of it, readable and writable. */
static int claim(struct hft_user_region *region, struct vm_area_struct *vma)
{
	int err = 0;

	if (vma_pages(vma) != region->count || !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	mutex_lock(&regions_lock);
	if (vma->vm_mm != region->mm)
		err = -EACCES;
	else if (region->mapped || region->dead)
		err = -EBUSY;
	region->mapped |= !err;
	mutex_unlock(&regions_lock);
	return err;
}

static void unclaim(struct hft_user_region *region)
{
	mutex_lock(&regions_lock);
	region->mapped = false;
	mutex_unlock(&regions_lock);
}

int hft_region_map(struct hft_user_region *region, bool owner, struct vm_area_struct *vma)
{
	unsigned long count = vma_pages(vma);
	int err;

	if (owner) {
		err = claim(region, vma);
		if (err)
			return err;
		hft_vm_flags_change(vma, VM_DONTEXPAND | VM_WIPEONFORK | VM_MIXEDMAP, 0);
		vma->vm_ops = &owner_vm_ops;
	} else {
		if (count > region->count)
			return -EINVAL;
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
		hft_vm_flags_change(vma, VM_DONTEXPAND | VM_DONTCOPY, VM_MAYWRITE);
		vma->vm_ops = &reader_vm_ops;
	}
	vma->vm_private_data = region;
	err = vm_insert_pages(vma, vma->vm_start, region->pages, &count);
	if (!err)
		vma->vm_ops->open(vma);
	else if (owner)
		unclaim(region);
	return err;
}
