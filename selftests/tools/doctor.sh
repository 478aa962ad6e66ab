# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# hftrace doctor: of hosts made up of files; and "doctor.guest" in two virtual machines, each of its checks a test.

# shellcheck disable=SC2154 # run sets them
doctor_out=$O/selftests/tools/doctor doctor_guest=$here/doctor.guest

# doctor_boot MACHINE [OPTION]...
doctor_boot() {
	local machine=$1 dir=$doctor_out/$1
	shift
	[[ -e $dir/booted-by-$$ ]] && return
	rm -rf "$dir"
	mkdir -p "$dir"
	touch "$dir/booted-by-$$"
	"$top/selftests/vm/run" --timeout 600 -k "${KERNEL:-6.1}" --out "$dir" --add "$doctor_guest:/root/doctor" \
		--add "$here/serial.guest:/root/serial.guest" "$@" -- \
		sh /root/doctor "$machine" >"$dir/log" 2>&1 || echo "$?" >"$dir/status"
}

doctor_check() {
	mkdir -p "$doctor_out"
	local machine=$1 said options=(--append mitigations=off) msr
	if [[ $machine != prepared ]]; then
		# An Intel processor with two threads to a core, and no sign of the emulator.
		msr=$(find "$("$top/selftests/vm/kernel" dir -k "${KERNEL:-6.1}" -a x86_64)/modules" -name 'msr.ko*')
		[[ $msr != *.xz ]] || { xz -dc "$msr" >"$doctor_out/msr.ko"; msr=$doctor_out/msr.ko; }
		options=(--no-module --isolate none -c 4 --threads 2 --cpu "max,-hypervisor,vendor=GenuineIntel"
			--append 'clocksource=hpet transparent_hugepage=always' --add "$msr:/root/msr.ko")
	fi
	doctor_boot "$machine" "${options[@]}"
	[[ ! -e $doctor_out/$machine/status ]] || fail "the machine: $(tail -n 1 "$doctor_out/$machine/log")"
	said=$(sed -n "s/^$2 //p" "$doctor_out/$machine/results")
	[[ $said == ok ]] || fail "$2: ${said:-not run}"
}

while read -r machine check; do
	eval "test_doctor_$check() { doctor_check $machine $check; }"
done < <(sh "$doctor_guest" list)

# put FILE TEXT: a file of the made-up host.
put() {
	mkdir -p "host/${1%/*}"
	printf '%s\n' "$2" >"host/$1"
}

# A host on which all is well: 4 CPUs, 2 and 3 for trading, without SMT.
make_host() {
	local cpu sys=sys/devices/system/cpu
	put proc/cmdline 'quiet isolcpus=domain,managed_irq,2-3 nohz_full=2-3 mitigations=off'
	put proc/cpuinfo $'vendor_id\t: GenuineIntel\nflags\t\t: fpu constant_tsc nonstop_tsc'
	put proc/stat $'cpu  1 2 3 4 5 6 7 0 0 0\ncpu2 1 2 3 4 5 6 7 0 0 0\ncpu3 1 2 3 4 5 6 7 0 0 0'
	put proc/swaps $'Filename\t\tType\t\tSize\t\tUsed\t\tPriority'
	put proc/irq/default_smp_affinity 3
	put proc/irq/24/smp_affinity_list 0-1
	put proc/irq/24/effective_affinity_list 0
	mkdir -p host/proc/irq/24/eth0
	put sys/kernel/irq/24/per_cpu_count "${came:-7,0,0,1}"
	put proc/irq/25/smp_affinity_list 0-3
	put proc/irq/25/effective_affinity_list 2
	put proc/sys/kernel/core_pattern '|/usr/lib/systemd/systemd-coredump %P'
	put proc/sys/kernel/nmi_watchdog 0
	put proc/sys/kernel/soft_watchdog 0
	put proc/sys/kernel/watchdog_cpumask 0-3
	put proc/sys/kernel/numa_balancing 0
	put proc/sys/kernel/timer_migration 1
	put proc/sys/kernel/sched_rt_runtime_us -1
	put proc/sys/vm/stat_interval 120
	put sys/devices/system/clocksource/clocksource0/current_clocksource tsc
	put sys/devices/system/clocksource/clocksource0/available_clocksource 'tsc hpet acpi_pm '
	put sys/devices/virtual/workqueue/cpumask 3
	put sys/kernel/mm/transparent_hugepage/enabled 'always [madvise] never'
	put sys/kernel/mm/ksm/run 0
	put sys/kernel/security/lsm lockdown,capability
	put sys/kernel/security/lockdown '[none] integrity confidentiality'
	put sys/kernel/debug/sched/features PLACE_LAG
	put sys/kernel/debug/sched/fair_server/cpu2/runtime 0
	put sys/kernel/debug/sched/fair_server/cpu3/runtime 0
	put sys/module/hftrace/taint O
	put $sys/online 0-3
	put $sys/isolated 2-3
	put $sys/nohz_full 2-3
	put $sys/intel_pstate/no_turbo 1
	put $sys/vulnerabilities/meltdown Vulnerable
	put $sys/vulnerabilities/spectre_v1 'Mitigation: usercopy/swapgs barriers'
	for cpu in 0 1 2 3; do
		put $sys/cpu$cpu/topology/thread_siblings_list $cpu
		put $sys/cpu$cpu/cpufreq/scaling_governor performance
		put $sys/cpu$cpu/cpuidle/state0/latency 0
		put $sys/cpu$cpu/cpuidle/state0/disable 0
		put $sys/cpu$cpu/cpuidle/state0/name POLL
		put $sys/cpu$cpu/cpuidle/state1/latency 133
		put $sys/cpu$cpu/cpuidle/state1/disable 1
		put $sys/cpu$cpu/cpuidle/state1/name C6
	done
	# 0x34 is the count of SMIs
	mkdir -p host/dev/cpu/0
	head -c 64 /dev/zero >host/dev/cpu/0/msr
}

