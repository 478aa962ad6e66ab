# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The functions that the installed headers have, as the compiler sees them.

# declared KIND: names of functions; KIND is extern (in the library) or static (inline in a header).
declared() {
	local header
	for header in "$INSTALLED"/usr/include/*.h; do
		echo "#include <$(basename "$header")>"
	done >all.c
	gcc -std=gnu11 -fsyntax-only -aux-info all.X -I"$INSTALLED/usr/include" all.c
	sed -n "s|^/\* $INSTALLED/[^ ]* \*/ $1 .*[ *]\(hft_[a-z0-9_]*\) (.*|\1|p" all.X | sort -u
}

# What programs may call: not the rare ways of inline functions, nor what inline functions are made of.
public() {
	{
		declared extern | grep -v '^hft_slow_' || :
		static_in_public_headers
	} | sort -u
}

# An inline function is public unless its header, or the comment that stands right above it, says that it is not.
static_in_public_headers() {
	declared static >static.names
	sed -n "s|^/\* $INSTALLED/usr/include/\([^ :]*\):[^ ]* \*/ static .*[ *]\(hft_[a-z0-9_]*\) (.*|\1 \2|p" all.X |
		awk '$1 !~ /-write[.]h$/ { print $2 }'
}

# exported: names that the shared library offers to programs.
exported() {
	nm -D --defined-only "$INSTALLED/usr/lib/libhftrace.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort
}

# map: names in the map of versions.
map() {
	sed -n 's/^[[:space:]]\(hft_[a-z0-9_]*\);$/\1/p' "$TOP/userlib/libhftrace.map" | sort
}

# same WHAT FILE FILE: the lists are the same.
same() {
	local difference
	difference=$(diff "$2" "$3" | grep '^[<>]' | tr '\n' ' ' || :)
	[[ -z $difference ]] || fail "$1: $difference"
}
