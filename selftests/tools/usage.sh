# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Wrong use, and what is not there: one clear line, the right status.

no_module() {
	[[ ! -e /dev/hftrace ]] || skip "the module is loaded here"
}

test_help() {
	local command
	hft 0 help
	sed -n 's/^  \([a-z]*\)  .*/\1/p' out | grep -vx help >commands
	while read -r command; do
		hft 0 help "$command"
		cp out help
		hft 0 "$command" --help
		cmp out help
		grep -q '^usage: hftrace' help || fail "help of $command: no usage"
		grep -q '^examples:' help || fail "help of $command: no examples"
	done <commands
	hft 64
	hft 0 --version
	grep -q "^hftrace [0-9.]* (ABI [0-9.]*)$" out
}

# --help, the manual pages and the program tell the same options and exit codes; each page has what a page has.
test_manual_pages() {
	local page
	# shellcheck disable=SC2154 # run sets them
	python3 "$here/documented.py" "$HFTRACE" "$top" >said || fail "$(cat said)"
	command -v man >/dev/null || skip "the pages were not formatted: no man(1) here"
	for page in "$top"/docs/man/*.1; do
		[[ $(head -c 3 "$page") == .so ]] || man -l --warnings "$page" 2>&1 >formatted | sed "s|^|${page##*/}: |"
		[[ -s formatted ]] || fail "${page##*/} is empty"
	done >said
	[[ ! -s said ]] || fail "$(cat said)"
}

test_unknown_command() {
	hft 64 recrod
	says "no command 'recrod'; did you mean 'record'?"
	hft 64 zzzzzzzz
	says "'hftrace help' lists them"
}

test_unknown_option() {
	local command
	for command in record dump info list attach detach doctor; do
		hft 64 $command --nonsense
		says "$command: unknown option --nonsense; see 'hftrace help $command'"
	done
	hft 64 record -Z
	says "unknown option -Z"
	for command in list budget history audit prove doctor; do
		hft 64 $command --json=yes
		says "--json takes no value"
	done
	hft 64 record -c
	says "-c needs a value"
	hft 64 list more
	says "what is 'more'?"
}

test_unknown_hook() {
	hft 64 record -e irq,nonsense
	says "no hook 'nonsense'; there are switch,"
	hft 64 attach nonsense
	says "no hook 'nonsense'"
	hft 64 dump x.hft -e nonsense
	says "no record type or hook 'nonsense'"
}

test_bad_numbers() {
	local bad
	for bad in 10parsecs -1 '' 0 1e999 0x10 nan; do
		hft 64 record -d "$bad"
		says "is no duration"
	done
	for bad in 3-1 ',' '1,,2' x 1- 99999999999 ''; do
		hft 64 record -c "$bad"
		says "is no list of CPUs"
	done
	for bad in 1 4X 1G -4M; do
		hft 64 record --ring-size "$bad"
		says "is no ring size"
	done
	for bad in 0 -1 x 99999999; do
		hft 64 record -p "$bad"
		says "is no process number"
	done
	hft 64 record --lease 1s
	says "is no lease"
	for bad in nonsense cycles:x; do
		hft 64 record --pmu "$bad"
		says "no event '$bad'"
	done
	hft 64 record --pmu ''
	says "is no name of an event"
	hft 64 record --sample cycles
	says "says no period"
	hft 64 record --sample cycles:0
	says "says no period"
	hft 64 record --pmu cycles,cycles,cycles,cycles,cycles,cycles,cycles,cycles,cycles
	says "at most 8 events"
	hft 64 record --ready-fd 77
	says "is no open descriptor"
}