# spoiled FILE TEXT CHECK STATE FOUND FIX: that one finding, and no other than on the host where all is well.
spoiled() {
	local want=0
	rm -rf host
	make_host
	put "$1" "$2"
	[[ $4 != bad ]] || want=2
	hft $want doctor --root host --json
	json out '[(f["state"], f["found"] + " | " + f.get("fix", "")) for f in d["findings"] if f["check"] == "'"$3"'"][0]' >finding
	grep -qF "('$4', " finding || fail "$3 is not $4: $(cat finding)"
	grep -qF -e "$5" finding || fail "no '$5' in: $(cat finding)"
	grep -qF -e "$6" finding || fail "no '$6' in: $(cat finding)"
	equal "findings with $1" "$(json out 'd["bad"] + d["warning"]')" 1
}

test_doctor_host_well_set() {
	make_host
	hft 0 doctor --root host
	grep -qx 'CPU 2-3: 0 bad, 0 warnings, 7 unknown, 29 ok' out || fail "$(grep -v ^ok out)"
	equal unknown "$(sed -n 's/^unknown  *\([a-z_]*\).*/\1/p' out | tr '\n' ' ')" \
		"memlock watched_irqs watched_tick watched_vectors watched_softirqs watched_switches watched_kernel_time "
}

test_doctor_host_power() {
	local cpu3=sys/devices/system/cpu/cpu3
	spoiled $cpu3/cpufreq/scaling_governor schedutil governor bad 'CPU 3: schedutil' 'cpupower -c 2-3 frequency-set'
	spoiled $cpu3/cpuidle/state1/disable 0 cstates bad 'CPU 3 may go into C6, which takes 133 us' idle-set
	spoiled $cpu3/cpuidle/state0/latency 10 cstates warning 'POLL' 'idle-set -D 2'
	spoiled sys/devices/system/cpu/intel_pstate/no_turbo 0 turbo warning on 'echo 1 > /sys'
	spoiled $cpu3/topology/thread_siblings_list 1,3 smt bad 'CPU 1 shares a core' 'for c in 1; do echo 0'
	spoiled $cpu3/topology/thread_siblings_list 2-3 smt warning 'with each other: 2' smt/control
}

test_doctor_host_clock() {
	local flags=$'vendor_id\t: GenuineIntel\nflags\t\t:'
	spoiled proc/cpuinfo "$flags fpu constant_tsc" tsc bad 'stops in deep C-states' max_cstate
	spoiled proc/cpuinfo "$flags fpu" tsc bad 'follows the frequency' invariant
	spoiled sys/devices/system/clocksource/clocksource0/current_clocksource hpet clocksource bad hpet 'echo tsc >'
	spoiled sys/devices/system/clocksource/clocksource0/current_clocksource kvm-clock clocksource warning kvm clocksource=tsc
}

test_doctor_host_isolation() {
	local cpu=sys/devices/system/cpu
	spoiled $cpu/isolated 2 isolcpus bad 'CPU 3 not isolated' isolcpus=domain,managed_irq,2-3
	spoiled proc/cmdline 'isolcpus=2-3' managed_irqs warning 'no managed_irq' isolcpus=domain,managed_irq,2-3
	spoiled proc/sys/kernel/nmi_watchdog 1 nmi_watchdog bad 'on for CPU 2-3' nmi_watchdog=0
	spoiled proc/sys/kernel/soft_watchdog 1 soft_watchdog warning 'on for CPU 2-3' watchdog_cpumask=0-1
	spoiled sys/devices/virtual/workqueue/cpumask 0000000f workqueues warning 'CPU 2-3' 'echo 3 >'
	spoiled sys/kernel/debug/sched/fair_server/cpu3/runtime 50000000 deadline_server warning 'CPU 3' 'for c in 3; do'
}

