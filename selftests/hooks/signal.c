// SPDX-License-Identifier: GPL-2.0
/*
 * signal: signals to a process, to a thread, with a value, ignored, raised by
 * a fault and by the child's death; each as signal:signal_generate and
 * signal_deliver show it, to handlers and from addresses that the program knows.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hook_test.h"

#define ROUNDS	20
/* nothing is mapped there */
#define NOWHERE	0x1234567000UL

static const char *const sources[] = {
	"signal/signal_generate", "signal/signal_deliver", NULL
};

static const struct field_pair sent_fields[] = {
	FIELD(hft_rec_signal, sig, "sig"),
	FIELD(hft_rec_signal, code, "code"),
	FIELD(hft_rec_signal, tid, "pid"),
	FIELD(hft_rec_signal, group, "group"),
	FIELD(hft_rec_signal, result, "result"),
	FIELD(hft_rec_signal, by_tid, "common_pid"),
	{ 0 }
};

static const struct field_pair delivered_fields[] = {
	FIELD(hft_rec_signal, sig, "sig"),
	FIELD(hft_rec_signal, code, "code"),
	FIELD(hft_rec_signal, handler, "sa_handler"),
	FIELD(hft_rec_signal, tid, "common_pid"),
	{ 0 }
};

static struct watch watch;

struct told {
	__u64 handler;
	int kin;	/* a child of it that it sends to, and that exits */
};

static void handle(int sig, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	/* the address can be read from now on */
	if (sig == SIGSEGV)
		mmap((void *)NOWHERE, 4096, PROT_READ,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static int send(void *shared)
{
	const struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
	const union sigval value = { .sival_int = 7 };
	struct told *told = shared;
	pid_t kin;
	int i;

	told->handler = (uintptr_t)handle;
	if (sigaction(SIGUSR1, &action, NULL) || sigaction(SIGUSR2, &action, NULL) ||
	    sigaction(SIGSEGV, &action, NULL) || signal(SIGWINCH, SIG_IGN) == SIG_ERR)
		return 1;
	for (i = 0; i < ROUNDS; i++) {
		kill(getpid(), SIGUSR1);
		syscall(SYS_tgkill, getpid(), getpid(), SIGUSR2);
		sigqueue(getpid(), SIGUSR1, value);
		kill(getpid(), SIGWINCH);
	}
	(void)*(volatile char *)(NOWHERE + 0x89);
	kin = fork();
	if (!kin) {
		for (;;)
			pause();
	}
	told->kin = kin;
	sleep_ms(20);
	kill(kin, SIGTERM);
	return wait_for(kin) == 128 + SIGTERM ? 0 : 2;
}

/* How many records are like this one, where it is not 0 or ~0. */
static unsigned int count(unsigned int type, const struct hft_rec_signal *like)
{
	unsigned int found = 0;
	size_t i;

	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];
		const struct hft_rec_signal *rec = record_payload(record);

		found += record->type == type && rec->sig == like->sig &&
			 rec->code == like->code && rec->tid == like->tid &&
			 rec->tgid == like->tid && rec->by_tid == like->by_tid &&
			 rec->by_tgid == like->by_tgid && rec->group == like->group &&
			 rec->result == like->result && rec->handler == like->handler &&
			 rec->address == like->address;
	}
	return found;
}

static unsigned int sent(int sig, int code, int tid, int by, unsigned int group,
			 unsigned int result, __u64 address)
{
	const struct hft_rec_signal like = {
		.sig = sig, .code = code, .tid = tid, .by_tid = by, .by_tgid = by,
		.group = group, .result = result, .address = address,
	};

	return count(HFT_REC_SIGNAL, &like);
}

static unsigned int delivered(int sig, int code, int tid, int by, __u64 handler, __u64 address)
{
	const struct hft_rec_signal like = {
		.sig = sig, .code = code, .tid = tid, .by_tid = by,
		.handler = handler, .address = address,
	};

	return count(HFT_REC_SIGNAL_DELIVER, &like);
}

static int each_kind(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(SIGNAL), .cpus = 1 << QUIET_CPU, .on = QUIET_CPU,
		.provoke = send, .events = sources,
	};
	struct pairing pairing = {
		.type = HFT_REC_SIGNAL, .event = sources[0], .fields = sent_fields,
	};
	const struct told *told;
	int child;

	watch_run(&watch, &want);
	told = watch.told;
	child = watch.child;
	CHECK(pairs_on_all(&watch, &pairing) >= 4 * ROUNDS + 2);
	pairing = (struct pairing){
		.type = HFT_REC_SIGNAL_DELIVER, .event = sources[1], .fields = delivered_fields,
	};
	CHECK(pairs_on_all(&watch, &pairing) >= 3 * ROUNDS + 2);

	CHECK_EQ(sent(SIGUSR1, SI_USER, child, child, 1, HFT_SIGNAL_DELIVERED, 0), ROUNDS);
	CHECK_EQ(sent(SIGUSR2, SI_TKILL, child, child, 0, HFT_SIGNAL_DELIVERED, 0), ROUNDS);
	CHECK_EQ(sent(SIGUSR1, SI_QUEUE, child, child, 1, HFT_SIGNAL_DELIVERED, 0), ROUNDS);
	CHECK_EQ(sent(SIGWINCH, SI_USER, child, child, 1, HFT_SIGNAL_IGNORED, 0), ROUNDS);
	CHECK_EQ(sent(SIGSEGV, SEGV_MAPERR, child, child, 0, HFT_SIGNAL_DELIVERED,
		      NOWHERE + 0x89), 1);
	CHECK_EQ(sent(SIGTERM, SI_USER, told->kin, child, 1, HFT_SIGNAL_DELIVERED, 0), 1);
	CHECK_EQ(delivered(SIGUSR1, SI_USER, child, child, told->handler, 0), ROUNDS);
	CHECK_EQ(delivered(SIGUSR2, SI_TKILL, child, child, told->handler, 0), ROUNDS);
	CHECK_EQ(delivered(SIGUSR1, SI_QUEUE, child, child, told->handler, 0), ROUNDS);
	CHECK_EQ(delivered(SIGSEGV, SEGV_MAPERR, child, 0, told->handler, NOWHERE + 0x89), 1);
	/* what ends a whole process comes to its threads as this */
	CHECK_EQ(delivered(SIGKILL, SI_USER, told->kin, 0, 0, 0), 1);
	return 0;
}

HOOK_TEST_MAIN("signal", sources, NULL,
	       { "each signal sent and delivered: from whom, to whom, why", each_kind })
