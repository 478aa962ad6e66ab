/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hook: what is attached, armed, listed and asked for by one name. It is a
 * set of taps, probes on tracepoints, and of probes on functions where the
 * kernel has no tracepoint; all are attached and detached together. See
 * docs/adding-a-hook.md.
 */
#ifndef HFT_HOOK_H
#define HFT_HOOK_H

#include <linux/kprobes.h>
#include <linux/tracepoint.h>
#include <hftrace/abi.h>

struct hft_tap {
	const char *tracepoint;		/* its name, without the system */
	void *probe;			/* its prototype is proved with HFT_PROVE() */
	void *data;			/* the probe's first argument */
	bool optional;			/* some configurations of the kernel lack it */
	bool first;			/* goes before other probes of the tracepoint */
	struct tracepoint *tp;		/* found at load, NULL when the kernel has none */
};

/*
 * A kprobe, or a kretprobe when there is a `leave`. It is registered at load,
 * disabled, which patches nothing, and enabled when its hook is attached.
 * Handlers run with preemption off and may be missed: that is counted.
 */
struct hft_function {
	const char *symbol;		/* compat/ has those that differ between kernels */
	kprobe_pre_handler_t entry;	/* at its entry alone; returns 0 */
	kretprobe_handler_t enter;	/* with `leave`: NULL or non-zero to leave that call out */
	kretprobe_handler_t leave;	/* at its return; returns 0 */
	size_t data;			/* bytes that enter keeps for leave in ri->data */
	int at_a_time;			/* calls that may be open at once, 0: a few a CPU */
	bool optional;			/* some configurations of the kernel lack it */
	bool found;			/* at load */
	struct kretprobe probe;		/* its kp alone without `leave` */
};

struct hft_hook {
	enum hft_hook_id id;
	const char *name;		/* as typed after -e */
	const char *summary;		/* one line */
	u32 flags;			/* HFT_HOOK_COSTLY or 0 */
	struct hft_tap *taps;
	unsigned int taps_count;
	struct hft_function *functions;
	unsigned int functions_count;

	/* NULL, or why this hook cannot work here although its sources exist. */
	const char *(*unsupported)(void);
	/* NULL, or what a hook that works cannot see here; NULL when it sees all. */
	const char *(*lacks)(void);

	/* NULL, or what else to do when the taps have been attached, and before they go. */
	int (*attach)(void);
	void (*detach)(void);

	/* NULL, or what it missed beside what its functions did. */
	u64 (*missed)(void);
	bool attached;
};

/* Fails to build when the kernel's tracepoint passes other arguments. */
#define HFT_PROVE(tracepoint, probe)					\
	static inline void __maybe_unused prove_##probe(void)		\
	{								\
		check_trace_callback_type_##tracepoint(probe);		\
	}

#define HFT_TAP(name, function)	{ .tracepoint = (name), .probe = (function) }

#define HFT_FUNCTION(name, handler)	{ .symbol = (name), .entry = (handler) }

extern struct hft_hook hft_hook_switch;
extern struct hft_hook hft_hook_wakeup;
extern struct hft_hook hft_hook_migrate;
extern struct hft_hook hft_hook_task;
extern struct hft_hook hft_hook_irq;
extern struct hft_hook hft_hook_softirq;
extern struct hft_hook hft_hook_vectors;
extern struct hft_hook hft_hook_nmi;
extern struct hft_hook hft_hook_visit;
extern struct hft_hook hft_hook_fault;
extern struct hft_hook hft_hook_syscall;
extern struct hft_hook hft_hook_tlb;
extern struct hft_hook hft_hook_hrtimer;
extern struct hft_hook hft_hook_timer;
extern struct hft_hook hft_hook_tick;
extern struct hft_hook hft_hook_workqueue;
extern struct hft_hook hft_hook_kthread;
extern struct hft_hook hft_hook_hidden;
extern struct hft_hook hft_hook_idle;
extern struct hft_hook hft_hook_frequency;
extern struct hft_hook hft_hook_pmu;
extern struct hft_hook hft_hook_ipi;
extern struct hft_hook hft_hook_tasklet;
extern struct hft_hook hft_hook_mmcall;
extern struct hft_hook hft_hook_reclaim;
extern struct hft_hook hft_hook_compaction;
extern struct hft_hook hft_hook_numa;
extern struct hft_hook hft_hook_oom;
extern struct hft_hook hft_hook_signal;
extern struct hft_hook hft_hook_coredump;
extern struct hft_hook hft_hook_watch;
extern struct hft_hook hft_hook_probe;

/* hooks.c: called with hft_lock held, but for init and uninit. */
int hft_hooks_init(const char *names);
void hft_hooks_uninit(void);
int hft_hooks_attach(u64 hooks);
void hft_hooks_detach(u64 hooks);
u64 hft_hooks_attached(void);
u64 hft_hooks_supported(void);
void hft_hook_describe(enum hft_hook_id id, struct hft_hook_info *info);

/* tap.c */
void hft_taps_find(struct hft_hook *hook);
const char *hft_tap_missing(const struct hft_hook *hook);
int hft_taps_attach(struct hft_hook *hook);
void hft_taps_detach(struct hft_hook *hook);

/* function.c */
void hft_functions_init(struct hft_hook *hook);
void hft_functions_uninit(struct hft_hook *hook);
const char *hft_function_missing(const struct hft_hook *hook);
int hft_functions_attach(struct hft_hook *hook);
void hft_functions_detach(struct hft_hook *hook);
u64 hft_functions_missed(const struct hft_hook *hook);

#endif /* HFT_HOOK_H */
