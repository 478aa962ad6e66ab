/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WITNESS_ARRAY_H
#define WITNESS_ARRAY_H

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#endif /* WITNESS_ARRAY_H */
