// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/output.h"
#include "lib/screen.h"

#define LINE_MAX_BYTES	2048
#define LEAST		10	/* columns, lines: below, the terminal does not know */

/* Alternate buffer, no cursor, no wrapping; and back. */
#define TAKE		"\033[?1049h\033[?25l\033[?7l\033[2J"
#define GIVE_BACK	"\033[0m\033[?7h\033[?25h\033[?1049l"

static volatile sig_atomic_t resized;

static void note_resize(int sig)
{
	(void)sig;
	resized = 1;
}

static const char *style_text(const struct screen *screen, enum screen_style style)
{
	switch (style) {
	case SCREEN_TITLE:
	case SCREEN_CHOSEN:
		return "\033[7m";
	case SCREEN_STRONG:
		return "\033[1m";
	case SCREEN_FAINT:
		return screen->colour ? "\033[36m" : "";
	case SCREEN_ALARM:
		return screen->colour ? "\033[1;31m" : "\033[1m";
	default:
		return "";
	}
}

/* As the locale says, in the order in which it is asked. */
static bool shows_unicode(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		value = getenv(names[i]);
		if (value && *value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

static void ask_size(struct screen *screen)
{
	struct winsize size;

	screen->columns = 80;
	screen->lines = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return;
	if (size.ws_col >= LEAST)
		screen->columns = size.ws_col;
	if (size.ws_row >= LEAST)
		screen->lines = size.ws_row;
}

static int write_all(const char *text, size_t size)
{
	ssize_t done;

	while (size) {
		done = write(STDOUT_FILENO, text, size);
		if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			text += done;
			size -= (size_t)done;
		}
	}
	return 0;
}

/* In the alternate buffer nobody would see it for long. */
static void keep_messages(struct screen *screen)
{
	screen->messages = -1;
	if (!isatty(STDERR_FILENO))
		return;
	screen->messages = memfd_create("messages", MFD_CLOEXEC);
	if (screen->messages < 0)
		return;
	fflush(stderr);
	screen->stderr_before = dup(STDERR_FILENO);
	if (screen->stderr_before >= 0 && dup2(screen->messages, STDERR_FILENO) >= 0)
		return;
	if (screen->stderr_before >= 0)
		close(screen->stderr_before);
	close(screen->messages);
	screen->messages = -1;
}

static void say_messages(struct screen *screen)
{
	char text[1024];
	ssize_t size;
	off_t at = 0;

	if (screen->messages < 0)
		return;
	fflush(stderr);
	dup2(screen->stderr_before, STDERR_FILENO);
	close(screen->stderr_before);
	while ((size = pread(screen->messages, text, sizeof(text), at)) > 0) {
		fwrite(text, 1, (size_t)size, stderr);
		at += size;
	}
	close(screen->messages);
	screen->messages = -1;
}

int screen_open(struct screen *screen)
{
	const struct sigaction action = { .sa_handler = note_resize, .sa_flags = SA_RESTART };
	const char *term = getenv("TERM");
	struct termios raw;
	int err;

	memset(screen, 0, sizeof(*screen));
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !term || !*term ||
	    !strcmp(term, "dumb"))
		return -ENOTTY;
	screen->colour = output_colour(stdout);
	screen->unicode = shows_unicode();
	if (tcgetattr(STDIN_FILENO, &screen->before))
		return -errno;
	screen->page = open_memstream(&screen->text, &screen->size);
	if (!screen->page)
		return -ENOMEM;
	raw = screen->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	/* Stopped, it would let its rings run over and its lease run out. */
	raw.c_cc[VSUSP] = _POSIX_VDISABLE;
	/* Killed by it, it would leave the terminal as it is. */
	raw.c_cc[VQUIT] = _POSIX_VDISABLE;
	if (tcsetattr(STDIN_FILENO, TCSANOW, &raw)) {
		err = -errno;
		goto err_page;
	}
	sigaction(SIGWINCH, &action, NULL);
	ask_size(screen);
	keep_messages(screen);
	err = write_all(TAKE, strlen(TAKE));
	if (!err)
		return 0;
	screen_close(screen);
	return err;

err_page:
	fclose(screen->page);
	free(screen->text);
	return err;
}

