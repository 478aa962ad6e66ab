// SPDX-License-Identifier: GPL-2.0
/*
 * Arming and disarming: plain stores to per-CPU variables, so no traced CPU is
 * interrupted. Nothing here waits for a grace period.
 */
#include <linux/pid.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "audit.h"
#include "cpu.h"
#include "failure.h"
#include "governor.h"
#include "hook.h"
#include "housekeeping.h"
#include "leftover.h"
#include "privilege.h"
#include "quiet.h"
#include "region.h"
#include "ring.h"
#include "session.h"

/* See session.h. */
DEFINE_MUTEX(hft_lock);

static LIST_HEAD(sessions);
static u16 generation;
static bool addresses_recorded;	/* since the rings were new */
static unsigned int blind_files;	/* open by who may read rings but not see addresses */

static u64 session_hooks(const struct hft_session *session, unsigned int cpu)
{
	return cpumask_test_cpu(cpu, session->cpus) ? session->hooks : session->hooks_elsewhere;
}

/*
 * The processes that a CPU's filtered hooks look for: those of
 * all sessions together; none when one of them wants every process, or when
 * there are more than the table holds.
 */
static void gather_filters(unsigned int cpu, s32 tgid[HFT_FILTERS])
{
	struct hft_session *session;
	unsigned int i, count = 0;

	memset(tgid, 0, sizeof(s32) * HFT_FILTERS);
	list_for_each_entry(session, &sessions, list) {
		if (!(session_hooks(session, cpu) & HFT_FILTERED_HOOKS))
			continue;
		for (i = 0; i < HFT_FILTERS && session->tgid[i] && count < HFT_FILTERS; i++)
			tgid[count++] = session->tgid[i];
		if (!i || (i < HFT_FILTERS && session->tgid[i])) {
			tgid[0] = 0;
			return;
		}
	}
}

/* Kernel addresses are for all who armed the CPU and all who can read its ring. */
static u64 address_mask(unsigned int cpu)
{
	struct hft_session *session;

	list_for_each_entry(session, &sessions, list) {
		if (session_hooks(session, cpu) && !session->kernel_addresses)
			return 0;
	}
	return blind_files ? 0 : ~0ULL;
}

/* One record in how many? The least of what those want who armed the hook. */
static u32 gather_every(unsigned int cpu, enum hft_hook_id hook)
{
	struct hft_session *session;
	u32 every = U32_MAX;

	list_for_each_entry(session, &sessions, list) {
		if (session_hooks(session, cpu) & HFT_HOOK_BIT(hook))
			every = min(every, session->every[hook]);
	}
	return every;
}

static u8 hook_mode(enum hft_hook_id hook, u64 armed, u64 notes, bool filtered, u32 every)
{
	u8 mode = notes & HFT_HOOK_BIT(hook) ? HFT_MODE_NOTE : 0;

	if (!(armed & HFT_HOOK_BIT(hook)))
		return mode;
	mode |= HFT_MODE_ON;
	if (filtered && HFT_FILTERED_HOOKS & HFT_HOOK_BIT(hook))
		mode |= HFT_MODE_FILTERED;
	if (every > 1)
		mode |= HFT_MODE_SAMPLED;
	return mode;
}

/* What a CPU is to be armed with, from all sessions and the governor. */
struct arming {
	u64 armed;
	s32 tgid[HFT_FILTERS];
	s32 quiet[HFT_QUIET_THREADS];
	u32 every[HFT_HOOKS];
	u8 mode[HFT_HOOKS];
};

/* As many as there is room for. */
static unsigned int gather_quiet(unsigned int cpu, s32 quiet[HFT_QUIET_THREADS])
{
	struct hft_session *session;
	unsigned int i, count = 0;

	list_for_each_entry(session, &sessions, list) {
		if (!cpumask_test_cpu(cpu, session->cpus))
			continue;
		for (i = 0; i < HFT_QUIET_THREADS && session->quiet[i]; i++) {
			if (count < HFT_QUIET_THREADS)
				quiet[count++] = session->quiet[i];
		}
	}
	return count;
}

static void gather(unsigned int cpu, struct arming *want)
{
	struct hft_session *session;
	u64 notes;
	int hook;

	memset(want, 0, sizeof(*want));
	list_for_each_entry(session, &sessions, list)
		want->armed |= session_hooks(session, cpu);
	if (!want->armed)
		hft_governor_forget(cpu);
	want->armed &= ~hft_governor_cut(cpu);
	if (hft_failed())
		want->armed = 0;
	notes = hft_governor_notes(cpu);
	gather_filters(cpu, want->tgid);
	for (hook = 0; hook < HFT_HOOKS; hook++) {
		want->every[hook] = gather_every(cpu, hook);
		want->mode[hook] = hook_mode(hook, want->armed, notes, want->tgid[0],
					     want->every[hook]);
	}
	hook = hft_quiet_source(cpu);
	if (gather_quiet(cpu, want->quiet) && hook < HFT_HOOKS)
		want->mode[hook] |= HFT_MODE_QUIET;
}

