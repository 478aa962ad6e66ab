# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What is recorded is there, for hftrace and for babeltrace2.

test_count() {
	record a.hft steps=3000 sleep=50 threads=3 steps=2000 seen=1
	agrees a.hft
	equal records "$(json out 'd["records"]')" $((7000 + 3 * 4667))
	equal lost "$(json out 'd["records_lost"]')" 0
	hft 0 dump a.hft
	equal lines "$(wc -l <out)" $((7000 + 3 * 4667))
	hft 0 dump --json a.hft
	equal objects "$(python3 -c 'import json, sys
print(sum(1 for line in open("out") if json.loads(line)["type"] in ("span", "mark")))')" $((7000 + 3 * 4667))
}

test_order() {
	record a.hft threads=4 steps=3000 seen=1
	hft 0 dump --raw-time a.hft
	awk '$1 < last { exit 1 } { last = $1 }' out || fail "time goes back"
	hft 0 dump a.hft
	awk '$1 < last { exit 1 } { last = $1 }' out || fail "time of day goes back"
}

# Fields of every record as babeltrace2 sees them: spans by id, in order.
test_fields() {
	record a.hft steps=500 seen=1
	witness a.hft >/dev/null
	sed -n 's/.* span: .*duration = \([0-9]*\), id = \([0-9]*\), name = ( "\([^ ]*\)["\\ ].* depth = \([0-9]*\).*/\3 \2 \4/p' \
		witness.out | sed 's/"//' >theirs
	hft 0 dump a.hft -e span
	sed -n 's/.* span duration=[0-9]*ns id=\([0-9]*\) name=\([^ ]*\).* depth=\([0-9]*\)/\2 \1 \3/p' out >ours
	equal lines "$(wc -l <ours)" 1000
	diff ours theirs
}

# babeltrace2's clock is within 100 ns of ours.
test_time() {
	record a.hft steps=500 sleep=1200 steps=500 seen=1
	babeltrace2 --clock-seconds a.hft | grep -v ' pad: ' | sed 's/^\[\([0-9]*\)\.\([0-9]*\)\].*/\1\2/' >theirs
	hft 0 dump --json a.hft
	python3 -c 'import json
ours = [json.loads(line)["time_ns"] for line in open("out")]
theirs = [int(line) for line in open("theirs")]
assert len(ours) == len(theirs)
worst = max(abs(a - b) for a, b in zip(ours, theirs))
assert worst <= 100, worst'
}

