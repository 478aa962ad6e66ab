// SPDX-License-Identifier: GPL-2.0
/*
 * In the guest: does the isolated CPU 1, which spins in user space, notice
 * that it is watched?
 *
 *	silence SECONDS [COMMAND [ARGUMENT]...]
 *
 * Five windows with hftrace and five of the same length without it, in turn,
 * with tracefs on in all of them. With: arming, mapping, reading, renewing,
 * changing, disarming, closing, 1000 armings more, and COMMAND, a recorder
 * that ends by itself. Each count of CPU 1 must stay within the range of the
 * windows without, or be explained by chance, as kernels have a few there by
 * themselves; and no process of ours may have sent CPU 1 an interrupt.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "device.h"
#include "interrupts.h"
#include "spinner.h"
#include "tracefs.h"

#define TURNS	5
#define CYCLES	1000
#define CHANCE	0.01			/* of a count that is out of range */
#define EXTRA	4			/* counts beside the lines of /proc/interrupts */
#define COUNTS	(INTERRUPT_LINES + EXTRA)
#define SPOILT	"HFT_WITNESS_SPOIL"	/* set: interrupt CPU 1, so that the test must fail */

/* Whoever interrupts another CPU goes through one of the senders; arm64 has an event, ipi_raise. */
#ifdef __x86_64__
static const char *const events[] = {
	"irq_vectors", "irq", "sched/sched_switch", "nmi", "tlb", "exceptions", "witness",
};

static const char *const senders[] = {
	"p:witness/send_reschedule native_smp_send_reschedule cpus=%di",
	"p:witness/send_single native_send_call_func_single_ipi cpus=%di",
	"p:witness/send_mask native_send_call_func_ipi mask=+0(%di):x64",
	NULL
};
#else
static const char *const events[] = { "ipi", "irq", "sched/sched_switch" };
static const char *const senders[] = { NULL };
#endif

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Tasks that came to run there: the last number, which the kernel counts in any case. */
static long run_queue_switches(void)
{
	FILE *file = fopen("/proc/schedstat", "r");
	long count, found = -1;
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "cpu1 %*u %*u %*u %*u %*u %*u %*u %*u %ld", &count) == 1)
			found = count;
	}
	if (found < 0)
		errx(EXIT_FAILURE, "/proc/schedstat does not tell of CPU 1");
	fclose(file);
	return found;
}

/* Reads what is new in a ring, as a recorder would. */
static unsigned long long look(const struct hft_ring_ctl *ring, unsigned long long from,
			       unsigned long long *sum)
{
	const struct hft_slot *slots = device_slots(ring);
	unsigned long long head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);

	if (head - from > ring->slots)
		from = head - ring->slots;
	for (; from < head; from++)
		*sum += slots[from & (ring->slots - 1)].tsc;
	return head;
}

static void watch(double until)
{
	unsigned long long at[2] = { 0, 0 }, sum = 0;
	const struct hft_ring_ctl *ring[2];
	struct hft_hello hello;
	int fd, i, round;

	fd = device_open(&hello);
	for (i = 0; i < 2; i++)
		ring[i] = device_map(fd, i, hello.ring_slots);
	device_arm(fd, hello.hooks_attached, 3, 0, 1000);
	for (round = 0; now() < until; round++) {
		for (i = 0; i < 2; i++)
			at[i] = look(ring[i], at[i], &sum);
		if (round % 100 == 50)
			device_arm(fd, hello.hooks_attached, 3, 0, 1000);
		if (round % 100 == 99)
			device_arm(fd, HFT_HOOK_BIT(HFT_HOOK_VISIT), 2, 0, 1000);
		usleep(1000);
	}
	if (!at[0])
		errx(EXIT_FAILURE, "hftrace recorded nothing");
	for (i = 0; i < CYCLES; i++) {
		device_arm(fd, hello.hooks_attached, 3, 0, 0);
		device_disarm(fd);
	}
	if (getenv(SPOILT)) {
		device_detach(fd, HFT_HOOK_BIT(HFT_HOOK_MIGRATE));
		device_attach(fd, HFT_HOOK_BIT(HFT_HOOK_MIGRATE));
	}
	for (i = 0; i < 2; i++)
		device_unmap(ring[i], hello.ring_slots);
	close(fd);
}

