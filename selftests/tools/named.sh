# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Names of code: of programs that run, were replaced, deleted, stripped or have a root of their own, by binutils; of the
# kernel, by /proc/kallsyms. What is recorded is real but for the addresses, which are chosen: see explain/code.c.

# shellcheck disable=SC2154 # run sets them
named_witness=$here/named_witness.py named_generate=$O/selftests/explain/generate

# build_named DIR [OPTION]...: the program and its library.
build_named() {
	local dir=$1
	shift
	make -s -C "$here/../explain" O="$O" >&2
	mkdir -p "$dir"
	gcc -O2 -g -Wl,--build-id -shared -fPIC -o "$dir/libnamed.so" "$here/named_library.c"
	g++ -std=c++17 -O2 -g -Wl,--build-id "$@" -o "$dir/named" "$here/named.cc" -ldl 2>link.log
}

# start COMMAND...: it, until stop_named; its process number is in pid.
start_named() {
	mkfifo input
	"$@" <input >started &
	exec 8>input
	until [[ -s started ]]; do
		kill -0 $! 2>/dev/null || fail "$* does not begin"
		sleep 0.05
	done
	read -r pid _ <started
	pid=$! # in a namespace of its own the program would name another
	rm input
}

stop_named() {
	exec 8>&-
	wait "$pid"
	rm started
}

# record_facts PID...: what the recorder knows of these processes, in facts.hft.
record_facts() {
	hft 0 record -f -o facts.hft -d 100ms "${@/#/-p}"
}

# name_chosen ADDRESSES [OPTION]...: a line "PID ADDRESS" for each, as dump names them, in ./named.json.
name_chosen() {
	local addresses=$1 fact
	shift
	rm -rf named.hft
	"$named_generate" code "$addresses" named.hft
	for fact in facts.hft/facts/*; do
		[[ -e named.hft/facts/${fact##*/} ]] || cp "$fact" named.hft/facts/
	done
	hft 0 dump --json -e sample named.hft "$@"
	mv out named.json
}

# choose COUNT FILE...: addresses of the process's functions, to name_chosen.
choose() {
	python3 "$named_witness" choose "facts.hft/facts/maps-$pid" "$@" >chosen
	[[ -s chosen ]] || fail "no addresses in ${*:2}"
	awk -v pid="$pid" '{ print pid, $1 }' chosen >addresses
}

# agrees_with_binutils LEAST: on each chosen address, at LEAST so many of which are of inlined functions.
agrees_with_binutils() {
	local said
	said=$(python3 "$named_witness" compare chosen named.json)
	! grep -q ^differs <<<"$said" || fail "$(grep -c ^differs <<<"$said"): $(grep -m 1 ^differs <<<"$said")"
	((${said##* } >= $1)) || fail "$said"
}

# all_say TEXT: of each chosen address.
all_say() {
	[[ $(grep -cvF -e "$1" named.json) == 0 ]] || fail "not '$1' but: $(grep -m 1 -vF -e "$1" named.json)"
}

need_elfutils() {
	[[ $(readelf -dW "$HFTRACE") == *libdw.so* ]] || skip "built without elfutils"
}

# A program, its library by dlopen(), and a large program in C; inlined functions as they were called.
test_named_code() {
	local first stop
	need_elfutils
	build_named "$PWD"
	start_named ./named "$PWD/libnamed.so"
	"$HFTRACE" record -o other.hft -d 60s -p "$pid" 2>other.err &
	first=$!
	until grep -qs 'recording$' other.err; do sleep 0.05; done
	record_facts "$pid" "$first"
	choose 300 "$PWD/named" "$PWD/libnamed.so"
	name_chosen addresses
	agrees_with_binutils 100
	grep -qF 'inner (inlined) <- middle (inlined) <- engine::book<int>::on_order(int)' named.json || fail "no chain"
	grep -qE 'twice \(inlined\) <- exported_function\+0x[0-9a-f]+ \(named_library.c:[0-9]+ <- named_library.c:[0-9]+\)' \
		named.json || fail "no chain in the library"
	stop=$pid pid=$first
	choose 3000 "$HFTRACE"
	name_chosen addresses
	agrees_with_binutils 300
	kill "$first"
	wait "$first" || :
	pid=$stop stop_named
}

# Not to be loaded anywhere, and with an older format of debug symbols.
test_named_fixed_address() {
	need_elfutils
	build_named "$PWD" -no-pie -gdwarf-4
	start_named ./named
	record_facts "$pid"
	choose 300 "$PWD/named"
	name_chosen addresses
	agrees_with_binutils 50
	stop_named
}

# Thousands of addresses: seconds of CPU time would be spent by looking through all symbols for each.
test_named_many() {
	need_elfutils
	build_named "$PWD"
	"$HFTRACE" record -o other.hft -d 60s -p $$ 2>other.err &
	pid=$!
	until grep -qs 'recording$' other.err; do sleep 0.05; done
	record_facts "$pid"
	choose 30000 "$HFTRACE"
	(ulimit -t 5 && name_chosen addresses)
	kill "$pid"
	wait "$pid" || :
}
