// SPDX-License-Identifier: GPL-2.0
/* A library of which the program calls a function that it has inlined another into. */
#include <unistd.h>

static inline __attribute__((always_inline)) int twice(int value)
{
	volatile int copy = value;

	return copy * 2;
}

static __attribute__((noinline)) int hidden_function(int value)
{
	return twice(value) + 1;
}

int exported_function(int value);

int exported_function(int value)
{
	return hidden_function(value) + twice(value + getpid());
}
