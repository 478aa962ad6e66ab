// SPDX-License-Identifier: GPL-2.0
/* See ring_engine.h. */
#include "ring_engine.h"

#include <errno.h>
#include <fcntl.h>
#include <hftrace.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest.h"

#define RINGS		2U
#define SLOTS		512U
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct ring_world *ring_world;

const char *const scribble_names[SCRIBBLES] = {
	"at rest", "byte by byte", "in a storm", "headers", "slots", "board", "names", "the file",
};

static __u64 state;
static char *region;
static char *good;		/* a copy of it, before anything was scribbled */
static size_t bytes;
static char path[256];
static sigjmp_buf back;

static __u64 draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static __u64 below(__u64 limit)
{
	return draw() % limit;
}

static __u64 edge(void)
{
	static const __u64 edges[] = {
		0, 1, 2, 31, 63, 64, 127, 128, 255, 256, 511, 512, 1023, 1024, 4095, 4096, 65535,
		0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
		0x8000000000000000, 0xfffffffffffff000, 0xffffffffffffffff,
	};

	return below(3) ? edges[below(ARRAY_SIZE(edges))] : draw() >> below(64);
}

/* ------------------------------------------------------------- its own region */

struct position {
	__u64 quantity;
	double price;
	char account[16];
};

static const struct hft_member members[] = {
	{ "quantity", offsetof(struct position, quantity), 8, 1, HFT_MEMBER_UINT },
	{ "pri\033[31mce", offsetof(struct position, price), 8, 1, HFT_MEMBER_DOUBLE },
	{ "account", offsetof(struct position, account), 16, 1, HFT_MEMBER_TEXT },
};

static void write_some(struct hft_thread *thread)
{
	const __u32 ugly = hft_name("tick\033]0;owned\007\n\xc2\x9b 2J"), plain = hft_name("order");
	struct position position = { 7, 1.5, "\033[2Jacme\n" };
	struct hft_state_page *page;
	unsigned int i;

	page = hft_state_publish("position\033[H", sizeof(position), members, ARRAY_SIZE(members));
	hft_counter_add(hft_counter(thread, "orders\r"), 3);
	hft_gauge_set(hft_gauge("depth\177"), 5);
	for (i = 0; i < 100; i++) {
		hft_span_begin(thread, ugly, i);
		hft_mark(thread, plain, i);
		HFT_WARNING(thread, "line %u of \033[1m%s", i, "\033[31mred\n\x9b");
		hft_span_end(thread);
		hft_state_write_bytes(page, &position, sizeof(position));
	}
}

/* Where the library has mapped it, and its file if it is one. */
static int find_region(void)
{
	unsigned long from, to;
	char line[512], protection[8];
	FILE *maps = fopen("/proc/self/maps", "r");

	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %255s", &from, &to, protection,
			   path) != 4 ||
		    protection[1] != 'w' || (!strstr(path, "/dev/shm/hftrace-") &&
					     !strstr(path, "/dev/hftrace")))
			continue;
		region = (char *)from;
		bytes = to - from;
		break;
	}
	if (maps)
		fclose(maps);
	if (!region)
		return -ENOENT;
	good = malloc(bytes);
	if (!good)
		return -ENOMEM;
	memcpy(good, region, bytes);
	return 0;
}

/* ------------------------------------------------------------------ scribbling */

static void store(size_t at, __u64 value)
{
	if (at + 8 > bytes)
		return;
	*(volatile __u64 *)(region + (at & ~7UL)) = value;
	atomic_fetch_add_explicit(&ring_world->scribbles, 1, memory_order_relaxed);
}

static void store_byte(size_t at, __u8 value)
{
	((volatile __u8 *)region)[at] = value;
	atomic_fetch_add_explicit(&ring_world->scribbles, 1, memory_order_relaxed);
}

static size_t ring_at(unsigned int ring)
{
	return HFT_REGION_RINGS_OFFSET + ring * HFT_RING_STRIDE(SLOTS);
}

/* On through the region, for as long as it takes; each byte is put right behind it. */
static void scribble_each(void)
{
	static size_t at;
	unsigned int i;

	for (i = 0; i < 16; i++, at = (at + 1) % bytes) {
		static const __u8 values[] = { 0, 0xff, 0x80, 1, 0x1b };
		const unsigned int kind = below(ARRAY_SIZE(values) + 1);

		store_byte(at, kind < ARRAY_SIZE(values) ? values[kind] : draw());
		if (at % 64 == 63)
			memcpy(region + at - 63, good + at - 63, 64);
		atomic_fetch_add_explicit(&ring_world->bytes_covered, 1, memory_order_relaxed);
	}
}

static void scribble_storm(void)
{
	unsigned int i;

	for (i = 0; i < 256; i++)
		store_byte(below(bytes), draw());
	if (!below(50))
		memcpy(region, good, bytes);
}

static void scribble_headers(void)
{
	const size_t header = below(2) ? 0 : ring_at(below(RINGS));

	memcpy(region + header, good + header, 256);
	store(header + 8 * below(header ? 96 : 32), below(4) ? edge() : edge() << 32 | edge());
	/* a reader that has found it once goes on with it */
	if (below(4))
		*(volatile __u32 *)(region + header) = *(__u32 *)(good + header);
}

