// SPDX-License-Identifier: GPL-2.0
/* The ABI: layouts that must never change, the greeting, what each ioctl refuses. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"

#define SIZE(type, bytes)	_Static_assert(sizeof(type) == (bytes), #type)
#define AT(type, field, bytes)	\
	_Static_assert(offsetof(type, field) == (bytes), #type "." #field)

SIZE(struct hft_slot, 32);
AT(struct hft_slot, type, 8);
AT(struct hft_slot, slots, 10);
AT(struct hft_slot, ctx, 11);
AT(struct hft_slot, seq, 12);
AT(struct hft_slot, arg, 16);
SIZE(struct hft_rec_switch, 48);
SIZE(struct hft_rec_wakeup, 48);
SIZE(struct hft_rec_migrate, 16);
SIZE(struct hft_rec_exec, 48);
SIZE(struct hft_rec_exit, 48);
SIZE(struct hft_rec_irq, 16);
SIZE(struct hft_rec_softirq, 16);
SIZE(struct hft_rec_vector, 16);
SIZE(struct hft_rec_nmi, 16);
SIZE(struct hft_rec_visit, 16);
SIZE(struct hft_rec_tlb_flush, 16);
SIZE(struct hft_rec_tasklet, 16);
SIZE(struct hft_rec_ipi_send, 48);
SIZE(struct hft_rec_fault, 48);
SIZE(struct hft_rec_syscall, 80);
SIZE(struct hft_rec_mark, 16);
SIZE(struct hft_rec_span, 48);
SIZE(struct hft_frame, 32);
SIZE(struct hft_ring_ctl, 4096);
AT(struct hft_ring_ctl, slots, 16);
AT(struct hft_ring_ctl, name, 32);
AT(struct hft_ring_ctl, enable, 64);
AT(struct hft_ring_ctl, head, 128);
AT(struct hft_ring_ctl, records, 136);
AT(struct hft_ring_ctl, nested, 192);
AT(struct hft_ring_ctl, depth, 200);
AT(struct hft_ring_ctl, frame, 256);
SIZE(struct hft_name, 64);
SIZE(struct hft_region, 4096);
SIZE(struct hft_hello, 88);
SIZE(struct hft_hook_info, 216);
SIZE(struct hft_attach, 16);
SIZE(struct hft_arm, 120);
SIZE(struct hft_resize, 16);
SIZE(struct hft_region_create, 40);
SIZE(struct hft_region_info, 64);
SIZE(struct hft_region_open, 24);
SIZE(struct hft_clock_sample, 56);
SIZE(struct hft_packet, 160);
_Static_assert(HFT_IOC_HELLO == 0xc058f700, "HFT_IOC_HELLO");
_Static_assert(HFT_IOC_ARM == 0x4078f704, "HFT_IOC_ARM");
_Static_assert(HFT_MAP_CPU(3) == 0x1000c0000000, "HFT_MAP_CPU");

/* A structure as a newer program has it, with something behind what we know. */
union bigger {
	struct hft_hello hello;
	__u8 bytes[4096 + 64];
};

static const unsigned long commands[] = {
	HFT_IOC_HOOK_INFO, HFT_IOC_ATTACH, HFT_IOC_DETACH, HFT_IOC_ARM, HFT_IOC_RESIZE,
	HFT_IOC_REGION_CREATE, HFT_IOC_REGION_INFO, HFT_IOC_REGION_OPEN, HFT_IOC_CLOCK,
	HFT_IOC_AUDIT, HFT_IOC_BUDGET, HFT_IOC_REARM, HFT_IOC_PMU, HFT_IOC_WATCH,
	HFT_IOC_PROBE_ADD, HFT_IOC_PROBE_REMOVE, HFT_IOC_PROBE_INFO, HFT_IOC_HOOK_CPU,
};

/* Of enum hft_hook_id. */
#define COSTLY	(BIT_OF(SYSCALL) | BIT_OF(MMCALL) | BIT_OF(WATCH))

/* `given` bytes of a greeting, `stray` at offset `at`. */
static int greet(int fd, union bigger *as, __u32 given, unsigned int at, __u8 stray)
{
	memset(as, 0, sizeof(*as));
	as->hello.size = given;
	as->hello.abi_major = HFT_ABI_MAJOR;
	if (at)
		as->bytes[at] = stray;
	return control(fd, HFT_IOC_HELLO, as);
}

