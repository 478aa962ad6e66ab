/* SPDX-License-Identifier: GPL-2.0 */
/* How a test's program meets the test and the recorder: by what has happened, not by the clock. */
#ifndef SELFTEST_MEET_H
#define SELFTEST_MEET_H

/*
 * Is `name` a meeting? Then it has taken place, or the program has ended with
 * status 1, after a minute at least:
 *
 *	tell=FILE	makes FILE
 *	await=FILE	rests until there is FILE
 *	seen=1		rests until another process, such as a recorder, has
 *			opened our rings in private memory, which go with us
 */
int meet(const char *name, const char *value);

#endif /* SELFTEST_MEET_H */
