// SPDX-License-Identifier: GPL-2.0
/* Calls of ioctl(2), and what its answers must not say. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "device_call.h"
#include "device_memory.h"
#include "device_request.h"
#include "guest.h"

#define CANARY	0x5a5a5a5a5a5a5a5aULL
#define CANARIES 4U

/* Those that docs/SECURITY.md keeps for who may read the rings. */
static bool is_for_readers(unsigned int number)
{
	switch (number) {
	case _IOC_NR(HFT_IOC_HELLO):
	case _IOC_NR(HFT_IOC_HOOK_INFO):
	case _IOC_NR(HFT_IOC_REGION_CREATE):
	case _IOC_NR(HFT_IOC_REGION_INFO):
	case _IOC_NR(HFT_IOC_REGION_OPEN):
	case _IOC_NR(HFT_IOC_CLOCK):
		return false;
	default:
		return true;
	}
}

static void count_answer(unsigned int number, int result)
{
	const unsigned int error = result < 0 ? -result : 0;

	atomic_fetch_add(&world->answers[process.may_read][number]
					[error < FUZZ_ERRNOS ? error : FUZZ_ERRNOS - 1], 1);
}

static bool is_kernel_address(__u64 word)
{
	return word >> 47 == 0x1ffff && word < 0xfffffffffffff000;
}

static void judge_hello(const struct hft_hello *hello)
{
	if (hello->may & HFT_MAY_READ)
		violation("worker %u: HELLO says that it may read, without the right",
			  process.worker);
}

static void judge_hook_info(const struct hft_hook_info *info)
{
	if (info->events || info->missed || info->cpus_cut)
		violation("worker %u: HOOK_INFO tells how busy others are", process.worker);
}

static void judge_region_info(const struct hft_region_info *info)
{
	if (info->euid != geteuid())
		violation("worker %u: REGION_INFO tells uid %u of a region of uid %u",
			  process.worker, geteuid(), info->euid);
}

/* What one without rights has been told. */
static void judge_answer(const struct request *request, const __u64 *answer)
{
	const size_t size = request->halves[0];
	unsigned int i;

	if (size >= sizeof(struct hft_hello) && request->number == _IOC_NR(HFT_IOC_HELLO))
		judge_hello((const void *)answer);
	if (size >= sizeof(struct hft_hook_info) && request->number == _IOC_NR(HFT_IOC_HOOK_INFO))
		judge_hook_info((const void *)answer);
	if (size >= sizeof(struct hft_region_info) &&
	    request->number == _IOC_NR(HFT_IOC_REGION_INFO))
		judge_region_info((const void *)answer);
	for (i = 0; i < request->known / 8; i++) {
		if (answer[i] != request->made[i] && is_kernel_address(answer[i]))
			violation("worker %u: %s tells an address of the kernel, %#llx at %u",
				  process.worker, request_names[request->number], answer[i], i * 8);
	}
	atomic_fetch_add_explicit(&world->pages_scanned, 1, memory_order_relaxed);
}

/* Does what stands behind the structure stand there still? */
static void judge_end(const struct request *request, const __u64 *answer)
{
	const size_t size = request->halves[0];
	const size_t most = size < request->known ? size : request->known;

	if (memcmp((const char *)answer + most, request->each + most,
		   request->bytes + CANARIES * 8 - most))
		violation("worker %u: %s wrote behind its %zu bytes", process.worker,
			  request_names[request->number], most);
}

static void remember(const struct request *request, const __u64 *answer)
{
	if (request->number == _IOC_NR(HFT_IOC_REGION_CREATE)) {
		const struct hft_region_create *create = (const void *)answer;

		self->region_bytes = create->map_size;
		world_add_region(create->region);
	} else if (request->number == _IOC_NR(HFT_IOC_REGION_INFO)) {
		world_add_region(((const struct hft_region_info *)answer)->region);
	} else if (request->number == _IOC_NR(HFT_IOC_REGION_OPEN)) {
		self->region_bytes = ((const struct hft_region_open *)answer)->map_size;
	}
}

static void judge(const struct request *request, const void *at, int result)
{
	__u64 answer[REQUEST_ROOM / 8];

	count_answer(request->number, result);
	if (!result && !process.may_read && is_for_readers(request->number))
		violation("worker %u: %s succeeded, without the right", process.worker,
			  request_names[request->number]);
	if (!at || !memory_copy(answer, at, request->bytes + CANARIES * 8))
		return;
	judge_end(request, answer);
	if (!result && !process.may_read)
		judge_answer(request, answer);
	if (!result && request->halves[0] >= request->known)
		remember(request, answer);
}

static void put_canaries(struct request *request)
{
	unsigned int i;

	for (i = 0; i < CANARIES; i++)
		memcpy(request->each + request->bytes + 8 * i, &(__u64){ CANARY }, 8);
}

