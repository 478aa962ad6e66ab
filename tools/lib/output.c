// SPDX-License-Identifier: GPL-2.0
/* Messages, text that others wrote, numbers with units. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "lib/output.h"
#include "lib/utf8.h"

static bool status_shown;

void status_line(const char *text)
{
	if (status_shown)
		fputs("\r\033[K", stderr);
	status_shown = text;
	if (text)
		fputs(text, stderr);
	fflush(stderr);
}

void message(const char *format, ...)
{
	char text[1024], shown[4 * sizeof(text)];
	va_list args;

	if (status_shown)
		status_line(NULL);
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* At once, as others may write to the same place; a part of it may be anybody's. */
	fprintf(stderr, "hftrace: %s\n",
		text_escape(shown, sizeof(shown), text, sizeof(text)));
}

bool output_terminal(void)
{
	return isatty(STDERR_FILENO);
}

bool output_colour(FILE *file)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if ((no && *no) || !term || !strcmp(term, "dumb"))
		return false;
	return isatty(fileno(file));
}

int output_finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	message("cannot write to standard output: %s", strerror(errno));
	return status == HFT_EXIT_OK ? HFT_EXIT_FAILED : status;
}

const char *text_escape(char *buf, size_t size, const char *text, size_t length)
{
	size_t used = 0;
	size_t i = 0;

	length = strnlen(text, length);
	while (i < length) {
		unsigned int code;
		size_t n = utf8_read(text + i, length - i, &code);

		if (n && !utf8_printable(code))
			n = 0;
		if (used + (n ? n : 4) >= size)
			break;
		if (n) {
			memcpy(buf + used, text + i, n);
			used += n;
			i += n;
		} else {
			used += snprintf(buf + used, size - used, "\\x%02x",
					 (unsigned char)text[i]);
			i++;
		}
	}
	buf[used] = 0;
	return buf;
}

const char *format_ns(char *buf, double ns)
{
	static const struct {
		double scale;
		const char *unit;
	} units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "us" } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++) {
		double value = ns / units[i].scale;

		if (value >= 0.9995 || value <= -0.9995) {
			double size = value < 0 ? -value : value;
			int digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;

			snprintf(buf, FORMAT_SIZE, "%.*f %s", digits, value, units[i].unit);
			return buf;
		}
	}
	snprintf(buf, FORMAT_SIZE, "%.0f ns", ns);
	return buf;
}

const char *format_bytes(char *buf, __u64 bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	double value = bytes;
	int i = 0;

	while (value >= 1023.95 && i < 5) {
		value /= 1024;
		i++;
	}
	snprintf(buf, FORMAT_SIZE, i ? "%.1f %s" : "%.0f %s", value, units[i]);
	return buf;
}

const char *format_count(char *buf, __u64 count)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%llu", count);
	int used = 0;
	int i;

	for (i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			buf[used++] = ',';
		buf[used++] = digits[i];
	}
	buf[used] = 0;
	return buf;
}

/* Whole seconds and the rest, which is never negative. */
static time_t split_ns(__s64 ns, long *rest)
{
	time_t seconds = ns / 1000000000;

	*rest = ns % 1000000000;
	if (*rest < 0) {
		*rest += 1000000000;
		seconds--;
	}
	return seconds;
}

const char *format_clock(char *buf, __s64 ns)
{
	struct tm tm;
	time_t seconds;
	long rest;

	seconds = split_ns(ns, &rest);
	localtime_r(&seconds, &tm);
	snprintf(buf, FORMAT_SIZE, "%02d:%02d:%02d.%09ld", tm.tm_hour, tm.tm_min, tm.tm_sec, rest);
	return buf;
}

const char *format_date(char *buf, __s64 ns)
{
	struct tm tm;
	time_t seconds;
	size_t used;
	long rest;

	seconds = split_ns(ns, &rest);
	gmtime_r(&seconds, &tm);
	used = strftime(buf, FORMAT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + used, FORMAT_SIZE - used, ".%09ldZ", rest);
	return buf;
}
