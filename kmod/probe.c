// SPDX-License-Identifier: GPL-2.0
/*
 * Probes that are added and removed while the module is loaded. Adding and
 * removing patches code, of the kernel or of processes, and so interrupts.
 *
 * With hft_lock held, and user probes take the mmap_lock of many processes in
 * it: whoever holds an mmap_lock takes no hft_lock. What may be slow because
 * somebody wants it so, such as reading a file, comes before.
 */
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uprobes.h>

#include "audit.h"
#include "hook.h"
#include "leftover.h"
#include "privilege.h"
#include "probe.h"
#include "session.h"
#include "trap.h"

#define CALLS_MAX	256	/* of a kernel function that are open at a time */

static struct hft_probe_at *probes[HFT_PROBES];
static u32 last_id;

static bool is_of_kernel(const struct hft_probe_at *probe)
{
	return probe->kind == HFT_PROBE_KERNEL || probe->kind == HFT_PROBE_KERNEL_CALL;
}

/* ----------------------------------------------------------------- kernel */

static int kernel_error(const struct hft_probe_at *probe, int err)
{
	/* no function is at that address */
	if (err == -ENOENT && !probe->as.symbol[0])
		return -EOPNOTSUPP;
	/* blacklisted, not code, in the middle of a function that is to return */
	return err == -EINVAL ? -EOPNOTSUPP : err;
}

static int add_kernel(struct hft_probe_at *probe)
{
	struct kprobe *kp = &probe->kernel.kp;
	int err;

	err = security_locked_down(LOCKDOWN_KPROBES);
	if (err)
		return -EPERM;
	if (probe->as.symbol[0]) {
		kp->symbol_name = probe->as.symbol;
		/* which are a pointer and an int */
		if (probe->as.offset > INT_MAX)
			return -ERANGE;
		kp->offset = probe->as.offset;
	} else {
		/* who may not know addresses is not to find out where code is */
		if (!hft_may_see_kernel_addresses())
			return -EACCES;
		kp->addr = (kprobe_opcode_t *)(unsigned long)probe->as.offset;
	}
	probe->kernel.maxactive = CALLS_MAX;
	err = probe->kind == HFT_PROBE_KERNEL ? register_kprobe(kp) :
						register_kretprobe(&probe->kernel);
	if (!err)
		hft_trap_wait_set(kp);
	return kernel_error(probe, err);
}

static void remove_kernel(struct hft_probe_at *probe)
{
	struct kprobe *kp = &probe->kernel.kp;
	const bool was_jump = hft_trap_is_own_jump(kp);

	if (probe->kind == HFT_PROBE_KERNEL)
		unregister_kprobe(kp);
	else
		unregister_kretprobe(&probe->kernel);
	hft_trap_wait_gone(kp, was_jump);
}

/* ------------------------------------------------------------------- user */