static void scribble_slots(void)
{
	static const __u16 types[] = { 0, 1, 16, 32, 48, 49, 256, 257, 258, 259, 260, 261, 0xffff };
	const size_t ring = ring_at(below(RINGS));
	struct hft_ring_ctl *ctl = (void *)(region + ring);
	struct hft_slot *slots = (void *)(region + ring + HFT_PAGE_SIZE);
	const __u64 head = ctl->head, index = head % SLOTS;
	struct hft_slot slot = {
		.tsc = below(4) ? head : edge(),
		.type = types[below(ARRAY_SIZE(types))],
		.slots = below(4) ? 1 + below(8) : draw(),
		.ctx = draw(),
		.seq = below(8) ? head : edge(),
		.arg = { edge(), edge() },
	};

	slots[index] = slot;
	atomic_thread_fence(memory_order_release);
	*(volatile __u64 *)&ctl->head = below(64) ? head + slot.slots : edge();
	atomic_fetch_add_explicit(&ring_world->scribbles, 5, memory_order_relaxed);
}

static void scribble_board(void)
{
	const size_t board = ((struct hft_region *)good)->board_offset;

	if (!board)
		return;
	switch (below(3)) {
	case 0:
		store(board + 64 * below(4) + 8 * below(8), edge());
		break;
	case 1:
		store(board + offsetof(struct hft_board, format) +
		      below(4 * sizeof(struct hft_format)), below(2) ? edge() : draw());
		break;
	default:
		store(board + offsetof(struct hft_board, state) + below(2 * 8192),
		      below(2) ? edge() : draw());
	}
	if (!below(200))
		memcpy(region + board, good + board, sizeof(struct hft_board));
}

static void scribble_name_table(void)
{
	const size_t at = HFT_REGION_NAMES_OFFSET + 64 * below(16);

	store(at + 8 * below(7), draw() & below(2) ? 0x1b5b324a0a0d9b07 : draw());
	store(offsetof(struct hft_region, names) & ~7UL, edge() << 32 | RINGS);
	store_byte(at + 60, below(3));
	if (!below(100))
		memcpy(region, good, HFT_REGION_RINGS_OFFSET);
}

/* With another one in its place; it is back when this returns. */
static void replace_file(void)
{
	char aside[sizeof(path) + 8];
	int err;

	snprintf(aside, sizeof(aside), "%s.old", path);
	if (rename(path, aside))
		return;
	switch (below(4)) {
	case 0:
		err = mkfifo(path, 0600);
		break;
	case 1:
		err = mkdir(path, 0700);
		break;
	case 2:
		err = symlink("/dev/zero", path);
		break;
	default:
		err = symlink(aside, path);
	}
	usleep(2000);
	if (err || (unlink(path) && rmdir(path)) || rename(aside, path))
		_exit(2);
}

static void scribble_file(void)
{
	int fd;

	if (!strncmp(path, "/dev/hftrace", 12) || !below(2)) {
		scribble_headers();
		return;
	}
	if (below(2)) {
		replace_file();
		return;
	}
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	if (ftruncate(fd, below(2) ? below(bytes) & ~4095UL : below(4) * bytes))
		_exit(3);
	usleep(500);
	if (ftruncate(fd, bytes) || pwrite(fd, good, bytes, 0) != (ssize_t)bytes)
		_exit(4);
	close(fd);
	atomic_fetch_add(&ring_world->scribbles, 1);
}

/* It has cut off its own memory. */
static void on_fault(int signal)
{
	(void)signal;
	siglongjmp(back, 1);
}

static void scribble(enum scribble how)
{
	static void (*const ways[SCRIBBLES])(void) = {
		[SCRIBBLE_EACH] = scribble_each,
		[SCRIBBLE_STORM] = scribble_storm,
		[SCRIBBLE_HEADERS] = scribble_headers,
		[SCRIBBLE_SLOTS] = scribble_slots,
		[SCRIBBLE_BOARD] = scribble_board,
		[SCRIBBLE_NAMES] = scribble_name_table,
		[SCRIBBLE_FILE] = scribble_file,
	};
	static enum scribble last;

	if (how != last)
		memcpy(region, good, bytes);
	last = how;
	if (ways[how])
		ways[how]();
	else
		usleep(1000);
	/* others want the CPU, and find it in any of its states */
	if (!below(20))
		usleep(200);
}

static int begin(unsigned int rings, unsigned int slots)
{
	const struct hft_options options = {
		.size = sizeof(options), .rings = rings, .ring_slots = slots,
		.flags = ring_world->private ? HFT_OPTION_PRIVATE : 0,
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return hft_init(&options);
}

static int be_hostile(void)
{
	struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };
	int err;

	prctl(PR_SET_NAME, "ho\033[5mstile");
	state = ring_world->seed | 1;
	err = begin(RINGS, SLOTS);
	if (err)
		return -err;
	write_some(hft_thread_attach("feed\033c\n"));
	err = find_region();
	if (err)
		return -err;
	sigaction(SIGBUS, &action, NULL);
	ring_world->region_bytes = bytes;
	atomic_fetch_add(&ring_world->ready, 1);
	while (!atomic_load(&ring_world->stop))
		if (!sigsetjmp(back, 1))
			scribble(atomic_load(&ring_world->scribble));
	memcpy(region, good, bytes);
	return 0;
}

static int be_honest(void)
{
	struct hft_thread *thread;
	__u32 name;
	int err;

	err = begin(1, 8192);
	if (err)
		return -err;
	name = hft_name("honest");
	thread = hft_thread_attach("honest");
	atomic_fetch_add(&ring_world->ready, 1);
	while (!atomic_load(&ring_world->stop)) {
		hft_mark(thread, name, atomic_load(&ring_world->marks));
		atomic_fetch_add(&ring_world->marks, 1);
		usleep(500);
	}
	hft_thread_detach(thread);
	return 0;
}

static pid_t start_engine(int (*be)(void))
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(be());
	return pid < 0 ? -errno : pid;
}

pid_t hostile_start(void)
{
	return start_engine(be_hostile);
}

pid_t honest_start(void)
{
	return start_engine(be_honest);
}
