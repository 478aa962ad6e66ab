// SPDX-License-Identifier: GPL-2.0
/* See device_call.h. */
#include "device_call.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "device_memory.h"
#include "guest.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct fuzz_process process;
__thread struct fuzz_thread *self;

struct call_kind {
	const char *name;
	unsigned int weight;
	int (*make)(void);
	bool by_worker;		/* not by children */
};

/* Names fit struct fuzz_entry, for whoever looks at it in a dump. */
static const struct call_kind kinds[] = {
	{ "ioctl", 500, call_ioctl, false },
	{ "ioctl32", 30, call_ioctl_compat, false },
	{ "raced", 12, call_ioctl_raced, false },
	{ "mmap", 80, call_mmap, false },
	{ "munmap", 45, call_munmap, false },
	{ "mremap", 20, call_mremap, false },
	{ "mprotect", 20, call_mprotect, false },
	{ "madvise", 20, call_madvise, false },
	{ "memory", 20, call_memory, false },
	{ "look", 50, call_look, false },
	{ "store", 25, call_store, false },
	{ "own", 15, call_own_region, false },
	{ "others", 15, call_others_region, false },
	{ "open", 50, call_open, false },
	{ "close", 35, call_close, false },
	{ "dup", 25, call_dup, false },
	{ "read", 25, call_read, false },
	{ "write", 20, call_write, false },
	{ "lseek", 25, call_lseek, false },
	{ "poll", 20, call_poll, false },
	{ "fcntl", 30, call_fcntl, false },
	{ "splice", 20, call_splice, false },
	{ "other", 20, call_other_file, false },
	{ "send", 12, call_send, false },
	{ "receive", 12, call_receive, false },
	{ "identity", 10, call_identity, false },
	{ "affinity", 4, call_affinity, false },
	{ "fork", 4, call_fork, true },
	{ "user", 2, call_other_user, true },
	{ "unshare", 2, call_namespace, true },
	{ "exec", 1, call_exec, true },
	{ "exit", 1, call_exit, true },
	{ "calm", 1, call_calm, true },
};

const unsigned int call_kinds = ARRAY_SIZE(kinds);

const char *call_name(unsigned int kind)
{
	return kind < ARRAY_SIZE(kinds) ? kinds[kind].name : "?";
}

/* ------------------------------------------------------------- what is drawn */

__u64 mix(__u64 a, __u64 b)
{
	__u64 x = a + 0x9e3779b97f4a7c15ULL * (b + 1);

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

__u64 draw(void)
{
	self->state += 0x9e3779b97f4a7c15ULL;
	return mix(self->state, 0);
}

unsigned int below(unsigned int limit)
{
	return (draw() >> 32) * limit >> 32;
}

bool one_in(unsigned int times)
{
	return !below(times);
}

__u64 boundary(void)
{
	static const __u64 edges[] = {
		0, 1, 2, 3, 4, 7, 8, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 1023, 1024,
		1025, 4095, 4096, 4097, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
		0x100000000, 0x7ffffffff000, 0x7fffffffffff, 0x800000000000, 0x7fffffffffffffff,
		0x8000000000000000, 0xffff800000000000, 0xffffffff81000000, 0xfffffffffffff000,
		0xffffffffffffffff,
	};

	return one_in(4) ? draw() >> below(64) : edges[below(ARRAY_SIZE(edges))];
}

/* ------------------------------------------------------------ the descriptors */

/* The first that is open, from a place that is drawn on; or that place. */
int any_slot(bool *judged)
{
	const unsigned int start = below(SLOTS), guess = below(16);
	unsigned int i, slot = start;

	for (i = 0; guess && i < SLOTS; i++) {
		slot = (start + i) % SLOTS;
		if (process.open[slot])
			break;
	}
	if (judged)
		*judged = slot < SLOTS_OWN && !process.inherited;
	return SLOT_FIRST + slot;
}

enum slot_kind slot_kind(int fd)
{
	const unsigned int slot = fd - SLOT_FIRST;

	if (slot < SLOTS_OWN)
		return SLOT_OWN;
	return slot < SLOTS_OWN + SLOTS_GIVEN ? SLOT_GIVEN : SLOT_OF_OTHERS;
}

int shared_slot(void)
{
	return SLOT_FIRST + SLOTS_OWN + below(SLOTS - SLOTS_OWN);
}

int place_slot(enum slot_kind kind)
{
	switch (kind) {
	case SLOT_OWN:
		return SLOT_FIRST + below(SLOTS_OWN);
	case SLOT_GIVEN:
		return SLOT_FIRST + SLOTS_OWN + below(SLOTS_GIVEN);
	default:
		return SLOT_FIRST + SLOTS_OWN + SLOTS_GIVEN +
		       below(SLOTS - SLOTS_OWN - SLOTS_GIVEN);
	}
}

void note_slot(int fd, bool open)
{
	if (fd >= SLOT_FIRST && fd < SLOT_FIRST + (int)SLOTS)
		process.open[fd - SLOT_FIRST] = open;
}

/* --------------------------------------------------------------- the calls */

/* What no user namespace gives: asked of the capabilities, the process knows where it is. */
bool has_rights(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capget, &header, data))
		return false;
	return data[1].effective & 1U << (CAP_PERFMON - 32) ||
	       data[0].effective & 1U << CAP_SYS_ADMIN;
}

