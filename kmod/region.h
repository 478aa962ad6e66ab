/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process's rings. The pages belong to the module, so they outlive the
 * process; the kernel never looks at what user space writes there.
 */
#ifndef HFT_REGION_H
#define HFT_REGION_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/uidgid.h>
#include <hftrace/abi.h>

struct hft_user_region {
	struct list_head list;		/* of all whose pages are not free yet */
	struct kref refs;		/* being kept, open files, mappings */
	u64 number;			/* never used again */
	struct page **pages;
	unsigned long count;		/* of pages */
	unsigned long charged;		/* pages, before they are there and until they are free */
	struct mm_struct *mm;		/* who it was made for; the struct alone is held */
	struct pid *tgid;
	kuid_t euid;			/* of the owner when it was made */
	char comm[TASK_COMM_LEN];

	/* Under the lock of region.c. */
	unsigned int owner_maps;	/* mappings in `mm` */
	bool kept;			/* made whole, and not forgotten: it can be found */
	bool mapped;			/* was mapped by its owner */
	bool dead;			/* the owner has unmapped it, exited or called exec */
	bool privileged;		/* the owner died as another user: not for the old one */
	unsigned long died;		/* jiffies */
};

int hft_regions_init(unsigned long total_mb, unsigned long user_mb, unsigned long dead_age_s);
void hft_regions_uninit(void);

/* CPUs have been armed. */
void hft_regions_move_works(void);

struct hft_user_region *hft_region_create(const struct hft_region_create *want);
struct hft_user_region *hft_region_open(u64 number);
void hft_region_put(struct hft_user_region *region);

/* The file that made it is closed: it is dead unless it is still mapped. */
void hft_region_abandon(struct hft_user_region *region);

int hft_region_describe(struct hft_region_info *info);
int hft_region_map(struct hft_user_region *region, bool owner, struct vm_area_struct *vma);
u64 hft_region_size(const struct hft_user_region *region);

#endif /* HFT_REGION_H */
