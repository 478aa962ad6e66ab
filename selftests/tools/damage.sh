# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Recordings that are cut, changed or hostile, disks that are full: what is whole is shown, and nothing worse happens.

# stream NAME: the one stream file of a recording.
stream() {
	echo "$1"/user-*
}

# poke FILE OFFSET HEX
poke() {
	xxd -r -p <<<"$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

test_truncated() {
	local size cut
	record a.hft steps=20000 every=2000 seen=1
	size=$(stat -c %s "$(stream a.hft)")
	for cut in 1 4000 4096 100000 $((size - 4096)) $((size - 100)); do
		cp -r a.hft b.hft
		truncate -s $((size - cut)) "$(stream b.hft)"
		hft 3 info b.hft
		says "b.hft is damaged: "
		hft 3 dump b.hft
		mentions "b.hft is damaged: "
		hft 0 dump a.hft
		cp out whole
		hft 3 dump b.hft
		grep -v '^#' out >part || :
		cmp part <(head -n "$(wc -l <part)" whole) || fail "cut by $cut: not the first records"
		rm -r b.hft
	done
}

test_wrong_abi() {
	record a.hft steps=100 seen=1
	sed -i 's/^abi=.*/abi=7.0/' a.hft/facts/recording
	for what in info dump; do
		hft 1 $what a.hft
		says "a.hft has ABI 7.0, this tool reads ABI 1"
	done
}

test_changed_header() {
	local file
	record a.hft steps=20000 every=2000 seen=1
	# Magic, identity, content and packet size, first slot, of the first packet or of the second.
	for place in 0 4 40 48 80 266240 266280; do
		cp -r a.hft b.hft
		file=$(stream b.hft)
		poke "$file" $place ffffffffffffff7f
		hft 3 info b.hft
		says "b.hft is damaged: "
		hft 3 dump b.hft
		rm -r b.hft
	done
}

test_changed_slots() {
	local i place file
	record a.hft steps=5000 every=1000 seen=1
	for i in $(seq 40); do
		cp -r a.hft b.hft
		file=$(stream b.hft)
		place=$(($(stat -c %s "$file") * i / 41))
		poke "$file" $place ffffffffffffffffffffffffffffffffffffffff
		"$HFTRACE" info b.hft >out 2>err || (($? == 3)) || fail "info: status $?"
		"$HFTRACE" dump b.hft >out 2>err || (($? == 3)) || fail "dump: status $?"
		rm -r b.hft
	done
}

# What cannot go on has begun to write JSON, which is to be whole.
test_too_many_tables() {
	local what
	record a.hft every=1 steps=40 seen=1
	for what in report hist; do
		hft 1 $what --json -i 1us a.hft
		says "more than 10000 tables; take a longer -i"
		equal "$what" "$(json out 'len(d["periods"])')" 10000
	done
}

test_missing_facts() {
	record a.hft steps=100 seen=1
	rm -r a.hft/facts
	hft 3 dump a.hft
	says "facts/recording is missing"
	equal lines "$(wc -l <out)" 234
}

test_hostile_program() {
	local kind
	for kind in types lengths times future head names; do
		"$HFTRACE" record -o $kind.hft -- "$PRODUCER" hostile=$kind >out 2>err || (($? == 3)) ||
			fail "$kind: status $?"
		babeltrace2 $kind.hft >witness.out 2>witness.err || fail "babeltrace2 cannot read $kind"
		! grep -v '^WARNING: Tracer .*discarded' witness.err | grep . || fail "babeltrace2 complains about $kind"
		"$HFTRACE" info --json $kind.hft >out 2>err || (($? == 3))
		equal "events of $kind" "$(wc -l <witness.out)" "$(json out 'd["babeltrace2_events"]')"
		"$HFTRACE" dump --raw-time $kind.hft >out 2>err || (($? == 3))
		awk '!/^#/ { if ($1 < last) exit 1; last = $1 }' out || fail "$kind: time goes back"
	done
}

# check_full NAME: what a recorder leaves that could write no more.
check_full() {
	mentions "stopped: cannot write $1"
	mentions "what came before is in it"
	grep -qx state=failed "$1/facts/recording"
	(($("$HFTRACE" dump "$1" 2>/dev/null | grep -vc '^#') > 1000)) || fail "hardly anything is left"
	babeltrace2 "$1" >witness.out 2>witness.err || fail "babeltrace2 cannot read it"
	! grep -v '^WARNING: Tracer .*discarded' witness.err | grep . || fail "babeltrace2 complains"
	"$HFTRACE" info --json "$1" >out 2>err || (($? == 3)) || fail "info: status $?"
	equal events "$(wc -l <witness.out)" "$(json out 'd["babeltrace2_events"]')"
}

test_disk_full() {
	local status=0
	((EUID == 0)) || skip "needs root to mount a small disk"
	mkdir disk
	unshare -m true 2>/dev/null || skip "cannot mount here"
	# The symbols alone are several MB.
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount -t tmpfs -o size=12m tmpfs disk
		"$0" record -o disk/a.hft -- "$1" ring=65536 every=200 steps=1000000 2>err
		echo $? >status
		"$0" dump disk/a.hft >/dev/null 2>&1 || :
		cp -r disk/a.hft a.hft' "$HFTRACE" "$PRODUCER" || status=$?
	equal "status" "$(cat status)" 1
	mentions "No space left on device"
	sed -i 's|disk/a.hft|a.hft|' err
	check_full a.hft
}

# Nothing fits at all: nothing is left behind.
test_disk_full_at_once() {
	((EUID == 0)) || skip "needs root to mount a small disk"
	mkdir disk
	unshare -m true 2>/dev/null || skip "cannot mount here"
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount -t tmpfs -o size=64k tmpfs disk
		"$0" record -o disk/a.hft -- true 2>err
		echo $? >status
		ls disk >left' "$HFTRACE"
	equal status "$(cat status)" 1
	says "cannot make disk/a.hft: No space left on device"
	[[ ! -s left ]] || fail "left: $(cat left)"
}

test_file_size_limit() {
	local status=0
	# In KiB; the kernel's symbols must fit.
	(ulimit -f 8192; exec "$HFTRACE" record -o a.hft -- "$PRODUCER" every=200 steps=1000000 2>err) || status=$?
	equal status $status 1
	mentions "File too large"
	check_full a.hft
}
