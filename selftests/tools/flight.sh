# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Windows of what went before a trigger: here of programs alone, and with the module in "flight.guest", which runs once in
# a virtual machine; each of its checks is a test here.

# shellcheck disable=SC2154 # run sets them
flight_out=$O/selftests/tools/flight flight_guest=$here/flight.guest LATE=$O/selftests/tools/late

# flight STATUS OPTION... -- STEP...
flight() {
	local want=$1 options=()
	shift
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	hft "$want" record "${options[@]}" -- "$LATE" "${@:2}"
}

# ids NAME FILE: of the spans in a window, one a line.
ids() {
	hft 0 dump "$1" -e span
	sed -n 's/.* id=\([0-9]*\) name=order .*/\1/p' out >"$2"
}

test_flight_no_trigger() {
	flight 0 --on-trigger -o a -- orders=100 sleep=50
	mentions "no trigger came: no window was kept"
	[[ -z $(find . -name 'a*') ]] || fail "there is $(find . -name 'a*')"
}

# A window has what went before and after, and is a recording to every command.
test_flight_window() {
	local events
	flight 0 --on-trigger -o a.hft --pre 100ms --post 100ms --json -- seen=1 rest=2000 orders=200 ask=4711 orders=200 sleep=20
	mentions "a-1.hft: late/"
	mentions "asked for it: wish, value 4711"
	mentions "1 windows of 1 triggers"
	head -n 1 out >window.json
	equal cause "$(json window.json 'd["cause"], d["value"], d["recording"], d["complete"]')" \
		"('asked', 4711, 'a-1.hft', True)"
	equal roll "$(json window.json 'round((d["end_realtime_ns"] - d["begin_realtime_ns"]) / 1e6)')" 200
	tail -n 1 out >sum.json
	equal sum "$(json sum.json 'd["windows"], d["triggers"], d["missed"]')" "(1, 1, 0)"
	agrees a-1.hft
	ids a-1.hft ids
	# none is missing between the first and the last; 199 was over when the trigger came
	awk 'NR > 1 && $1 != last + 1 { exit 1 } { last = $1 }' ids || fail "spans are missing: $(tr '\n' ' ' <ids)"
	grep -qx 199 ids || fail "not what went before: $(tr '\n' ' ' <ids)"
	grep -qx 200 ids || fail "not what came behind: $(tr '\n' ' ' <ids)"
	[[ $(wc -l <ids) -lt 150 ]] || fail "not a window but $(wc -l <ids) spans"
	events=$(json window.json 'd["records"]')
	hft 0 dump a-1.hft
	equal records "$(wc -l <out)" "$events"
	hft 0 dump --json a-1.hft
	python3 -c 'import json
window = json.load(open("window.json"))
times = [json.loads(line)["time_ns"] for line in open("out")]
assert min(times) >= window["begin_realtime_ns"] - 1000, min(times)
assert max(times) <= window["end_realtime_ns"] + 1000, max(times)'
	hft 0 report a-1.hft
	hft 1 explain a-1.hft --trigger
	says "it was not kept because of a span"
}

# The rings go on while a window is written: the next one has what came meanwhile.
test_flight_goes_on() {
	local n
	flight 0 --on-trigger -o a --pre 50ms --post 5ms --min-gap 0ms -- \
		seen=1 rest=2000 orders=50 ask=1 orders=30 ask=2 orders=30 ask=3 orders=30 sleep=20
	mentions "3 windows of 3 triggers"
	for n in 1 2 3; do
		agrees a-$n.hft
		hft 0 dump a-$n.hft -e trigger
		grep -q " value=$n " out || fail "a-$n.hft: $(cat out)"
	done
	ids a-1.hft one
	ids a-2.hft two
	[[ $(tail -n 1 two) -gt $(tail -n 1 one) ]] || fail "nothing newer: $(tr '\n' ' ' <two)"
	awk 'NR > 1 && $1 != last + 1 { exit 1 } { last = $1 }' two || fail "spans are missing: $(tr '\n' ' ' <two)"
}

# A flood: one window, the rest is counted.
test_flight_flood() {
	flight 0 --on-trigger -o a --pre 1ms --post 1ms --min-gap 10s --json -- seen=1 orders=10 flood=5000 sleep=30
	tail -n 1 out >sum.json
	equal sum "$(json sum.json 'd["windows"], d["triggers"], d["missed"]')" "(1, 5000, 0)"
	equal rest "$(json sum.json 'd["in_windows_of_others"] + d["left_out"]')" 4999
	[[ ! -e a-2.hft ]] || fail "a second window"
}

test_flight_max_windows() {
	local status=0
	timeout 60 "$HFTRACE" record --on-trigger -o a --pre 1ms --post 1ms --min-gap 0s --max-windows 2 -- "$LATE" \
		seen=1 ask=1 sleep=30 ask=2 sleep=30 ask=3 sleep=600000 >out 2>err || status=$?
	equal status "$status" 0
	equal windows "$(find . -name 'a-*.hft' | wc -l)" 2
}

# A span too long, by the program's own limit and by a rule from outside.
test_flight_span() {
	flight 0 --on-trigger -o a --json -- seen=1 limit=300 orders=20 slow=500 orders=3 sleep=10
	head -n 1 out >window.json
	json window.json 'd["cause"], d["by_rule"], d["name"], d["id"]' >got
	equal window "$(json window.json 'd["cause"], d["by_rule"], d["name"]')" "('span', False, 'order')"
	equal late "$(json window.json 'd["ns"] > d["limit_ns"] and abs(d["limit_ns"] - 300e6) < 15e6')" True
	flight 0 --span 'order>300ms' --span 'wish>1us' -o b --json -- seen=1 sleep=100 orders=20 slow=500 orders=3 sleep=300
	head -n 1 out >window.json
	equal window "$(json window.json 'd["cause"], d["by_rule"], d["name"], d["complete"]')" "('span', True, 'order', True)"
	flight 0 --span 'order>30s' -o c -- orders=20 slow=60
	[[ ! -e c-1.hft ]] || fail "a window for nothing"
}

