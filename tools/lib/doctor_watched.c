// SPDX-License-Identifier: GPL-2.0
/* Whether isolation holds: what came to the chosen CPUs while somebody watched. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/doctor_private.h"

int doctor_watch_init(struct doctor_watch *watch, const struct cpus *cpus, __u64 ns)
{
	struct timespec pause = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
	int err;

	memset(watch, 0, sizeof(*watch));
	watch->ns = ns;
	err = counts_init(&watch->counts, cpus);
	if (err)
		return err;
	err = counts_read(&watch->counts, &watch->before);
	while (!err && nanosleep(&pause, &pause))
		err = errno == EINTR ? 0 : -errno;
	if (!err)
		err = counts_read(&watch->counts, &watch->after);
	if (err)
		doctor_watch_uninit(watch);
	return err;
}

void doctor_watch_uninit(struct doctor_watch *watch)
{
	reading_free(&watch->before);
	reading_free(&watch->after);
	counts_uninit(&watch->counts);
}

static __u64 came(const struct doctor_watch *watch, size_t row, size_t column)
{
	return reading_value(&watch->after, &watch->counts, row, column) -
	       reading_value(&watch->before, &watch->counts, row, column);
}

typedef bool (*row_filter)(const struct count_row *row);

/* What came, in words; the most a second on any CPU, or -1: there is no such row. */
static double describe(const struct doctor_watch *watch, row_filter wanted, char *text, size_t size)
{
	const struct counts *counts = &watch->counts;
	double worst = -1;
	size_t row, column;

	for (row = 0; row < counts->rows; row++) {
		if (!wanted(&counts->row[row]))
			continue;
		if (worst < 0)
			worst = 0;
		for (column = 0; column < counts->columns; column++) {
			const char *what = counts->row[row].what;
			__u64 number = came(watch, row, column);
			double rate = (double)number * 1e9 / (double)watch->ns;

			if (!number)
				continue;
			if (rate > worst)
				worst = rate;
			/* Of an irq: "IO-APIC 4-edge ttyS0". */
			if (isdigit((unsigned char)counts->row[row].name[0]) && strrchr(what, ' '))
				what = strrchr(what, ' ') + 1;
			doctor_add(text, size, "%s%s%s%s %llu times on CPU %d",
				   counts->row[row].name, *what ? " (" : "", what, *what ? ")" : "",
				   number, counts->cpu[column]);
		}
	}
	return worst;
}

/* The most a second, or -1: unknown. That, and that nothing came, is said. */
static double look(const struct doctor_host *host, struct doctor_finding *finding,
		   row_filter wanted, char *text, size_t size)
{
	double worst;

	text[0] = 0;
	if (!host->watch) {
		doctor_say(finding, DOCTOR_UNKNOWN,
			   "a copy of another host's files does not move");
		return -1;
	}
	worst = describe(host->watch, wanted, text, size);
	if (worst < 0)
		doctor_say(finding, DOCTOR_UNKNOWN, "this kernel does not count them");
	else if (!text[0])
		doctor_say(finding, DOCTOR_OK, "none in %.3g s", (double)host->watch->ns / 1e9);
	return worst;
}

static bool is_irq(const struct count_row *row)
{
	return row->kind == COUNT_INTERRUPT && isdigit((unsigned char)row->name[0]);
}

static void look_at_irqs(const struct doctor_host *host, struct doctor_finding *finding)
{
	char text[DOCTOR_TEXT];

	if (look(host, finding, is_irq, text, sizeof(text)) <= 0)
		return;
	doctor_say(finding, DOCTOR_BAD, "%s", text);
	doctor_fix(finding, "echo %s > /proc/irq/%s/smp_affinity_list", host->rest_list,
		   strchr(text, ',') ? "N" : strtok(text, " "));
}

static bool is_tick(const struct count_row *row)
{
	return row->kind == COUNT_TICK;
}

#define TICKS_SOME	2.5	/* a second */
#define TICKS_MANY	20

