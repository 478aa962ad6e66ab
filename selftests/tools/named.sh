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
	mkdir -p "$dir"
	gcc -O2 -g -Wl,--build-id -shared -fPIC -o "$dir/libnamed.so" "$here/named_library.c"
	g++ -std=c++17 -O2 -g -Wl,--build-id "$@" -o "$dir/named" "$here/named.cc" -ldl 2>link.log
}

# soon COMMAND...: waits until it succeeds.
soon() {
	local tries=0
	until "$@" 2>/dev/null; do
		((++tries < 1200)) || fail "not within a minute: $*"
		sleep 0.05
	done
}

# start_named COMMAND...: it, until stop_named; its process number is in pid.
start_named() {
	mkfifo input
	"$@" <input >started &
	pid=$!
	exec 8>input
	soon test -s started
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
	make -s -C "$here/../explain" O="$O" >&2
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
	soon grep -q 'recording$' other.err
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
	soon grep -q 'recording$' other.err
	record_facts "$pid"
	choose 30000 "$HFTRACE"
	(ulimit -t 5 && name_chosen addresses)
	kill "$pid"
	wait "$pid" || :
}

# other_build PATH: a program of the same name that is another build.
other_build() {
	g++ -std=c++17 -O1 -g -DOTHER -Wl,--build-id -o "$1" "$here/named.cc" -ldl
}

# What is not there as it was is said, and no other file is taken for it.
test_named_replaced() {
	need_elfutils
	((!EUID)) || skip "only root may have the file of a process that was replaced"
	build_named "$PWD"
	cp named kept
	start_named ./named "$PWD/libnamed.so"
	record_facts "$pid"
	choose 50 "$PWD/named"
	other_build other
	mv other named
	rm libnamed.so
	# as long as it runs, its own file can be had
	name_chosen addresses
	cp named replaced && cp kept named
	agrees_with_binutils 5
	mv replaced named
	stop_named
	name_chosen addresses
	all_say '(another build is on this machine)"'
	mentions "named: another build is on this machine (build id $(build_id kept))"
	mentions "--symbols DIR"
	rm named
	name_chosen addresses
	all_say '(not on this machine)"'
	# the recorded file, under its name in a directory
	mkdir files && cp kept files/named
	name_chosen addresses --symbols files
	cp kept named
	agrees_with_binutils 5
	hft 64 dump --symbols nowhere named.hft
	says "--symbols takes a directory"
}

build_id() {
	readelf -n "$1" | sed -n 's/.*Build ID: //p'
}

# Symbols apart from the program: by its build id, in a directory, or in the cache of debuginfod. No server is asked.
test_named_debug_files() {
	local id
	need_elfutils
	build_named "$PWD"
	id=$(build_id named)
	cp named whole
	mkdir -p "debug/.build-id/${id:0:2}" "cache/$id" && objcopy --only-keep-debug named "debug/.build-id/${id:0:2}/${id:2}.debug"
	cp "debug/.build-id/${id:0:2}/${id:2}.debug" "cache/$id/debuginfo"
	strip named
	start_named ./named
	record_facts "$pid"
	stop_named
	cp whole named
	choose 100 "$PWD/named"
	strip named
	name_chosen addresses
	mentions "named: stripped"
	mentions "build it with -g and do not strip it"
	mentions "debuginfod-find debuginfo $id"
	equal "lines about it" "$(grep -c named: err)" 1
	# beside the stripped program, and without it
	name_chosen addresses --symbols debug
	cp whole named
	agrees_with_binutils 10
	rm named
	name_chosen addresses --symbols debug
	cp whole named
	agrees_with_binutils 10
	rm named
	DEBUGINFOD_CACHE_PATH=$PWD/cache name_chosen addresses
	cp whole named
	agrees_with_binutils 10
	strip named
	DEBUGINFOD_URLS=http://127.0.0.1:9/ strace -f -o trace -e trace=socket "$HFTRACE" dump named.hft >/dev/null 2>&1
	! grep -q AF_INET trace || fail "asks a server"
	grep -q 'exited with 0' trace || fail "strace: $(tail -n 1 trace)"
}