TEST(nothing_goes_before_hello)
{
	union bigger as;
	unsigned int i;
	int fd, err;

	fd = device_open_mute(O_RDWR);
	ASSERT_GE(fd, 0);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		memset(&as, 0, sizeof(as));
		as.hello.size = _IOC_SIZE(commands[i]);
		EXPECT_EQ(control(fd, commands[i], &as), -EPROTO);
	}
	EXPECT_EQ(device_map(fd, HFT_MAP_CPU(0), 4096, 1, &err), NULL);
	EXPECT_EQ(err, -EPROTO);
	EXPECT_EQ(control(fd, _IO('x', 1), &as), -ENOTTY);
}

/* The two clocks at one moment: of several tries the one with the least time between. */
static void read_clocks(__u64 *counter, __u64 *ns)
{
	__u64 least = ~0ULL;
	int i;

	for (i = 0; i < 100; i++) {
		__u64 before = now_ns(), now = ticks(), took = now_ns() - before;

		if (took < least) {
			least = took;
			*counter = now;
			*ns = before + took / 2;
		}
	}
}

TEST(hello_tells_how_fast_the_clock_is)
{
	__u64 from, from_ns, to, to_ns, khz;
	struct hft_hello hello;
	int fd;

	fd = device_open_mute(O_RDWR);
	ASSERT_EQ(device_hello(fd, &hello), 0);
	read_clocks(&from, &from_ns);
	sleep_ms(100);
	read_clocks(&to, &to_ns);
	khz = (to - from) * 1000000 / (to_ns - from_ns);
	TH_LOG("%llu kHz, of which %llu were seen", (__u64)hello.clock_khz, khz);
	EXPECT_GT(hello.clock_khz, khz - khz / 200);
	EXPECT_LT(hello.clock_khz, khz + khz / 200);
	close(fd);
}

TEST(hello_tells_what_is_here)
{
	struct hft_hello hello;
	int fd;

	fd = device_open_mute(O_RDWR);
	ASSERT_EQ(device_hello(fd, &hello), 0);
	EXPECT_EQ(hello.size, sizeof(hello));
	EXPECT_EQ(hello.abi_major, HFT_ABI_MAJOR);
	EXPECT_EQ(hello.abi_minor, HFT_ABI_MINOR);
	EXPECT_EQ(hello.may, HFT_MAY_WRITE | HFT_MAY_READ);
	EXPECT_EQ(hello.cpus, sysconf(_SC_NPROCESSORS_CONF));
	EXPECT_EQ(hello.ring_slots, 32768);
	EXPECT_NE(memchr(hello.version, 0, sizeof(hello.version)), NULL);
	EXPECT_NE(hello.version[0], '\0');
	EXPECT_EQ(hello.hooks_attached & ~hello.hooks_supported, 0);
	close(fd);

	fd = device_open_mute(O_RDONLY);
	ASSERT_EQ(device_hello(fd, &hello), 0);
	EXPECT_EQ(hello.may, HFT_MAY_READ);
}

TEST(another_major_is_refused_and_told)
{
	struct hft_hello hello = { .size = sizeof(hello), .abi_major = HFT_ABI_MAJOR + 1 };
	struct hft_clock_sample sample = { .size = sizeof(sample) };
	int fd;

	fd = device_open_mute(O_RDWR);
	EXPECT_EQ(control(fd, HFT_IOC_HELLO, &hello), -EPROTO);
	EXPECT_EQ(hello.abi_major, HFT_ABI_MAJOR);
	EXPECT_EQ(hello.size, sizeof(hello));
	EXPECT_NE(hello.version[0], '\0');
	EXPECT_EQ(control(fd, HFT_IOC_CLOCK, &sample), -EPROTO);
	/* and back */
	EXPECT_EQ(device_hello(fd, &hello), 0);
	EXPECT_EQ(control(fd, HFT_IOC_CLOCK, &sample), 0);
	hello.abi_major = 0;
	EXPECT_EQ(control(fd, HFT_IOC_HELLO, &hello), -EPROTO);
	EXPECT_EQ(control(fd, HFT_IOC_CLOCK, &sample), -EPROTO);
}

