// SPDX-License-Identifier: GPL-2.0
/*
 * Ring memory of the CPUs and the slow paths of writing to it. Every possible
 * CPU has a ring from load to unload, so that arming allocates nothing and a
 * CPU that comes up later can be traced.
 */
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#include "compat/mm.h"
#include "failure.h"
#include "frame.h"
#include "ring.h"

DEFINE_PER_CPU_ALIGNED(struct hft_cpu, hft_cpu);

struct hft_ring {
	struct page **pages;
	unsigned long count;		/* of pages: the control page first */
	struct hft_ring_ctl *ctl;	/* all of it, mapped once */
};

static struct hft_ring *rings;		/* by CPU, nr_cpu_ids of them */
static u64 ring_slots;
static atomic_t mappings;

/* Mapping the rings against exchanging them. Taken under mmap_lock. */
static DEFINE_MUTEX(rings_lock);

static void free_ring(struct hft_ring *ring)
{
	vunmap(ring->ctl);
	while (ring->count)
		__free_page(ring->pages[--ring->count]);
	kvfree(ring->pages);
	memset(ring, 0, sizeof(*ring));
}

static int fill_pages(struct hft_ring *ring, unsigned long count, int node)
{
	while (ring->count < count) {
		struct page *page = alloc_pages_node(node, GFP_KERNEL | __GFP_ZERO |
						     __GFP_RETRY_MAYFAIL | __GFP_NOWARN, 0);

		if (!page)
			return -ENOMEM;
		ring->pages[ring->count++] = page;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

static int alloc_ring(struct hft_ring *ring, unsigned int cpu, u64 slots)
{
	unsigned long count = PAGE_ALIGN(HFT_RING_STRIDE(slots)) >> PAGE_SHIFT;
	int err = -ENOMEM;

	memset(ring, 0, sizeof(*ring));
	ring->pages = kvcalloc(count, sizeof(*ring->pages), GFP_KERNEL);
	if (!ring->pages)
		return -ENOMEM;
	err = fill_pages(ring, count, cpu_to_node(cpu));
	if (err)
		goto err_ring;
	err = -ENOMEM;
	ring->ctl = vmap(ring->pages, count, VM_MAP, PAGE_KERNEL);
	if (!ring->ctl)
		goto err_ring;
	ring->ctl->magic = HFT_RING_MAGIC;
	ring->ctl->abi_major = HFT_ABI_MAJOR;
	ring->ctl->abi_minor = HFT_ABI_MINOR;
	ring->ctl->kind = HFT_RING_CPU;
	ring->ctl->id = cpu;
	ring->ctl->slots = slots;
	ring->ctl->mask = slots - 1;
	ring->ctl->generation = 1;
	ring->ctl->birth = hft_clock();
	return 0;

err_ring:
	free_ring(ring);
	return err;
}

static void free_rings(struct hft_ring *set)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		free_ring(&set[cpu]);
	kvfree(set);
}

static struct hft_ring *alloc_rings(u64 slots)
{
	unsigned long pages = HFT_RING_STRIDE(slots) / PAGE_SIZE * num_possible_cpus();
	struct hft_ring *set;
	unsigned int cpu;

	/* half of what is free, and the OOM killer never has to look for more */
	if (pages > si_mem_available() / 2)
		return NULL;
	set = kvcalloc(nr_cpu_ids, sizeof(*set), GFP_KERNEL);
	if (!set)
		return NULL;
	for_each_possible_cpu(cpu) {
		if (alloc_ring(&set[cpu], cpu, slots)) {
			free_rings(set);
			return NULL;
		}
	}
	return set;
}

/* No probe runs that saw its hook armed: nobody uses what hft_cpu points to. */
static void use_rings(struct hft_ring *set, u64 slots)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(hft_cpu.ctl, cpu) = set[cpu].ctl;
	rings = set;
	ring_slots = slots;
}

static bool slots_valid(u64 slots)
{
	return is_power_of_2(slots) && slots >= HFT_CPU_RING_SLOTS_MIN &&
	       slots <= HFT_RING_SLOTS_MAX;
}

int hft_rings_init(u64 slots)
{
	struct hft_ring *set;

	if (!slots_valid(slots))
		return -EINVAL;
	set = alloc_rings(slots);
	if (!set)
		return -ENOMEM;
	use_rings(set, slots);
	return 0;
}

void hft_rings_uninit(void)
{
	free_rings(rings);
}

