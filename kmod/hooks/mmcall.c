// SPDX-License-Identifier: GPL-2.0
/*
 * mmcall: the system calls that change mappings, as intervals of a task. The
 * probes are of their own functions, so that no other call costs more; but
 * each of these, of any task, does while the hook is attached.
 */
#include <asm/syscall.h>
#include <linux/ptrace.h>

#include "compat/syscall_symbol.h"
#include "hook.h"
#include "task_frame.h"

/* The caller's registers are the function's argument. */
static __always_inline void gather_arguments(struct pt_regs *regs, unsigned long *args)
{
	struct pt_regs *caller = (void *)regs_get_kernel_argument(regs, 0);

	syscall_get_arguments(current, caller, args);
}

/* What all of them have. It is kept for the end too, which may come on another CPU. */
static __always_inline struct hft_rec_mmcall *
start_record(struct kretprobe_instance *ri, u32 call, const unsigned long *args)
{
	struct hft_rec_mmcall *rec = (struct hft_rec_mmcall *)ri->data;

	*rec = (struct hft_rec_mmcall){
		.address	= args[0],
		.length		= args[1],
		.call		= call,
		.tid		= current->pid,
		.tgid		= current->tgid,
	};
	return rec;
}

static __always_inline int begin(const struct hft_rec_mmcall *rec)
{
	hft_task_begin(HFT_HOOK_MMCALL, 0, HFT_REC_MMCALL, rec, sizeof(*rec));
	return 0;
}

static int enter_mmap(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct hft_rec_mmcall *rec;
	unsigned long args[6];

	if (!hft_armed_start(HFT_HOOK_MMCALL))
		return 1;
	gather_arguments(regs, args);
	rec = start_record(ri, HFT_MMCALL_MMAP, args);
	rec->prot = args[2];
	rec->flags = args[3];
	rec->fd = args[4];
	return begin(rec);
}

static int enter_munmap(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	unsigned long args[6];

	if (!hft_armed_start(HFT_HOOK_MMCALL))
		return 1;
	gather_arguments(regs, args);
	return begin(start_record(ri, HFT_MMCALL_MUNMAP, args));
}

static int enter_brk(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	unsigned long args[6];

	if (!hft_armed_start(HFT_HOOK_MMCALL))
		return 1;
	gather_arguments(regs, args);
	args[1] = 0;
	return begin(start_record(ri, HFT_MMCALL_BRK, args));
}

static int enter_mremap(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct hft_rec_mmcall *rec;
	unsigned long args[6];

	if (!hft_armed_start(HFT_HOOK_MMCALL))
		return 1;
	gather_arguments(regs, args);
	rec = start_record(ri, HFT_MMCALL_MREMAP, args);
	rec->new_length = args[2];
	rec->flags = args[3];
	return begin(rec);
}

static int enter_mprotect(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct hft_rec_mmcall *rec;
	unsigned long args[6];

	if (!hft_armed_start(HFT_HOOK_MMCALL))
		return 1;
	gather_arguments(regs, args);
	rec = start_record(ri, HFT_MMCALL_MPROTECT, args);
	rec->prot = args[2];
	return begin(rec);
}

static int enter_madvise(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct hft_rec_mmcall *rec;
	unsigned long args[6];

	if (!hft_armed_start(HFT_HOOK_MMCALL))
		return 1;
	gather_arguments(regs, args);
	rec = start_record(ri, HFT_MMCALL_MADVISE, args);
	rec->advice = args[2];
	return begin(rec);
}

static int leave(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct hft_rec_mmcall *started = (struct hft_rec_mmcall *)ri->data;
	struct hft_rec_mmcall *rec;
	struct hft_task_end end;

	if (!hft_armed_end(HFT_HOOK_MMCALL))
		return 0;
	end = hft_task_end(HFT_HOOK_MMCALL, 0, sizeof(*rec));
	hft_task_copy(hft_task_payload(end.e), (const u64 *)started + 2, sizeof(*rec));
	rec = (struct hft_rec_mmcall *)end.e.slot->arg;
	rec->ret = regs_return_value(regs);
	hft_task_commit(end, HFT_REC_MMCALL, sizeof(*rec));
	return 0;
}

/* Many tasks may sleep in such a call at a time, for a lock or for memory. */
#define CALLS_AT_A_TIME	64

#define CALL(name)							\
	{								\
		.symbol	= HFT_SYSCALL_SYMBOL(#name),			\
		.enter	= enter_##name,					\
		.leave	= leave,					\
		.data	= sizeof(struct hft_rec_mmcall),		\
		.at_a_time = CALLS_AT_A_TIME,				\
	}

static struct hft_function functions[] = {
	CALL(mmap),
	CALL(munmap),
	CALL(brk),
	CALL(mremap),
	CALL(mprotect),
	CALL(madvise),
};

struct hft_hook hft_hook_mmcall = {
	.id		= HFT_HOOK_MMCALL,
	.name		= "mmcall",
	.summary	= "mmap, munmap, brk, mremap, mprotect and madvise, as intervals",
	.flags		= HFT_HOOK_COSTLY,
	.functions	= functions,
	.functions_count = ARRAY_SIZE(functions),
	.attach		= hft_task_frames_attach,
	.detach		= hft_task_frames_detach,
};
