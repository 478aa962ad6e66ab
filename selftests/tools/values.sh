# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What programs show, from outside: counters, gauges, states.

# producer STEP...: runs it until it rests; its number is in $pid.
producer() {
	"$PRODUCER" "$@" names=1 sleep=60000 &
	pid=$!
	local tries
	for ((tries = 0; tries < 500; tries++)); do
		# the name that it makes last
		! grep -qsa name-0 /dev/shm/hftrace-$pid-* || return 0
		sleep 0.02
	done
	fail "the producer does not begin"
}

finish() {
	kill -9 "$pid"
	wait "$pid" || :
	rm -f /dev/shm/hftrace-"$pid"-*
}

test_counters() {
	producer count=40 count=2
	hft 0 counters -p $pid
	equal lines "$(wc -l <out)" 3
	grep -qE "^producer/$pid +orders +counter +42$" out || fail "$(cat out)"
	grep -qE "^producer/$pid +depth +gauge +2$" out || fail "$(cat out)"
	hft 0 counters -n producer -p $pid -v
	grep -qE "^ +thread $pid +42$" out || fail "$(cat out)"
	hft 0 counters -p $pid --json
	equal count "$(json out 'len(d["values"])')" 2
	equal orders "$(json out '[v["value"] for v in d["values"] if v["name"] == "orders" and v["kind"] == "counter"]')" '[42]'
	equal thread "$(json out 'd["values"][0]["threads"][0]["tid"]')" $pid
	hft 0 counters -n nobody --json
	equal none "$(json out 'd["values"]')" '[]'
	finish
}

test_counters_rate() {
	"$PRODUCER" count=1 seen=1 sleep=500 count=1000 sleep=60000 &
	pid=$!
	hft 0 counters -n producer -i 50ms --times 60 --json
	equal lines "$(wc -l <out)" 60
	# What was added came in at one of the looks, as so many a second of the time since the one before.
	cat >check <<-'END'
	import json, sys
	before = None
	jumps = []
	for line in open("out"):
	    look = json.loads(line)
	    mine = [v for v in look["values"] if v["pid"] == int(sys.argv[1])]
	    assert all("per_second" not in v for v in mine if v["kind"] == "gauge")
	    for v in mine:
	        if v["name"] != "orders":
	            continue
	        assert ("per_second" in v) == (before is not None)
	        if before and v["value"] != before[1]:
	            want = (v["value"] - before[1]) * 1e9 / (look["realtime_ns"] - before[0])
	            assert 0.99 < v["per_second"] / want < 1.01, (v, want)
	            jumps.append((before[1], v["value"]))
	        elif before:
	            assert v["per_second"] == 0
	        before = look["realtime_ns"], v["value"]
	assert jumps == [(1, 1001)], jumps
	END
	python3 check $pid 2>wrong || fail "$(tail -n 1 wrong)"
	hft 0 counters -p $pid -i 20ms --times 3
	equal headings "$(grep -c "PER SECOND" out)" 3
	finish
}

test_state() {
	producer state=12
	hft 0 state -p $pid position
	grep -qE "^position  producer/$pid: write 12, [0-9.]+ [mu]?n?s ago$" out || fail "$(head -n 1 out)"
	tail -n +2 out >members
	cat >expected <<-'END'
	  symbol    "A"B\x1bC"
	  change    -12
	  quantity  12
	  average   12.1
	  ratio     0.2
	  level     12 0 18446744073709551615
	  key       0001feff
	END
	diff members expected || fail "other members"
	hft 0 state -p $pid --json
	equal value "$(json out 'd["value"], d["writes"]')" "('whole', 12)"
	equal symbol "$(json out 'd["members"]["symbol"] == "A\"B\33C"')" True
	equal members "$(json out '[d["members"][m] for m in ("change", "quantity", "average", "level", "key")]')" \
		"[-12, 12, 12.1, [12, 0, 18446744073709551615], '0001feff']"
	hft 1 state -p $pid nonsense
	says "no state 'nonsense' there"
	finish
}

test_state_never_written() {
	producer state=0
	hft 0 state -p $pid
	equal line "$(cat out)" "position  producer/$pid: never written"
	hft 0 state -p $pid --json
	equal value "$(json out 'd["value"], "members" in d')" "('never written', False)"
	finish
}

test_state_follow() {
	"$PRODUCER" state=1 seen=1 sleep=500 state=3 sleep=60000 &
	pid=$!
	hft 0 state -n producer -f -i 10ms --times 300 --json
	grep -F "\"pid\":$pid," out >mine
	# Each once, however often it was looked at: the second run of writes goes on from the first.
	equal writes "$(sed 's/.*"writes":\([0-9]*\).*/\1/' mine | tr '\n' ' ')" "1 4 "
	finish
}

test_values_of_the_killed() {
	producer count=7 state=3
	kill -9 "$pid"
	wait "$pid" || :
	hft 0 counters -p $pid
	grep -qE "^\?/$pid \(ended\) +orders +counter +7$" out || fail "$(cat out)"
	# There is nothing to wait for.
	hft 0 counters -p $pid -i 1s
	hft 0 state -p $pid -f
	grep -qF "position  ?/$pid (ended): write 3, " out || fail "$(cat out)"
	grep -qx '  quantity  3' out || fail "$(cat out)"
	rm -f /dev/shm/hftrace-"$pid"-*
}

