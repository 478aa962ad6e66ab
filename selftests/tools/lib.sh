# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the tests of the tool share. A test is a function test_*; it runs in a directory of its own, and fails when
# a command of it fails or when it says fail.

tests=()

fail() {
	printf '# %s\n' "$*" >&3
	exit 1
}

skip() {
	printf '%s\n' "$*" >skipped
	exit 0
}

# hft STATUS ARGUMENT...: runs the tool, which must end with this status; its output is in ./out and ./err.
hft() {
	local want=$1 status=0
	shift
	"$HFTRACE" "$@" >out 2>err </dev/null || status=$?
	((status == want)) || fail "hftrace $*: status $status instead of $want: $(head -n 3 err)"
}

# says TEXT: standard error is one line that contains it.
says() {
	[[ $(wc -l <err) == 1 ]] || fail "not one line but: $(cat err)"
	grep -qF -e "$1" err || fail "no '$1' in: $(cat err)"
}

# mentions TEXT: it is somewhere in standard error.
mentions() {
	grep -qF -e "$1" err || fail "no '$1' in: $(cat err)"
}

# equal WHAT A B
equal() {
	[[ $2 == "$3" ]] || fail "$1: $2 instead of $3"
}

# record NAME STEP...: a recording of the producer, of which nothing may be lost.
record() {
	local name=$1
	shift
	hft 0 record -o "$name" -- "$PRODUCER" ring=262144 rings=4 "$@"
}

# json FILE EXPRESSION: of the JSON in FILE, as "d"; True is an answer, too.
json() {
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$1" "$2"
}

# witness NAME: babeltrace2 reads all of it and complains about nothing; prints how many events it saw.
witness() {
	babeltrace2 "$1" >witness.out 2>witness.err || fail "babeltrace2 cannot read $1: $(head -n 1 witness.err)"
	[[ ! -s witness.err ]] || fail "babeltrace2 complains: $(head -n 1 witness.err)"
	wc -l <witness.out
}

# agrees NAME [STATUS]: info and babeltrace2 count the same.
agrees() {
	local events
	hft "${2:-0}" info --json "$1"
	events=$(json out 'd["babeltrace2_events"]')
	equal "events of $1" "$(witness "$1")" "$events"
}

# What a test that failed has left running.
stop_jobs() {
	local job
	for job in $(jobs -p); do
		kill "$job" 2>/dev/null || :
	done
}

run_tests() {
	local number=0 failed=0 status test work
	echo "KTAP version 1"
	echo "1..${#tests[@]}"
	exec 3>&1
	for test in "${tests[@]}"; do
		number=$((number + 1))
		work=$(mktemp -d "${TMPDIR:-/tmp}/hftrace-test.XXXXXX")
		# not as the condition of an if, where set -e does nothing
		set +e
		(set -e; trap stop_jobs EXIT; cd "$work"; "$test" </dev/null) >"$work/.log" 2>&1
		status=$?
		set -e
		if ((!status)); then
			echo "ok $number $test$([[ ! -e $work/skipped ]] || echo " # SKIP $(cat "$work/skipped")")"
		else
			tail -n 5 "$work/.log" | sed 's/^/# /'
			echo "not ok $number $test"
			failed=$((failed + 1))
		fi
		chmod -R u+rwx "$work"
		rm -rf "$work"
	done
	exec 3>&-
	((!failed))
}
