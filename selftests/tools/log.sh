# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Logs of programs: what they wrote, in words, live and from recordings.

# expect ROUNDS: what "log=ROUNDS" of the producer writes, level and text, as awk puts it.
expect() {
	awk -v rounds="$1" 'BEGIN {
		for (i = 0; i < rounds; i++) {
			printf "debug round %d\n", i
			printf "info order %d at %d.%02d for AAPL\n", i, int(i / 4), i % 4 * 25
			printf "warning %s|%#x|%5.1f%%\n", i % 2 ? "odd" : "even", i, 12.5
			print "error nothing but a text"
		}
	}'
}

# texts: level and text of "hftrace log" in ./out.
texts() {
	sed -E 's/^[0-9:.]+  ([a-z]+) +logger\/[0-9]+ +[^ ]*producer\.c:[0-9]+  /\1 /' out
}

test_log_recording() {
	local events
	record a.hft log=50 seen=1
	hft 0 log a.hft
	texts >ours
	expect 50 >theirs
	diff ours theirs
	awk '$1 < last { exit 1 } { last = $1 }' out || fail "time goes back"
	hft 0 log --level warning a.hft
	texts >ours
	grep -E '^(warning|error)' theirs | diff ours -
	hft 0 log --thread logger a.hft
	equal lines "$(wc -l <out)" 200
	hft 0 log --thread other a.hft
	equal lines "$(wc -l <out)" 0
	hft 0 log --json a.hft
	python3 -c 'import json
lines = [json.loads(line) for line in open("out")]
assert all(l["thread"] == "logger" and l["every"] == 1 for l in lines)
assert [l["time_ns"] for l in lines] == sorted(l["time_ns"] for l in lines)
assert len({(l["file"], l["line"]) for l in lines}) == 4
print("\n".join(l["level"] + " " + l["text"] for l in lines))' >ours
	diff ours theirs
	hft 0 dump -e log a.hft
	sed -E 's/.* level=([a-z]*) place=[^ ]*:[0-9]* text=/\1 /' out | diff - theirs
	# what babeltrace2 makes of the same records: the label of the place, and each word
	hft 0 dump --json -e log a.hft
	events=$(witness a.hft)
	((events >= 200)) || fail "babeltrace2 reads $events events"
	grep -v ' pad: ' witness.out >records
	python3 -c 'import json, re
ours = [json.loads(line)["fields"] for line in open("out")]
theirs = open("records").read().splitlines()
assert len(ours) == len(theirs) == 200, (len(ours), len(theirs))
for our, line in zip(ours, theirs):
    label = re.search(r"format = \( \"(.*)\" : container = (\d+) \), words = (\d+), every = (\d+)", line)
    assert label.group(1).replace("\\\"", "\"").replace("\\\\", "\\") == our["format"], line
    assert int(label.group(3)) == our["words"] == len(our["word"]) and int(label.group(4)) == 1
    words = [int(w, 16) for w in re.findall(r"\[\d+\] = 0x([0-9A-F]+)", line.split("every = ")[1])]
    assert words == our["word"], (line, our)' 2>wrong || fail "$(tail -n 1 wrong)"
}

# A program that was killed: its region is kept, and so are its last lines.
test_log_after_a_crash() {
	"$PRODUCER" log=20 names=1 sleep=60000 &
	program=$!
	until grep -qsa name-0 /dev/shm/hftrace-$program-*; do sleep 0.02; done
	hft 0 log -p $program
	texts >living
	kill -9 $program
	wait $program || :
	hft 0 log -p $program
	texts | diff - living
	expect 20 | diff living -
	rm -f /dev/shm/hftrace-$program-*
	hft 1 log -p $program
}

test_log_follow() {
	local follower status=0
	"$PRODUCER" await=waited log=30 await=followed log=30 seen=1 &
	program=$!
	"$HFTRACE" log -f -p $program >out 2>err &
	follower=$!
	until grep -q 'waiting for one' err; do
		kill -0 $follower || fail "$(cat err)"
		sleep 0.02
	done
	touch waited
	until (($(wc -l <out) == 120)); do
		kill -0 $follower || fail "$(cat err)"
		sleep 0.02
	done
	touch followed
	wait $program
	wait $follower || status=$?
	equal status $status 0
	texts >ours
	{ expect 30; expect 30; } | diff ours -
	mentions "no process there uses libhftrace yet: waiting for one"
}

# A process that is not there any more, or goes without having attached, is not waited for.
test_log_follow_ends_with_the_process() {
	local follower gone status=0
	true &
	gone=$!
	wait $gone
	timeout 60 "$HFTRACE" log -f -p $gone >out 2>err || status=$?
	equal status $status 1
	grep -q 'waiting for one' err && fail "it waits: $(cat err)"
	sleep 60000 &
	program=$!
	timeout 60 "$HFTRACE" log -f -p $gone -p $program >out 2>err &
	follower=$!
	until grep -q 'waiting for one' err; do
		kill -0 $follower || fail "$(cat err)"
		sleep 0.02
	done
	kill $program
	status=0
	wait $follower || status=$?
	equal status $status 1
	# those that it left before it died are shown
	"$PRODUCER" log=10 names=1 sleep=60000 &
	program=$!
	until grep -qsa name-0 /dev/shm/hftrace-$program-*; do sleep 0.02; done
	kill -9 $program
	wait $program || :
	status=0
	timeout 60 "$HFTRACE" log -f -p $program >out 2>err || status=$?
	rm -f /dev/shm/hftrace-$program-*
	equal status $status 0
	texts >ours
	expect 10 | diff ours -
}