test_run() {
	local bad
	hft 0 run
	cp out list
	hft 0 run --help
	sed -n 's/^\(  [a-z]* .*?\)$/\1/p' list >presets
	equal presets "$(wc -l <presets)" 4
	grep -qxFf presets out || fail "its help lists other presets"
	hft 64 run nonsense
	says "no preset 'nonsense'; there are jitter, faults, ipi, sched"
	hft 64 run jitter --nonsense
	says "run: unknown option --nonsense"
	hft 64 run jitter more
	says "what is 'more'? A command stands behind --"
	for bad in 0 -1 x; do
		hft 64 run sched -n "$bad"
		says "-n takes 1 or more, not '$bad'"
	done
	for bad in 0 20 x; do
		hft 64 run ipi --max "$bad"
		says "--max takes a time like 10us, not '$bad'"
	done
	hft 64 run faults -d 0
	says "run: '0' is no duration like 10s"
	hft 64 run faults -c 8000
	says "CPU 8000 is not there: online are "
	hft 1 run faults -p 4194304
	says "no process 4194304"
	[[ ! $(cat /sys/devices/system/cpu/{isolated,nohz_full} 2>/dev/null) =~ [0-9] ]] || return 0
	hft 64 run jitter
	says "no CPU is isolated or tickless: name those that trade with -c"
}

test_hist() {
	hft 64 hist a.hft -d 1s
	says "-d is for live rings"
	hft 64 hist -e irq
	says "which CPUs? say -c 1-3"
	hft 64 hist a.hft -e sched_switch
	says "takes no time that is recorded"
	hft 64 hist a.hft -e irq -s order
	says "--span needs spans"
	hft 64 hist a.hft -e nonsense
	says "no record type or hook 'nonsense'"
	hft 64 hist a.hft -i 1
	says "-i takes a time like 1s"
	hft 64 hist a.hft b.hft
	says "what is 'b.hft'?"
	hft 1 hist nothing.hft
	says "no recording nothing.hft"
}

test_report() {
	local command
	hft 64 report a.hft -i 1
	says "-i takes a time like 1s"
	hft 64 report a.hft --limits a --write-limits b
	says "leave --limits out"
	hft 64 report a.hft -i 1s --write-limits b
	says "leave -i out"
	hft 64 report a.hft --limits
	says "--limits needs a value"
	hft 1 report nothing.hft --limits nothing.limits
	says "cannot read the limits nothing.limits"
	hft 1 report nothing.hft
	says "no recording nothing.hft"
	: >there.limits
	hft 1 report nothing.hft --write-limits there.limits
	says "there.limits exists: name another"
	for command in report explain; do
		hft 64 $command
		says "which recording? Or -d 10s, or -p PID"
		hft 64 $command a.hft -d 1s
		says "-d and -p are of the live machine"
		hft 64 $command -d 0s
		says "is no duration like 10s"
		hft 64 $command -p x
		says "is no process number"
	done
	hft 64 explain a.hft -c 1
	says "-c is of the live machine"
}

test_diff() {
	local bad
	hft 64 diff
	says "name two recordings"
	hft 64 diff a.hft
	says "name two recordings"
	hft 64 diff a.hft b.hft c.hft
	says "what is 'c.hft'?"
	for bad in p99.9 'x<5%' '<5%' '' 'order:<5%'; do
		hft 64 diff a.hft b.hft --gate "$bad"
		says "'$bad' is no gate like p99.9<5% or order:p50<200ns"
	done
	for bad in 'p0<5%' 'p100<5%' 'p<5%' 'pnan<5%' 'p99 <5%' 'p-1<5%' 'p0x10<5%'; do
		hft 64 diff a.hft b.hft --gate "$bad"
		says "a percentile is above p0 and below p100"
	done
	for bad in 'p99<' 'p99<5' 'p99<%' 'p99<-5%' 'p99<5parsecs' 'p99<nan%'; do
		hft 64 diff a.hft b.hft --gate "$bad"
		says "a bound is a share like 5% or a time like 200ns"
	done
	hft 1 diff nothing.hft b.hft
	says "no recording nothing.hft"
	record a.hft steps=1000 seen=1
	grep -q '^swappiness=' a.hft/facts/settings
	hft 0 diff a.hft a.hft
	grep -q 'The kernel was not recorded in A' out
	grep -q 'Nothing that was noted is set differently' out
}