# A library of which only what it exports has a name still.
test_named_stripped() {
	need_elfutils
	build_named "$PWD"
	cp libnamed.so whole.so
	strip libnamed.so
	start_named ./named "$PWD/libnamed.so"
	record_facts "$pid"
	stop_named
	cp libnamed.so stripped.so
	cp whole.so libnamed.so
	choose 100 "$PWD/libnamed.so"
	cp stripped.so libnamed.so
	name_chosen addresses
	nm -D --defined-only stripped.so | grep -q ' T exported_function$' || fail "it exports nothing"
	grep -qE '"exported_function(\+0x[0-9a-f]+)? \(stripped\)"' named.json || fail "no exported name: $(head -n 1 named.json)"
	grep -qE '"libnamed.so\+0x[0-9a-f]+ \(stripped\)"' named.json || fail "no place in the file"
	! grep -qE 'hidden_function|twice|\.c:' named.json || fail "names from nowhere"
	mentions "libnamed.so: stripped"
}

# Of a program of a package: which other one has its symbols.
test_named_package() {
	local program
	need_elfutils
	program=$(realpath "$(command -v sleep)")
	[[ $(dpkg -S "$program" "${program#/usr}" 2>/dev/null) == coreutils:* ]] || skip "sleep is not Debian's"
	sleep 60 &
	pid=$!
	record_facts "$pid"
	awk -v of="$program" -v pid="$pid" '$6 == of && $2 ~ /x/ { print pid, substr($1, 1, index($1, "-") - 3) "40" }' \
		"facts.hft/facts/maps-$pid" >addresses
	[[ -s addresses ]] || fail "not mapped"
	name_chosen addresses
	kill "$pid"
	[[ ! -e /usr/lib/debug/.build-id/$(build_id "$program" | sed 's|^..|&/|').debug ]] || skip "its symbols are installed"
	mentions "install coreutils-dbgsym"
}

# What the process has at a path is not what stands there for others.
test_named_in_container() {
	local root=$PWD/root
	need_elfutils
	unshare -m true 2>/dev/null || skip "no mount namespaces here"
	build_named "$PWD"
	mkdir -p "$root$PWD" "$root/before"
	ldd named | grep -o '/[^ ]*' | xargs cp -L --parents -t "$root"
	mv named "$root$PWD/named"
	other_build named
	# shellcheck disable=SC2016 # for the shell that it starts
	start_named unshare -m sh -c 'mount --bind "$1" "$1" && cd "$1" && pivot_root . before && exec "$OLDPWD/named"' sh "$root"
	record_facts "$pid"
	[[ $(awk -v of="$PWD/named" '$1 == of' "facts.hft/facts/buildids") == *elsewhere ]] || fail "not said to be elsewhere"
	cp "$root$PWD/named" inside && cp named outside
	cp inside named
	choose 100 "$PWD/named"
	cp outside named
	name_chosen addresses
	cp inside named
	agrees_with_binutils 10
	cp outside named
	stop_named
	name_chosen addresses
	all_say '(another build is on this machine)"'
	mentions "the root of its container"
	name_chosen addresses --symbols "$root"
	cp inside named
	agrees_with_binutils 10
}

# A library's code is known once it is unloaded, and a program's that was over in less than a second.
test_named_unloaded() {
	local recorder
	need_elfutils
	build_named "$PWD"
	start_named ./named "$PWD/libnamed.so"
	"$HFTRACE" record -o facts.hft -p "$pid" 2>recorder.err &
	recorder=$!
	soon grep -q libnamed.so "facts.hft/facts/maps-$pid"
	choose 100 "$PWD/libnamed.so"
	echo >&8
	soon grep -q unloaded started
	! grep -q libnamed.so "/proc/$pid/maps" || fail "not unloaded"
	kill -INT "$recorder"
	wait "$recorder"
	stop_named
	name_chosen addresses
	agrees_with_binutils 30
	hft 0 record -f -o short.hft -- sleep 0.6
	grep -q 'bin/sleep' short.hft/facts/buildids || fail "a short program is not known"
}

