/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HFT_UTF8_H
#define HFT_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the well-formed character that text begins with, and its code; 0: it is none. */
size_t utf8_read(const char *text, size_t left, unsigned int *code);

/* Whether a terminal just shows it: no control, nothing that turns the direction of writing. */
bool utf8_printable(unsigned int code);

#endif /* HFT_UTF8_H */
