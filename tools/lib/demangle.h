/* SPDX-License-Identifier: GPL-2.0 */
/* Names of C++ functions as people write them. */
#ifndef HFT_DEMANGLE_H
#define HFT_DEMANGLE_H

#include <stdbool.h>

/* To be freed; NULL when it is no C++ name, or the C++ library is not on this machine. */
char *demangle(const char *name);

/* Is the C++ library here? */
bool demangle_works(void);

#endif /* HFT_DEMANGLE_H */