# What is explained is the span that was late, slower ones or not.
test_flight_explain() {
	local id
	flight 0 --span 'order>300ms' -o a --pre 50ms --post 1s --json -- seen=1 sleep=300 orders=20 slow=400 slow=600 orders=20 sleep=1200
	head -n 1 out >window.json
	id=$(json window.json 'd["id"]')
	hft 0 explain a-1.hft
	equal "explained first" "$(sed -n 's/^#1  order  id \([0-9]*\) .*/\1/p' out)" "$id"
	grep -q 'why the window was kept' out
	hft 0 explain a-1.hft --trigger --json
	equal explained "$(json out '[s["id"] for s in d["spans"]]')" "[$id]"
	hft 0 explain a-1.hft -n 2
	equal slowest "$(grep -c '^#[12]' out)" 2
	hft 64 explain a-1.hft --trigger -n 2
}

test_flight_count() {
	flight 0 --on-trigger -o a --min-gap 0s --pre 1ms --post 1ms -- seen=1 every=100 rest=100 orders=250 sleep=20
	mentions "100 order of late/"
	mentions "200 order of late/"
	mentions "2 windows of 2 triggers"
}

# A ring that does not hold the window says so, before and after.
test_flight_lapped() {
	flight 3 --on-trigger -o a --pre 2s --post 1ms -- ring=256 seen=1 rest=100 work=10 orders=10000 ask=1 sleep=20
	mentions "not complete"
	grep -q 'a-1.hft: of its start .* are missing in user-.*, whose ring of 8.0 KiB was lapped; ring_slots [0-9]* for hft_init() would do' \
		err || fail "$(cat err)"
	grep -q 'its ring holds the last .*, and a window needs 2.02 s: give hft_init() more ring_slots' err ||
		fail "no warning: $(cat err)"
	grep -qx complete=no a-1.hft/facts/trigger
}

test_flight_names() {
	mkdir a-1.hft
	flight 0 --on-trigger -o a --pre 1ms --post 1ms -- seen=1 ask=1 sleep=20
	mentions "a-2.hft: late/"
	flight 0 --on-trigger -o a.hft --pre 1ms --post 1ms -- seen=1 ask=1 sleep=20
	mentions "a-3.hft: late/"
	flight 0 --on-trigger -f -o b --pre 1ms --post 1ms -- seen=1 ask=1 sleep=20
	flight 0 --on-trigger -f -o b --pre 1ms --post 1ms -- seen=1 ask=2 sleep=20
	hft 0 dump b-1.hft -e trigger
	grep -q ' value=2 ' out || fail "not replaced"
	[[ ! -e b-2.hft ]] || fail "not replaced but added"
}

test_flight_no_place() {
	flight 1 --on-trigger -o /nosuch/a -- ask=1
	mentions "no window can be kept in /nosuch: No such file"
}

# A disk that is full loses its windows, says so each time, and ends with 1.
test_flight_disk_full() {
	mkdir disk
	mount -t tmpfs -o size=1M none disk 2>/dev/null || skip "cannot mount"
	dd if=/dev/zero of=disk/fill bs=1k count=900 2>/dev/null
	flight 1 --on-trigger -o disk/a --min-gap 0s --pre 1ms --post 1ms -- seen=1 ask=1 sleep=30 ask=2 sleep=30 || :
	cp err said
	find disk -name 'a*' >left
	umount disk
	equal said "$(grep -c 'No space left on device; this window is lost' said)" 2
	[[ ! -s left ]] || fail "left behind: $(cat left)"
}

test_flight_usage() {
	hft 64 record --on-trigger --pre soon
	says "--pre takes a time like 10ms, up to 60s, not 'soon'"
	hft 64 record --span 40us
	says "'40us' is no rule like 'order>40us'"
	hft 64 record --span 'order>'
	hft 64 record --span '>40us'
	hft 64 record --on-trigger --max-windows 0
	hft 64 record --pre 10ms -d 1s
	says "windows are kept only --on-trigger or --span"
}

flight_boot() {
	[[ -e $flight_out/booted-by-$$ ]] && return
	rm -rf "$flight_out"
	mkdir -p "$flight_out"
	touch "$flight_out/booted-by-$$"
	"$top/selftests/vm/run" --timeout 900 --out "$flight_out" --add "$flight_guest:/root/flight" --add "$LATE:/root/late" -- \
		sh /root/flight >"$flight_out/log" 2>&1 || echo "$?" >"$flight_out/status"
}

flight_check() {
	local said
	flight_boot
	[[ ! -e $flight_out/status ]] || fail "the machine: $(tail -n 1 "$flight_out/log")"
	said=$(sed -n "s/^$1 //p" "$flight_out/results")
	[[ $said == ok ]] || fail "$1: ${said:-not run}"
}

# babeltrace2 reads the windows of CPUs, too, and counts what info does.
test_flight_witness() {
	local name seen=0
	flight_boot
	for name in "$flight_out"/*.hft; do
		agrees "$name"
		seen=$((seen + 1))
	done
	((seen >= 3)) || fail "only $seen windows"
}

while read -r check; do
	eval "test_flight_$check() { flight_check $check; }"
done < <(sh "$flight_guest" list)