TEST(a_higher_minor_is_welcome)
{
	struct hft_hello hello = {
		.size = sizeof(hello), .abi_major = HFT_ABI_MAJOR, .abi_minor = 0xffff,
	};
	int fd = device_open_mute(O_RDWR);

	EXPECT_EQ(control(fd, HFT_IOC_HELLO, &hello), 0);
	EXPECT_EQ(hello.abi_minor, HFT_ABI_MINOR);
}

TEST(sizes_grow_and_shrink)
{
	const __u32 known = sizeof(struct hft_hello);
	union bigger as;
	int fd;

	fd = device_open_mute(O_RDWR);
	/* a shorter one is filled up with zeros and gets no more than it knows */
	EXPECT_EQ(greet(fd, &as, 8, 0, 0), 0);
	EXPECT_EQ(as.hello.size, known);
	EXPECT_EQ(as.hello.may, 0);
	EXPECT_EQ(greet(fd, &as, 16, 0, 0), 0);
	EXPECT_NE(as.hello.may, 0);
	EXPECT_EQ(as.hello.hooks_supported, 0);
	/* a longer one is fine as long as it asks for nothing that is not known */
	EXPECT_EQ(greet(fd, &as, known + 64, 0, 0), 0);
	EXPECT_EQ(as.hello.size, known);
	EXPECT_EQ(greet(fd, &as, known + 64, known, 1), -E2BIG);
	EXPECT_EQ(greet(fd, &as, known + 64, known + 63, 1), -E2BIG);
	EXPECT_EQ(greet(fd, &as, known + 64, known + 64, 1), 0);
	EXPECT_EQ(greet(fd, &as, 4096, 0, 0), 0);
	EXPECT_EQ(greet(fd, &as, 4097, 0, 0), -EINVAL);
	EXPECT_EQ(greet(fd, &as, 0xffffffff, 0, 0), -EINVAL);
	EXPECT_EQ(greet(fd, &as, 3, 0, 0), -EINVAL);
	EXPECT_EQ(greet(fd, &as, 0, 0, 0), -EINVAL);
	/* too short to hold a version: not ours */
	EXPECT_EQ(greet(fd, &as, 4, 0, 0), -EPROTO);
}

TEST(every_ioctl_checks_its_size_and_pointer)
{
	union bigger as;
	unsigned int i;
	int fd;

	fd = device_open(O_RDWR);
	ASSERT_GE(fd, 0);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const __u32 sizes[] = { 0, 3, 4097, 0xffffffff };
		unsigned int k;

		for (k = 0; k < 4; k++) {
			memset(&as, 0, sizeof(as));
			as.hello.size = sizes[k];
			EXPECT_EQ(control(fd, commands[i], &as), -EINVAL);
		}
		memset(&as, 0, sizeof(as));
		as.hello.size = _IOC_SIZE(commands[i]) + 8;
		as.bytes[_IOC_SIZE(commands[i])] = 1;
		EXPECT_EQ(control(fd, commands[i], &as), -E2BIG);
		EXPECT_EQ(control(fd, commands[i], NULL), -EFAULT);
		EXPECT_EQ(control(fd, commands[i], (void *)-4096L), -EFAULT);
	}
	EXPECT_EQ(control(fd, HFT_IOC_HELLO, NULL), -EFAULT);
}

TEST(unknown_ioctls_are_refused)
{
	struct hft_hello hello = { .size = sizeof(hello) };
	unsigned int nr;
	int fd;

	fd = device_open(O_RDWR);
	/* HELLO is 0, and no number between is free */
	for (nr = ARRAY_SIZE(commands) + 1; nr < 256; nr++)
		EXPECT_EQ(control(fd, _IOWR(HFT_IOC_MAGIC, nr, struct hft_hello), &hello), -ENOTTY);
	EXPECT_EQ(control(fd, _IOWR(0xf6, 0, struct hft_hello), &hello), -ENOTTY);
}

