// SPDX-License-Identifier: GPL-2.0
/*
 * frequency: a module is the cpufreq driver of the virtual machine, which has
 * none of its own; limits are set through sysfs, and each change is as
 * power:cpu_frequency shows it. The kernel then takes the emulated CPU's time
 * stamp counter for unstable and keeps all ticks on, so no other test runs there.
 *
 * Machine: -c 2
 */
#include <stdio.h>
#include <unistd.h>

#include "deferred.h"
#include "hook_test.h"

#define CHANGES	20

static const char *const sources[] = { "power/cpu_frequency", NULL };

static const struct field_pair fields[] = {
	FIELD(hft_rec_frequency, khz, "state"),
	FIELD(hft_rec_frequency, cpu, "cpu_id"),
	FIELD(hft_rec_frequency, tid, "common_pid"),
	{ 0 }
};

static const struct pairing pairing = {
	.type = HFT_REC_FREQUENCY, .event = "power/cpu_frequency", .fields = fields,
};

#define POLICY	"/sys/devices/system/cpu/cpu1/cpufreq/"

/* A kworker sets it some time after the limit. */
static int set_and_wait(const char *khz, long long number)
{
	int i;

	if (write_file(POLICY "scaling_max_freq", khz))
		return 1;
	for (i = 0; i < 1000 && read_number(POLICY "scaling_cur_freq") != number; i++)
		sleep_ms(2);
	return i == 1000;
}

static int change_limits(void *told)
{
	int i;

	(void)told;
	for (i = 0; i < CHANGES / 2; i++) {
		if (set_and_wait("1000000", 1000000) || set_and_wait("2000000", 2000000))
			return 1;
	}
	return 0;
}

static int changes(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(FREQUENCY), .cpus = 3, .on = OTHER_CPU,
		.provoke = change_limits, .events = sources,
	};
	size_t i, mine = 0;
	struct watch watch;

	CHECK(!write_file(POLICY "scaling_governor", "performance"));
	watch_run(&watch, &want);
	CHECK(pairs_on_all(&watch, &pairing) >= CHANGES);
	for (i = 0; i < watch.records_count[OTHER_CPU]; i++) {
		const struct hft_rec_frequency *rec =
			record_payload(&watch.records[OTHER_CPU][i]);

		if (rec->cpu != QUIET_CPU)
			continue;
		CHECK_EQ(rec->khz, mine % 2 ? 2000000 : 1000000);
		mine++;
	}
	CHECK_EQ(mine, CHANGES);
	return 0;
}

static bool without_cpufreq(void)
{
	return access("/sys/devices/system/cpu/cpufreq", F_OK);
}

/* Machines with a driver of their own are tested as they are: then this one is not taken. */
int main(int argc, char **argv)
{
	const struct ktap_test cases[] = {
		{ "each frequency that is set: whose, how much, by whom", changes },
	};
	const struct hook_test test = {
		.hook = "frequency", .sources = sources, .lacking = without_cpufreq,
		.cases = cases, .cases_count = ARRAY_SIZE(cases),
	};
	int status;

	if (without_cpufreq())
		return hook_test_main(&test, argc, argv);
	/* the hook is offered when there is a driver, and not before */
	CHECK(!hook_offered(HFT_HOOK_FREQUENCY));
	CHECK(!deferred_load("cpufreq=1"));
	CHECK(hook_offered(HFT_HOOK_FREQUENCY));
	fflush(NULL);
	status = hook_test_main(&test, argc, argv);
	CHECK(!deferred_unload());
	return status;
}
