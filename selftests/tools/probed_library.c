// SPDX-License-Identifier: GPL-2.0
/* A library to be probed. */
long in_library(long value);

long in_library(long value)
{
	__asm__ volatile("" : "+r" (value));
	return value + 1000;
}
