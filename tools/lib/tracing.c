// SPDX-License-Identifier: GPL-2.0
/* tracefs as a witness. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/compiler.h"
#include "lib/tracing_private.h"

#define ROOT		TRACING_ROOT
#define HERE		TRACING_HERE
#define SENDERS		TRACING_SENDERS
#define BUFFER_KB	"2048"

const char *const traced_names[TRACED_KINDS] = {
	[TRACED_INTERRUPTS]	= "interrupts",
	[TRACED_SWITCHES]	= "switches",
	[TRACED_SYSCALLS]	= "system calls",
	[TRACED_VISITS]		= "kernel visits",
	[TRACED_TIMERS]		= "timers, work",
	[TRACED_SENT]		= "sent there",
	[TRACED_OURS]		= "of hftrace",
};

/* An event, and what it counts as; a kernel may lack it. */
static const struct {
	const char *system;
	const char *event;
	enum traced_kind kind;
} events[] = {
	{ "sched", "sched_switch", TRACED_SWITCHES },
	{ "raw_syscalls", "sys_enter", TRACED_SYSCALLS },
	{ "context_tracking", "user_exit", TRACED_VISITS },
	{ "irq", "irq_handler_entry", TRACED_INTERRUPTS },
	{ "nmi", "nmi_handler", TRACED_INTERRUPTS },
	{ "ipi", "ipi_entry", TRACED_INTERRUPTS },
	{ "irq_vectors", "local_timer_entry", TRACED_INTERRUPTS },
	{ "irq_vectors", "reschedule_entry", TRACED_INTERRUPTS },
	{ "irq_vectors", "call_function_entry", TRACED_INTERRUPTS },
	{ "irq_vectors", "call_function_single_entry", TRACED_INTERRUPTS },
	{ "irq_vectors", "irq_work_entry", TRACED_INTERRUPTS },
	{ "csd", "csd_function_entry", TRACED_TIMERS },
	{ "timer", "timer_expire_entry", TRACED_TIMERS },
	{ "timer", "hrtimer_expire_entry", TRACED_TIMERS },
	{ "workqueue", "workqueue_execute_start", TRACED_TIMERS },
};

/* Without the kernel's own events (before 6.4), what every sender on x86 goes through. */
static const char *const sending[] = {
	"ipi/ipi_send_cpu", "ipi/ipi_send_cpumask", "ipi/ipi_raise",
};

static const struct {
	const char *name;
	const char *definition;
} probes[] = {
	{ "hftrace_audit_one", "native_smp_send_reschedule cpu=%di:s32" },
	{ "hftrace_audit_call", "native_send_call_func_single_ipi cpu=%di:s32" },
	{ "hftrace_audit_mask", "native_send_call_func_ipi mask=+0(%di):x64" },
};

bool tracing_kind_of(const char *event, enum traced_kind *kind)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		if (!strcmp(events[i].event, event)) {
			*kind = events[i].kind;
			return true;
		}
	}
	return false;
}

static int put(const char *text, int flags, const char *format, ...) __printf(3, 4);

static int put(const char *text, int flags, const char *format, ...)
{
	char path[256];
	va_list args;
	int fd, err = 0;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int make_instance(const char *path)
{
	int err;

	/* One that is left of a run that was killed is no better than none. */
	rmdir(path);
	if (mkdir(path, 0700))
		return -errno;
	err = put("0", O_TRUNC, "%s/tracing_on", path);
	if (!err)
		err = put(BUFFER_KB, O_TRUNC, "%s/buffer_size_kb", path);
	return err;
}

/* tracing_cpumask: hexadecimal, 32 bits a group, the highest first. */
static int set_mask(const struct tracing *tracing)
{
	char text[CPUS_MAX / 32 * 9 + 1];
	size_t used = 0, i;
	int group;

	for (group = tracing->cpu[tracing->cpus - 1] / 32; group >= 0; group--) {
		unsigned int word = 0;

		for (i = 0; i < tracing->cpus; i++) {
			if (tracing->cpu[i] / 32 == group)
				word |= 1U << (tracing->cpu[i] % 32);
		}
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%08x",
					 used ? "," : "", word);
	}
	return put(text, O_TRUNC, HERE "/tracing_cpumask");
}