# Lines come as they are written; an interrupt ends it well.
test_log_follow_is_interrupted() {
	local follower status=0
	"$PRODUCER" log=3 sleep=60000 &
	program=$!
	"$HFTRACE" log -f -p $program --json >followed 2>err &
	follower=$!
	for ((tries = 0; tries < 500; tries++)); do
		(($(wc -l <followed) == 12)) && break
		sleep 0.02
	done
	equal lines "$(wc -l <followed)" 12
	hft 0 log -n nobody
	equal lines "$(wc -l <out)" 0
	hft 0 log -n producer -p $program
	equal lines "$(wc -l <out)" 12
	kill -INT $follower
	wait $follower || status=$?
	equal status $status 0
	kill -9 $program
	rm -f /dev/shm/hftrace-$program-*
}

# A writer that is faster than its ring is large: what is missing is said.
test_log_losses() {
	local status=0
	"$PRODUCER" ring=256 log=3 seen=1 log=60000 &
	"$HFTRACE" log -f -p $! >out 2>err || status=$?
	equal status $status 3
	mentions "were overwritten unread: lines may be missing"
	status=0
	"$HFTRACE" record -o a.hft -- "$PRODUCER" ring=256 log=60000 seen=1 >summary 2>err || status=$?
	equal status $status 3
	hft 3 log a.hft
	mentions "records were lost when this was recorded"
	texts | sort -u >ours
	# and what is there is right
	expect 60000 | sort -u | comm -23 ours - >wrong
	[[ ! -s wrong ]] || fail "never written: $(head -n 1 wrong)"
}

test_log_sampled() {
	record a.hft sample=1000 seen=1
	hft 0 log --json a.hft
	equal weights "$(python3 -c 'import json
lines = [json.loads(line) for line in open("out")]
assert [l["text"] for l in lines] == ["sample %d" % i for i in range(0, 1000, 10)]
print(sum(l["every"] for l in lines))')" 1000
	hft 0 log a.hft
	equal shown "$(grep -c '  \[1 in 10\]  sample ' out)" 100
	"$PRODUCER" sample=1 sleep=60000 &
	program=$!
	for ((tries = 0; tries < 500; tries++)); do
		hft 0 list
		grep -q "sampler/$program .* 1 in 10$" out && break
		sleep 0.02
	done
	grep -q "sampler/$program .* 1 in 10$" out || fail "list does not show it"
	kill -9 $program
	rm -f /dev/shm/hftrace-$program-*
}

# The same numbers of formats mean other texts in another process.
test_log_two_processes() {
	record a.hft log=2 sample=20 seen=1
	cp -r a.hft first.hft
	"$HFTRACE" record -o b.hft -- sh -c "'$PRODUCER' log=2 sample=20 seen=1 & '$PRODUCER' sample=20 log=2 seen=1; wait" 2>err
	agrees b.hft
	hft 0 log b.hft
	texts | grep -v sample | sort >ours
	{ expect 2; expect 2; } | sort | diff ours -
	equal samples "$(grep -c '  sample 10$' out)" 2
	equal "tables of formats" "$(find b.hft/facts -name 'formats-*' | wc -l)" 2
	! cmp -s b.hft/facts/formats-* || fail "both have the same numbers"
}

# Nothing that a program wrote reaches the terminal, and all of it is in JSON.
test_log_ugly() {
	record a.hft uglylog=1 seen=1
	witness a.hft >events
	hft 0 log a.hft
	equal lines "$(wc -l <out)" 2
	! grep -qP '[\x00-\x08\x0b-\x1f]' out || fail "control characters: $(cat -v out)"
	grep -qF 'ug\x1bly/' out
	grep -qF '\x1b[31mred\x0aline "\x1b]0;title\x07" \ \xff */ }; {brace}' out || fail "$(cat -v out)"
	grep -qF 'tab\x09here smør \xff\xfe' out || fail "$(cat -v out)"
	hft 0 dump a.hft
	! grep -qP '[\x00-\x08\x0b-\x1f]' out || fail "control characters: $(cat -v out)"
	hft 0 log --json a.hft
	# CSI is one character of two bytes, too
	! grep -qP '[\x00-\x08\x0b-\x1f]|\xc2[\x80-\x9f]' out || fail "control characters: $(cat -v out)"
	python3 -c 'import json
lines = [json.loads(line) for line in open("out")]
assert lines[0]["text"].startswith("\033[31mred\nline \"\033]0;title\a\" \\ "), lines[0]'
}

test_log_usage() {
	hft 64 log --level loud
	says "'loud' is no level: debug, info, warning, error"
	hft 64 log -f a.hft
	says "a recording does not grow: leave -f out"
	hft 64 log -p x
	says "'x' is no process number"
	hft 64 log --since 1
	says "unknown option --since"
	hft 1 log nothing.hft
	says "no recording nothing.hft"
	record a.hft steps=10 seen=1
	hft 0 log a.hft
	equal lines "$(wc -l <out)" 0
}
