# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# redis-server as Debian built it: redis.guest has run it. Its witness is what redis itself counts and times.

# Of INFO commandstats: all calls, or all microseconds. The INFO itself is not in it yet.
commandstats() {
	sed -n "s/.*[:,]$1=\([0-9]*\).*/\1/p" "$out/redis.commandstats" | awk '{ sum += $1 } END { print sum + 0 }'
}

test_redis_runs_with_the_library_preloaded() {
	boot
	grep -q '^preload: tracing through /dev/hftrace' "$out/redis.log" || fail "$(head -n 1 "$out/redis.log")"
	grep -q '^LPUSH: .* requests per second' <(tr '\r' '\n' <"$out/redis.benchmark") || fail "it did not serve"
	equal "what its script returns" "$(<"$out/redis.eval")" 2999998
	grep -qx 'rdb_last_bgsave_status:ok' "$out/redis.persistence" || fail "its child did not save"
	equal "exit status" "$(<"$out/redis.status")" 0
}

# jemalloc starts a thread by what it finds behind the preloaded library.
test_redis_threads_have_rings() {
	boot
	has_rings redis 'jemalloc_bg_thd'
	(($(grep -c bio_ "$out/redis.threads") == 3)) || fail "not its threads: $(<"$out/redis.threads")"
}

test_redis_calls_are_as_many_as_redis_counts() {
	boot
	nothing_lost redis
	equal "calls" "$(probed redis redis-server:call count)" $(($(commandstats calls) + 1))
	(($(commandstats calls) > 4 * requests)) || fail "redis was not busy"
	equal "of which the module says" "$(json "$out/redis.probes" '[p["hits"] for p in d["probes"]][0]')" \
		"$(probed redis redis-server:call count)"
}

# Its clock is inside of the call, whose traps are outside.
test_redis_calls_take_as_long_as_redis_says() {
	local ours theirs longest script wall
	boot
	ours=$(probed redis redis-server:call total_ns)
	theirs=$(($(commandstats usec) * 1000))
	((ours >= theirs && ours <= 3 * theirs)) || fail "all: $ours ns, and redis says $theirs"
	longest=$(probed redis redis-server:call max_ns)
	script=$(($(sed -n 's/^cmdstat_eval:calls=1,usec=\([0-9]*\),.*/\1/p' "$out/redis.commandstats") * 1000))
	((longest >= script && longest <= script * 3 / 2)) || fail "the longest: $longest ns, and redis says $script"
	wall=$(json "$out/redis.info" \
		'[int((r["last_tsc"] - r["first_tsc"]) * 1e9 / d["clock_hz"]) for r in d["rings"] if r["stream"] == "cpu1"][0]')
	((ours <= wall)) || fail "$ours ns in calls of $wall"
}

test_redis_slowest_call_is_explained() {
	local off waited before after
	boot
	hft 0 explain "$out/redis.hft" --span redis-server:call -n 1 --json
	adds_up out
	equal "whose" "$(json out 'd["spans"][0]["tid"]')" "$(awk '$1 == $2 { print $2 }' "$out/redis.threads")"
	off=$(part out off_cpu "sh/$(<"$out/redis.intruder") had CPU 1")
	read -r _ before <"$out/redis.before"
	read -r _ after <"$out/redis.after"
	waited=$((after - before))
	# what /proc counts is of some more than this call
	((off > 10000000 && off <= waited && off >= waited / 2)) || fail "off the CPU for $off ns, /proc: $waited"
	((off + $(part out unexplained '') + $(part out user '') > $(json out 'd["spans"][0]["ns"]') * 9 / 10)) ||
		fail "neither own time nor the intruder: $(<out)"
}
