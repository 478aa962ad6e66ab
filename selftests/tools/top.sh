# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# hftrace top on a terminal that tmux makes: top.guest's native checks here, the others in a virtual machine.

# shellcheck disable=SC2154 # run sets them
top_guest=$here/top.guest top_out=$O/selftests/tools/top top_vm_out=$O/selftests/tools/top.vm

run_top() {
	[[ -e $top_out/run-by-$$ ]] && return
	rm -rf "$top_out"
	mkdir -p "$top_out"
	touch "$top_out/run-by-$$"
	(cd "$top_out" && PATH=$(dirname "$HFTRACE"):$PATH LATE=$O/selftests/tools/late sh "$top_guest" native) \
		>"$top_out/results" 2>"$top_out/log" || :
}

top_check() {
	local said
	[[ ! -e /dev/hftrace ]] || skip "the module is loaded here"
	command -v tmux >/dev/null || skip "no tmux; 'selftests/deps check' installs it"
	run_top
	said=$(sed -n "s/^$1 //p" "$top_out/results")
	[[ $said == ok ]] || fail "$1: ${said:-not run}"
}

# Rows come and go without end; memory does not grow.
test_top_rows() {
	"$O/selftests/tools/rows" >out || fail "$(cat out)"
}

# tmux wants a locale of UTF-8.
top_boot() {
	[[ -e $top_vm_out/booted-by-$$ ]] && return
	rm -rf "$top_vm_out"
	mkdir -p "$top_vm_out"
	touch "$top_vm_out/booted-by-$$"
	"$top/selftests/vm/run" --timeout 900 --out "$top_vm_out" --add "$top_guest:/root/top" \
		--add "$O/selftests/tools/late:/root/late" --add "$(command -v tmux):/usr/bin/tmux" \
		--add /usr/lib/locale/C.utf8:/usr/lib/locale/C.utf8 -- \
		sh -c 'cd /tmp && sh /root/top guest >/out/results' >"$top_vm_out/log" 2>&1 || echo "$?" >"$top_vm_out/status"
}

top_guest_check() {
	local said
	command -v tmux >/dev/null || skip "no tmux; 'selftests/deps check' installs it"
	top_boot
	[[ ! -e $top_vm_out/status ]] || fail "the machine: $(tail -n 1 "$top_vm_out/log")"
	said=$(sed -n "s/^$1 //p" "$top_vm_out/results")
	[[ $said == ok ]] || fail "$1: ${said:-not run}"
}

while read -r check; do
	eval "test_top_$check() { top_check $check; }"
done < <(sh "$top_guest" native list)
while read -r check; do
	eval "test_top_guest_$check() { top_guest_check $check; }"
done < <(sh "$top_guest" guest list)