static pid_t launch(char *const command[])
{
	pid_t pid;

	if (!command[0])
		return 0;
	pid = fork();
	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	if (!pid) {
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	return pid;
}

static bool is_ours(const char *line, const char *command)
{
	char name[32];

	if (strstr(line, " silence-"))
		return true;
	snprintf(name, sizeof(name), " %.15s-", command ? command : "silence");
	return strstr(line, name);
}

/* Of CPUs, in groups with commas, of which the last has those up to 31. */
static unsigned long parse_mask(const char *text)
{
	unsigned long mask;
	char *end;

	mask = strtoul(text, &end, 16);
	while (*end == ',')
		mask = strtoul(end + 1, &end, 16);
	return mask;
}

/* By the third flag behind the CPU. Interrupts run in whatever task is there. */
static bool in_interrupt(const char *line)
{
	const char *flags = strstr(line, "] ");

	return flags && strlen(flags) > 4 && strchr("hHsSzZ", flags[4]);
}

/* Of CPU 1's events in tracefs: how many; what was sent to it by us, which is shown. */
static long traced(const char *command, long *sent, long *sent_in_interrupts)
{
	FILE *file = fopen("/sys/kernel/tracing/trace", "r");
	unsigned long where;
	char line[512];
	long count = 0;

	*sent = 0;
	*sent_in_interrupts = 0;
	if (!file)
		err(EXIT_FAILURE, "trace");
	while (fgets(line, sizeof(line), file)) {
		const char *target = strstr(line, "cpus=") ?: strstr(line, "mask=");

		count += !target && strstr(line, " [001] ");
		if (!target)
			continue;
		where = parse_mask(target + 5);
		if (*target == 'c' ? where != 1 : !(where & 2))
			continue;
		if (in_interrupt(line)) {
			++*sent_in_interrupts;
		} else if (is_ours(line, command)) {
			++*sent;
			printf("# sent to CPU 1: %s", line);
		}
	}
	fclose(file);
	return count;
}

/*
 * Fills a column of counts, and returns what we sent. *seconds: how long it is
 * to take, and, when watched, how long it took.
 */
static long window(double *seconds, char *const command[], bool watched, long counts[COUNTS])
{
	static struct interrupts before, after;
	pid_t spinner, recorder = 0;
	long switches, schedules, sent;
	double start;
	unsigned int i;
	int status = 0;

	spinner = spinner_start(1, NULL);
	tracefs_write("trace", "");
	tracefs_on(true);
	start = now();
	switches = spinner_switches(spinner);
	schedules = run_queue_switches();
	interrupts_read(&before);
	if (watched) {
		recorder = launch(command);
		watch(start + *seconds);
		if (recorder && (waitpid(recorder, &status, 0) != recorder || status))
			errx(EXIT_FAILURE, "%s failed with status %#x", command[0], status);
		*seconds = now() - start;
	} else {
		while (now() < start + *seconds)
			usleep(1000);
	}
	interrupts_read(&after);
	tracefs_on(false);
	for (i = 0; i < after.lines; i++)
		counts[i] = interrupts_grown(&before, &after, i, 1);
	counts[INTERRUPT_LINES] = spinner_switches(spinner) - switches;
	counts[INTERRUPT_LINES + 1] = run_queue_switches() - schedules;
	counts[INTERRUPT_LINES + 2] = traced(command[0], &sent, &counts[INTERRUPT_LINES + 3]);
	spinner_stop(spinner);
	return sent;
}

/* Of all ways to share ten windows out: how many give those with at least so much. */
static double chance(const long without[TURNS], const long with[TURNS])
{
	unsigned int set, bit, ways = 0, as_much = 0;
	long sum = 0, share;

	for (bit = 0; bit < TURNS; bit++)
		sum += with[bit];
	for (set = 0; set < 1U << (2 * TURNS); set++) {
		if (__builtin_popcount(set) != TURNS)
			continue;
		share = 0;
		for (bit = 0; bit < TURNS; bit++) {
			share += set & 1U << bit ? without[bit] : 0;
			share += set & 1U << (TURNS + bit) ? with[bit] : 0;
		}
		ways++;
		as_much += share >= sum;
	}
	return (double)as_much / ways;
}

static bool judge(const char *name, const long without[TURNS], const long with[TURNS])
{
	long low = without[0], high = without[0], most = 0;
	const char *verdict = "";
	bool within = true;
	int i;

	for (i = 0; i < TURNS; i++) {
		low = without[i] < low ? without[i] : low;
		high = without[i] > high ? without[i] : high;
		most |= without[i] | with[i];
	}
	for (i = 0; i < TURNS; i++)
		within &= with[i] <= high;
	if (!most)
		return true;
	if (!within) {
		within = chance(without, with) > CHANCE;
		verdict = within ? "  by chance" : "  OUT OF RANGE";
	}
	printf("# %-18s without %ld..%ld, with", name, low, high);
	for (i = 0; i < TURNS; i++)
		printf(" %ld", with[i]);
	printf("%s\n", verdict);
	return within;
}

int main(int argc, char **argv)
{
	static const char *const extra[EXTRA] = {
		"its switches", "its CPU's", "traced events", "sent in interrupts",
	};
	static long column[2 * TURNS][COUNTS];
	double seconds = argc > 1 ? atof(argv[1]) : 0, length = seconds;
	long without[TURNS], with[TURNS], sent = 0;
	struct interrupts lines;
	unsigned int i, turn;
	bool good = true;

	if (seconds <= 0)
		errx(64, "usage: silence SECONDS [COMMAND [ARGUMENT]...]");
	pin(0);
	tracefs_prepare(8192);
	tracefs_write("kprobe_events", "");
	for (i = 0; senders[i]; i++)
		tracefs_add("kprobe_events", senders[i]);
	for (i = 0; i < ARRAY_SIZE(events); i++) {
		if (!tracefs_enable(events[i]))
			errx(EXIT_FAILURE, "this kernel has no events %s", events[i]);
	}
	for (turn = 0; turn < 2 * TURNS; turn++) {
		if (turn % 2 == 0)
			length = seconds;
		sent += window(&length, argv + 2, turn % 2 == 0, column[turn]);
	}
	tracefs_disable_all();
	interrupts_read(&lines);
	for (i = 0; i < COUNTS; i++) {
		for (turn = 0; turn < TURNS; turn++) {
			with[turn] = column[2 * turn][i];
			without[turn] = column[2 * turn + 1][i];
		}
		good &= judge(i < INTERRUPT_LINES ? lines.name[i] : extra[i - INTERRUPT_LINES],
			      without, with);
	}
	printf("# interrupts that we sent to CPU 1: %ld\n", sent);
	return good && !sent ? 0 : EXIT_FAILURE;
}
