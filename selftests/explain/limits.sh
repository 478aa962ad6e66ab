# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What a recording says to a file of limits: figures, exit status, the worst one, what was not measured.
# Part of "run", whose recordings and functions it uses.
# shellcheck disable=SC2154 # $hftrace, $work

# held_against FILE RECORDING OPTION...: a line for each limit: where, what, the limit, what came of it, the figure
held_against() {
	local file=$1 recording=$2
	shift 2
	"$hftrace" report "$work/$recording.hft" --limits "$work/$file" --json "$@" 2>/dev/null | python3 -c '
import json, sys
for r in json.load(sys.stdin)["limits"]["results"]:
    print(r.get("cpu", r.get("span")), r["what"], r["limit"], r["verdict"], "%.4g" % r["figure"] if "figure" in r else r["why"])'
}

# status_of FILE RECORDING OPTION...: the exit status of the report
status_of() {
	local file=$1 recording=$2
	shift 2
	"$hftrace" report "$work/$recording.hft" --limits "$work/$file" "$@" >"$work/out" 2>"$work/err"
	echo $?
}

make_recording causes
make_recording no_visits
make_recording gap

# 57,680 ticks of a ns, irq 34 three times with 500, 100 and 100 of them.
cat >"$work/all.limits" <<'END'
# all that was met
cpu 1
irq            none count<2/s
irq:34         count<3 max<500ns time<700ns time<2% p50<100ns p99<499ns
"irq:virtio*"  max<1us # the driver
irq:3*         time<0.001s/s
irq:35         none
softirq:timer  none
softirq:sched  none
vector         count<3
vector:resched* none
ipi            count<2 max<99ns
tlb_shootdown  count<1
nmi            none
visit          count<10 max<700ns
page_fault     max<800ns
page_fault:major none
kernel_entry   count<9
task:stress    none
task:str*/300  count<1
switch         count<3
signal         none
spans
order          max<6130ns p50<1us
END
diff - <(held_against all.limits causes) <<'END' | sed 's/^/# /'
1 irq none exceeded 3
1 irq count<2/s exceeded 5.201e+04
1 irq:34 count<3 held 3
1 irq:34 max<500ns held 500
1 irq:34 time<700ns held 700
1 irq:34 time<2% held 1.214e+07
1 irq:34 p50<100ns held 100
1 irq:34 p99<499ns exceeded 500
1 irq:virtio* max<1us held 500
1 irq:3* time<0.001s/s exceeded 1.214e+07
1 irq:35 none held 0
1 softirq:timer none exceeded 1
1 softirq:sched none held 0
1 vector count<3 held 3
1 vector:resched* none exceeded 1
1 ipi count<2 held 2
1 ipi max<99ns exceeded 100
1 tlb_shootdown count<1 held 1
1 nmi none exceeded 1
1 visit count<10 held 10
1 visit max<700ns exceeded 800
1 page_fault max<800ns held 800
1 page_fault:major none held 0
1 kernel_entry count<9 held 9
1 task:stress none exceeded 1
1 task:str*/300 count<1 held 1
1 switch count<3 exceeded 4
1 signal none held 0
order order max<6130ns held 6130
order order p50<1us held 1000
END
result "each limit is held against its figure" "${PIPESTATUS[0]}"

printf 'cpu 1\nirq max<499ns\nspans\norder max<6129ns\n' >"$work/worst.limits"
status=$(status_of worst.limits causes)
moments=$(sed -n 's/^ *hftrace explain .* --at //p' "$work/out")
[[ $status == 2 && $moments == $'@0.000034950\n@0.000044065' && $(ids --at @0.000034950) == *'101 '* &&
	$(ids --at @0.000044065) == '105 ' ]] && grep -q '^limits of .*: 2 exceeded, 0 not measured, 0 held$' "$work/out"
result "what exceeds a limit ends with status 2 and names the moment for explain" $?
[[ $("$hftrace" dump "$work/causes.hft" --since @0.000034700 --until @0.000035200 | grep -c ' irq .*duration=500ns') == 1 ]] &&
	grep -q 'hftrace dump .*causes.hft --since @0.000034700 --until @0.000035200$' "$work/out"
result "and the records of that moment for dump" $?

printf 'cpu *\nirq max<500ns\nspans\norder max<6130ns\n' >"$work/held.limits"
[[ $(status_of held.limits causes) == 0 && $(status_of held.limits gap) == 3 ]]
result "limits that hold end with status 0, with status 3 where records were lost" $?

