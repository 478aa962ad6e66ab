# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The tool with the module: "guest" runs once in a virtual machine; each of its checks is a test here.

# shellcheck disable=SC2154 # run sets them
guest_out=$O/selftests/tools/guest guest=$here/guest vm=$top/selftests/vm/run

boot_guest() {
	[[ -e $guest_out/booted-by-$$ ]] && return
	rm -rf "$guest_out"
	mkdir -p "$guest_out"
	touch "$guest_out/booted-by-$$"
	"$vm" --timeout 900 --out "$guest_out" --add "$guest:/root/guest" --add "$PRODUCER:/root/producer" \
		--add "$here/presets.guest:/root/presets.guest" --add "$here/serial.guest:/root/serial.guest" \
		--add "$O/selftests/tools/loop:/root/loop" -- \
		sh /root/guest >"$guest_out/log" 2>&1 || echo "$?" >"$guest_out/status"
}

guest_check() {
	local said
	boot_guest
	[[ ! -e $guest_out/status ]] || fail "the machine: $(tail -n 1 "$guest_out/log")"
	said=$(sed -n "s/^$1 //p" "$guest_out/results")
	[[ $said == ok ]] || fail "$1: ${said:-not run}"
}

# What the guest recorded, babeltrace2 counts as info does.
test_module_witness() {
	local name lost seen=0
	boot_guest
	for name in "$guest_out"/*.hft; do
		"$HFTRACE" info --json "$name" >out 2>err || (($? == 3)) || fail "info: $(head -n 1 err)"
		lost=$(json out 'd["records_lost"]')
		babeltrace2 "$name" >witness.out 2>witness.err || fail "babeltrace2 cannot read $name"
		if ((lost)); then
			sed -i '/^WARNING: Tracer .*discarded/d' witness.err
		fi
		[[ ! -s witness.err ]] || fail "babeltrace2 complains about $name: $(head -n 1 witness.err)"
		equal "events of $name" "$(wc -l <witness.out)" "$(json out 'd["babeltrace2_events"]')"
		for ring in $(json out '" ".join(r["stream"] for r in d["rings"])'); do
			equal "$ring of $name, read and lost" \
				"$(json out "sum(r['records'] + r['records_lost'] for r in d['rings'] if r['stream'] == '$ring')")" \
				"$(sed -n "s/^ring.$ring.written=//p" "$name/facts/recording" | grep . || json out \
					"sum(r['records'] for r in d['rings'] if r['stream'] == '$ring')")"
		done
		"$HFTRACE" dump --raw-time "$name" >out 2>err || (($? == 3))
		awk '!/^#/ { if ($1 < last) exit 1; last = $1 }' out || fail "$name: time goes back"
		seen=$((seen + 1))
	done
	((seen >= 15)) || fail "only $seen recordings"
}

# What "hftrace run --json" said in the guest.
test_module_preset_as_json() {
	boot_guest
	[[ -s $guest_out/jitter.json ]] || fail "nothing was written"
	cp "$guest_out/jitter.json" out
	equal preset "$(json out 'd["preset"], d["recording"]')" "('jitter', '/out/jitter-json.hft')"
	equal owner "$(json out '[(o["cpu"], o["task"]["comm"]) for o in d["owners"]]')" "[(1, 'loop')]"
	json out '[c["next"] for c in d["cases"] if "ttyS0" in c["culprit"]][0]' | grep -q '/smp_affinity_list$'
	json out 'all(c["cpu"] == 1 and c["count"] and c["longest_ns"] <= c["total_ns"] for c in d["cases"])' | grep -q True
	json out 'sorted((c["longest_ns"] for c in d["cases"]), reverse=True) == [c["longest_ns"] for c in d["cases"]]' | grep -q True
	equal spans "$(json out 'len(d["slowest_spans"]["spans"])')" 3
	equal lost "$(json out 'd["losses"]["records"]')" 0
}

while read -r check; do
	eval "test_module_$check() { guest_check $check; }"
done < <(sh "$guest" list)
