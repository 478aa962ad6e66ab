# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# hftrace audit: "audit.guest" runs once in a virtual machine; each of its checks is a test here.

# shellcheck disable=SC2154 # run sets them
audit_out=$O/selftests/tools/audit audit_guest=$here/audit.guest

audit_boot() {
	[[ -e $audit_out/booted-by-$$ ]] && return
	rm -rf "$audit_out"
	mkdir -p "$audit_out"
	touch "$audit_out/booted-by-$$"
	"$top/selftests/vm/run" --timeout 900 --out "$audit_out" --add "$audit_guest:/root/audit" -- \
		sh /root/audit >"$audit_out/log" 2>&1 || echo "$?" >"$audit_out/status"
}

audit_check() {
	local said
	audit_boot
	[[ ! -e $audit_out/status ]] || fail "the machine: $(tail -n 1 "$audit_out/log")"
	said=$(sed -n "s/^$1 //p" "$audit_out/results")
	[[ $said == ok ]] || fail "$1: ${said:-not run}"
}

while read -r check; do
	eval "test_audit_$check() { audit_check $check; }"
done < <(sh "$audit_guest" list)
