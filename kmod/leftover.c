// SPDX-License-Identifier: GPL-2.0
/* See leftover.h. */
#include "leftover.h"
#include "pmu.h"
#include "probe.h"
#include "watch.h"

void hft_leftovers_take_away(void)
{
	hft_probes_take_leftovers();
	hft_watch_take_leftovers();
	hft_pmu_take_leftovers();
}