TEST(hooks_describe_themselves)
{
	struct hft_hook_info info;
	unsigned int id;
	int fd;

	fd = device_open(O_RDONLY);
	for (id = 0; id < HFT_HOOKS; id++) {
		memset(&info, 0xff, sizeof(info));
		info.size = sizeof(info);
		info.id = id;
		ASSERT_EQ(control(fd, HFT_IOC_HOOK_INFO, &info), 0);
		EXPECT_EQ(info.id, id);
		EXPECT_LT(0, strnlen(info.name, sizeof(info.name)));
		EXPECT_LT(strnlen(info.name, sizeof(info.name)), sizeof(info.name));
		EXPECT_LT(strnlen(info.summary, sizeof(info.summary)), sizeof(info.summary));
		EXPECT_EQ(info.reason[0] == '\0', !!(info.flags & HFT_HOOK_SUPPORTED));
		EXPECT_EQ(!!(info.flags & HFT_HOOK_COSTLY), !!(COSTLY & HFT_HOOK_BIT(id)));
		EXPECT_EQ(info.cpus_armed, 0);
	}
	info.id = HFT_HOOKS;
	EXPECT_EQ(control(fd, HFT_IOC_HOOK_INFO, &info), -ENOENT);
	info.id = 0xffffffff;
	EXPECT_EQ(control(fd, HFT_IOC_HOOK_INFO, &info), -ENOENT);
}

TEST(reserved_fields_and_unknown_flags_are_refused)
{
	struct hft_arm arm = { .size = sizeof(arm), .flags = 1 };
	struct hft_resize resize = { .size = sizeof(resize), .reserved = 1, .slots = 32768 };
	struct hft_region_open open = { .size = sizeof(open), .reserved = 1, .region = 1 };
	int fd;

	fd = device_open(O_RDWR);
	EXPECT_EQ(control(fd, HFT_IOC_ARM, &arm), -EINVAL);
	EXPECT_EQ(control(fd, HFT_IOC_RESIZE, &resize), -EINVAL);
	EXPECT_EQ(control(fd, HFT_IOC_REGION_OPEN, &open), -EINVAL);
	EXPECT_EQ(device_attach(fd, BIT_OF(SWITCH), 2), -EINVAL);
	EXPECT_EQ(device_detach(fd, BIT_OF(SWITCH), 0x80000000), -EINVAL);
	EXPECT_EQ(device_attach(fd, 0, 0), -EINVAL);
	EXPECT_EQ(device_attach(fd, 1ULL << HFT_HOOKS, 0), -EINVAL);
	EXPECT_EQ(device_attach(fd, ~0ULL, 0), -EINVAL);
}

TEST(clock_samples_hang_together)
{
	struct hft_clock_sample sample = { .size = sizeof(sample) }, last;
	__u64 before, after;
	int fd, i;

	fd = device_open(O_RDONLY);
	pin(OTHER_CPU);
	ASSERT_EQ(control(fd, HFT_IOC_CLOCK, &sample), 0);
	for (i = 0; i < 100; i++) {
		last = sample;
		before = now_ns();
		ASSERT_EQ(control(fd, HFT_IOC_CLOCK, &sample), 0);
		after = now_ns();
		EXPECT_EQ(sample.cpu, OTHER_CPU);
		EXPECT_GT(sample.ticks, last.ticks);
		EXPECT_LE(before, sample.monotonic_ns);
		EXPECT_LE(sample.monotonic_ns, after);
		EXPECT_GE(sample.boottime_ns, sample.monotonic_ns);
		EXPECT_GT(sample.realtime_ns, sample.monotonic_ns);
		EXPECT_GT(sample.tai_ns, sample.monotonic_ns);
	}
}

TEST(resize_takes_only_sizes_that_can_be)
{
	struct hft_hello hello;
	int fd;

	fd = device_open(O_RDWR);
	EXPECT_EQ(device_resize(fd, 0), -EINVAL);
	EXPECT_EQ(device_resize(fd, 128), -EINVAL);
	EXPECT_EQ(device_resize(fd, 2049), -EINVAL);
	EXPECT_EQ(device_resize(fd, HFT_RING_SLOTS_MAX * 2ULL), -EINVAL);
	EXPECT_EQ(device_resize(fd, 1ULL << 63), -EINVAL);
	/* 1 GiB for two rings is more than the guest has */
	EXPECT_EQ(device_resize(fd, HFT_RING_SLOTS_MAX), -ENOMEM);
	EXPECT_EQ(device_resize(fd, HFT_CPU_RING_SLOTS_MIN / 2), -EINVAL);
	EXPECT_EQ(device_resize(fd, HFT_CPU_RING_SLOTS_MIN), 0);
	ASSERT_EQ(device_hello(fd, &hello), 0);
	EXPECT_EQ(hello.ring_slots, HFT_CPU_RING_SLOTS_MIN);
	EXPECT_EQ(device_resize(fd, 32768), 0);
}

TEST_HARNESS_MAIN
