// SPDX-License-Identifier: GPL-2.0
/* A first file of limits: twice what was measured, where that can be said. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "command.h"
#include "lib/limits.h"
#include "lib/output.h"

#define ROOM 2.0

struct writer {
	const struct limits_subject *subject;
	const struct period *period;
	struct limits_measured measured;
	FILE *file;
};

/* Up to two digits that count, never down. */
static double round_up(double value)
{
	double scale;

	if (value <= 0)
		return 0;
	scale = pow(10, floor(log10(value)) - 1);
	return ceil(value / scale) * scale;
}

/* "35us" */
static void write_ns(FILE *file, const char *figure, double ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	size_t unit = 0;

	for (ns = round_up(ns * ROOM); ns >= 1000 && unit < 3; ns /= 1000)
		unit++;
	fprintf(file, " %s<%.10g%s", figure, ceil(ns * 1000) / 1000, units[unit]);
}

static double figure_of(const struct writer *writer, const struct limit_amount *amount,
			enum limit_figure figure, double percent)
{
	const struct limit limit = {
		.figure = figure, .percent = percent, .rate = figure == LIMIT_COUNT,
	};

	return limits_figure(&limit, amount, writer->period);
}

/* Those that are parts of others, or that the engine itself makes, are left to people. */
static bool is_for_all(const struct limit_kind *kind)
{
	static const char *const others[] = {
		"ipi", "tick", "tlb_shootdown", "kernel_entry", "task", "wake_to_run",
	};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strcmp(kind->word, others[i]))
			return false;
	return true;
}

static int write_kind(struct writer *writer, const struct limit_kind *kind,
		      const struct ledger_cpu *cpu)
{
	struct limit_amount amount = { 0 };
	char why[120];
	int err;

	if (!is_for_all(kind) || limits_unmeasured(&writer->measured, kind, cpu,
						   writer->subject->cost, why, sizeof(why)))
		return 0;
	err = limits_amount(&amount, kind, NULL, writer->subject->ledger, cpu);
	if (!err && amount.count) {
		fprintf(writer->file, "%s count<%.10g/s", kind->word,
			round_up(ROOM * figure_of(writer, &amount, LIMIT_COUNT, 0)));
		if (amount.timed)
			write_ns(writer->file, "max", figure_of(writer, &amount, LIMIT_MAX, 0));
		fputc('\n', writer->file);
	} else if (!err) {
		fprintf(writer->file, "%s none\n", kind->word);
	}
	histogram_uninit(&amount.net);
	return err;
}

static int write_cpu(struct writer *writer, const struct ledger_cpu *cpu)
{
	const struct limit_kind *kind;
	int err = 0;

	fprintf(writer->file, "\ncpu %d\n", cpu->cpu);
	for (kind = limit_kinds; kind->word && !err; kind++)
		err = write_kind(writer, kind, cpu);
	return err;
}

/* As a pattern that matches it alone, if that can be written. */
static bool can_write(const char *name)
{
	return *name && !strpbrk(name, "\"\n\r");
}

static void write_spans(struct writer *writer)
{
	const struct spans *spans = writer->subject->spans;
	size_t i;

	if (spans->names)
		fputs("\nspans\n", writer->file);
	for (i = 0; i < spans->names; i++) {
		const struct span_name *name = &spans->name[i];
		const struct limit_amount amount = {
			.count = name->duration.count, .net = name->duration,
		};

		if (!amount.count || !can_write(name->text))
			continue;
		fprintf(writer->file, "\"%s\"", name->text);
		write_ns(writer->file, "p99", figure_of(writer, &amount, LIMIT_PERCENTILE, 99));
		write_ns(writer->file, "p99.9",
			 figure_of(writer, &amount, LIMIT_PERCENTILE, 99.9));
		write_ns(writer->file, "max", figure_of(writer, &amount, LIMIT_MAX, 0));
		fputc('\n', writer->file);
	}
}

int limits_write(const char *path, const struct limits_subject *subject,
		 const struct period *period)
{
	struct writer writer = {
		.subject = subject, .period = period, .file = fopen(path, "wxe"),
	};
	size_t i;
	int err = 0;

	if (!writer.file) {
		message("cannot write the limits %s: %s", path, strerror(errno));
		return HFT_EXIT_FAILED;
	}
	limits_measured(&writer.measured, subject->recording);
	fputs("# For 'hftrace report --limits': twice what was measured, a first proposal.\n"
	      "# What was not measured is not here; hftrace-report(1) has all that can be.\n",
	      writer.file);
	for (i = 0; i < ledger_cpus(subject->ledger) && !err; i++)
		err = write_cpu(&writer, ledger_cpu(subject->ledger, i));
	if (!err)
		write_spans(&writer);
	if (!err && fflush(writer.file))
		err = -errno;
	if (fclose(writer.file) && !err)
		err = -errno;
	if (!err)
		return HFT_EXIT_OK;
	message("cannot write the limits %s: %s", path, strerror(-err));
	return HFT_EXIT_FAILED;
}