/* The area of arguments has no room for the largest ones; those that are cut off, fail. */
static void *place_request(struct request *request, bool *whole)
{
	const size_t bytes = request->bytes + CANARIES * 8;

	put_canaries(request);
	if (bytes <= MEMORY_BYTES)
		return memory_place(MEMORY_MAIN, request->made, bytes, whole);
	*whole = false;
	return memory_place(MEMORY_MAIN, request->made, MEMORY_BYTES, &(bool){ false });
}

int call_ioctl(void)
{
	struct request request;
	bool whole;
	void *at;
	int result, fd;

	request_draw(&request);
	at = place_request(&request, &whole);
	fd = any_slot(NULL);
	self->entry->argument[0] = request.command;
	self->entry->argument[1] = fd;
	result = ioctl(fd, request.command, at) < 0 ? -errno : 0;
	judge(&request, whole ? at : NULL, result);
	return result;
}

#ifdef __x86_64__
/* As programs of 32 bits do. */
int call_ioctl_compat(void)
{
	struct request request;
	bool whole;
	long result;
	void *at;
	int fd;

	request_draw(&request);
	at = place_request(&request, &whole);
	fd = any_slot(NULL);
	self->entry->argument[0] = request.command;
	self->entry->argument[1] = fd;
	asm volatile("int $0x80" : "=a" (result)
		     : "a" (54), "b" (fd), "c" (request.command), "d" (at)
		     : "memory", "r8", "r9", "r10", "r11");
	result = (int)result;
	/* what was nowhere may be somewhere in 32 bits */
	judge(&request, whole && (unsigned long)at >> 32 == 0 ? at : NULL, result);
	return result;
}
#else
int call_ioctl_compat(void)
{
	return -ENOSYS;
}
#endif

/* ------------------------------------------------- races for the argument */

struct race {
	struct request request;
	__u64 *at;
	__u64 state;
	atomic_int over;
};

/* Between what is right and what is not; a mix of its own, as the other thread draws as well. */
static void *scribble(void *arg)
{
	struct race *race = arg;
	unsigned int i = 0;

	while (!atomic_load_explicit(&race->over, memory_order_relaxed)) {
		const __u64 x = mix(race->state, i++);
		const unsigned int word = (x >> 8) % (race->request.known / 8);
		const __u64 values[] = { race->request.made[word], race->request.made[word],
					 0, ~0ULL, 4096, x << 32, x >> 32, 1ULL << 47 };

		*(volatile __u64 *)&race->at[word] = values[x % 8];
	}
	return NULL;
}

int call_ioctl_raced(void)
{
	struct race race = { .at = memory_raced() };
	int result = 0, fd = any_slot(NULL);
	pthread_t thread;
	unsigned int i;

	do
		request_make(&race.request, below(FUZZ_REQUESTS - 1));
	while (race.request.number == _IOC_NR(HFT_IOC_ATTACH) ||
	       race.request.number == _IOC_NR(HFT_IOC_DETACH) ||
	       race.request.number == _IOC_NR(HFT_IOC_RESIZE) ||
	       race.request.number == _IOC_NR(HFT_IOC_PROBE_ADD));
	race.state = draw();
	memcpy(race.at, race.request.made, race.request.bytes);
	self->entry->argument[0] = race.request.command;
	self->entry->argument[1] = fd;
	if (pthread_create(&thread, NULL, scribble, &race))
		return -EAGAIN;
	for (i = 0; i < 32; i++) {
		race.at[0] = race.request.made[0];
		result = ioctl(fd, race.request.command, race.at) < 0 ? -errno : 0;
		judge(&race.request, NULL, result);
	}
	atomic_store(&race.over, 1);
	pthread_join(thread, NULL);
	return result;
}

/* ------------------------------------------------------------------- a calm */

#define CALM_MS		100

/*
 * What nobody can do while others have the device open: the rings get another
 * size. Root asks the others to let go, and tries for as long as that holds.
 */
int call_calm(void)
{
	struct request request;
	int fd, result = -EBUSY;

	if (process.uid)
		return -EPERM;
	let_go();
	atomic_store(&world->calm_until, now_ns() + CALM_MS * 1000000ULL);
	fd = greeted(O_RDWR);
	while (fd >= 0 && result == -EBUSY && now_ns() < atomic_load(&world->calm_until)) {
		sleep_ms(2);
		while (call_receive() >= 0)
			;
		let_go();
		request_make(&request, _IOC_NR(HFT_IOC_RESIZE));
		result = ioctl(fd, request.command, request.made) < 0 ? -errno : 0;
		judge(&request, NULL, result);
	}
	close(fd);
	atomic_store(&world->calm_until, 0);
	return result;
}
