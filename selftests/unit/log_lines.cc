// SPDX-License-Identifier: GPL-2.0
// The C++ half of the test log; the Makefile compiles this with more warnings.
#define _Bool bool
#include "log_lines.h"

void log_lines_cxx(struct hft_thread *thread, struct expected *expected)
{
	log_lines(thread, expected);
}
