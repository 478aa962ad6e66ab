# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# hftrace top on a terminal that tmux makes: top.guest's native checks.

# shellcheck disable=SC2154 # run sets them
top_guest=$here/top.guest top_out=$O/selftests/tools/top

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

while read -r check; do
	eval "test_top_$check() { top_check $check; }"
done < <(sh "$top_guest" native list)