test_doctor_host_irqs() {
	local came
	spoiled proc/irq/24/effective_affinity_list 3 irq_affinity warning '24 (eth0, once more)' 'for i in 24; do echo 0-1 >'
	spoiled proc/irq/24/smp_affinity_list 0-3 irq_affinity warning '24 (eth0) may go to CPU 2-3' 'echo 0-1 >'
	spoiled proc/irq/24/smp_affinity_list 2-3 irq_affinity bad '24 (eth0) to CPU 2' 'echo 0-1 >'
	# a queue's own, which is managed: it comes when that CPU does I/O
	came=7,0,0,0
	spoiled proc/irq/24/smp_affinity_list 3 irq_affinity warning '24 (eth0)' 'no I/O from these CPUs'
	came=7,0,0,5
	spoiled proc/irq/24/smp_affinity_list 3 irq_affinity bad '24 (eth0) to CPU 3' 'for i in 24'
	spoiled proc/irq/default_smp_affinity ffffffff,ffffffff default_irq_affinity warning 'CPU 2-3' 'echo 3 >'
}

test_doctor_host_memory() {
	local swap=$'Filename Type Size Used Priority\n/dev/sda2 partition 1000 12 -2'
	spoiled proc/swaps "$swap" swap bad '/dev/sda2, 12 KiB in use' 'swapoff /dev/sda2;'
	spoiled proc/sys/kernel/numa_balancing 1 numa_balancing bad 'on (1)' numa_balancing=disable
}

test_doctor_host_platform() {
	local flags=$'vendor_id\t: GenuineIntel\nflags\t\t: constant_tsc nonstop_tsc'
	spoiled proc/cpuinfo "$flags hypervisor" hypervisor warning 'there is one' 'bare machine'
	spoiled proc/stat 'cpu2 1 2 3 4 5 6 7 200 0 0' hypervisor bad 'CPU 2-3 for 2.00 s' 'pin each virtual CPU'
	spoiled sys/devices/system/cpu/vulnerabilities/meltdown 'Mitigation: PTI' mitigations warning meltdown mitigations=off
	# at 0x34 stand the letters "5555"
	spoiled dev/cpu/0/msr "$(printf '5%.0s' {1..64})" smi warning '892679477 since the start' firmware
	spoiled sys/module/hftrace/taint OE module_signature warning 'not signed' sign-file
	spoiled sys/kernel/security/lockdown 'none integrity [confidentiality]' lockdown bad confidentiality lockdown=integrity
	spoiled sys/kernel/security/lockdown 'none [integrity] confidentiality' lockdown warning integrity mokutil
	spoiled proc/sys/kernel/core_pattern core core_pattern warning "'core'" kernel.core_pattern=/
}

# What cannot be read is unknown and says why; what stands there is not believed.
test_doctor_host_unreadable() {
	make_host
	rm host/proc/cmdline host/sys/devices/virtual/workqueue/cpumask
	put proc/sys/vm/stat_interval often
	put proc/irq/default_smp_affinity xyz
	put proc/sys/kernel/core_pattern $'|/bin/\033[31mhandler'
	hft 0 doctor --root host
	grep -q '^unknown  workqueues  *cannot read /sys/devices/virtual/workqueue/cpumask: No such file' out
	grep -q '^unknown  stat_interval  *cannot read /proc/sys/vm/stat_interval: Invalid argument' out
	grep -q '^unknown  default_irq_affinity ' out
	grep -q '^unknown  managed_irqs ' out
	! grep -q $'\033' out || fail "an escape sequence came through"
	rm -r host
	hft 1 doctor --root host
	says "cannot tell which CPUs are online: host/sys/devices/system/cpu/online: No such file"
}

# No check whose finding nobody has seen: provoked in a machine or, as QEMU has no such hardware, on a made-up host.
test_doctor_each_is_provoked() {
	local check
	make_host
	hft 0 doctor --root host --json
	for check in $(json out '" ".join(f["check"] for f in d["findings"])'); do
		grep -qE "(finds|spoil .*) (bad|warning) $check\\>" "$doctor_guest" ||
			grep -qE "spoiled .* $check (bad|warning) " "$here/doctor.sh" || fail "nothing provokes $check"
	done
}

test_doctor_usage() {
	make_host
	hft 64 doctor --root host -c 9
	says "not all of these CPUs are there: online are 0-3"
	hft 64 doctor --root host --watch 1s
	says "a copy (--root) cannot be watched"
	hft 64 doctor --watch 1ms
	says "'1ms' is no duration: 100ms or more"
	hft 64 doctor -c 3-1
	says "is no list of CPUs"
	hft 64 doctor -c 8000
	says "CPU 8000 is not there"
	hft 64 doctor more
	says "what is 'more'?"
}
