// SPDX-License-Identifier: LGPL-2.1
/*
 * Threads and their rings. A ring is claimed by a thread, given back when the
 * thread ends or detaches, and mapped all the time: unmapping would interrupt
 * the cores that the others run on.
 */
#include "handles.h"
#include "library.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

/* What a handle points to that has no ring, and who finds no handle gets. */
static struct hft_ring_ctl off_ctl;
static struct hft_slot off_slots[HFT_PAGE_SLOTS];
static struct hft_thread off_handle = {
	.ctl = &off_ctl, .slots = off_slots, .mask = HFT_PAGE_SLOTS - 1,
};

static _Thread_local struct hft_thread *self;

static pthread_key_t exit_key;
static int exit_key_result = -ENOTCONN;	/* 0: it was made */

static void point_nowhere(struct hft_thread *thread)
{
	__atomic_store_n(&thread->enable, 0, __ATOMIC_SEQ_CST);
	thread->ctl = &off_ctl;
	thread->slots = off_slots;
	thread->mask = HFT_PAGE_SLOTS - 1;
}

/* The number of its ring; as many as there are if it has none. */
static uint32_t ring_of(const struct hft_thread *thread)
{
	uint32_t ring;

	for (ring = 0; ring < hft_library.rings; ring++)
		if (hft_library.owners[ring] == thread)
			break;
	return ring;
}

bool hft_thread_has_ring(const struct hft_thread *thread)
{
	return ring_of(thread) < hft_library.rings;
}

/*
 * Off first, free last: whoever claims the ring next finds it at rest. Where the handle
 * points stays: its thread may be in the middle of a record, if it is not this one.
 */
static void give_back(uint32_t ring)
{
	struct hft_ring_ctl *ctl = hft_region_ring(hft_library.region, ring);

	__atomic_store_n(&hft_library.owners[ring]->enable, 0, __ATOMIC_SEQ_CST);
	hft_library.owners[ring] = NULL;
	__atomic_store_n(&ctl->enable, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&ctl->depth, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&ctl->id, -ctl->id, __ATOMIC_RELEASE);
}

/* The calling thread's own, which is in the middle of nothing. */
static void detach(struct hft_thread *thread)
{
	uint32_t ring = ring_of(thread);

	if (ring < hft_library.rings)
		give_back(ring);
	point_nowhere(thread);
	hft_counters_give_back(thread);
}

static void thread_exits(void *thread)
{
	hft_library_lock();
	detach(thread);
	hft_values_leave(thread);
	hft_handle_leave(thread);
	self = NULL;
	pthread_mutex_unlock(&hft_library.lock);
}

static void make_exit_key(void)
{
	exit_key_result = -pthread_key_create(&exit_key, thread_exits);
}

/* A plugin that has the library inside is unloaded: threads that end later must not call it. */
static void __attribute__((destructor)) delete_exit_key(void)
{
	if (!exit_key_result)
		pthread_key_delete(exit_key);
}

int hft_threads_prepare(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make_exit_key);
	return exit_key_result ? exit_key_result : hft_handles_prepare();
}

void hft_threads_release(void)
{
	uint32_t ring;

	for (ring = 0; ring < hft_library.rings; ring++)
		if (hft_library.owners[ring])
			give_back(ring);
}

void hft_threads_forget(void)
{
	if (hft_library.rings)
		memset(hft_library.owners, 0, hft_library.rings * sizeof(*hft_library.owners));
	hft_handles_forget(self);
	if (self)
		point_nowhere(self);
}

bool hft_thread_is_own(const struct hft_thread *thread)
{
	return thread && thread == self;
}

uint32_t hft_threads_used(void)
{
	uint32_t ring, used = 0;

	for (ring = 0; ring < hft_library.rings; ring++)
		used += !!hft_library.owners[ring];
	return used;
}

/*
 * The free ring that was claimed the fewest times, then the one whose last
 * claim is longest ago, so that the dead's records stand as long as they can.
 */
