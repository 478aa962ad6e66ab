/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Own time of spans beyond what is usual, by what the CPU counted in them: whether their code
 * had more to do, or took longer for the same, or neither.
 */
#ifndef HFT_OWN_CODE_H
#define HFT_OWN_CODE_H

#include <stddef.h>
#include "lib/causes.h"
#include "lib/counted.h"
#include "lib/spans.h"

/* After charges_finish() and counted_finish(). 0 or -ENOMEM. */
int own_code_find(struct spans *spans, const struct counted *counted, struct causes *causes);

/* For lib/cause_text.c and lib/cause_advice.c, of CAUSE_OWN_CODE. Both return buf. */
const char *own_code_text(struct causes *causes, const struct culprit *culprit, char *buf,
			  size_t size);
const char *own_code_advice(const struct culprit *culprit, char *buf, size_t size);

#endif /* HFT_OWN_CODE_H */
