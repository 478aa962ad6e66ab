/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel has words for, and the C library not. */
#ifndef HFT_COMPILER_H
#define HFT_COMPILER_H

#include <sys/cdefs.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define __printf(text, arguments) __attribute__((__format__(__printf__, text, arguments)))
#define __aligned(bytes) __attribute__((__aligned__(bytes)))

#endif /* HFT_COMPILER_H */