int hft_rings_resize(u64 slots)
{
	struct hft_ring *old = rings, *set;
	int err = 0;

	if (!slots_valid(slots))
		return -EINVAL;
	if (atomic_read(&mappings))
		return -EBUSY;
	if (slots == ring_slots)
		return 0;
	set = alloc_rings(slots);
	if (!set)
		return -ENOMEM;
	/* a probe that saw its hook armed before the disarming may still be writing */
	hft_wait_for_probes();
	mutex_lock(&rings_lock);
	if (atomic_read(&mappings))
		err = -EBUSY;
	else
		use_rings(set, slots);
	mutex_unlock(&rings_lock);
	free_rings(err ? set : old);
	return err;
}

u64 hft_rings_slots(void)
{
	return ring_slots;
}

static void mapping_open(struct vm_area_struct *vma)
{
	atomic_inc(&mappings);
}

static void mapping_close(struct vm_area_struct *vma)
{
	atomic_dec(&mappings);
}

static const struct vm_operations_struct ring_vm_ops = {
	.open	= mapping_open,
	.close	= mapping_close,
};

static int map_ring(const struct hft_ring *ring, struct vm_area_struct *vma)
{
	unsigned long count = vma_pages(vma);
	int err;

	if (count > ring->count)
		return -EINVAL;
	err = vm_insert_pages(vma, vma->vm_start, ring->pages, &count);
	if (!err)
		mapping_open(vma);
	return err;
}

int hft_ring_map(unsigned int cpu, struct vm_area_struct *vma)
{
	int err;

	if (cpu >= nr_cpu_ids || !cpu_possible(cpu))
		return -ENXIO;
	if (vma->vm_flags & VM_WRITE)
		return -EACCES;
	hft_vm_flags_change(vma, VM_DONTEXPAND | VM_DONTCOPY, VM_MAYWRITE);
	vma->vm_ops = &ring_vm_ops;
	mutex_lock(&rings_lock);
	err = map_ring(&rings[cpu], vma);
	mutex_unlock(&rings_lock);
	return err;
}

void hft_ring_show_armed(unsigned int cpu, u64 armed)
{
	WRITE_ONCE(rings[cpu].ctl->enable, armed);
}

/*
 * Closes the page of slots that `head` is in with a pad. Gives the head behind
 * it; or finds that a nested writer has moved the head and gives that.
 */
static u64 pad(struct hft_ring_ctl *ctl, u64 head)
{
	unsigned int rest = HFT_PAGE_SLOTS - head % HFT_PAGE_SLOTS;
	struct hft_slot *slot;
	u64 tsc;

	tsc = hft_clock();
	if (!hft_try_cmpxchg_local(&ctl->head, &head, head + rest))
		return head;
	/* as in hft_reserve() */
	smp_wmb();
	slot = hft_ring_slot(ctl, head);
	slot->tsc = tsc;
	slot->arg[0] = 0;
	slot->arg[1] = 0;
	WRITE_ONCE(*(u32 *)&slot->type, (u32)HFT_SLOT_WORD(HFT_REC_PAD, rest, 0, 0));
	/* as in hft_commit() */
	smp_store_release(&slot->seq, (u32)head);
	return head + rest;
}

/*
 * Slow path of hft_reserve(): a record of n slots may not fit the page of slots
 * that `head` is in. Gives a head where it does.
 */
u64 hft_ring_fit(u64 head_and_n)
{
	u64 head = head_and_n & (HFT_FIT(0, 1) - 1);
	unsigned int n = head_and_n >> 60;

	/* would the last slot be in the next page of slots? */
	while ((head + n - 1) % HFT_PAGE_SLOTS < n - 1)
		head = pad(hft_ring(), head);
	return head;
}

/*
 * Slow path of hft_frame_pop(): the top frame is not the one that ends. Finds
 * the frame below; those above it are stale. Without a match, HFT_FRAMES, the
 * start was not seen, and stale frames, of other armings, go.
 */
u64 hft_frame_find(u64 tag)
{
	struct hft_ring_ctl *ctl = hft_ring();
	u32 depth = READ_ONCE(ctl->depth), stale = depth;

	if (unlikely(depth > HFT_FRAMES)) {
		hft_fail("a CPU's stack of open intervals");
		WRITE_ONCE(ctl->depth, 0);
		return HFT_FRAMES;
	}
	while (depth-- > 0) {
		if (ctl->frame[depth].tag == tag)
			return depth;
		if ((ctl->frame[depth].tag ^ tag) >> 8)
			stale = depth;
	}
	WRITE_ONCE(ctl->depth, stale);
	return HFT_FRAMES;
}
