# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The C++ header costs nothing: its spans compile to the very instructions of the C calls.

# assembly COMPILER FUNCTION-BODY
assembly() {
	cat >one.cc <<-END
	#include <hftrace.hpp>
	extern "C" void work(void) noexcept;
	extern "C" void traced(hft_thread *thread, __u32 name, __u64 id) { $2 }
	END
	"$1" -std=c++17 -O2 -Wall -Wextra -Wcast-align -Wconversion -Werror -c -I"$INSTALLED/usr/include" -o one.o one.cc
	objdump -dr --no-show-raw-insn one.o | sed 1,3d
}

# costs_nothing COMPILER KIND: the kind is a suffix.
costs_nothing() {
	assembly "$1" "hft_span_begin$2(thread, name, id); work(); hft_span_end$2(thread);" >by_c
	assembly "$1" "hft::span$2 span(thread, hft::name(name), id); work();" >by_cxx
	grep -q rdtsc by_c || grep -q cntvct by_c || fail "$1: no span in what was compiled"
	cmp by_c by_cxx || fail "$1: a span$2 of C++ takes $(wc -l <by_cxx) lines of assembly, of C $(wc -l <by_c)"
}

test_cxx_span_costs_nothing() {
	local compiler kind
	for compiler in g++ clang++; do
		command -v "$compiler" >found || continue
		for kind in '' _pmu; do costs_nothing "$compiler" "$kind"; done
	done
}

# Lines of each number of arguments, without a warning of those that programs like to have as errors.
test_cxx_lines_compile_without_warning() {
	local arguments='' body='HFT_INFO(thread, "none");' compiler format='' i
	for ((i = 0; i < 8; i++)); do
		format+=%s
		arguments+=', "text"'
		body+=" HFT_INFO(thread, \"$format\"$arguments);"
	done
	body+=' (void)name; (void)id; work(); HFT_LOG_SAMPLED(thread, HFT_LOG_DEBUG, "%s %d %f %p", "text", 1, 2.0, nullptr);'
	for compiler in g++ clang++; do
		command -v "$compiler" >found || continue
		assembly "$compiler" "$body" 2>errors || fail "$compiler: $(grep -m 1 'error: ' errors)"
	done
}

# What the types are there to prevent does not compile.
test_cxx_misuse_is_refused() {
	local body
	for body in 'hft::span a(thread, hft::name(name), id); hft::span b(a);' \
		'hft::span a(thread, id, name);' 'hft::span a(thread, hft::name(name), id); hft::span b(static_cast<hft::span &&>(a));'; do
		! assembly g++ "$body" >compiled 2>errors || fail "this compiles: $body"
		grep -q 'error: ' errors || fail "no error but: $(head -n 1 errors)"
	done
	assembly g++ 'hft::span a(thread, hft::name(name), id);' >compiled
}