static void look_at_tick(const struct doctor_host *host, struct doctor_finding *finding)
{
	char text[DOCTOR_TEXT];
	double rate = look(host, finding, is_tick, text, sizeof(text));

	if (rate <= 0)
		return;
	doctor_say(finding, rate < TICKS_SOME ? DOCTOR_OK :
		   rate < TICKS_MANY ? DOCTOR_WARNING : DOCTOR_BAD, "%s", text);
	if (finding->state != DOCTOR_OK)
		doctor_fix(finding,
			   "one thread on each CPU, nohz_full=; what keeps it: hftrace record -c %s -e tick,hrtimer -d 1s",
			   host->list);
}

static bool is_vector(const struct count_row *row)
{
	return row->kind == COUNT_INTERRUPT && !isdigit((unsigned char)row->name[0]);
}

static void look_at_vectors(const struct doctor_host *host, struct doctor_finding *finding)
{
	char text[DOCTOR_TEXT];

	if (look(host, finding, is_vector, text, sizeof(text)) <= 0)
		return;
	doctor_say(finding, DOCTOR_WARNING, "%s", text);
	doctor_fix(finding,
		   "who sends them: hftrace record -c %s -e vectors,ipi,tlb -d 1s; hftrace report",
		   host->list);
}

static bool is_softirq(const struct count_row *row)
{
	return row->kind == COUNT_SOFTIRQ;
}

static void look_at_softirqs(const struct doctor_host *host, struct doctor_finding *finding)
{
	char text[DOCTOR_TEXT];

	if (look(host, finding, is_softirq, text, sizeof(text)) <= 0)
		return;
	doctor_say(finding, DOCTOR_WARNING, "%s", text);
	doctor_fix(finding,
		   "what raises them: hftrace record -c %s -e softirq,irq,timer -d 1s; hftrace report",
		   host->list);
}

static bool is_switch(const struct count_row *row)
{
	return row->kind == COUNT_SWITCH;
}

static void look_at_switches(const struct doctor_host *host, struct doctor_finding *finding)
{
	char text[DOCTOR_TEXT];

	if (look(host, finding, is_switch, text, sizeof(text)) <= 0)
		return;
	doctor_say(finding, DOCTOR_WARNING, "%s", text);
	doctor_fix(finding,
		   "who runs there: hftrace record -c %s -e switch,wakeup -d 1s; hftrace report",
		   host->list);
}

static bool is_kernel_time(const struct count_row *row)
{
	return row->kind == COUNT_KERNEL_TIME;
}

#define KERNEL_SHARE	0.02

static void look_at_kernel_time(const struct doctor_host *host, struct doctor_finding *finding)
{
	char text[DOCTOR_TEXT];
	double share = look(host, finding, is_kernel_time, text, sizeof(text)) /
		       (double)sysconf(_SC_CLK_TCK);

	if (share <= 0)
		return;
	doctor_say(finding, share < KERNEL_SHARE ? DOCTOR_OK : DOCTOR_WARNING,
		   "up to %.0f %% of a chosen CPU", share * 100);
	if (finding->state != DOCTOR_OK)
		doctor_fix(finding,
			   "what for: hftrace record -c %s -d 1s; hftrace report",
			   host->list);
}

static const struct doctor_check checks[] = {
	{
		"watched_irqs",
		"a device's interrupt came: its affinity does not hold, or is managed",
		look_at_irqs,
	}, {
		"watched_tick",
		"the CPU's timer interrupts whatever runs there",
		look_at_tick,
	}, {
		"watched_vectors",
		"other CPUs or the CPU itself interrupted what runs there",
		look_at_vectors,
	}, {
		"watched_softirqs",
		"deferred work of interrupts and timers runs before the thread goes on",
		look_at_softirqs,
	}, {
		"watched_switches",
		"another task had the CPU, or the pinned one gave it up",
		look_at_switches,
	}, {
		"watched_kernel_time",
		"time in the kernel is not the thread's own",
		look_at_kernel_time,
	},
};

const struct doctor_subject doctor_watched = { checks, ARRAY_SIZE(checks) };
