// SPDX-License-Identifier: GPL-2.0
/* Every command that reads files, with the options that lead to different code. */
#include <stdlib.h>
#include <string.h>

#include <hftrace/abi.h>
#include "files_fuzz.h"
#include "lib/probe_spec.h"

#define V(...) { { __VA_ARGS__ } }

static const struct files_variant info[] = {
	V("info", "a.hft"), V("info", "--json", "a.hft"), { { NULL } }
};

static const struct files_variant dump[] = {
	V("dump", "a.hft"), V("dump", "--json", "a.hft"), V("dump", "--raw-time", "a.hft"),
	V("dump", "--last", "5", "a.hft"), V("dump", "--json", "--since", "+10us", "a.hft"),
	V("dump", "--until", "-10us", "-e", "span,irq,syscall,call", "a.hft"), { { NULL } }
};

static const struct files_variant report[] = {
	V("report", "a.hft"), V("report", "--json", "a.hft"), V("report", "a.hft", "-c", "1"),
	V("report", "a.hft", "-i", "1s"), V("report", "a.hft", "-i", "1s", "--json"),
	{ { NULL } }
};

static const struct files_variant explain[] = {
	V("explain", "a.hft"), V("explain", "--json", "a.hft"), V("explain", "--all", "a.hft"),
	V("explain", "--all", "--json", "a.hft"), V("explain", "--at", "+10us", "a.hft"),
	V("explain", "--trigger", "a.hft"), V("explain", "--trigger", "--json", "a.hft"),
	V("explain", "--slower-than", "1us", "--span", "order", "-n", "100", "a.hft"),
	{ { NULL } }
};

static const struct files_variant hist[] = {
	V("hist", "a.hft"), V("hist", "--json", "a.hft"), V("hist", "a.hft", "-i", "1s"),
	V("hist", "a.hft", "-e", "irq,softirq,syscall,vector,nmi,call,span,visit"),
	V("hist", "a.hft", "-e", "irq,softirq,syscall,call,span", "--json", "-i", "1s"),
	V("hist", "a.hft", "-s", "order", "-c", "1"), { { NULL } }
};

static const struct files_variant diff[] = {
	V("diff", "a.hft", "b.hft"), V("diff", "--json", "a.hft", "b.hft"),
	V("diff", "a.hft", "b.hft", "--gate", "p99.9<5%", "--gate", "order:p50<200ns"),
	{ { NULL } }
};

static const struct files_variant log[] = {
	V("log", "a.hft"), V("log", "--json", "a.hft"), V("log", "--level", "warning", "a.hft"),
	{ { NULL } }
};

static const struct files_variant values[] = {
	V("counters", "a.hft"), V("counters", "--json", "a.hft"), V("state", "a.hft"),
	V("state", "--json", "a.hft"), V("counters", "-v", "a.hft"), { { NULL } }
};

static const struct files_variant limits[] = {
	V("report", "a.hft", "--limits", "limits"),
	V("report", "a.hft", "--limits", "limits", "--json"),
	V("report", "a.hft", "--limits", "limits", "-i", "1s"), { { NULL } }
};

static const struct files_variant symbols[] = {
	V("report", "a.hft", "--symbols", "symbols"),
	V("report", "a.hft", "--symbols", "symbols", "--json"),
	V("dump", "a.hft", "--symbols", "symbols"),
	V("dump", "a.hft", "--symbols", "symbols", "--json"),
	V("explain", "a.hft", "--symbols", "symbols"),
	V("explain", "a.hft", "--symbols", "symbols", "--all", "--json"), { { NULL } }
};

static const struct files_variant probe[] = {
	V("./program:work"), V("./program:work%return"), V("./program:work+0x4"),
	V("./program:0x1139"), V("./program:Engine::on_order"), { { NULL } }
};

/* What `hftrace probe FILE:FUNCTION` and `hftrace record` read of a program. */
static int parse_probe(const struct files_variant *variant)
{
	struct hft_probe want;
	char why[PROBE_WHY];
	int err;

	err = probe_spec_parse(&want, variant->argument[0], why);
	if (!err)
		probe_spec_close(&want);
	else if (!memchr(why, '\0', sizeof(why)) || !why[0])
		abort();	/* refused, and not said why */
	return err ? 1 : 0;
}

const struct files_harness files_harnesses[] = {
	{ "info", info, NULL },
	{ "dump", dump, NULL },
	{ "report", report, NULL },
	{ "explain", explain, NULL },
	{ "hist", hist, NULL },
	{ "diff", diff, NULL },
	{ "log", log, NULL },
	{ "values", values, NULL },
	{ "limits", limits, NULL },
	{ "symbols", symbols, NULL },
	{ "probe", probe, parse_probe },
	{ NULL, NULL, NULL },
};