/* "target_cpu == 1 || target_cpu == 3" */
static int filter_targets(const struct tracing *tracing, const char *event, const char *field)
{
	char *text = NULL;
	size_t size = 0, i;
	FILE *file;
	int err;

	file = open_memstream(&text, &size);
	if (!file)
		return -ENOMEM;
	for (i = 0; i < tracing->cpus; i++)
		fprintf(file, "%s%s == %d", i ? " || " : "", field, tracing->cpu[i]);
	fclose(file);
	err = put(text, O_TRUNC, SENDERS "/events/%s/filter", event);
	free(text);
	return err;
}

static void make_probes(struct tracing *tracing)
{
	char text[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		snprintf(text, sizeof(text), "-:hftrace/%s", probes[i].name);
		put(text, O_APPEND, ROOT "/kprobe_events");
		snprintf(text, sizeof(text), "p:hftrace/%s %s", probes[i].name,
			 probes[i].definition);
		if (put(text, O_APPEND, ROOT "/kprobe_events"))
			continue;
		snprintf(tracing->probes[tracing->probes_count++], sizeof(tracing->probes[0]), "%s",
			 probes[i].name);
		if (!put("1", O_TRUNC, SENDERS "/events/hftrace/%s/enable", probes[i].name))
			tracing->senders = true;
	}
}

static int watch_senders(struct tracing *tracing)
{
	size_t i;
	int err;

	err = put("1", O_TRUNC, SENDERS "/options/stacktrace");
	if (!err)
		err = put("1", O_TRUNC, SENDERS "/options/sym-offset");
	if (!err)
		err = filter_targets(tracing, "sched/sched_waking", "target_cpu");
	if (!err)
		err = put("1", O_TRUNC, SENDERS "/events/sched/sched_waking/enable");
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(sending); i++) {
		if (!put("1", O_TRUNC, SENDERS "/events/%s/enable", sending[i]))
			tracing->senders = true;
	}
	if (!tracing->senders)
		make_probes(tracing);
	return 0;
}

int tracing_start(struct tracing *tracing, const int *cpu, size_t cpus, char why[TRACING_WHY])
{
	size_t i;
	int err;

	memset(tracing, 0, sizeof(*tracing));
	tracing->cpu = cpu;
	tracing->cpus = cpus;
	if (access(ROOT "/instances", F_OK)) {
		snprintf(why, TRACING_WHY,
			 "no tracefs: do 'mount -t tracefs none " ROOT "'");
		return -ENOENT;
	}
	tracing->started = true;
	err = make_instance(HERE);
	if (!err)
		err = make_instance(SENDERS);
	if (!err)
		err = set_mask(tracing);
	for (i = 0; i < ARRAY_SIZE(events) && !err; i++) {
		err = put("1", O_TRUNC, HERE "/events/%s/%s/enable", events[i].system,
			  events[i].event);
		if (err == -ENOENT)
			err = 0;
	}
	if (!err)
		err = watch_senders(tracing);
	if (!err)
		return 0;
	tracing_stop(tracing);
	snprintf(why, TRACING_WHY, "cannot set up tracefs: %s%s", strerror(-err),
		 err == -EBUSY ? "; is another audit running?" : "");
	return err;
}

void tracing_stop(struct tracing *tracing)
{
	char text[64];
	size_t i;

	if (!tracing->started)
		return;
	put("0", O_TRUNC, HERE "/events/enable");
	put("0", O_TRUNC, SENDERS "/events/enable");
	rmdir(HERE);
	rmdir(SENDERS);
	for (i = 0; i < tracing->probes_count; i++) {
		snprintf(text, sizeof(text), "-:hftrace/%s", tracing->probes[i]);
		put(text, O_APPEND, ROOT "/kprobe_events");
	}
	tracing->started = false;
}

int tracing_begin(const struct tracing *tracing)
{
	int err = put("", O_TRUNC, HERE "/trace");

	if (!err)
		err = put("", O_TRUNC, SENDERS "/trace");
	if (!err)
		err = put("1", O_TRUNC, HERE "/tracing_on");
	if (!err)
		err = put("1", O_TRUNC, SENDERS "/tracing_on");
	return tracing->started ? err : -EINVAL;
}

int tracing_end(const struct tracing *tracing)
{
	int err = put("0", O_TRUNC, HERE "/tracing_on");

	if (!err)
		err = put("0", O_TRUNC, SENDERS "/tracing_on");
	return tracing->started ? err : -EINVAL;
}
