/* SPDX-License-Identifier: GPL-2.0 */
/* fault: the record that both architectures write. */
#ifndef HFT_HOOKS_FAULT_RECORD_H
#define HFT_HOOKS_FAULT_RECORD_H

#include "ring_write.h"

static __always_inline void hft_fault_record(u64 address, u64 ip, u32 error_code, bool user)
{
	const struct task_struct *task = current;
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_fault *rec = (struct hft_rec_fault *)e.slot->arg;

	rec->address = address;
	rec->ip = ip;
	rec->error_code = error_code;
	rec->tid = task->pid;
	rec->tgid = task->tgid;
	rec->user = user;
	rec->reserved[0] = 0;
	rec->reserved[1] = 0;
	hft_commit(e, HFT_REC_FAULT, 2, user ? HFT_CTX_TASK : hft_level());
}

/* Of user mode: both addresses are its own doing, there is nothing to hide. */
static __always_inline void hft_fault_of_user(u64 address, u64 ip, u32 error_code)
{
	/* for the visit that it began: see visit.c */
	__this_cpu_inc(hft_cpu.faults);
	__this_cpu_write(hft_cpu.fault_task, current);
	__this_cpu_write(hft_cpu.fault_major, current->maj_flt);
	hft_fault_record(address, ip, error_code, true);
}

static __always_inline void hft_fault_of_kernel(u64 address, u64 ip, u32 error_code)
{
	hft_fault_record(hft_shown(address), hft_shown(ip), error_code, false);
}

#endif /* HFT_HOOKS_FAULT_RECORD_H */