/* But for bits that the CPU itself sets and clears. */
static bool is_armed_so(const struct hft_cpu *own, const struct hft_tally *tally,
			const struct arming *want)
{
	int hook;

	for (hook = 0; hook < HFT_HOOKS; hook++) {
		if ((own->mode[hook] & ~HFT_MODE_TIMED) != want->mode[hook])
			return false;
	}
	return !memcmp(own->tgid, want->tgid, sizeof(own->tgid)) &&
	       !memcmp(own->quiet, want->quiet, sizeof(own->quiet)) &&
	       !memcmp(tally->every, want->every, sizeof(tally->every));
}

static void arm_cpu(unsigned int cpu)
{
	struct hft_cpu *own = per_cpu_ptr(&hft_cpu, cpu);
	struct hft_tally *tally = per_cpu_ptr(hft_tally, cpu);
	struct arming want;
	int hook;

	gather(cpu, &want);
	WRITE_ONCE(own->kernel_address_mask, address_mask(cpu));
	if (want.armed & HFT_ADDRESS_HOOKS && own->kernel_address_mask)
		WRITE_ONCE(addresses_recorded, true);
	if (is_armed_so(own, tally, &want))
		return;
	memcpy(own->tgid, want.tgid, sizeof(own->tgid));
	memcpy(own->quiet, want.quiet, sizeof(own->quiet));
	memcpy(tally->every, want.every, sizeof(tally->every));
	/* the new count: intervals that are open now may lose their start or their end */
	want.armed |= (u64)generation << HFT_GENERATION_SHIFT;
	WRITE_ONCE(own->armed, want.armed);
	/* a probe that sees its hook armed sees what stands above as well: hft_armed() */
	smp_wmb();
	for (hook = 0; hook < HFT_HOOKS; hook++)
		WRITE_ONCE(own->mode[hook], want.mode[hook]);
	/* failed meanwhile? pairs with hft_fail() */
	smp_mb();
	if (hft_failed())
		hft_fail_cpu(cpu);
	hft_ring_show_armed(cpu, want.armed);
}

/* What waits on a CPU that is armed now waits elsewhere before this returns. */
static void move_works(void)
{
	struct hft_session *session;

	list_for_each_entry(session, &sessions, list)
		hft_housekeeping_move(&session->expiry);
	hft_regions_move_works();
}

static void arm_all(void)
{
	unsigned int cpu;

	generation++;
	for_each_possible_cpu(cpu)
		arm_cpu(cpu);
	hft_governor_armed();
	move_works();
}

/* What the governor wants has changed. */
void hft_sessions_update(void)
{
	arm_all();
}

/* Its entry in the list goes too: arming costs nothing for files that never arm. */
static void disarm(struct hft_session *session)
{
	session->hooks = 0;
	session->hooks_elsewhere = 0;
	session->lease = 0;
	list_del_init(&session->list);
	cancel_delayed_work(&session->expiry);
	arm_all();
	if (list_empty(&sessions))
		hft_leftovers_take_away();
}

static void expire(struct work_struct *work)
{
	struct hft_session *session = container_of(to_delayed_work(work), struct hft_session,
						   expiry);

	mutex_lock(&hft_lock);
	/* renewed, armed without a lease or closed while this waited for the lock? */
	if (session->lease && time_after_eq(jiffies, session->deadline)) {
		hft_audit_module(HFT_AUDIT_EXPIRE, session->hooks, nr_cpu_ids, 0);
		disarm(session);
		/* whoever may arm could have it run out as often as he likes */
		pr_info_ratelimited("hftrace: a lease ran out, its session was disarmed\n");
	}
	mutex_unlock(&hft_lock);
}

int hft_session_init(struct hft_session *session)
{
	if (!zalloc_cpumask_var(&session->cpus, GFP_KERNEL))
		return -ENOMEM;
	INIT_LIST_HEAD(&session->list);
	INIT_DELAYED_WORK(&session->expiry, expire);
	session->blind = hft_may_read() && !hft_may_see_kernel_addresses();
	if (session->blind) {
		mutex_lock(&hft_lock);
		blind_files++;
		arm_all();
		mutex_unlock(&hft_lock);
	}
	return 0;
}

