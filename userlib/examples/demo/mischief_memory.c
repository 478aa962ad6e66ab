// SPDX-License-Identifier: LGPL-2.1
/* What a thread beside the engine's does to the memory of both. */
#include "mischief.h"
#include "sibling.h"

int mischief_ask_sibling(struct mischief *mischief, enum sibling_deed deed,
			 struct act *act)
{
	const struct sibling_mailbox *mailbox = &mischief->shared->mailbox;
	int err = sibling_ask(mischief->shared, deed);

	if (err)
		return mischief_failed("the engine's sibling thread", err);
	act->start = mailbox->start;
	act->end = mailbox->end;
	act->tid = mailbox->tid;
	act->comm = SIBLING_NAME;
	act->address = mailbox->address;
	act->bytes = mailbox->bytes;
	return 0;
}

static int fault(struct mischief *mischief, struct act *act)
{
	return mischief_ask_sibling(mischief, SIBLING_FRESH, act);
}

const struct mischief_kind mischief_fault = {
	.name = "fault",
	.summary = "the engine works on pages that were never touched",
	.act = fault,
};

static int zap(struct mischief *mischief, struct act *act)
{
	return mischief_ask_sibling(mischief, SIBLING_ZAP, act);
}

const struct mischief_kind mischief_zap = {
	.name = "zap",
	.summary = "a sibling thread gives the engine's pages back to the kernel",
	.act = zap,
};

static int tlb(struct mischief *mischief, struct act *act)
{
	return mischief_ask_sibling(mischief, SIBLING_UNMAP, act);
}

const struct mischief_kind mischief_tlb = {
	.name = "tlb",
	.summary = "a sibling thread unmaps pages that the engine does not use",
	.act = tlb,
};
