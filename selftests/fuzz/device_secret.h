/* SPDX-License-Identifier: GPL-2.0 */
/* Words that say whose they are: engines fill their rings with them; others may not see them. */
#ifndef FUZZ_DEVICE_SECRET_H
#define FUZZ_DEVICE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Fills a page, with this user's words and what else a hostile engine may write. */
void secret_store(void *page);

/* Looks at a page. If it is judged, nobody else's words may stand there. */
void secret_judge(const void *page, bool judged);

/* Looks at a region that nobody has written to: it holds zeros alone. */
void secret_judge_new(const void *region, size_t bytes);

#endif /* FUZZ_DEVICE_SECRET_H */
