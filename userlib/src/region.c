// SPDX-License-Identifier: LGPL-2.1
/* The process's region: mapped once by hft_init(), given back by hft_fini(). */
#include "handles.h"
#include "library.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEFAULT_RINGS		16
#define DEFAULT_RING_SLOTS	8192

struct hft_library hft_library = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.fd = -1,
};

bool hft_region_is_on(void)
{
	return hft_library.state == HFT_STATE_MODULE || hft_library.state == HFT_STATE_PRIVATE;
}

void hft_region_abandon(void)
{
	struct hft_library *lib = &hft_library;

	if (!lib->region)
		return;
	/* locked, it would count twice while the other takes its place */
	munlock(lib->region, lib->size);
	/* No memory for a mapping: a hole is safer than another's rings. */
	if (mmap(lib->region, lib->size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
		munmap(lib->region, lib->size);
	/* after mlockall(MCL_FUTURE) all of it is there, and stays */
	else if (!munlock(lib->region, lib->size))
		madvise(lib->region, lib->size, MADV_DONTNEED);
	lib->region = NULL;
}

uint32_t hft_board_refuse(void)
{
	if (hft_region_is_on())
		__atomic_fetch_add(&hft_library.region->board_refused, 1, __ATOMIC_RELAXED);
	return __atomic_fetch_add(&hft_library.board_refused, 1, __ATOMIC_RELAXED);
}

static int take_options(const struct hft_options *in, struct hft_options *options)
{
	struct hft_options none = { .size = sizeof(none) };

	*options = in ? *in : none;
	if (options->size != sizeof(*options) || options->flags & ~HFT_OPTION_PRIVATE)
		return -EINVAL;
	if (!options->rings)
		options->rings = DEFAULT_RINGS;
	if (!options->ring_slots)
		options->ring_slots = DEFAULT_RING_SLOTS;
	if (options->rings > HFT_REGION_RINGS_MAX ||
	    options->ring_slots < HFT_RING_SLOTS_MIN ||
	    options->ring_slots > HFT_RING_SLOTS_MAX ||
	    options->ring_slots & (options->ring_slots - 1))
		return -EINVAL;
	return 0;
}

static size_t region_size(const struct hft_options *options)
{
	return HFT_BOARD_OFFSET(options->rings, options->ring_slots) + sizeof(struct hft_board);
}

static int map_module(const struct hft_options *options, size_t size)
{
	struct hft_region_create create = {
		.size = sizeof(create),
		.rings = options->rings,
		.ring_slots = options->ring_slots,
		.board_size = sizeof(struct hft_board),
	};
	struct hft_hello hello = {
		.size = sizeof(hello),
		.abi_major = HFT_ABI_MAJOR,
		.abi_minor = HFT_ABI_MINOR,
	};
	void *map;
	int fd, err;

	memset(&hft_library.module, 0, sizeof(hft_library.module));
	fd = open(HFT_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = ioctl(fd, HFT_IOC_HELLO, &hello) ? -errno : 0;
	if (!err || err == -EPROTO)
		hft_library.module = hello;
	if (!err && hello.abi_major != HFT_ABI_MAJOR)
		err = -EPROTO;
	if (err)
		goto err_close;
	if (ioctl(fd, HFT_IOC_REGION_CREATE, &create)) {
		/* an older module, which knows no board, or no such request */
		err = errno == E2BIG || errno == ENOTTY ? -EPROTO : -errno;
		goto err_close;
	}
	err = -EPROTO;
	if (create.map_size < size)
		goto err_close;
	map = mmap(NULL, create.map_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		   fd, HFT_MAP_REGION);
	if (map == MAP_FAILED) {
		err = -errno;
		goto err_close;
	}
	hft_library.fd = fd;
	hft_library.region = map;
	hft_library.size = create.map_size;
	return 0;

err_close:
	close(fd);
	return err;
}

/* The memory is zero; magic goes last, as readers look for it first. */
static void format(const struct hft_options *options, bool private_memory)
{
	struct hft_region *region = hft_library.region;
	struct hft_ring_ctl *ctl;
	uint32_t ring;

	region->abi_major = HFT_ABI_MAJOR;
	region->abi_minor = HFT_ABI_MINOR;
	region->rings = options->rings;
	region->names = 0;
	region->ring_slots = options->ring_slots;
	region->names_offset = HFT_REGION_NAMES_OFFSET;
	region->rings_offset = HFT_REGION_RINGS_OFFSET;
	region->ring_stride = HFT_RING_STRIDE((uint64_t)options->ring_slots);
	region->board_offset = HFT_BOARD_OFFSET(options->rings, options->ring_slots);
	region->size = region_size(options);
	region->tgid = getpid();
	region->private_memory = private_memory;
	region->process_start = hft_process_start(region->tgid);
	region->birth = hft_ticks();
	region->attach_refused = 0;
	region->board_refused = hft_library.board_refused;
	for (ring = 0; ring < options->rings; ring++) {
		ctl = hft_region_ring(region, ring);
		ctl->abi_major = HFT_ABI_MAJOR;
		ctl->abi_minor = HFT_ABI_MINOR;
		ctl->kind = HFT_RING_USER;
		ctl->slots = options->ring_slots;
		ctl->tgid = region->tgid;
		ctl->magic = HFT_RING_MAGIC;
	}
	hft_names_prepare();
	__atomic_store_n(&region->magic, HFT_REGION_MAGIC, __ATOMIC_RELEASE);
}

/*
 * Threads that are still at work, and handles of counters and states, may look
 * at the region later: they find zeros, and what they store is nobody's.
 */
static void leave(void)
{
	if (hft_library.shm_path[0])
		unlink(hft_library.shm_path);
	hft_library.shm_path[0] = '\0';
	hft_region_abandon();
	hft_values_forget();
	if (hft_library.fd >= 0)
		close(hft_library.fd);
	hft_library.fd = -1;
	free(hft_library.owners);
	hft_library.owners = NULL;
	hft_library.rings = 0;
	hft_library.state = HFT_STATE_NONE;
}

static int map_either(const struct hft_options *options)
{
	size_t size = region_size(options);
	enum hft_state state = HFT_STATE_MODULE;
	void *map;
	int fd;

	hft_library.private_error = 0;
	hft_library.module_error = options->flags & HFT_OPTION_PRIVATE ?
				   -ECANCELED : map_module(options, size);
	if (hft_library.module_error) {
		hft_shm_clean();
		fd = hft_shm_create(size, hft_library.shm_path, sizeof(hft_library.shm_path),
				    &map);
		hft_library.private_error = fd < 0 ? fd : 0;
		if (fd < 0)
			return fd;
		hft_library.fd = fd;
		hft_library.region = map;
		hft_library.size = size;
		state = HFT_STATE_PRIVATE;
	}
	format(options, state == HFT_STATE_PRIVATE);
	hft_library.rings = options->rings;
	hft_library.ring_slots = options->ring_slots;
	hft_library.region_number++;
	hft_library.state = state;
	return 0;
}

int hft_init(const struct hft_options *in)
{
	struct hft_options options;
	int err;

	err = take_options(in, &options);
	if (err)
		return err;
	hft_library_lock();
	err = -EALREADY;
	if (hft_region_is_on())
		goto err_unlock;
	hft_threads_release();
	leave();	/* what a child of fork has inherited */
	err = hft_fork_prepare();
	if (err)
		goto err_unlock;
	err = hft_threads_prepare();
	if (err)
		goto err_unlock;
	err = -ENOMEM;
	hft_library.owners = calloc(options.rings, sizeof(*hft_library.owners));
	if (!hft_library.owners)
		goto err_unlock;
	err = map_either(&options);
	if (err)
		goto err_leave;
	hft_library.attach_refused = 0;
	pthread_mutex_unlock(&hft_library.lock);
	return 0;

err_leave:
	leave();
err_unlock:
	pthread_mutex_unlock(&hft_library.lock);
	return err;
}

void hft_fini(void)
{
	hft_library_lock();
	hft_threads_release();
	leave();
	pthread_mutex_unlock(&hft_library.lock);
}

/*
 * At exit the kernel unmaps, so that threads still running meet no hole. A
 * process that dies by a signal leaves the file, which is what is wanted.
 */
static void __attribute__((destructor)) remove_file_at_exit(void)
{
	if (hft_library.state == HFT_STATE_PRIVATE && !hft_handles_wiped())
		unlink(hft_library.shm_path);
}
