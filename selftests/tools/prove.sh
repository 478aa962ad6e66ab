# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# hftrace prove: "prove.guest" runs once in a virtual machine; each of its checks is a test here.

# shellcheck disable=SC2154 # run sets them
prove_out=$O/selftests/tools/prove prove_guest=$here/prove.guest

prove_boot() {
	[[ -e $prove_out/booted-by-$$ ]] && return
	rm -rf "$prove_out"
	mkdir -p "$prove_out"
	touch "$prove_out/booted-by-$$"
	"$top/selftests/vm/run" --timeout 1200 --out "$prove_out" --add "$prove_guest:/root/prove" \
		--add "$O/selftests/tools/loop:/root/loop" -- \
		sh /root/prove >"$prove_out/log" 2>&1 || echo "$?" >"$prove_out/status"
}

prove_check() {
	local said
	prove_boot
	[[ ! -e $prove_out/status ]] || fail "the machine: $(tail -n 1 "$prove_out/log")"
	said=$(sed -n "s/^$1 //p" "$prove_out/results")
	[[ $said == ok ]] || fail "$1: ${said:-not run}"
}

while read -r check; do
	eval "test_prove_$check() { prove_check $check; }"
done < <(sh "$prove_guest" list)
