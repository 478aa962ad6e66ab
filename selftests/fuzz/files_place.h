/* SPDX-License-Identifier: GPL-2.0 */
/* Makes the files of a case in the working directory: only what is not there already. */
#ifndef FILES_PLACE_H
#define FILES_PLACE_H

#include "files_case.h"

/* Makes a directory in memory and goes there; it is removed when the program ends. */
void files_place_init(void);

void files_place(const struct files_case *files);

#endif /* FILES_PLACE_H */