/* The address space of a process of the caller's namespace. */
static int choose_process(struct hft_probe_at *probe)
{
	struct task_struct *task;
	struct mm_struct *mm;

	if (!probe->as.tgid)
		return 0;
	rcu_read_lock();
	task = pid_task(find_vpid(probe->as.tgid), PIDTYPE_TGID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	if (!task)
		return -ESRCH;
	mm = get_task_mm(task);
	put_task_struct(task);
	/* ended, or a kernel thread */
	if (!mm)
		return -ESRCH;
	/* its struct, so that no later one has the same address; its memory may go */
	mmgrab(mm);
	mmput(mm);
	probe->mm = mm;
	return 0;
}

static int user_error(int err)
{
	/* kernels say ENOTSUPP, which is none of user mode's, or that it is no code */
	return err == -ENOTSUPP || err == -EIO || err == -ENOEXEC || err == -EINVAL ?
	       -EOPNOTSUPP : err;
}

/* The caller's descriptor proves that he may read the file. */
static int open_inode(struct hft_probe_at *probe)
{
	probe->file = fget(probe->as.file);
	if (!probe->file)
		return -EBADF;
	if (!(probe->file->f_mode & FMODE_READ))
		return -EBADF;
	probe->inode = d_real_inode(probe->file->f_path.dentry);
	if (!S_ISREG(probe->inode->i_mode))
		return -EOPNOTSUPP;
	return probe->as.offset < i_size_read(probe->inode) ? 0 : -ERANGE;
}

/*
 * The kernel reads the instruction when it registers the probe: it is to find
 * it in the page cache.
 */
static int read_code(struct hft_probe_at *probe)
{
	u8 code[sizeof_field(struct arch_uprobe, insn)];
	loff_t at = probe->as.offset;
	ssize_t length = kernel_read(probe->file, code, sizeof(code), &at);

	return length < 0 ? length : 0;
}

static void close_user(struct hft_probe_at *probe)
{
	hft_open_calls_free(probe->calls);
	if (probe->mm)
		mmdrop(probe->mm);
	if (probe->file)
		fput(probe->file);
}

/* All but patching, without hft_lock. */
static int prepare_user(struct hft_probe_at *probe)
{
	int err;

	err = open_inode(probe);
	if (!err)
		err = user_error(read_code(probe));
	if (!err)
		err = choose_process(probe);
	if (!err && probe->kind == HFT_PROBE_USER_CALL) {
		probe->calls = hft_open_calls_new();
		if (!probe->calls)
			err = -ENOMEM;
	}
	return err;
}

static int add_user(struct hft_probe_at *probe)
{
	return user_error(hft_uprobe_register(probe->inode, probe->as.offset, &probe->user,
					      &probe->handle));
}

static void remove_user(struct hft_probe_at *probe)
{
	hft_uprobe_unregister(probe->inode, probe->as.offset, &probe->user, &probe->handle);
}

/* -------------------------------------------------------------- the table */

static struct hft_probe_at **find(u32 id)
{
	unsigned int i;

	for (i = 0; i < HFT_PROBES; i++) {
		if (probes[i] && probes[i]->id == id)
			return &probes[i];
	}
	return NULL;
}

static struct hft_probe_at **find_free(void)
{
	unsigned int i;

	for (i = 0; i < HFT_PROBES; i++) {
		if (!probes[i])
			return &probes[i];
	}
	return NULL;
}

/* They index a table of names. That of a probe that went long ago comes again. */
static u32 next_id(void)
{
	do
		last_id = last_id % (HFT_NAMES - 1) + 1;
	while (find(last_id));
	return last_id;
}

static int check(const struct hft_probe *want)
{
	const bool kernel = want->kind == HFT_PROBE_KERNEL || want->kind == HFT_PROBE_KERNEL_CALL;
	const bool user = want->kind == HFT_PROBE_USER || want->kind == HFT_PROBE_USER_CALL;

	if (want->flags & ~(HFT_PROBE_FORCE | HFT_PROBE_KEEP) || (!kernel && !user))
		return -EINVAL;
	if (strnlen(want->symbol, sizeof(want->symbol)) == sizeof(want->symbol) ||
	    strnlen(want->label, sizeof(want->label)) == sizeof(want->label))
		return -EINVAL;
	if (kernel && (want->file || want->tgid))
		return -EINVAL;
	return user && (want->symbol[0] || want->tgid < 0 || want->file < 0 ||
			want->offset > S64_MAX) ? -EINVAL : 0;
}

/* May code be patched now? */
static bool is_busy(u32 flags)
{
	return hft_sessions_armed() && !(flags & HFT_PROBE_FORCE);
}

static void free_probe(struct hft_probe_at *probe)
{
	close_user(probe);
	free_percpu(probe->hits);
	kfree(probe);
}

static void remove(struct hft_probe_at **place)
{
	struct hft_probe_at *probe = *place;

	if (is_of_kernel(probe))
		remove_kernel(probe);
	else
		remove_user(probe);
	*place = NULL;
	free_probe(probe);
}

/* Without hft_lock. */
static struct hft_probe_at *prepare(const void *owner, const struct hft_probe *want)
{
	struct hft_probe_at *probe = kzalloc(sizeof(*probe), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (!probe)
		return ERR_PTR(err);
	probe->hits = alloc_percpu(u64);
	if (!probe->hits)
		goto err_free;
	probe->as = *want;
	probe->kind = want->kind;
	probe->keep = want->flags & HFT_PROBE_KEEP;
	probe->owner = owner;
	hft_probe_set_handlers(probe);
	err = is_of_kernel(probe) ? 0 : prepare_user(probe);
	if (err)
		goto err_free;
	return probe;

err_free:
	free_probe(probe);
	return ERR_PTR(err);
}

static int add(struct hft_probe_at *probe)
{
	struct hft_probe_at **place;
	int err;

	if (!hft_hook_probe.attached)
		return -ENOLINK;
	if (is_busy(probe->as.flags))
		return -EBUSY;
	hft_leftovers_take_away();
	place = find_free();
	if (!place)
		return -ENOSPC;
	probe->id = next_id();
	err = is_of_kernel(probe) ? add_kernel(probe) : add_user(probe);
	if (!err)
		*place = probe;
	return err;
}

int hft_probe_add(const void *owner, struct hft_probe *want)
{
	struct hft_probe_at *probe;
	int err;

	err = check(want);
	if (err)
		return err;
	probe = prepare(owner, want);
	if (IS_ERR(probe))
		return PTR_ERR(probe);
	mutex_lock(&hft_lock);
	err = add(probe);
	if (!err)
		want->id = probe->id;
	mutex_unlock(&hft_lock);
	if (err)
		free_probe(probe);
	return err;
}

void hft_probes_remove_all(void)
{
	unsigned int i;

	for (i = 0; i < HFT_PROBES; i++) {
		if (probes[i])
			remove(&probes[i]);
	}
}

int hft_probe_remove(const struct hft_probe_remove *want)
{
	struct hft_probe_at **place = want->id ? find(want->id) : NULL;

	if (want->flags & ~HFT_PROBE_FORCE || want->reserved)
		return -EINVAL;
	if (want->id && !place)
		return -ENOENT;
	if (is_busy(want->flags))
		return -EBUSY;
	if (place)
		remove(place);
	else
		hft_probes_remove_all();
	return 0;
}

/* When a file is closed; what it has armed is disarmed by then. */
void hft_probes_close(const void *owner)
{
	unsigned int i;

	for (i = 0; i < HFT_PROBES; i++) {
		if (!probes[i] || probes[i]->owner != owner)
			continue;
		/* another file may have the same address later */
		probes[i]->owner = NULL;
		if (probes[i]->keep)
			continue;
		if (hft_sessions_armed()) {
			hft_probe_silence(probes[i]);
			probes[i]->leftover = true;
		} else {
			remove(&probes[i]);
		}
	}
}

void hft_probes_take_leftovers(void)
{
	unsigned int i;

	for (i = 0; i < HFT_PROBES; i++) {
		if (!probes[i] || !probes[i]->leftover)
			continue;
		hft_audit_module(HFT_AUDIT_PROBE_REMOVE, HFT_HOOK_BIT(HFT_HOOK_PROBE), nr_cpu_ids,
				 probes[i]->id);
		remove(&probes[i]);
	}
}

/* ------------------------------------------------------------------ shown */

static u64 missed(const struct hft_probe_at *probe)
{
	u64 count = 0;

	if (is_of_kernel(probe))
		count = probe->kernel.kp.nmissed;
	if (probe->kind == HFT_PROBE_KERNEL_CALL)
		count += probe->kernel.nmissed;
	if (probe->calls)
		count += hft_open_calls_lost(probe->calls);
	return count;
}

/* By those that are there now. */
u64 hft_probes_missed(void)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < HFT_PROBES; i++)
		sum += probes[i] ? missed(probes[i]) : 0;
	return sum;
}

