/* SPDX-License-Identifier: GPL-2.0 */
/* Shrinkers are allocated by the kernel from 6.7, by their user before. */
#ifndef HFT_COMPAT_SHRINKER_H
#define HFT_COMPAT_SHRINKER_H

#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/version.h>

typedef unsigned long (*hft_shrink_t)(struct shrinker *s, struct shrink_control *sc);

static inline struct shrinker *hft_shrinker_register(hft_shrink_t count, hft_shrink_t scan)
{
	struct shrinker *s;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	s = shrinker_alloc(0, "hftrace");
#else
	s = kzalloc(sizeof(*s), GFP_KERNEL);
#endif
	if (!s)
		return NULL;
	s->count_objects = count;
	s->scan_objects = scan;
	s->seeks = DEFAULT_SEEKS;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	shrinker_register(s);
#else
	if (register_shrinker(s, "hftrace")) {
		kfree(s);
		return NULL;
	}
#endif
	return s;
}

static inline void hft_shrinker_unregister(struct shrinker *s)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	shrinker_free(s);
#else
	unregister_shrinker(s);
	kfree(s);
#endif
}

#endif /* HFT_COMPAT_SHRINKER_H */
