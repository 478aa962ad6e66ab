/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hook: what is attached, armed, listed and asked for by one name. It is a
 * set of taps, probes on tracepoints that are registered and unregistered
 * together. See docs/adding-a-hook.md.
 */
#ifndef HFT_HOOK_H
#define HFT_HOOK_H

#include <linux/tracepoint.h>
#include <hftrace/abi.h>

struct hft_tap {
	const char *tracepoint;		/* its name, without the system */
	void *probe;			/* its prototype is proved with HFT_PROVE() */
	void *data;			/* the probe's first argument */
	bool optional;			/* some configurations of the kernel lack it */
	struct tracepoint *tp;		/* found at load, NULL when the kernel has none */
};

struct hft_hook {
	enum hft_hook_id id;
	const char *name;		/* as typed after -e */
	const char *summary;		/* one line */
	u32 flags;			/* HFT_HOOK_COSTLY or 0 */
	struct hft_tap *taps;
	unsigned int taps_count;

	/* NULL, or why this hook cannot work here although its tracepoints exist. */
	const char *(*unsupported)(void);
	bool attached;
};

/* Fails to build when the kernel's tracepoint passes other arguments. */
#define HFT_PROVE(tracepoint, probe)					\
	static inline void __maybe_unused prove_##probe(void)		\
	{								\
		check_trace_callback_type_##tracepoint(probe);		\
	}

#define HFT_TAP(name, function)	{ .tracepoint = (name), .probe = (function) }

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

/* hooks.c: called with hft_lock held, but for init and uninit. */
int hft_hooks_init(const char *names);
void hft_hooks_uninit(void);
int hft_hooks_attach(u64 hooks);
void hft_hooks_detach(u64 hooks);
u64 hft_hooks_attached(void);
u64 hft_hooks_supported(void);
void hft_hook_describe(enum hft_hook_id id, struct hft_hook_info *info);

/* attach.c */
void hft_taps_find(struct hft_hook *hook);
const char *hft_tap_missing(const struct hft_hook *hook);
int hft_taps_attach(struct hft_hook *hook);
void hft_taps_detach(struct hft_hook *hook);

#endif /* HFT_HOOK_H */
