// SPDX-License-Identifier: GPL-2.0
/* What a day of tracing does to a CPU, in small: arm, filter, renew, read, disarm. */
#include <errno.h>
#include <unistd.h>

#include "lib/audit.h"
#include "lib/hooks.h"
#include "lib/output.h"

#define RECORDS_MAX 100000U	/* that one cycle reads: a storm must not hold it up */

static int read_records(struct audit *audit)
{
	struct hft_record record;
	__u32 ring, i = 0;
	int err = 0;

	for (ring = 0; ring < hft_reader_rings(audit->reader) && !err; ring++) {
		while (i++ < RECORDS_MAX) {
			err = hft_reader_next_in(audit->reader, ring, &record);
			if (err)
				break;
			audit->records++;
		}
		if (err == -ENODATA)
			err = 0;
	}
	return err;
}

static int arm(const struct audit *audit, const struct arming *arming)
{
	char why[DEVICE_WHY];
	int err = device_arm(&audit->device, arming, why);

	if (err)
		message("%s", why);
	return err;
}

int audit_cycle_begin(struct audit *audit)
{
	return arm(audit, &audit->arming);
}

int audit_cycle_end(struct audit *audit, __u64 number)
{
	struct arming filtered = audit->arming;
	int err;

	/* Another filter and another set of hooks each time. */
	filtered.tgid[0] = getpid();
	if (number % 2)
		filtered.hooks &= ~HFT_HOOK_BIT(HFT_HOOK_SWITCH);
	err = read_records(audit);
	if (!err)
		err = arm(audit, &filtered);
	if (!err)
		err = arm(audit, &filtered);	/* renews the lease */
	if (!err)
		err = read_records(audit);
	if (err)
		return err;
	return device_disarm(&audit->device);
}