# The program that it was before, and the one that it became.
test_values_over_exec() {
	"$PRODUCER" count=7 exec=1 count=1 sleep=60000 &
	pid=$!
	local tries
	for ((tries = 0; tries < 500; tries++)); do
		"$HFTRACE" counters -p $pid >out 2>err || :
		[[ $(grep -c orders out) -lt 2 ]] || break
		sleep 0.02
	done
	grep -qE "^\?/$pid \(ended\) +orders +counter +7$" out || fail "$(cat out)"
	grep -qE "^exe/$pid +orders +counter +1$|^producer/$pid +orders +counter +1$" out || fail "$(cat out)"
	finish
}

# A child uses what it has inherited, before and after it begins anew: nothing comes of it.
test_values_over_fork() {
	local child
	producer count=7 state=3 fork=5
	child=$(cut -d' ' -f1 /proc/$pid/task/$pid/children)
	[[ -n $child ]] || fail "the child has ended"
	until grep -qsa name-0 /dev/shm/hftrace-"$child"-*; do
		[[ -e /proc/$child ]] || fail "the child has ended"
		sleep 0.02
	done
	hft 0 counters -p $pid
	grep -qE "^producer/$pid +orders +counter +7$" out || fail "parent: $(cat out)"
	grep -qE "^producer/$pid +depth +gauge +7$" out || fail "parent: $(cat out)"
	hft 0 state -p $pid
	grep -q "write 3, " out || fail "parent: $(cat out)"
	hft 0 counters -p "$child"
	grep -qE "^producer/$child +orders +counter +5$" out || fail "child: $(cat out)"
	kill -9 "$child"
	rm -f /dev/shm/hftrace-"$child"-*
	finish
}

# What stood there at the end; babeltrace2 is not disturbed by it.
test_values_of_a_recording() {
	record a.hft count=40 count=2 state=12 steps=10 seen=1
	hft 0 counters a.hft -v
	grep -qE "^producer/[0-9]+ \(ended\) +orders +counter +42$" out || fail "$(cat out)"
	grep -qE "^ +thread [0-9]+ +42$" out || fail "$(cat out)"
	grep -qE " depth +gauge +2$" out || fail "$(cat out)"
	hft 0 counters -n producer a.hft --json
	equal values "$(json out 'sorted((v["name"], v["value"]) for v in d["values"])')" "[('depth', 2), ('orders', 42)]"
	hft 0 counters -n nobody a.hft --json
	equal none "$(json out 'd["values"]')" "[]"
	hft 0 state a.hft
	grep -qE "^position  producer/[0-9]+ \(ended\): write 12, [0-9.]+ [mun]?s before the recording's end$" out || fail "$(head -n 1 out)"
	grep -qx '  symbol    "A"B\\x1bC"' out || fail "$(cat out)"
	hft 0 state a.hft position --json
	equal members "$(json out '[d["members"][m] for m in ("change", "quantity", "average", "level", "key")]')" \
		"[-12, 12, 12.1, [12, 0, 18446744073709551615], '0001feff']"
	hft 1 state a.hft nonsense
	says "no state 'nonsense' there"
	agrees a.hft
	# A recording without any.
	record b.hft steps=10 seen=1
	hft 0 counters b.hft
	says "no counter or gauge was kept in this recording"
	hft 0 state b.hft
	says "no state was kept in this recording"
}

# Facts that were tampered with are no more than wrong.
test_values_of_a_damaged_recording() {
	local round file
	record a.hft count=42 state=12 steps=10 seen=1
	for round in $(seq 40); do
		rm -rf b.hft
		cp -r a.hft b.hft
		for file in values states; do
			python3 -c 'import random, sys
random.seed(int(sys.argv[1]))
data = bytearray(open(sys.argv[2], "rb").read())
for _ in range(random.randrange(1, 8)):
    kind, at = random.randrange(4), random.randrange(len(data))
    if kind == 0:
        data[at] = random.randrange(256)
    elif kind == 1:
        del data[at:at + random.randrange(1, 50)]
    elif kind == 2:
        data[at:at] = random.choice([b"\t", b"\n", b"-1", b"99999999999999999999", b"data\t00\n", b"line\t1\t0\t5\n"])
    else:
        data[at:at] = data[at:at + random.randrange(200)]
open(sys.argv[2], "wb").write(data)' "$round" b.hft/facts/$file
		done
		hft 0 counters b.hft -v
		hft 0 counters b.hft --json
		hft 0 state b.hft
		hft 0 state b.hft --json
	done
}

test_values_wrong_usage() {
	hft 64 counters -i 0
	says "is no interval"
	hft 64 counters -p x
	says "is no process number"
	hft 64 counters --times 3
	says "--times needs an interval"
	hft 64 counters a.hft b.hft
	says "what is 'b.hft'?"
	hft 64 counters a.hft -i 1s
	says "does not change: leave -i out"
	hft 64 state a.hft -f
	says "does not change: leave -f out"
	hft 64 state one two
	says "what is 'two'?"
	hft 1 state nothing.hft
	says "no recording nothing.hft"
}