/* When its file is closed. */
void hft_session_uninit(struct hft_session *session)
{
	mutex_lock(&hft_lock);
	blind_files -= session->blind;
	if (session->hooks) {
		hft_audit(&(struct hft_act){
			.action = HFT_AUDIT_DISARM,
			.hooks = session->hooks,
			.cpus = session->cpus,
		});
		disarm(session);
	} else if (session->blind) {
		arm_all();
	}
	mutex_unlock(&hft_lock);
	cancel_delayed_work_sync(&session->expiry);
	free_cpumask_var(session->cpus);
}

/* `address` and `bytes` as in struct hft_arm. At least one CPU. */
int hft_copy_cpus(struct cpumask *cpus, u64 address, u32 bytes)
{
	unsigned int words = bytes / sizeof(u64), cpu;
	u64 word = 0;

	cpumask_clear(cpus);
	if (bytes % sizeof(u64) || bytes > SZ_4K)
		return -EINVAL;
	for (cpu = 0; cpu < words * 64; cpu++) {
		const u64 __user *from = u64_to_user_ptr(address);

		if (cpu % 64 == 0 && get_user(word, from + cpu / 64))
			return -EFAULT;
		if (!(word >> (cpu % 64) & 1))
			continue;
		if (cpu >= nr_cpu_ids || !cpu_possible(cpu))
			return -ENXIO;
		cpumask_set_cpu(cpu, cpus);
	}
	return cpumask_empty(cpus) ? -EINVAL : 0;
}

/* Pids of the caller's namespace become global ones. */
static int copy_filters(s32 tgid[HFT_FILTERS], const struct hft_arm *arm)
{
	struct pid *pid;
	int i;

	memset(tgid, 0, sizeof(s32) * HFT_FILTERS);
	for (i = 0; i < HFT_FILTERS && arm->tgid[i]; i++) {
		rcu_read_lock();
		pid = find_vpid(arm->tgid[i]);
		/* a thread's id would be taken, and never match */
		tgid[i] = pid_task(pid, PIDTYPE_TGID) ? pid_nr(pid) : 0;
		rcu_read_unlock();
		if (!tgid[i])
			return -ESRCH;
	}
	return 0;
}

/* Each hook's own, 1 unless it is said. */
static int copy_sampling(u32 every[HFT_HOOKS], const struct hft_arm *arm)
{
	const struct hft_sampling __user *from = u64_to_user_ptr(arm->sampling);
	struct hft_sampling sampling;
	u32 i;

	memset32(every, 1, HFT_HOOKS);
	if (arm->samplings > HFT_HOOKS || arm->reserved)
		return -EINVAL;
	for (i = 0; i < arm->samplings; i++) {
		if (copy_from_user(&sampling, &from[i], sizeof(sampling)))
			return -EFAULT;
		if (sampling.hook >= HFT_HOOKS || !sampling.every)
			return -EINVAL;
		every[sampling.hook] = sampling.every;
	}
	return 0;
}

static void renew_lease(struct hft_session *session, u32 lease_ms)
{
	session->lease = lease_ms ? max(1UL, msecs_to_jiffies(lease_ms)) : 0;
	session->deadline = jiffies + session->lease;
	if (session->lease)
		mod_delayed_work_on(hft_housekeeping_cpu(), system_wq, &session->expiry,
				    session->lease);
	else
		cancel_delayed_work(&session->expiry);
}

static int copy_quiet(s32 quiet[HFT_QUIET_THREADS], const struct hft_arm *arm)
{
	struct pid *pid;
	int i;

	for (i = 0; i < HFT_QUIET_THREADS && arm->no_syscalls[i]; i++) {
		rcu_read_lock();
		pid = find_vpid(arm->no_syscalls[i]);
		quiet[i] = pid_task(pid, PIDTYPE_PID) ? pid_nr(pid) : 0;
		rcu_read_unlock();
		if (!quiet[i])
			return -ESRCH;
	}
	return 0;
}

/* Is there somebody on each CPU who sees system calls? */
static bool can_be_quiet(const struct cpumask *cpus)
{
	unsigned int cpu;

	for_each_cpu(cpu, cpus) {
		if (hft_quiet_source(cpu) == HFT_HOOKS)
			return false;
	}
	return true;
}

/* What a file asks for, copied and checked. */
struct wanted {
	cpumask_var_t cpus;
	s32 tgid[HFT_FILTERS];
	s32 quiet[HFT_QUIET_THREADS];
	u32 every[HFT_HOOKS];
};

