// SPDX-License-Identifier: GPL-2.0
/*
 * Arming and disarming: plain stores to per-CPU variables, so no traced CPU is
 * interrupted. Nothing here waits for a grace period.
 */
#include <linux/pid.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cpu.h"
#include "hook.h"
#include "housekeeping.h"
#include "privilege.h"
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
 * The processes that a CPU's fault and system-call hooks look for: those of
 * all sessions together; none when one of them wants every process, or when
 * there are more than the table holds.
 */
static void gather_filters(unsigned int cpu, s32 tgid[HFT_FILTERS])
{
	const u64 filtered = HFT_HOOK_BIT(HFT_HOOK_FAULT) | HFT_HOOK_BIT(HFT_HOOK_SYSCALL);
	struct hft_session *session;
	unsigned int i, count = 0;

	memset(tgid, 0, sizeof(s32) * HFT_FILTERS);
	list_for_each_entry(session, &sessions, list) {
		if (!(session_hooks(session, cpu) & filtered))
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

static void arm_cpu(unsigned int cpu)
{
	const u64 with_addresses = HFT_HOOK_BIT(HFT_HOOK_FAULT) | HFT_HOOK_BIT(HFT_HOOK_NMI) |
				   HFT_HOOK_BIT(HFT_HOOK_HRTIMER) | HFT_HOOK_BIT(HFT_HOOK_TIMER);
	struct hft_cpu *own = per_cpu_ptr(&hft_cpu, cpu);
	struct hft_session *session;
	s32 tgid[HFT_FILTERS];
	u64 armed = 0;
	bool same;

	list_for_each_entry(session, &sessions, list)
		armed |= session_hooks(session, cpu);
	gather_filters(cpu, tgid);
	if (tgid[0])
		armed |= HFT_ARMED_FILTERED;
	same = armed == (own->armed & (HFT_ARMED_HOOKS | HFT_ARMED_FILTERED)) &&
	       !memcmp(own->tgid, tgid, sizeof(tgid));

	memcpy(own->tgid, tgid, sizeof(tgid));
	WRITE_ONCE(own->kernel_address_mask, address_mask(cpu));
	if (armed & with_addresses && own->kernel_address_mask)
		WRITE_ONCE(addresses_recorded, true);
	if (same)
		return;
	/* a probe that sees its hook armed sees what stands above as well: hft_armed() */
	smp_wmb();
	/* the new count: intervals that are open now may lose their start or their end */
	armed |= (u64)generation << HFT_GENERATION_SHIFT;
	WRITE_ONCE(own->armed, armed);
	hft_ring_show_armed(cpu, armed);
}

static void arm_all(void)
{
	unsigned int cpu;

	generation++;
	for_each_possible_cpu(cpu)
		arm_cpu(cpu);
}

/* Its entry in the list goes too: arming costs nothing for files that never arm. */
static void disarm(struct hft_session *session)
{
	session->hooks = 0;
	session->hooks_elsewhere = 0;
	session->lease = 0;
	list_del_init(&session->list);
	arm_all();
}

static void expire(struct work_struct *work)
{
	struct hft_session *session = container_of(to_delayed_work(work), struct hft_session,
						   expiry);

	mutex_lock(&hft_lock);
	/* renewed, armed without a lease or closed while this waited for the lock? */
	if (session->lease && time_after_eq(jiffies, session->deadline)) {
		disarm(session);
		pr_info("hftrace: a lease ran out, its session was disarmed\n");
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
	if (session->hooks)
		disarm(session);
	mutex_unlock(&hft_lock);
	cancel_delayed_work_sync(&session->expiry);
	free_cpumask_var(session->cpus);
}

static int copy_cpus(struct cpumask *cpus, const struct hft_arm *arm)
{
	unsigned int words = arm->cpus_bytes / sizeof(u64), cpu;
	u64 word = 0;

	cpumask_clear(cpus);
	if (arm->cpus_bytes % sizeof(u64) || arm->cpus_bytes > SZ_4K)
		return -EINVAL;
	for (cpu = 0; cpu < words * 64; cpu++) {
		const u64 __user *from = u64_to_user_ptr(arm->cpus);

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

static void renew_lease(struct hft_session *session, u32 lease_ms)
{
	session->lease = lease_ms ? max(1UL, msecs_to_jiffies(lease_ms)) : 0;
	session->deadline = jiffies + session->lease;
	if (session->lease)
		mod_delayed_work_on(hft_housekeeping_cpu(), system_wq, &session->expiry,
				    session->lease);
}

int hft_session_arm(struct hft_session *session, const struct hft_arm *arm)
{
	s32 tgid[HFT_FILTERS];
	cpumask_var_t cpus;
	bool same;
	int err;

	if (arm->flags || (!arm->hooks && arm->hooks_elsewhere))
		return -EINVAL;
	if (!zalloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	if (arm->hooks) {
		err = copy_cpus(cpus, arm);
		if (err)
			goto out_cpus;
	}
	err = copy_filters(tgid, arm);
	if (err)
		goto out_cpus;

	mutex_lock(&hft_lock);
	err = -ENOLINK;
	if ((arm->hooks | arm->hooks_elsewhere) & ~hft_hooks_attached())
		goto out_lock;
	err = 0;
	if (!arm->hooks) {
		if (session->hooks)
			disarm(session);
		goto out_lock;
	}
	same = session->hooks == arm->hooks &&
	       session->hooks_elsewhere == arm->hooks_elsewhere &&
	       cpumask_equal(session->cpus, cpus) &&
	       !memcmp(session->tgid, tgid, sizeof(tgid));
	if (!same) {
		session->hooks = arm->hooks;
		session->hooks_elsewhere = arm->hooks_elsewhere;
		cpumask_copy(session->cpus, cpus);
		memcpy(session->tgid, tgid, sizeof(tgid));
		session->kernel_addresses = hft_may_see_kernel_addresses();
		if (list_empty(&session->list))
			list_add(&session->list, &sessions);
		arm_all();
	}
	renew_lease(session, arm->lease_ms);
out_lock:
	mutex_unlock(&hft_lock);
out_cpus:
	free_cpumask_var(cpus);
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
