/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * What every tick runs through begins at a page's start: an emulator splits its
 * translations at page boundaries, and a loop that straddles one runs about
 * ten times slower there.
 */
#ifndef DEMO_HOT_H
#define DEMO_HOT_H

#define DEMO_HOT	__attribute__((hot, noinline, aligned(4096)))

#endif