static int copy_wanted(struct wanted *want, const struct hft_arm *arm)
{
	int err;

	if (arm->flags || (!arm->hooks && arm->hooks_elsewhere))
		return -EINVAL;
	if (arm->hooks) {
		err = hft_copy_cpus(want->cpus, arm->cpus, arm->cpus_bytes);
		if (err)
			return err;
	}
	err = copy_filters(want->tgid, arm) ?: copy_quiet(want->quiet, arm);
	return err ?: copy_sampling(want->every, arm);
}

static int check_wanted(const struct hft_arm *arm, const struct wanted *want)
{
	if (arm->hooks && hft_failed())
		return -EIO;
	if ((arm->hooks | arm->hooks_elsewhere) & ~hft_hooks_attached() ||
	    (want->quiet[0] && !can_be_quiet(want->cpus)))
		return -ENOLINK;
	return 0;
}

static bool has_armed_so(const struct hft_session *session, const struct hft_arm *arm,
			 const struct wanted *want)
{
	return session->hooks == arm->hooks &&
	       session->hooks_elsewhere == arm->hooks_elsewhere &&
	       cpumask_equal(session->cpus, want->cpus) &&
	       !memcmp(session->tgid, want->tgid, sizeof(want->tgid)) &&
	       !memcmp(session->quiet, want->quiet, sizeof(want->quiet)) &&
	       !memcmp(session->every, want->every, sizeof(want->every));
}

static void change(struct hft_session *session, const struct hft_arm *arm,
		   const struct wanted *want)
{
	session->hooks = arm->hooks;
	session->hooks_elsewhere = arm->hooks_elsewhere;
	cpumask_copy(session->cpus, want->cpus);
	memcpy(session->tgid, want->tgid, sizeof(want->tgid));
	memcpy(session->quiet, want->quiet, sizeof(want->quiet));
	memcpy(session->every, want->every, sizeof(want->every));
	session->kernel_addresses = hft_may_see_kernel_addresses();
	if (list_empty(&session->list))
		list_add(&session->list, &sessions);
	arm_all();
}

static void audit_arm(const struct hft_session *session, const struct hft_arm *arm,
		      const struct wanted *want, int result)
{
	hft_audit(&(struct hft_act){
		.action = arm->hooks ? HFT_AUDIT_ARM : HFT_AUDIT_DISARM,
		.hooks = arm->hooks ?: session->hooks,
		.hooks_elsewhere = arm->hooks_elsewhere,
		.cpus = arm->hooks ? want->cpus : session->cpus,
		.value = arm->lease_ms,
		.result = result,
	});
}

int hft_session_arm(struct hft_session *session, const struct hft_arm *arm)
{
	struct wanted *want;
	int err;

	want = kzalloc(sizeof(*want), GFP_KERNEL);
	if (!want)
		return -ENOMEM;
	if (!zalloc_cpumask_var(&want->cpus, GFP_KERNEL)) {
		err = -ENOMEM;
		goto out_want;
	}
	/* user memory, before the lock */
	err = copy_wanted(want, arm);

	mutex_lock(&hft_lock);
	err = err ?: check_wanted(arm, want);
	/* renewing a lease is no news */
	if (err || !has_armed_so(session, arm, want))
		audit_arm(session, arm, want, err);
	if (err)
		goto out_lock;
	if (!arm->hooks) {
		if (session->hooks)
			disarm(session);
		goto out_lock;
	}
	if (!has_armed_so(session, arm, want))
		change(session, arm, want);
	renew_lease(session, arm->lease_ms);
out_lock:
	mutex_unlock(&hft_lock);
	free_cpumask_var(want->cpus);
out_want:
	kfree(want);
	return err;
}

bool hft_sessions_armed(void)
{
	return !list_empty(&sessions);
}

/* Before `hooks` are detached while armed: no start may be left without its end. */
void hft_sessions_drop(u64 hooks)
{
	struct hft_session *session, *next;

	list_for_each_entry_safe(session, next, &sessions, list) {
		session->hooks &= ~hooks;
		session->hooks_elsewhere &= ~hooks;
		if (!session->hooks)
			disarm(session);
	}
	arm_all();
}

/* May the rings hold kernel addresses? They overwrite, so once is until they are new. */
bool hft_sessions_recorded_addresses(void)
{
	return READ_ONCE(addresses_recorded);
}

void hft_sessions_rings_are_new(void)
{
	WRITE_ONCE(addresses_recorded, false);
}

unsigned int hft_sessions_cpus_armed(enum hft_hook_id id)
{
	unsigned int cpu, count = 0;

	for_each_possible_cpu(cpu)
		count += !!(per_cpu(hft_cpu.armed, cpu) & HFT_HOOK_BIT(id));
	return count;
}
