/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftest's harness. A test that hangs is ended, but its time is no promise
 * of ours: the machine may be slow, and others may work beside it.
 */
#ifndef SELFTEST_HARNESS_H
#define SELFTEST_HARNESS_H

#include "kselftest_harness.h"

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	600	/* s */

#endif /* SELFTEST_HARNESS_H */