static void describe(const void *owner, const struct hft_probe_at *probe, struct hft_probe *info)
{
	const u32 size = info->size;
	int cpu;

	*info = probe->as;
	info->size = size;
	info->id = probe->id;
	info->file = 0;
	info->flags = probe->keep ? HFT_PROBE_KEEP : 0;
	if (probe->owner == owner)
		info->flags |= HFT_PROBE_OWN;
	if (probe->leftover)
		info->flags |= HFT_PROBE_CLOSED;
	info->missed = missed(probe);
	info->address = 0;
	info->hits = 0;
	for_each_possible_cpu(cpu)
		info->hits += *per_cpu_ptr(probe->hits, cpu);
	if (!is_of_kernel(probe))
		return;
	if (kprobe_gone((struct kprobe *)&probe->kernel.kp))
		info->flags |= HFT_PROBE_GONE;
	if (hft_may_see_kernel_addresses())
		info->address = (unsigned long)probe->kernel.kp.addr;
	else if (!probe->as.symbol[0])
		info->offset = 0;
}

/* The one with the next larger number: -ENOENT when there is none. */
int hft_probe_describe(const void *owner, struct hft_probe *info)
{
	const struct hft_probe_at *next = NULL;
	unsigned int i;

	mutex_lock(&hft_lock);
	for (i = 0; i < HFT_PROBES; i++) {
		if (probes[i] && probes[i]->id > info->id && (!next || probes[i]->id < next->id))
			next = probes[i];
	}
	if (next)
		describe(owner, next, info);
	mutex_unlock(&hft_lock);
	return next ? 0 : -ENOENT;
}
