# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Probes by the tool: "probe.guest" runs once in a virtual machine; each of its checks is a test here.

# shellcheck disable=SC2154 # run sets them
probe_out=$O/selftests/tools/probe probe_guest=$here/probe.guest probe_vm=$top/selftests/vm/run

boot_probe_guest() {
	local dir=$O/selftests/tools/probed
	[[ -e $probe_out/booted-by-$$ ]] && return
	rm -rf "$probe_out" "$dir"
	mkdir -p "$probe_out" "$dir"
	touch "$probe_out/booted-by-$$"
	gcc -O2 -g -shared -fPIC -o "$dir/libprobed.so" "$here/probed_library.c"
	g++ -O2 -g -pie -fPIE -o "$dir/program" "$here/probed.cc" -L"$dir" -lprobed
	strip -o "$dir/stripped" "$dir/program"
	gcc -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE -I"$top/userlib/include" -I"$top/kmod/uapi" \
		-o "$dir/quiet" "$here/quiet.c" "$O/userlib/libhftrace.a" -lpthread
	LD_LIBRARY_PATH=$dir "$probe_vm" --timeout 900 --out "$probe_out" --add "$probe_guest:/root/guest" --add "$dir/program:/root/probed/program" \
		--add "$dir/stripped:/root/probed/stripped" --add "$dir/libprobed.so:/root/probed/libprobed.so" \
		--add "$dir/quiet:/root/probed/quiet" \
		--add "$(realpath "$(g++ -print-file-name=libstdc++.so.6)"):/root/probed/libstdc++.so.6" -- \
		sh /root/guest >"$probe_out/log" 2>&1 || echo "$?" >"$probe_out/status"
}

probe_check() {
	local said
	boot_probe_guest
	[[ ! -e $probe_out/status ]] || fail "the machine: $(tail -n 1 "$probe_out/log")"
	said=$(sed -n "s/^$1 //p" "$probe_out/results")
	[[ $said == ok ]] || fail "$1: ${said:-not run}"
}

# Another reader of the recordings names the probes, too.
test_probe_witness() {
	boot_probe_guest
	babeltrace2 "$probe_out/probe_program.hft" >witness.out 2>witness.err || fail "babeltrace2 cannot read it"
	[[ ! -s witness.err ]] || fail "babeltrace2 complains: $(head -n 1 witness.err)"
	equal "hits" "$(grep -c ' probe: .*"program:plain"' witness.out)" 50
	equal "calls" "$(grep -c ' call: .*"program:Engine::on_fill"' witness.out)" 50
}

while read -r check; do
	eval "test_probe_$check() { probe_check $check; }"
done < <(sh "$probe_guest" list)