# As long as it is told to, of the process and the spans that it is told.
test_hist_live() {
	"$PRODUCER" ring=262144 rings=2 steps=1 tell=begun forever=1 &
	until [[ -e begun ]]; do sleep 0.02; done
	hft 0 hist -p $! -s outer -d 500ms -i 200ms --json
	equal names "$(json out '{o["name"] for p in d["periods"] for o in p["distributions"]}')" "{'outer'}"
	equal periods "$(json out 'len(d["periods"])')" 3
	json out 'sum(o["count"] for p in d["periods"] for o in p["distributions"]) > 10' | grep -q True
	equal lost "$(json out 'd["slots_lost"]')" 0
	hft 0 hist -p $! -s none -d 100ms
	grep -q '^nothing ended here' out
}

test_cpu_not_there() {
	local command
	for command in record audit budget doctor; do
		hft 64 $command -c 8000
		says "CPU 8000 is not there: online are "
	done
}

test_no_process() {
	hft 1 record -p 4194304
	says "no process 4194304"
}

test_command_without_dashes() {
	hft 64 record true
	says "what is 'true'? A command stands behind --"
}

test_no_device() {
	no_module
	hft 1 record -o x.hft
	says "no /dev/hftrace: load the module with"
	[[ ! -e x.hft ]] || fail "a recording was left behind"
	hft 1 record -c 0 -o x.hft -- true
	says "no /dev/hftrace"
	hft 1 attach irq
	says "no /dev/hftrace"
	hft 1 run sched -o x.hft -- true
	says "no /dev/hftrace"
	[[ ! -e x.hft ]] || fail "a recording was left behind"
	hft 1 dump -c 0
	says "no /dev/hftrace"
	hft 0 list
	says "no /dev/hftrace"
	grep -q '^irq  *not known' out
}

test_command_not_found() {
	no_module
	hft 1 record -o x.hft -- ./not-there
	mentions "cannot run './not-there': No such file or directory"
	[[ ! -e x.hft ]] || fail "a recording was left behind"
}

test_not_a_recording() {
	mkdir empty
	echo text >file
	for what in dump info; do
		hft 1 $what nothing.hft
		says "no recording nothing.hft"
		hft 1 $what empty
		says "empty is not a recording"
		hft 1 $what file
		says "file is not a recording"
	done
	hft 64 dump
	says "name a recording"
	hft 64 info
	says "name a recording"
}

test_no_permission() {
	((EUID == 0)) || skip "needs root to become another user"
	record a.hft steps=10 seen=1
	chmod 755 . && cp "$HFTRACE" hftrace
	local status=0
	setpriv --reuid 65534 --regid 65534 --clear-groups ./hftrace info a.hft >out 2>err || status=$?
	equal status $status 1
	says "no permission to read a.hft"
}

test_output_lost() {
	record a.hft steps=1000 seen=1
	local status=0
	"$HFTRACE" dump a.hft >/dev/full 2>err || status=$?
	equal status $status 1
	says "cannot write to standard output: No space left on device"
}

test_existing_output() {
	record a.hft steps=10 seen=1
	hft 1 record -o a.hft -- "$PRODUCER" steps=20 seen=1
	says "a.hft exists: say -f to replace it, or another name with -o"
	agrees a.hft
	equal records "$(json out 'd["records"]')" 24
	hft 0 record -f -o a.hft/ -- "$PRODUCER" steps=20 seen=1
	agrees a.hft
	equal records "$(json out 'd["records"]')" 47
	equal "left over" "$(echo a.hft*)" a.hft
}

test_force_spares_others() {
	mkdir mine
	echo precious >mine/file
	echo precious >file
	hft 1 record -f -o mine -- true
	says "mine exists and is not a recording"
	hft 1 record -f -o file -- true
	says "file exists and is not a recording"
	record a.hft steps=10 seen=1
	echo precious >a.hft/notes
	hft 1 record -f -o a.hft -- true
	says "a.hft holds 'notes', no part of a recording"
	cat mine/file file a.hft/notes >found
	equal lines "$(grep -c precious found)" 3
	rm a.hft/notes
	ln -s a.hft link
	hft 1 record -f -o nowhere/a.hft -- true
	says "cannot make nowhere/a.hft: No such file or directory"
	# The one that could not be replaced is still there.
	hft 1 record -f -o a.hft -- ./not-there
	agrees a.hft
}