static struct hft_ring_ctl *find_free(uint32_t *found)
{
	struct hft_ring_ctl *best = NULL, *ctl;
	uint32_t ring;

	for (ring = 0; ring < hft_library.rings; ring++) {
		ctl = hft_region_ring(hft_library.region, ring);
		if (hft_library.owners[ring] || __atomic_load_n(&ctl->id, __ATOMIC_ACQUIRE) > 0)
			continue;
		if (best && (ctl->generation > best->generation ||
			     (ctl->generation == best->generation && ctl->birth >= best->birth)))
			continue;
		best = ctl;
		*found = ring;
	}
	return best;
}

static void put_name(struct hft_ring_ctl *ctl, const char *name)
{
	char text[sizeof(ctl->name)] = "";
	size_t i;

	if (name)
		snprintf(text, sizeof(text), "%s", name);
	else
		prctl(PR_GET_NAME, text);
	for (i = 0; i < sizeof(text); i++)
		HFT_PUT(ctl->name[i], text[i]);
}

/*
 * A claim begins a page, so that the last owner's last page is whole; the
 * generation goes second to last and enable last, which tells readers that
 * the line of identity is true.
 */
static void claim(struct hft_ring_ctl *ctl, struct hft_thread *thread, const char *name)
{
	thread->ctl = ctl;
	thread->slots = (struct hft_slot *)((char *)ctl + HFT_PAGE_SIZE);
	thread->mask = hft_library.ring_slots - 1;
	thread->region = hft_library.region;
	thread->region_number = hft_library.region_number;
	hft_sample_every(thread, 1);
	if (ctl->head % HFT_PAGE_SLOTS)
		hft_slow_close_page(thread);
	HFT_PUT(ctl->first_slot, ctl->head);
	HFT_PUT(ctl->first_records, ctl->records);
	HFT_PUT(ctl->frames_lost, 0);
	HFT_PUT(ctl->birth, hft_ticks());
	put_name(ctl, name);
	__atomic_store_n(&ctl->generation, ctl->generation + 1, __ATOMIC_RELEASE);
	__atomic_store_n(&ctl->enable, 1, __ATOMIC_RELEASE);
	__atomic_store_n(&thread->enable, 1, __ATOMIC_RELEASE);
}

/* Once for a thread; NULL: none is left, or no memory. */
static struct hft_thread *take_handle(void)
{
	struct hft_thread *handle;

	if (hft_threads_prepare())
		return NULL;
	handle = hft_handle_take();
	if (!handle)
		return NULL;
	point_nowhere(handle);
	if (pthread_setspecific(exit_key, handle)) {
		hft_handle_leave(handle);
		return NULL;
	}
	return handle;
}

struct hft_thread *hft_thread_attach(const char *name)
{
	struct hft_thread *thread;
	struct hft_ring_ctl *ctl;
	int32_t last;
	uint32_t ring;

	hft_library_lock();
	if (!self)
		self = take_handle();
	if (!hft_region_is_on() || (self && hft_thread_has_ring(self)))
		goto out;
	if (self)
		hft_counters_give_back(self);	/* left by hft_fini() of another thread */
	ctl = self ? find_free(&ring) : NULL;
	last = ctl ? ctl->id : 0;
	if (!ctl ||
	    !__atomic_compare_exchange_n(&ctl->id, &last, hft_own_tid(), 0,
					 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
		hft_library.attach_refused++;
		__atomic_store_n(&hft_library.region->attach_refused,
				 hft_library.attach_refused, __ATOMIC_RELAXED);
		goto out;
	}
	hft_library.owners[ring] = self;
	claim(ctl, self, name);
out:
	thread = self ? self : &off_handle;
	pthread_mutex_unlock(&hft_library.lock);
	return thread;
}

void hft_thread_detach(struct hft_thread *thread)
{
	hft_library_lock();
	if (hft_thread_is_own(thread))
		detach(thread);
	pthread_mutex_unlock(&hft_library.lock);
}
