// SPDX-License-Identifier: GPL-2.0
/* What the victim's sibling thread does to the memory of both, beside what it does in the demo. */
#include "kinds.h"

static int membarrier(struct mischief *mischief, struct act *act)
{
	return mischief_ask_sibling(mischief, SIBLING_MEMBARRIER, act);
}

const struct mischief_kind scenario_membarrier = {
	.name = "membarrier",
	.summary = "a sibling thread asks for a memory barrier in all threads",
	.act = membarrier,
};

static int collapse(struct mischief *mischief, struct act *act)
{
	return mischief_ask_sibling(mischief, SIBLING_COLLAPSE, act);
}

const struct mischief_kind scenario_collapse = {
	.name = "collapse",
	.summary = "pages that the victim uses are collapsed into a huge one",
	.usual_ns = 10000000,
	.act = collapse,
};
