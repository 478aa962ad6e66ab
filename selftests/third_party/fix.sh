# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# A FIX session around libquickfix as Debian built it: fix.guest has run it. Its witness is what the two ends count.

next='libquickfix.so.17:FIX::Session::next(FIX::Message const&, FIX::UtcTimeStamp const&, bool)'
send='libquickfix.so.17:FIX::Session::send(FIX::Message&)'

# end KEY: what acceptor or initiator counted.
end() {
	sed -n "s/^$2=//p" "$out/fix.$1"
}

test_fix_engine_runs_with_the_library_preloaded() {
	boot
	grep -q '^preload: tracing through /dev/hftrace' "$out/fix.log" || fail "$(head -n 1 "$out/fix.log")"
	equal "exit status" "$(<"$out/fix.status")" 0
	equal "orders" "$(end acceptor from_app)" "$requests"
	equal "fills" "$(end initiator from_app)" "$requests"
	has_rings fix ''
	(($(wc -l <"$out/fix.threads") == 2)) || fail "not its threads: $(<"$out/fix.threads")"
}

test_fix_calls_are_as_many_as_the_ends_count() {
	boot
	nothing_lost fix
	equal "messages" "$(probed fix "$next" count)" $(($(end acceptor from_app) + $(end acceptor from_admin)))
	equal "fills" "$(probed fix "$send" count)" "$(end initiator from_app)"
}

# Each fill is sent inside of the handler, which is inside of the message's call.
test_fix_calls_take_as_long_as_the_ends_say() {
	local messages fills handlers wall
	boot
	messages=$(probed fix "$next" total_ns) fills=$(probed fix "$send" total_ns)
	handlers=$(end acceptor handlers_ns) wall=$(end initiator trading_ns)
	((fills <= handlers && handlers <= messages)) || fail "fills $fills, handlers $handlers, messages $messages"
	((fills * 4 >= handlers)) || fail "fills $fills of handlers $handlers"
	# logon and logout are outside of the trading
	((messages <= wall + 1000000000)) || fail "messages $messages, all in all $wall"
}

test_fix_slowest_call_is_explained() {
	boot
	hft 0 explain "$out/fix.hft" --span "$next" -n 1 --json
	adds_up out
	equal "whose" "$(json out 'd["spans"][0]["tid"]')" "$(awk '$1 != $2 { print $2 }' "$out/fix.threads")"
	(($(part out kernel_entry 'traps of the probe itself') > 0)) || fail "no traps: $(<out)"
	hft 0 explain "$out/fix.hft" --all --json
	equal "all of them" "$(wc -l <out)" $(($(probed fix "$next" count) + $(probed fix "$send" count)))
	hft 0 dump "$out/fix.hft" -e call -n 1
	grep -qF 'FIX::UtcTimeStamp const&, bool) ' out || fail "a name is cut short: $(<out)"
}
