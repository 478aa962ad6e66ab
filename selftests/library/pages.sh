# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Each public function has a man page, which is right about its prototype.

pages=$INSTALLED/usr/share/man/man3

# page NAME: the file that has the text of page NAME.
page() {
	local file=$pages/$1.3 target
	[[ -f $file ]] || fail "no page for $1"
	target=$(sed -n '1s/^\.so //p' "$file")
	[[ -z $target ]] || file=${pages%/*}/$target
	[[ -f $file ]] || fail "the page of $1 is $target, which is not there"
	echo "$file"
}

# texts: files of pages that are no links.
texts() {
	grep -L '^\.so ' "$pages"/*.3
}

# render FILE
render() {
	# no line is broken, and - is -
	groff -man -Tascii -P-c -P-b -P-o -P-u -rLL=1000n "$1" 2>/dev/null
}

# section NAME FILE: as text, of a rendered page.
section() {
	render "$2" | awk -v name="$1" '/^[^ ]/ { inside = $0 == name; next } inside'
}

test_each_function_has_a_page() {
	local name file
	public >names
	[[ $(wc -l <names) -ge 30 ]] || fail "only $(wc -l <names) functions found"
	while read -r name; do
		file=$(page "$name")
		section SYNOPSIS "$file" >synopsis
		grep -qE "[ *]$name\(" synopsis || fail "the page of $name has another's synopsis"
		section NAME "$file" | tr ',' '\n' | awk '{ print $1 }' | grep -qx "$name" || fail "the page of $name does not name it"
	done <names
}

# What a page is named after is something in a header.
test_no_page_is_left_over() {
	local file name
	for file in "$pages"/*.3; do
		name=$(basename "$file" .3)
		case $name in
		libhftrace) ;;
		*.hpp) [[ -f $INSTALLED/usr/include/$name ]] || fail "no header $name" ;;
		*) grep -rqE "(^|[ *])$name\(" "$INSTALLED/usr/include" || fail "nothing is called $name" ;;
		esac
		page "$name" >file
	done
}

test_pages_have_their_sections() {
	local file name
	while read -r file; do
		for name in NAME SYNOPSIS DESCRIPTION 'RETURN VALUE' ERRORS 'THREAD AND SIGNAL SAFETY' EXAMPLE 'SEE ALSO'; do
			section "$name" "$file" >text
			grep -q . text || fail "$(basename "$file") has no section $name"
		done
	done < <(texts)
}

test_pages_are_well_formed() {
	local file
	for file in "$pages"/*.3; do
		(cd "${pages%/*}" && groff -man -ww -z "$file") 2>warnings || fail "$(basename "$file"): groff fails"
		[[ ! -s warnings ]] || fail "$(basename "$file"): $(head -n 1 warnings)"
		command -v mandoc >found || continue
		mandoc -Tlint -W warning "$file" >warnings || fail "$(head -n 1 warnings)"
	done
}

# Prototypes again are the same, or the compiler says that they are in conflict. Macros cannot be declared.
test_synopses_compile() {
	local file
	while read -r file; do
		[[ $file != *.hpp.3 ]] || continue
		section SYNOPSIS "$file" | sed '/Link with/,$d' | awk '
			/^ *#include/ { print; next }
			{ text = text " " $0 }
			END {
				n = split(text, statement, ";")
				for (i = 1; i < n; i++)
					if (statement[i] !~ /^ *HFT_[A-Z_]+\(/)
						print statement[i] ";"
			}' >one.c
		gcc -std=c11 -Wall -Wextra -Werror -pedantic -fsyntax-only -I"$INSTALLED/usr/include" one.c 2>errors ||
			fail "$(basename "$file"): $(grep -m 1 error errors)"
	done < <(texts)
}

# An example with an #include is a program, or a part of one.
test_examples_in_pages_compile() {
	local file count=0 language
	while read -r file; do
		section EXAMPLE "$file" >one.c
		grep -q '#include' one.c || continue
		language=(gcc -std=c11 -x c)
		! grep -q '\.hpp' one.c || language=(g++ -std=c++17 -x c++)
		"${language[@]}" -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror -fsyntax-only -I"$INSTALLED/usr/include" one.c 2>errors ||
			fail "$(basename "$file"): $(grep -m 1 error errors)"
		count=$((count + 1))
	done < <(texts)
	((count > 10)) || fail "only $count examples found"
}

# From the overview one finds all of them.
test_overview_names_each_page() {
	local file name
	render "$pages/libhftrace.3" >overview
	while read -r file; do
		name=$(basename "$file" .3)
		[[ $name == libhftrace ]] || grep -q "$name(3)" overview || fail "libhftrace(3) does not speak of $name(3)"
	done < <(texts)
}
