// SPDX-License-Identifier: GPL-2.0
/* Samples at addresses that the caller chose, a line "TGID ADDRESS" for each. */
#include <err.h>
#include <stdio.h>

#include "recording.h"
#include "scenarios.h"

void scenario_code(const char *path, const char *addresses)
{
	struct recording *recording = recording_new(path);
	struct ring *cpu1 = recording_cpu(recording, 1);
	FILE *file = fopen(addresses, "re");
	struct hft_rec_sample sample = { 0 };
	unsigned long long ip;
	__u64 now = 0;

	if (!file)
		err(1, "%s", addresses);
	while (fscanf(file, "%d %llx", &sample.tgid, &ip) == 2) {
		sample.ip = ip;
		sample.tid = sample.tgid;
		now += 1000;
		ring_add(cpu1, HFT_REC_SAMPLE, 0, now, &sample, sizeof(sample));
	}
	fclose(file);
	recording_times(recording, 0, now + 1000, "1");
	recording_close(recording);
}
