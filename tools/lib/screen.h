/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The whole terminal, for a program that draws it anew again and again: lines
 * from the top, cut to its width, all in one write(); and the keys that are
 * pressed. Plain ANSI sequences, which every terminal of today knows.
 */
#ifndef HFT_SCREEN_H
#define HFT_SCREEN_H

#include <stdbool.h>
#include <stdio.h>
#include <termios.h>

#include "lib/compiler.h"

enum screen_style {
	SCREEN_PLAIN,
	SCREEN_TITLE,		/* reversed */
	SCREEN_CHOSEN,		/* reversed, too: the selection */
	SCREEN_STRONG,
	SCREEN_FAINT,
	SCREEN_ALARM,
};

/* Keys that are no character. */
enum screen_key {
	SCREEN_NONE,		/* none is pressed */
	SCREEN_GONE = -1,	/* nor will one be: the terminal has gone */
	SCREEN_ESCAPE = 27,
	SCREEN_UP = 256,
	SCREEN_DOWN,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_HOME,
	SCREEN_END,
	SCREEN_OTHER,		/* unknown: no command */
};

struct screen {
	int columns;
	int lines;
	bool colour;
	bool unicode;		/* it shows characters beyond ASCII */
	struct termios before;
	int messages;		/* what is said to stderr while it is open; -1: goes there */
	int stderr_before;
	FILE *page;		/* what is drawn */
	char *text;
	size_t size;
	int drawn;		/* lines */
	char typed[64];		/* not yet taken as keys */
	size_t typed_count;
};

/*
 * Takes over the terminal, which stdin and stdout are; what is said to stderr is
 * kept until screen_close(), if that is a terminal. 0; -ENOTTY: they are none, or one
 * that cannot; -errno.
 */
int screen_open(struct screen *screen);

/* Gives it back as it was, then says what was kept. */
void screen_close(struct screen *screen);

/* Whether its size has changed since the last call; then it is known again. */
bool screen_resized(struct screen *screen);

/* Draws: begin, lines, end. A line beyond the last is left out. 0 or -errno. */
void screen_begin(struct screen *screen);
void screen_line(struct screen *screen, enum screen_style style, const char *format, ...)
	__printf(3, 4);
int screen_end(struct screen *screen);

/* The next key, without waiting: a character or enum screen_key. */
int screen_key(struct screen *screen);

#endif /* HFT_SCREEN_H */