# unmeasured RECORDING LINE WHY: a limit of CPU 1 that this recording says nothing to; status 1, and it is said
unmeasured() {
	printf 'cpu 1\n%s\n' "$2" >"$work/unmeasured.limits"
	if [[ $(status_of unmeasured.limits "$1") != 1 ]] || ! grep -q "not measured: CPU 1 $2: $3 (" "$work/out" ||
		! grep -q '1 limits of .* were not measured' "$work/err"; then
		sed 's/^/# /' "$work/err"
		grep -A4 '^limits' "$work/out" | sed 's/^/# /'
		return 1
	fi
}
rm -rf "$work/cut.hft" && cp -r "$work/causes.hft" "$work/cut.hft"
printf '# cpu hook records ns_each every budget over\n1 nmi 1 45.0 1 0 yes\n1 irq 3 45.0 100 0 no\n1 softirq 1 - 1 0 no\n' \
	>"$work/cut.hft/facts/cost"
rm -rf "$work/plain.hft" && cp -r "$work/no_visits.hft" "$work/plain.hft" && sed -i 's/^nohz_full=.*/nohz_full=/' "$work/plain.hft/facts/host"
unmeasured causes 'hrtimer none' "not armed: hrtimer; 'hftrace record -e' arms it" &&
	unmeasured cut 'nmi max<1s' 'the governor disarmed nmi meanwhile' &&
	unmeasured cut 'irq max<1s' 'of irq only one record in some was written' &&
	unmeasured plain 'visit none' 'only nohz_full CPUs have kernel visits' &&
	unmeasured no_visits 'page_fault max<1us' 'counted, but how long it took was not recorded'
result "what was not measured does not hold: status 1, and why" $?
printf 'cpu 1\nnmi none\nhrtimer none\n' >"$work/both.limits"
[[ $(status_of both.limits cut) == 2 ]]
result "what exceeds its limit does so whatever else is not known" $?
printf 'cpu 1,5\nirq count<3\nspans\nno_such* max<1s\n' >"$work/absent.limits"
[[ $(status_of absent.limits causes) == 1 ]] && grep -q 'not measured: CPU 5 irq count<3: this CPU was not traced' "$work/out" &&
	grep -q 'not measured: span no_such\* max<1s: no span of this name was recorded' "$work/out"
result "CPUs and spans that are not there are not measured" $?

# own CPU: of the report's JSON
own_cost() {
	"$hftrace" report "$work/$1.hft" --json "${@:2}" | python3 -c '
import json, sys
for period in json.load(sys.stdin)["periods"]:
    own = period["cpus"][0]["own_cost"]
    print(own["records"], own["records_untimed"], own["lost_slots"], own["ns"], own["ppm"] and "%.4f" % own["ppm"],
          sum(h["records"] for h in own["hooks"] if h["hook"] == "irq"))'
}
# 26 records of CPU 1, of which 3 and 1 took 45 ns each.
[[ $(own_cost cut) == "26 22 0 180 3120.6657 3" && $(own_cost causes) == "26 26 0 None None 3" ]] &&
	[[ $(own_cost gap | cut -d' ' -f3) -gt 0 ]] &&
	"$hftrace" report "$work/cut.hft" | grep -q 'hftrace itself: 26 records, 3121 ppm of this CPU, most of it for irq, 45.* ns each; of 22 too few were timed; none lost'
result "what hftrace took and lost stands with each CPU" $?
own_cost cut -i 20us | awk '{ records += $1; ns += $4; irqs += $6 } END { exit NR != 3 || records != 26 || ns != 180 || irqs != 3 }'
result "and with each interval" $?

# The intervals together are the whole; limits are those of each.
"$hftrace" report "$work/causes.hft" --json -i 20us | python3 -c '
import json, sys
periods = json.load(sys.stdin)["periods"]
spans = [s for p in periods for s in p["spans"]]
assert len(periods) == 3 and sum(s["count"] for s in spans) == 39 and max(s["max_ns"] for s in spans) == 6130
assert sum(s["total_ns"] for s in spans) == 51880, sum(s["total_ns"] for s in spans)
assert all(s["p50_ns"] <= s["p95_ns"] <= s["p99_ns"] <= s["p999_ns"] <= s["max_ns"] for s in spans)
assert sum(e["count"] for p in periods for e in p["cpus"][0]["entries"] if e["cause"] == "irq") == 3'
result "spans and causes of each interval" $?
printf 'cpu 1\nirq count<2\nvisit count<5\nspans\norder count<30 max<1us\n' >"$work/each.limits"
[[ $(held_against each.limits causes -i 20us) == $'1 irq count<2 held 2\n1 visit count<5 exceeded 7\norder order count<30 held 17\norder order max<1us exceeded 6130' ]]
result "with -i each interval has to keep the limits" $?
# 7 visits in the last 17,680 ns: of 20 us that is 350,000 a second, not 395,928.
printf 'cpu 1\nvisit count<370000/s\n' >"$work/rate.limits"
[[ $(held_against rate.limits causes -i 20us) == '1 visit count<370000/s held 3.5e+05' ]]
result "a last interval that is cut short makes no rates of its own" $?
printf 'cpu 1\nhrtimer none\n' >"$work/unarmed.limits"
[[ $(held_against unarmed.limits causes) == "1 hrtimer none not_measured not armed: hrtimer; "* ]] &&
	[[ $(status_of unarmed.limits causes --json) == 1 ]]