# The clock was set forwards by an hour, then had a leap second, then was moved fast: each sample tells.
test_clock_was_set() {
	local id middle
	record a.hft steps=300 every=1 sleep=3200 steps=300 seen=1
	hft 0 dump --json a.hft
	cp out before
	hft 0 info --json a.hft
	equal steps "$(json out 'd["clock_steps"]')" "[]"
	cp -r a.hft b.hft
	python3 -c 'for i, line in enumerate(open("a.hft/facts/clock")):
    word = [int(word) for word in line.split()]
    word[4] += (3600 * 10**9 if i >= 2 else 0) - (10**9 if i >= 3 else 0)
    word[5] += 3600 * 10**9 if i >= 2 else 0
    print(*word)' >b.hft/facts/clock
	hft 0 dump --json b.hft
	python3 -c 'import json
clock = [[int(word) for word in line.split()] for line in open("a.hft/facts/clock")]
before = [json.loads(line) for line in open("before")]
after = [json.loads(line) for line in open("out")]
assert len(before) == len(after) and len(clock) >= 4
for a, b in zip(before, after):
    step = 3600_000_000_000 if a["tsc"] >= clock[2][1] else 0
    if a["tsc"] >= clock[3][1]:
        step -= 1_000_000_000
    assert abs(b["time_ns"] - a["time_ns"] - step) <= 1000, (a, b, step)
    assert a["fields"].get("duration_ns") == b["fields"].get("duration_ns")
assert before[-1]["tsc"] >= clock[3][1] and before[0]["tsc"] < clock[2][1]'
	hft 0 info --json b.hft
	equal steps "$(json out '[(round(s["ns"] / 1e6), s["leap_second"]) for s in d["clock_steps"]]')" \
		"[(3600000, False), (-1000, True)]"
	hft 0 info b.hft
	equal "steps told" "$(grep -c '^clock was set  ' out)" 2
	grep -q '^clock was set .* s at .*, which became ' out || fail "$(grep '^clock was' out)"
	# distances are lengths of time, and a time of day is one as shown
	hft 0 dump --json a.hft --since +1.5s
	cp out distance
	hft 0 dump --json b.hft --since +1.5s
	equal "second half" "$(wc -l <out)" "$(wc -l <distance)"
	read -r id middle < <(python3 -c 'import json
hft = [json.loads(line) for line in open("out")]
span = [r for r in hft if r["type"] == "span" and r["fields"]["name"] == "outer"][100]
print(span["fields"]["id"], span["time_ns"] - int(span["fields"]["duration_ns"] / 2))')
	hft 0 explain b.hft --at "@${middle::-9}.${middle: -9}" --span outer --json
	equal "explained" "$(json out '[s["id"] for s in d["spans"]]')" "[$id]"
	# a rate that nobody's clock has while it is only corrected is not taken for the counter's
	python3 -c 'first = None
for line in open("a.hft/facts/clock"):
    word = [int(word) for word in line.split()]
    first = first or word[3]
    word[3] += (word[3] - first) // 10
    print(*word)' >b.hft/facts/clock
	hft 0 info --json a.hft
	cp out info
	hft 0 info --json b.hft
	python3 -c 'import json
a, b = (json.load(open(name))["clock_hz"] for name in ("info", "out"))
assert abs(a / b - 1) < 1e-3, (a, b)'
}

test_choice_of_records() {
	record a.hft steps=300 sleep=300 steps=300 seen=1
	hft 0 dump a.hft -e mark
	equal marks "$(grep -c ' mark ' out) $(wc -l <out)" "200 200"
	hft 0 dump a.hft -n 5
	cp out first
	hft 0 dump a.hft
	head -n 5 out | cmp - first
	cp out all
	hft 0 dump a.hft --last 7
	tail -n 7 all | cmp - out
	hft 0 dump a.hft --since +150ms
	equal "second half" "$(wc -l <out)" 700
	hft 0 dump a.hft --until +150ms
	equal "first half" "$(wc -l <out)" 700
	hft 0 dump a.hft --since -150ms
	equal "second half" "$(wc -l <out)" 700
	hft 0 dump a.hft --since "$(tail -n 1 all | cut -d' ' -f1)"
	equal "at most one ns" "$(($(wc -l <out) < 3))" 1
	hft 64 dump a.hft --since yesterday
	says "'yesterday' is no time like"
	hft 64 dump a.hft -n 1 --last 1
	says "exclude each other"
}

test_two_processes() {
	local first second
	"$PRODUCER" names=10 seen=1 steps=100 &
	first=$!
	"$PRODUCER" names=3 seen=1 steps=200 &
	second=$!
	hft 0 record -p $first -p $second -o a.hft
	agrees a.hft
	equal rings "$(json out 'len(d["rings"])')" 2
	equal records "$(json out 'd["records"]')" $((234 + 467))
	equal "stream classes" "$(grep -c '^stream {' a.hft/metadata)" 3
}

test_descendants_only() {
	local other
	"$PRODUCER" forever=1 &
	other=$!
	hft 0 record -o a.hft -- sh -c "$PRODUCER steps=100 seen=1; $PRODUCER steps=100 seen=1"
	kill $other
	agrees a.hft
	equal rings "$(json out 'len(d["rings"])')" 2
	equal records "$(json out 'd["records"]')" 468
}

test_exec() {
	record a.hft steps=100 seen=1 exec=1 steps=50 seen=1
	agrees a.hft
	equal records "$(json out 'd["records"]')" 351
}

# A program that becomes another has other names; so has one that gets the number of one that ended.
test_exec_into_other_names() {
	record a.hft steps=100 names=2 log=3 seen=1 exec=1 first=odd steps=50 seen=1 exec=1 first=even log=2 steps=7 seen=1
	agrees a.hft
	hft 0 dump a.hft -e span
	equal spans "$(grep -c ' name=outer ' out) $(wc -l <out)" "157 314"
	hft 0 log a.hft
	equal lines "$(wc -l <out)" 20
	witness a.hft >/dev/null
	equal "spans for babeltrace2" "$(grep -c ' span: .*name = ( "outer"' witness.out)" 157
	sed -i '/^ring\..*\.life=/d' a.hft/facts/recording
	hft 0 dump a.hft -e span
	(($(grep -c ' name=outer ' out) < 157)) || fail "nothing depends on whose names they are"
}

# The program goes on when the recorder stops: nothing is called lost that is not.
test_running_program() {
	local program i
	"$PRODUCER" ring=65536 steps=1 tell=begun forever=1 &
	program=$!
	until [[ -e begun ]]; do sleep 0.02; done
	for i in 1 2 3 4 5; do
		hft 0 record -d 200ms -p $program -o $i.hft
		agrees $i.hft
	done
	kill $program
}

test_lost_records() {
	local status=0
	"$HFTRACE" record --json -o a.hft -- "$PRODUCER" ring=256 every=4000 steps=40000 seen=1 >summary 2>err || status=$?
	equal status $status 3
	mentions "records lost, its ring of 8.0 KiB was lapped"
	equal written "$(json summary 'd["records"] + d["records_lost"]')" 93334
	hft 3 info --json a.hft
	equal "written by info" "$(json out 'd["records"] + d["records_lost"]')" 93334
	# babeltrace2 tells of losses on standard error, and of nothing else.
	babeltrace2 a.hft >witness.out 2>witness.err
	! grep -v '^WARNING: Tracer .*discarded' witness.err | grep . || fail "babeltrace2 complains"
	equal events "$(wc -l <witness.out)" "$(json out 'd["babeltrace2_events"]')"
	hft 3 dump a.hft
	equal lines "$(grep -vc '^#' out)" "$(json summary 'd["records"]')"
	mentions "records were lost when this was recorded"
}

# A ring that goes round some times between two looks: what is missing is told at its place.
test_lost_at_their_place() {
	local status try
	for try in 1 2 3 4 5 6 7 8 9 10; do
		status=0
		"$HFTRACE" record -f -o a.hft -- "$PRODUCER" ring=256 every=20 steps=40000 seen=1 2>err || status=$?
		((status == 3)) || continue
		"$O/selftests/tools/gaps" a.hft >out || fail "$(head -n 3 out)"
		# one that never came to look in between has nothing to say
		grep -q '^0 gaps' out || return 0
	done
	fail "no gaps in $try recordings: $(cat out)"
}

test_ready_and_interrupt() {
	local recorder program status=0
	"$PRODUCER" steps=1 tell=begun forever=1 &
	program=$!
	until [[ -e begun ]]; do sleep 0.02; done
	mkfifo ready
	"$HFTRACE" record -p $program --ready-fd 9 -o a.hft 9>ready 2>err &
	recorder=$!
	read -r line <ready
	equal line "$line" recording
	grep -qx "hftrace: recording" err
	sleep 0.2
	kill -INT $recorder
	wait $recorder || status=$?
	kill $program
	equal status $status 0
	agrees a.hft
	grep -qx ended=signal a.hft/facts/recording
}

# A recorder that is killed leaves what it had written a second ago, and babeltrace2 reads it.
test_killed_recorder() {
	local recorder program i
	"$PRODUCER" steps=1 tell=begun forever=1 &
	program=$!
	until [[ -e begun ]]; do sleep 0.02; done
	for i in 1 4 7; do
		"$HFTRACE" record -p $program -o $i.hft 2>err &
		recorder=$!
		until grep -q '^hftrace: recording' err; do
			kill -0 $recorder || fail "$(cat err)"
			sleep 0.02
		done
		sleep 2.$i
		kill -KILL $recorder
		wait $recorder 2>/dev/null || :
		agrees $i.hft
		mentions "$i.hft was not ended: its recorder was killed, or runs still"
		(($(json out 'd["records"]') > 100)) || fail "too few records: $(cat out)"
	done
	kill $program
}

test_status_of_command() {
	hft 0 record -o a.hft --json -- sh -c 'exit 7'
	equal status "$(json out 'd["command_status"]')" 7
	mentions "sh ended with status 7"
	mentions "no thread attached to libhftrace: the recording is empty"
	agrees a.hft
	hft 0 record -o b.hft --json -- sh -c 'kill -9 $$'
	equal status "$(json out 'd["command_status"]')" 137
	mentions "sh was ended by signal 9"
	# The time is over first: the command is told to end.
	hft 0 record -d 200ms -o c.hft -- sleep 60
	mentions "sleep was ended by signal 15"
}

test_live_dump() {
	local program
	"$PRODUCER" steps=100 tell=written sleep=600000 &
	program=$!
	until [[ -e written ]]; do sleep 0.02; done
	hft 0 dump -p $program
	equal lines "$(wc -l <out)" 234
	awk '$1 < last { exit 1 } { last = $1 }' out || fail "time goes back"
	hft 0 dump -p $program --last 2 --json
	equal lines "$(wc -l <out)" 2
	hft 0 list
	grep -q "producer/$program  *stepper/" out
	kill $program
}

test_many_rings() {
	hft 0 record -o a.hft -- "$PRODUCER" threads=16 steps=100 sleep=100 steps=100 sleep=100 steps=100 seen=1
	agrees a.hft
	equal records "$(json out 'd["records"]')" $((16 * 3 * 234))
}

test_ugly_names() {
	record a.hft names=500 steps=10 seen=1
	agrees a.hft
	equal labels "$(grep -c '" = [0-9]*[, ]' a.hft/metadata | awk '{print ($1 >= 500)}')" 1
	! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' a.hft/metadata a.hft/facts/names-* || fail "control characters"
}
