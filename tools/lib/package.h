/* SPDX-License-Identifier: GPL-2.0 */
/* Which package of Debian a file of this machine came with. */
#ifndef HFT_PACKAGE_H
#define HFT_PACKAGE_H

#include <stdbool.h>

#define PACKAGE_NAME 128

/* Its name, and of the one that has its debug symbols. False: no package has it. */
bool package_of(const char *path, char name[PACKAGE_NAME], char debug[PACKAGE_NAME]);

#endif /* HFT_PACKAGE_H */