# Code that a program compiled at run time and told of, where perf looks for it.
test_named_compiled() {
	sleep 60 &
	pid=$!
	printf '7f0000001000 100 first\n7f0000001100 80 void second(int, char)\n7f0000001000 40 again\n' >"/tmp/perf-$pid.map"
	record_facts "$pid"
	kill "$pid"
	rm "/tmp/perf-$pid.map"
	printf "$pid %s\n" 7f0000001010 7f0000001050 7f000000117f 7f0000001180 >addresses
	name_chosen addresses
	equal "names" "$(sed 's/.*"code":{"ip":"//; s/".*//' named.json | paste -sd';')" \
		"again+0x10 (compiled at run time);first+0x50 (compiled at run time);void second(int, char)+0x7f (compiled at run time);0x7f0000001180"
	# what another user put there is not read
	sleep 60 &
	pid=$!
	echo '7f0000001000 100 forged' >"/tmp/perf-$pid.map"
	chown nobody "/tmp/perf-$pid.map" || skip "needs root"
	record_facts "$pid"
	kill "$pid"
	rm "/tmp/perf-$pid.map"
	[[ ! -e facts.hft/facts/perf-$pid.map ]] || fail "another user's map was believed"
}

# The kernel's own code in each process.
test_named_vdso() {
	local start address name
	need_elfutils
	build_named "$PWD"
	start_named ./named
	record_facts "$pid"
	python3 - "$pid" >vdso.so <<-'END'
		import sys
		for line in open('/proc/%s/maps' % sys.argv[1]):
		    if line.rstrip().endswith('[vdso]'):
		        start, end = (int(number, 16) for number in line.split()[0].split('-'))
		        memory = open('/proc/%s/mem' % sys.argv[1], 'rb')
		        memory.seek(start)
		        sys.stdout.buffer.write(memory.read(end - start))
	END
	nm -D --defined-only vdso.so | grep ' T ' >functions
	start=$(sed -n 's/-.*\[vdso\]$//p' "facts.hft/facts/maps-$pid")
	while read -r address _ name; do
		printf '%d %x\n' "$pid" $((16#$start + 16#$address + 1))
		echo "${name%%@*}" >>names
	done <functions >addresses
	stop_named
	name_chosen addresses
	equal "functions" "$(grep -o '"ip":"[^"]*+0x1' named.json | sed 's/.*"//; s/+0x1//')" "$(<names)"
}

# agrees_with_kallsyms KALLSYMS
agrees_with_kallsyms() {
	local said
	said=$(python3 "$named_witness" compare-kernel "$1" named.json)
	! grep -q ^differs <<<"$said" || fail "$(grep -c ^differs <<<"$said"): $(grep -m 1 ^differs <<<"$said")"
	[[ $said == "compared $(wc -l <addresses)" ]] || fail "$said"
}

test_named_kernel() {
	local end
	record_facts $$
	cp /proc/kallsyms kallsyms
	grep -qv '^0* ' kallsyms || skip "this machine hides its kernel's addresses"
	python3 "$named_witness" choose-kernel kallsyms 2000 >addresses
	name_chosen addresses
	agrees_with_kallsyms kallsyms
	# what is behind its code is nothing that it has a name for; nor is anything below
	end=$(awk '$3 == "_etext" { print $1 }' kallsyms)
	printf '0 %x\n0 ffff800000001000\n' $((16#$end + 4096)) >addresses
	name_chosen addresses
	equal "names" "$(grep -c '"ip":"0xffff' named.json)" 2
}

# A module's code, as the machine says it was recorded on; and of a user who may not see the addresses.
test_named_kernel_of_a_guest() {
	boot_guest
	cp -r "$guest_out/command.hft" facts.hft
	python3 "$named_witness" choose-kernel "$guest_out/kallsyms" 1000 '[hftrace]' >addresses
	python3 "$named_witness" choose-kernel "$guest_out/kallsyms" 1000 >>addresses
	name_chosen addresses
	agrees_with_kallsyms "$guest_out/kallsyms"
	grep -q ' \[hftrace\]"' named.json || fail "no function of the module"
	rm -rf facts.hft
	cp -r "$guest_out/trader.hft" facts.hft
	name_chosen addresses
	! grep -qv '"ip":"0xffff' named.json || fail "names from nowhere: $(grep -m 1 -v '"ip":"0xffff' named.json)"
	says "the kernel's symbols were hidden (kptr_restrict) when it was recorded"
}
