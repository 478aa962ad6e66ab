# SPDX-License-Identifier: GPL-2.0
# Turns lines "EVENT VARIANT FIGURE" into tables, or with json=1 one object. With check=1, exit status 2 when a target
# is missed.

function known(event, variant) {
	return (event SUBSEP variant) in figure
}

# Instructions that the event takes longer than with nothing loaded.
function added(event, variant) {
	return int(figure[event, variant] - figure[event, "base"] + 0.5)
}

function shown(event, variant) {
	return known(event, variant) ? added(event, variant) : "-"
}

function verdict(value, limit) {
	if (limit == "")
		return "-"
	if (value > limit)
		missed++
	return "at most " limit ": " value (value > limit ? " over" : " ok")
}

# A call's entry alone: an empty probe on it, plus what our probe takes longer than an empty one.
function entry(variant) {
	return added("sys_enter", "empty") + added("enter", variant) - added("enter", "empty")
}

function heading(text) {
	if (rows++)
		print ""
	print text
}

# One line of the first table, or one member of the JSON array.
function line(name, text, base, unarmed, armed, default_unarmed, default_armed, limit, result) {
	result = verdict(armed, limit)
	if (json)
		members = members (members ? ",\n" : "") sprintf("    {\"event\": \"%s\", \"base\": %s, \"unarmed\": %s, " \
			"\"armed\": %s, \"default_unarmed\": %s, \"default_armed\": %s, \"target\": %s}", name, number(base), \
			number(unarmed), number(armed), number(default_unarmed), number(default_armed), number(limit))
	else
		printf "%-44s %8s %8s %8s %10s %8s  %s\n", text, base, unarmed, armed, default_unarmed, default_armed, result
}

function number(text) {
	return text == "-" || text == "" ? "null" : text
}

function event(name, text, limit) {
	line(name, text, figure[name, "base"], added(name, "unarmed"), added(name, "armed"), \
		shown(name, "default-unarmed"), shown(name, "default-armed"), limit)
}

function peers(name, text, ours) {
	if (json)
		others = others (others ? ",\n" : "") sprintf("    {\"event\": \"%s\", \"empty\": %s, \"floor\": %s, \"hftrace\": %s, " \
			"\"bpf\": %s, \"ftrace\": %s, \"perf\": %s}", name, number(shown(name, "empty")), \
			number(shown(name, "floor")), ours, number(shown(name, "bpf")), number(shown(name, "ftrace")), \
			number(shown(name, "perf")))
	else
		printf "%-44s %8s %8s %8s %10s %8s %8s\n", text, shown(name, "empty"), shown(name, "floor"), ours, \
			shown(name, "bpf"), shown(name, "ftrace"), shown(name, "perf")
}

# What one is named after is left out where the benchmark has it not: a limit of "" is none.
function user(name, text, instructions, ratio, ns, result) {
	if (!known(name, "native"))
		return
	result = known(name, "user") ? verdict(int(figure[name, "user"] + 0.5), instructions) : "-"
	if (ratio != "")
		result = result "; " verdict(figure[name, "ratio"], ratio)
	if (ns != "")
		result = result "; " verdict(figure[name, "native"], ns) " (ns)"
	if (json)
		ours = ours (ours ? ",\n" : "") sprintf("    {\"operation\": \"%s\", \"instructions\": %s, \"mean_ns\": %s, " \
			"\"ns\": %s, \"ratio\": %s, \"p50_ns\": %s, \"p99_ns\": %s, \"p999_ns\": %s, \"max_ns\": %s}", name, \
			known(name, "user") ? figure[name, "user"] : "null", figure[name, "mean"], figure[name, "native"], \
			figure[name, "ratio"], figure[name, "p50"], figure[name, "p99"], figure[name, "p999"], figure[name, "max"])
	else
		printf "%-36s %7s %7.2f %7.2f %7.2f %7.1f %7.1f %8.1f %10.1f  %s\n", text, \
			known(name, "user") ? int(figure[name, "user"] + 0.5) : "-", figure[name, "mean"], figure[name, "native"], \
			figure[name, "ratio"], figure[name, "p50"], figure[name, "p99"], figure[name, "p999"], figure[name, "max"], result
}

