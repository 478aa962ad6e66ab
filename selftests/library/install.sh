# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# As a distribution would: installed somewhere, found by pkg-config, linked both ways, run.

export PKG_CONFIG_SYSROOT_DIR=$INSTALLED PKG_CONFIG_LIBDIR=$INSTALLED/usr/lib/pkgconfig
# else the directories that a compiler knows by itself would be left out, of the machine's own
export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1

warnings=(-O2 -Wall -Wextra -Werror -pedantic -pthread)

# compile COMPILER STANDARD SOURCE OUTPUT [-static]
compile() {
	local flags
	# shellcheck disable=SC2207 # words
	flags=($(pkg-config ${5:+--static} --cflags --libs hftrace))
	"$1" "-std=$2" "${warnings[@]}" -o "$4" "$3" "${flags[@]}" ${5:+"$5"} 2>errors || fail "$1 $2 ${3##*/} $5: $(head -n 2 errors)"
}

# build_examples C-COMPILER C++-COMPILER DIRECTORY [-static]
build_examples() {
	local source
	mkdir -p "$3"
	for source in "$TOP"/userlib/examples/*.c; do
		compile "$1" c11 "$source" "$3/$(basename "$source" .c)" "${4-}"
	done
	for source in "$TOP"/userlib/examples/*.cc; do
		compile "$2" c++17 "$source" "$3/$(basename "$source" .cc)" "${4-}"
	done
}

# A reader reads somebody: the least of the writers.
run_reader() {
	local pid status=0
	"$1/minimal" 2>minimal.err &
	pid=$!
	timeout 10 sh -c 'until grep -q . minimal.err; do sleep 0.05; done'	# it tells that it has begun
	timeout -s INT 1 "$1/reader" "$pid" >reader.out 2>reader.err || status=$?
	wait "$pid"
	((status == 0 || status == 124)) || fail "$1/reader: status $status: $(head -n 1 reader.err)"
	grep -q beat reader.out || fail "$1/reader reads nothing of $1/minimal"
}

run_examples() {
	local program status
	export LD_LIBRARY_PATH=$INSTALLED/usr/lib
	for program in "$1"/*; do
		[[ $program != */reader ]] || continue
		status=0
		timeout 60 "$program" >out 2>err </dev/null || status=$?
		((!status)) || fail "$program: status $status: $(tail -n 1 err)"
	done
	run_reader "$1"
}

test_installed_files() {
	local file version
	version=$(<"$TOP/VERSION")
	for file in include/hftrace.h include/hftrace.hpp include/hftrace-reader.h include/hftrace/abi.h lib/libhftrace.a \
		"lib/libhftrace.so.$version" share/man/man3/hft_init.3; do
		[[ -f $INSTALLED/usr/$file ]] || fail "no $file"
	done
	equal "libhftrace.so.1" "$(readlink "$INSTALLED/usr/lib/libhftrace.so.1")" "libhftrace.so.$version"
	equal "libhftrace.so" "$(readlink "$INSTALLED/usr/lib/libhftrace.so")" "libhftrace.so.1"
	equal "version" "$(pkg-config --modversion hftrace)" "$version"
	pkg-config --validate hftrace
	! grep -rlF -e "$INSTALLED" -e "$TOP" "$INSTALLED/usr/lib/pkgconfig" "$INSTALLED/usr/include" ||
		fail "it names the directory where it was made"
}

test_examples_with_gcc() {
	build_examples gcc g++ shared
	build_examples gcc g++ static -static
	readelf -d shared/minimal | grep -q 'NEEDED.*libhftrace.so.1' || fail "shared/minimal is not linked to the shared library"
	! readelf -d static/minimal 2>/dev/null | grep NEEDED || fail "static/minimal needs shared libraries"
	run_examples shared
	run_examples static
}

test_examples_with_clang() {
	command -v clang clang++ >found || skip "there is no clang"
	build_examples clang clang++ shared
	build_examples clang clang++ static -static
	run_examples shared
}

# Each header by itself, in both languages.
test_headers_stand_alone() {
	local header
	cd "$INSTALLED/usr/include" || fail "no headers"
	for header in *.h *.hpp hftrace/*.h; do
		if [[ $header == *.h ]]; then
			echo "#include <$header>" | gcc -std=c11 "${warnings[@]}" -fsyntax-only -x c -I. - || fail "$header in C11"
		fi
		echo "#include <$header>" | g++ -std=c++17 "${warnings[@]}" -fsyntax-only -x c++ -I. - || fail "$header in C++17"
	done
}