void screen_close(struct screen *screen)
{
	write_all(GIVE_BACK, strlen(GIVE_BACK));
	/* With what was typed in haste, which is for nobody. */
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &screen->before);
	signal(SIGWINCH, SIG_DFL);
	fclose(screen->page);
	free(screen->text);
	say_messages(screen);
}

bool screen_resized(struct screen *screen)
{
	if (!resized)
		return false;
	resized = 0;
	ask_size(screen);
	return true;
}

void screen_begin(struct screen *screen)
{
	rewind(screen->page);
	fputs("\033[H", screen->page);
	screen->drawn = 0;
}

/* Bytes of as many characters as fit; *columns: how many those are. */
static size_t cut(const char *text, int most, int *columns)
{
	size_t at;

	*columns = 0;
	for (at = 0; text[at]; at++) {
		if ((text[at] & 0xc0) == 0x80)
			continue;
		if (*columns == most)
			break;
		(*columns)++;
	}
	return at;
}

void screen_line(struct screen *screen, enum screen_style style, const char *format, ...)
{
	const char *before = style_text(screen, style);
	char text[LINE_MAX_BYTES];
	int columns;
	va_list args;
	size_t bytes;

	if (screen->drawn == screen->lines)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	bytes = cut(text, screen->columns, &columns);
	/* No newline behind the last line, which would scroll. */
	fprintf(screen->page, "%s%s%.*s", screen->drawn++ ? "\r\n" : "", before, (int)bytes, text);
	if (style == SCREEN_TITLE || style == SCREEN_CHOSEN) {
		fprintf(screen->page, "%*s", screen->columns - columns, "");
		columns = screen->columns;
	}
	if (*before)
		fputs("\033[0m", screen->page);
	/* Behind a full line the cursor stands on its last character. */
	if (columns < screen->columns)
		fputs("\033[K", screen->page);
}

int screen_end(struct screen *screen)
{
	if (screen->drawn < screen->lines)
		fputs("\r\n\033[J", screen->page);
	if (fflush(screen->page))
		return -ENOMEM;
	return write_all(screen->text, screen->size);
}

/* -------------------------------------------------------------------- keys */

static const struct {
	const char *text;
	int key;
} sequences[] = {
	{ "[A", SCREEN_UP }, { "[B", SCREEN_DOWN }, { "OA", SCREEN_UP }, { "OB", SCREEN_DOWN },
	{ "[5~", SCREEN_PAGE_UP }, { "[6~", SCREEN_PAGE_DOWN },
	{ "[H", SCREEN_HOME }, { "[F", SCREEN_END }, { "[1~", SCREEN_HOME }, { "[4~", SCREEN_END },
	{ "OH", SCREEN_HOME }, { "OF", SCREEN_END },
};

static void take(struct screen *screen, size_t count)
{
	screen->typed_count -= count;
	memmove(screen->typed, screen->typed + count, screen->typed_count);
}

/* What follows an escape: a sequence that ends with a letter or ~; alone it is the key. */
static int take_sequence(struct screen *screen)
{
	size_t i, length;

	for (i = 0; i < ARRAY_SIZE(sequences); i++) {
		length = strlen(sequences[i].text);
		if (screen->typed_count <= length ||
		    memcmp(screen->typed + 1, sequences[i].text, length))
			continue;
		take(screen, length + 1);
		return sequences[i].key;
	}
	if (screen->typed_count < 2 || !strchr("[O", screen->typed[1])) {
		take(screen, 1);
		return SCREEN_ESCAPE;
	}
	for (length = 2; length < screen->typed_count; length++)
		if (screen->typed[length] >= '@' && screen->typed[length] <= '~')
			break;
	take(screen, length < screen->typed_count ? length + 1 : length);
	return SCREEN_OTHER;
}

int screen_key(struct screen *screen)
{
	size_t room = sizeof(screen->typed) - screen->typed_count;
	ssize_t got;
	int key;

	got = read(STDIN_FILENO, screen->typed + screen->typed_count, room);
	if (got > 0)
		screen->typed_count += (size_t)got;
	else if (got < 0 && errno != EINTR && errno != EAGAIN)
		return SCREEN_GONE;
	if (!screen->typed_count)
		return SCREEN_NONE;
	key = (unsigned char)screen->typed[0];
	if (key == SCREEN_ESCAPE)
		return take_sequence(screen);
	take(screen, 1);
	return key && key < 0x7f ? key : SCREEN_OTHER;
}