result "JSON is whole when limits were not measured" $?

rm -f "$work/first.limits"
"$hftrace" report "$work/causes.hft" --write-limits "$work/first.limits" >"$work/out" &&
	[[ $(status_of first.limits causes) == 0 && $(status_of first.limits gap) != 0 ]] &&
	grep -q '^irq count<110000/s max<1us$' "$work/first.limits" && grep -q '^mmcall none$' "$work/first.limits" &&
	! grep -q hrtimer "$work/first.limits" && grep -q '^"order" p99<13us p99.9<13us max<13us$' "$work/first.limits"
result "a first file of limits is what was measured, with room" $?
! "$hftrace" report "$work/causes.hft" --write-limits "$work/first.limits" >"$work/out" 2>"$work/err" &&
	grep -q "exists: name another file for the limits" "$work/err"
result "it replaces none" $?

# refused TEXT WHAT: with its line, status 64
refused() {
	printf '%b' "$1" >"$work/bad.limits"
	if [[ $(status_of bad.limits causes) != 64 ]] || ! grep -qF "bad.limits:$2" "$work/err"; then
		echo "# $1: $(cat "$work/err")"
		return 1
	fi
}
refused 'irq none\n' "1: 'irq': say before for whom: 'cpu 1-3', 'cpu *' or 'spans'" &&
	refused 'cpu 1\n\nirqs none\n' "3: no cause 'irqs'; there are visit, irq, softirq," &&
	refused 'cpu 1\nirq\n' "2: 'irq' has no limit like count<10" &&
	refused 'cpu 1\nirq max<10\n' "2: 'max<10' has no bound like" &&
	refused 'cpu 1\nirq max<10parsecs\n' "2: 'max<10parsecs' has no bound like" &&
	refused 'cpu 1\nirq max<-1us\n' "2: 'max<-1us' has no bound like" &&
	refused 'cpu 1\nirq max<\n' "2: 'max<' has no bound like" &&
	refused 'cpu 1\nirq count<5us\n' "2: 'count<5us' has no bound like" &&
	refused 'cpu 1\nirq count<0x5\n' "2: 'count<0x5' has no bound like" &&
	refused 'cpu 1\nirq time<5\n' "2: 'time<5' has no bound like" &&
	refused 'cpu 1\nirq max<5ppm\n' "2: 'max<5ppm' has no bound like" &&
	refused 'cpu 1\nirq p100<5us\n' "2: 'p100<5us': a percentile is above p0 and below p100" &&
	refused 'cpu 1\nirq mean<5us\n' "2: 'mean<5us': no figure 'mean'; there are count, time, max, p99.9" &&
	refused 'cpu 1\nirq max=5us\n' "2: 'max=5us' is no limit like" &&
	refused 'cpu 1\nswitch max<5us\n' "2: 'max<5us': of switch there is only the count" &&
	refused 'cpu 1\nvisit:x none\n' "2: 'visit:x': nothing there has a name" &&
	refused 'cpu 1\nirq: none\n' "2: 'irq:': a name is missing behind ':'" &&
	refused 'cpu 1\nirq none\nnmi none\nirq max<5us\n' "4: 'irq' has its limits in line 2 already" &&
	refused 'cpu 1\nirq count<5 none\n' "2: 'count<5' and 'none' are limits of the same" &&
	refused 'cpu 1-3\nirq none\ncpu 2\n' "3: CPU 2 has limits already: name it once" &&
	refused 'cpu *\nirq none\ncpu *\n' "3: 'cpu *' stands twice" &&
	refused 'cpu\n' "1: CPUs are like 'cpu 1-3,7'" &&
	refused 'cpu 3-1\n' "1: CPUs are like 'cpu 1-3,7'" &&
	refused 'spans order\n' "1: what is 'order'?" &&
	refused 'spans\norder max<1us\nspans\n' "3: 'spans' stands twice" &&
	refused 'spans\n"order max<1us\n' "2: a quotation mark is missing" &&
	refused 'spans\n"order"max<1us\n' "2: a blank is missing behind" &&
	refused 'cpu 1\nirq none\0\n' "2: this is no text"
result "files that are wrong are refused with their line" $?
: >"$work/empty.limits"
[[ $(status_of empty.limits causes) == 64 ]] && grep -q 'has no limits' "$work/err" &&
	[[ $(status_of missing.limits causes) == 1 ]] && grep -q 'cannot read the limits .*missing.limits' "$work/err"
result "so are files without any, and those that are not there" $?
