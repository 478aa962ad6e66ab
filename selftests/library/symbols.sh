# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the library exports is what its headers declare and its map lists.

test_symbols_are_those_of_the_headers() {
	declared extern >headers.names
	map >map.names
	exported >library.names
	[[ -s headers.names ]] || fail "no function in the headers"
	same "in the headers (<) or in the map (>) alone" headers.names map.names
	same "in the map (<) or in the library (>) alone" map.names library.names
}

test_symbols_are_versioned() {
	nm -D --defined-only --with-symbol-versions "$INSTALLED/usr/lib/libhftrace.so" | awk '$2 ~ /[A-Z]/ { print $3 }' >symbols
	grep -q '^hft_init@@HFTRACE_1.0$' symbols || fail "hft_init has no version"
	! grep -vE '^(hft_[a-z0-9_]*@@)?HFTRACE_[0-9.]+(@@HFTRACE_[0-9.]+)?$' symbols >others || fail "$(head -n 3 others)"
	readelf -d "$INSTALLED/usr/lib/libhftrace.so" >dynamic
	grep -q 'SONAME.*\[libhftrace.so.1\]' dynamic || fail "no soname"
	! grep 'NEEDED' dynamic | grep -vE '\[(libc\.so|ld-linux)[^]]*\]' || fail "it needs more than libc"
}

# The objects, too: a name of ours in a program's static link is one that the headers or other objects of ours use.
test_archive_has_names_of_its_own() {
	nm -g --defined-only "$INSTALLED/usr/lib/libhftrace.a" | awk 'NF == 3 && $3 !~ /^hft_/ { print $3 }' >others
	[[ ! -s others ]] || fail "names that are not the library's own: $(tr '\n' ' ' <others)"
}
