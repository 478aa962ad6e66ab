/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/*
 * hftrace ABI: slots, records, control pages, ioctls, mapping offsets and the
 * frame of a recording on disk, each in a header of its own, which this one
 * includes. The module, the library, the tools and the tests share this one
 * definition.
 *
 * All integers are little-endian, as are the machines that are supported.
 * "Ticks" are raw units of the CPU's own clock: TSC on x86, CNTVCT_EL0 on
 * arm64. See docs/ring-protocol.md for who writes what and in which order.
 */
#ifndef _HFTRACE_ABI_H
#define _HFTRACE_ABI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#include <hftrace/slot.h>
#include <hftrace/record_sched.h>
#include <hftrace/record_interrupt.h>
#include <hftrace/record_task.h>
#include <hftrace/record_probe.h>
#include <hftrace/record_user.h>
#include <hftrace/ring.h>
#include <hftrace/control.h>
#include <hftrace/instrument.h>
#include <hftrace/recording.h>

/*
 * A change of the major number is incompatible. A higher minor number only
 * adds: new record types, new ioctls, fields where "reserved" stood.
 */
#define HFT_ABI_MAJOR		1
#define HFT_ABI_MINOR		2

#define HFT_DEVICE_PATH		"/dev/hftrace"

/*
 * Intervals are written once, at their end: start = tsc - duration. "net" is
 * the duration less the hooked intervals that nested inside. Both in ticks;
 * 32-bit ones stay at 0xffffffff when they are longer (HFT_CTX_SATURATED).
 */

/*
 * Those of tasks that can sleep or migrate inside have 64 bits for both. As for
 * a system call, one that its task is switched out of leaves a segment
 * (HFT_CTX_SWITCHED_OUT), with what its start knew and the rest 0, and an end
 * with HFT_CTX_CONTINUED, duration 0 and what the end knew, the rest 0; or
 * only that end, when the start was before arming. The reader joins by tid.
 */

#define HFT_IOC_MAGIC		0xF7

#define HFT_IOC_HELLO		_IOWR(HFT_IOC_MAGIC, 0, struct hft_hello)
#define HFT_IOC_HOOK_INFO	_IOWR(HFT_IOC_MAGIC, 1, struct hft_hook_info)
#define HFT_IOC_ATTACH		_IOW(HFT_IOC_MAGIC, 2, struct hft_attach)
#define HFT_IOC_DETACH		_IOW(HFT_IOC_MAGIC, 3, struct hft_attach)
#define HFT_IOC_ARM		_IOW(HFT_IOC_MAGIC, 4, struct hft_arm)
#define HFT_IOC_RESIZE		_IOW(HFT_IOC_MAGIC, 5, struct hft_resize)
#define HFT_IOC_REGION_CREATE	_IOWR(HFT_IOC_MAGIC, 6, struct hft_region_create)
#define HFT_IOC_REGION_INFO	_IOWR(HFT_IOC_MAGIC, 7, struct hft_region_info)
#define HFT_IOC_REGION_OPEN	_IOWR(HFT_IOC_MAGIC, 8, struct hft_region_open)
#define HFT_IOC_CLOCK		_IOWR(HFT_IOC_MAGIC, 9, struct hft_clock_sample)
#define HFT_IOC_AUDIT		_IOWR(HFT_IOC_MAGIC, 10, struct hft_audit_read)
#define HFT_IOC_BUDGET		_IOW(HFT_IOC_MAGIC, 11, struct hft_budget)
#define HFT_IOC_REARM		_IOW(HFT_IOC_MAGIC, 12, struct hft_rearm)
#define HFT_IOC_PMU		_IOWR(HFT_IOC_MAGIC, 13, struct hft_pmu)
#define HFT_IOC_WATCH		_IOWR(HFT_IOC_MAGIC, 14, struct hft_watch)
#define HFT_IOC_PROBE_ADD	_IOWR(HFT_IOC_MAGIC, 15, struct hft_probe)
#define HFT_IOC_PROBE_REMOVE	_IOW(HFT_IOC_MAGIC, 16, struct hft_probe_remove)
#define HFT_IOC_PROBE_INFO	_IOWR(HFT_IOC_MAGIC, 17, struct hft_probe)
#define HFT_IOC_HOOK_CPU	_IOWR(HFT_IOC_MAGIC, 18, struct hft_hook_cpu)

#endif /* _HFTRACE_ABI_H */
