// SPDX-License-Identifier: GPL-2.0
/*
 * ipi: a program that makes the kernel send interrupts of known kinds, by the
 * program's own account and with the addresses of /proc/kallsyms; where the
 * kernel has events of it, each record as these show it.
 */
#include <stdio.h>
#include <string.h>

#include "hook_test.h"
#include "ipis.h"
#include "load.h"
#include "tracefs.h"

#define COUNT	600

/* Before 6.5 the kernel has none: functions are probed. */
static const char *const sources[] = { NULL };

static const char *const events[] = { "?csd/csd_queue_cpu", "?ipi/ipi_send_cpu", NULL };

static int provoke(void *told)
{
	return ipis_send(told, COUNT);
}

static bool is_for(const struct hft_rec_ipi_send *rec, const struct ipi_sent *sent,
		   const __u64 *functions)
{
	return rec->kind == ipi_kind(sent->how) && rec->tid == sent->tid && !rec->first_cpu &&
	       rec->targets == 1U << QUIET_CPU && rec->function == functions[sent->how] &&
	       rec->caller && !strcmp(rec->comm, "ipi");
}

/* Each thing that was done has its record, in its time, and each such record what was done. */
static int told(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(IPI), .cpus = 3, .on = OTHER_CPU,
		.provoke = provoke, .events = events,
	};
	const struct ipi_sent *sent;
	__u64 functions[IPI_HOWS];
	unsigned int found = 0, others = 0, how;
	struct watch watch;
	size_t i, next = 0;

	for (how = 0; how < IPI_WAYS; how++) {
		functions[how] = kernel_address(ipi_function(how));
		CHECK(functions[how]);
	}
	watch_run(&watch, &want);
	sent = watch.told;
	for (i = 0; i < watch.records_count[OTHER_CPU]; i++) {
		const struct record *record = &watch.records[OTHER_CPU][i];
		const struct hft_rec_ipi_send *rec = record_payload(record);

		if (record->slot[0].type != HFT_REC_IPI_SEND)
			continue;
		while (next < COUNT && sent[next].after < record->slot[0].tsc)
			next++;
		if (next < COUNT && sent[next].before <= record->slot[0].tsc &&
		    is_for(rec, &sent[next], functions)) {
			found++;
			next++;
		} else if (rec->tid == watch.child) {
			others++;
		}
	}
	printf("# %d sent, %u recorded, %u others of the same task\n", COUNT, found, others);
	CHECK_EQ(found, COUNT);
	/* its start and end: threads, memory */
	CHECK(others <= 40);
	return 0;
}

static bool is_call(const struct record *record)
{
	const struct hft_rec_ipi_send *rec = record_payload(record);

	return rec->kind >= HFT_IPI_CALL && rec->kind <= HFT_IPI_REMOTE_WORK;
}

static bool is_reschedule(const struct record *record)
{
	const struct hft_rec_ipi_send *rec = record_payload(record);

	return rec->kind == HFT_IPI_RESCHEDULE;
}

static bool is_irq_work(const struct record *record)
{
	const struct hft_rec_ipi_send *rec = record_payload(record);

	return rec->kind == HFT_IPI_IRQ_WORK;
}

static bool has_no_callback(const struct event *event)
{
	return !event_number(event, "callback");
}

/* An irq_work goes to its own CPU, a call never does. */
static bool is_to_itself(const struct event *event)
{
	return event_number(event, "callback") && event_number(event, "cpu") == event->cpu;
}

static const char *targets_differ(const struct record *record, const struct event *event)
{
	const struct hft_rec_ipi_send *rec = record_payload(record);

	if (rec->first_cpu || rec->targets != 1ULL << event_number(event, "cpu"))
		return "targets";
	return NULL;
}

static const struct field_pair call_fields[] = {
	FIELD(hft_rec_ipi_send, function, "func"),
	FIELD(hft_rec_ipi_send, caller, "callsite"),
	FIELD(hft_rec_ipi_send, tid, "common_pid"),
	{ 0 }
};

static const struct field_pair sent_fields[] = {
	FIELD(hft_rec_ipi_send, function, "callback"),
	FIELD(hft_rec_ipi_send, caller, "callsite"),
	FIELD(hft_rec_ipi_send, tid, "common_pid"),
	{ 0 }
};

/* Calls and wake-ups from both CPUs. */
static int disturb(void *told)
{
	pid_t loads[] = { load_shootdowns(), load_switches(QUIET_CPU), load_sleeps(QUIET_CPU) };
	int err = ipis_send(told, COUNT);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(loads); i++)
		stop(loads[i]);
	return err;
}

/* Those that are sent whatever runs on the other CPU. */
static size_t sent_for_sure(const struct ipi_sent *sent)
{
	size_t i, count = 0;

	for (i = 0; i < COUNT; i++)
		count += sent[i].how == IPI_BY_CALL;
	return count;
}

static int paired(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(IPI), .cpus = 3, .on = OTHER_CPU,
		.provoke = disturb, .events = events,
	};
	struct pairing calls = {
		.type = HFT_REC_IPI_SEND, .event = "csd/csd_queue_cpu", .fields = call_fields,
		.record_is = is_call, .differs = targets_differ,
	};
	struct pairing sent = {
		.type = HFT_REC_IPI_SEND, .event = "ipi/ipi_send_cpu", .fields = sent_fields,
		.record_is = is_reschedule, .event_is = has_no_callback,
		.differs = targets_differ,
	};
	size_t reschedules, works;
	struct watch watch;

	if (!tracefs_has("csd/csd_queue_cpu"))
		case_skip("no events of interrupts that are sent, to compare with");
	watch_run(&watch, &want);
	CHECK(pairs_on_all(&watch, &calls) >= sent_for_sure(watch.told));
	reschedules = pairs_on_all(&watch, &sent);
	sent.record_is = is_irq_work;
	sent.event_is = is_to_itself;
	works = pairs_on_all(&watch, &sent);
	printf("# %zu reschedules, %zu of irq_work\n", reschedules, works);
	return 0;
}

HOOK_TEST_MAIN("ipi", sources, NULL,
	       { "each interrupt that a program has sent, its kind, function and targets", told },
	       { "each record has its event", paired })