$2 == "release" {
	release = $3
	next
}

NF == 3 {
	figure[$1, $2] = $3
}

END {
	if (!known("ticks", "base") || !known("visit", "armed") || !known("mark", "native")) {
		print "run: the measurement is not complete" >"/dev/stderr"
		exit 1
	}
	if (figure["ticks", "base"] != 1000) {
		print "run: 1000 instructions took " figure["ticks", "base"] " ticks: the guest's clock does not count them" \
			>"/dev/stderr"
		exit 1
	}
	if (!json) {
		heading("Linux " release ", guest instructions added to an event, medians")
		printf "%-44s %8s %8s %8s %10s %8s  %s\n", "", "", "one hook", "", "all default hooks", "", ""
		printf "%-44s %8s %8s %8s %10s %8s  %s\n", "event", "takes", "unarmed", "armed", "unarmed", "armed", "target"
	}
	event("switch", "sched_switch", 62)
	event("fault", "page fault, its entry", 60)
	line("enter", "system call, its entry alone", figure["syscall", "base"], entry("unarmed"), entry("armed"), "-", "-", 110)
	event("syscall", "system call, entry and exit", 190)
	event("irq", "device interrupt, an interval", 130)
	event("vector", "system vector, an interval", 130)
	event("softirq", "softirq, an interval", 130)
	event("tasklet", "tasklet, an interval", 130)
	event("ipi", "interrupt sent, its record", "")
	line("visit", "visit to the kernel, its two probes alone", "-", added("visit", "unarmed"), added("visit", "armed"), \
		"-", "-", "")
	line("hrtimer", "expiry of a timer, its two probes alone", "-", added("hrtimer", "unarmed"), added("hrtimer", "armed"), \
		"-", "-", "")
	line("idle", "idle state, its two probes alone", "-", added("idle", "unarmed"), added("idle", "armed"), "-", "-", "")
	if (!json) {
		heading("The same beside other tracers")
		printf "%-44s %8s %8s %8s %10s %8s %8s\n", "event", "empty", "floor", "hftrace", "BPF", "ftrace", "perf"
	}
	peers("switch", "sched_switch", added("switch", "armed"))
	peers("fault", "page fault, its entry", added("fault", "armed"))
	peers("sys_enter", "system call, its entry alone", entry("armed"))
	peers("syscall", "system call, entry and exit", added("syscall", "armed"))
	if (!json) {
		print "LTTng's kernel tracer is not measured: Debian has its modules as source only, and they need a session daemon."
		heading("User space: instructions of the guest and batches here, loop included; single operations here, clock included")
		printf "%-36s %7s %7s %7s %7s %7s %7s %8s %10s  %s\n", "operation", "instr.", "mean", "median", "/floor", "p50", \
			"p99", "p99.9", "max ns", "target"
	}
	user("floor", "floor: rdtsc and a 32-byte store")
	user("nothing", "nothing")
	user("mark", "hft_mark()", 28, 1.25)
	user("flow", "hft_flow_out()", 28, 1.25)
	user("span", "hft_span_begin(), hft_span_end()", "", 2.4)
	user("counted", "the same with _pmu, without counters")
	user("within", "hft_span_begin(), ..._end_within()")
	user("log", "HFT_LOG() with two integers", "", 1.6)
	user("string", "HFT_LOG(), an integer and a string")
	user("operation", "hft_operation()")
	user("counter", "hft_counter_add()", "", 0.3)
	user("state", "hft_state_write() of 64 bytes")
	user("poll", "hft_poll(), in time")
	user("log_off", "HFT_LOG(), off", "", "", 1)
	user("off", "hft_mark(), off", 5, "", 1)
	user("lttng", "LTTng-UST, two integers")
	user("spdlog", "spdlog, text with two integers")
	if (json)
		printf "{\n  \"release\": \"%s\",\n  \"events\": [\n%s\n  ],\n  \"peers\": [\n%s\n  ],\n  \"user\": [\n%s\n  ]\n}\n", \
			release, members, others, ours
	exit check && missed ? 2 : 0
}