static unsigned int draw_kind(void)
{
	static unsigned int sum;
	unsigned int i, at;

	if (!sum)
		for (i = 0; i < ARRAY_SIZE(kinds); i++)
			sum += kinds[i].weight;
	at = below(sum);
	for (i = 0; at >= kinds[i].weight; i++)
		at -= kinds[i].weight;
	return process.child && kinds[i].by_worker ? 0 : i;
}

static struct fuzz_entry *next_entry(void)
{
	struct fuzz_log *log = &world->log[process.worker][self->number];

	return &log->entry[atomic_fetch_add(&log->next, 1) % FUZZ_LOG];
}

/* All that it draws begins with a number of its own, which the log has. */
void make_call(void)
{
	const __u64 before = self->state;
	unsigned int kind;
	int result;

	self->state = mix(before, self->calls++);
	self->entry = next_entry();
	*self->entry = (struct fuzz_entry){
		.magic = FUZZ_LOG_MAGIC,
		.order = atomic_fetch_add(&world->done, 1),
		.draw = self->state,
		.result = FUZZ_OPEN,
		.worker = process.worker,
		.thread = self->number,
		.pid = getpid(),
	};
	kind = draw_kind();
	self->entry->call = kind;
	strncpy(self->entry->name, kinds[kind].name, sizeof(self->entry->name));
	atomic_fetch_add_explicit(&world->calls[kind], 1, memory_order_relaxed);
	result = kinds[kind].make();
	self->entry->result = result;
	if (result >= 0)
		atomic_fetch_add_explicit(&world->successes[kind], 1, memory_order_relaxed);
	self->state = before;
}

void make_calls(__u64 count)
{
	while (count-- && !world_stopped()) {
		if (now_ns() < atomic_load_explicit(&world->calm_until, memory_order_relaxed)) {
			let_go();
			sleep_ms(5);
			continue;
		}
		make_call();
		if (atomic_load_explicit(&world->done, memory_order_relaxed) >= world->target)
			atomic_store(&world->stop, 1);
	}
}

int thread_begin(struct fuzz_thread *thread, unsigned int number, __u64 state)
{
	memset(thread, 0, sizeof(*thread));
	thread->number = number;
	thread->state = state;
	self = thread;
	return memory_begin();
}

/* The child of a thread goes on drawing where that stands, but other numbers. */
void process_becomes_child(bool other_rights)
{
	process.child = true;
	process.inherited |= other_rights;
	process.may_read = !other_rights && process.may_read;
	if (thread_begin(self, self->number, mix(self->state, 0x6368696c64ULL)))
		_exit(1);
}
