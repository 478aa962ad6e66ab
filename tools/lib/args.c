// SPDX-License-Identifier: GPL-2.0
/* What people type. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/args.h"
#include "lib/locate.h"
#include "lib/output.h"

int usage_error(const struct hft_command *command, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	message("%s: %s; see 'hftrace help %s'", command->name, text, command->name);
	return HFT_EXIT_USAGE;
}

int option_error(const struct hft_command *command, int option, char **argv)
{
	const char *text = argv[optind - 1];
	char letter[3] = { '-', optopt, 0 };

	/* A short option may stand among others: -jx. */
	if (optopt && isprint(optopt) && strncmp(text, "--", 2))
		text = letter;
	if (option == ':')
		return usage_error(command, "%s needs a value", text);
	/* one that is known, with a value that it has not */
	if (optopt && !strncmp(text, "--", 2) && strchr(text, '='))
		return usage_error(command, "%.*s takes no value", (int)strcspn(text, "="), text);
	return usage_error(command, "unknown option %s", text);
}

int no_more_arguments(const struct hft_command *command, int argc, char **argv)
{
	if (optind >= argc)
		return 0;
	return usage_error(command, "what is '%s'?", argv[optind]);
}

struct unit {
	const char *name;
	double scale;
};

/* A number and, behind it, one of `units`. */
static int parse_scaled(const char *text, const struct unit *units, double plain, __u64 *result)
{
	const struct unit *unit;
	double value;
	char *end;

	/* strtod() would take blanks, signs, hexadecimal numbers, "inf" and "nan". */
	if (!isdigit((unsigned char)text[0]) || text[strspn(text, "0123456789")] == 'x')
		return -EINVAL;
	value = strtod(text, &end);
	if (!*end) {
		if (!plain)
			return -EINVAL;
		value *= plain;
	} else {
		for (unit = units; unit->name && strcmp(end, unit->name); unit++)
			;
		if (!unit->name)
			return -EINVAL;
		value *= unit->scale;
	}
	if (value >= 9.2e18)
		return -ERANGE;
	*result = llround(value);
	return 0;
}

int parse_duration(const char *text, __u64 unit_ns, __u64 *ns)
{
	static const struct unit units[] = {
		{ "ns", 1 }, { "us", 1e3 }, { "µs", 1e3 }, { "ms", 1e6 }, { "s", 1e9 },
		{ "m", 60e9 }, { "min", 60e9 }, { "h", 3600e9 }, { "d", 86400e9 }, { NULL, 0 },
	};

	return parse_scaled(text, units, unit_ns, ns);
}

int parse_size(const char *text, __u64 *bytes)
{
	static const struct unit units[] = {
		{ "B", 1 },
		{ "K", 1024. }, { "k", 1024. }, { "KB", 1024. }, { "KiB", 1024. },
		{ "M", 1048576. }, { "MB", 1048576. }, { "MiB", 1048576. },
		{ "G", 1073741824. }, { "GB", 1073741824. }, { "GiB", 1073741824. },
		{ NULL, 0 },
	};

	return parse_scaled(text, units, 1, bytes);
}

int parse_u64(const char *text, __u64 *value)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, 10);
	if (*end)
		return -EINVAL;
	return errno ? -ERANGE : 0;
}

int parse_pid(const char *text, __s32 *pid)
{
	__u64 value;
	int err = parse_u64(text, &value);

	if (err)
		return err;
	if (!value || value > 4194304)	/* the kernel's PID_MAX_LIMIT */
		return -ERANGE;
	*pid = value;
	return 0;
}

int parse_cpus(const char *text, struct cpus *cpus)
{
	if (!strcmp(text, "all"))
		return cpus_online(cpus);
	return cpus_parse(cpus, text);
}

static int parse_time_of_day(const char *text, __s64 first, __s64 *ns)
{
	time_t day = first / 1000000000;
	int hour, minute, used;
	double second = 0;
	struct tm tm;

	if (!isdigit((unsigned char)text[0]))
		return -EINVAL;
	if (sscanf(text, "%2d:%2d%n", &hour, &minute, &used) != 2)
		return -EINVAL;
	text += used;
	if (text[0] == ':' && isdigit((unsigned char)text[1])) {
		if (sscanf(text, ":%lf%n", &second, &used) != 1)
			return -EINVAL;
		text += used;
	}
	if (*text || hour > 23 || minute < 0 || minute > 59 || !(second < 61))
		return -EINVAL;
	localtime_r(&day, &tm);
	tm.tm_hour = hour;
	tm.tm_min = minute;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	day = mktime(&tm);
	*ns = (__s64)day * 1000000000 + llround(second * 1e9);
	/* Past midnight of a recording that began in the evening. */
	if (*ns < first - 12 * 3600 * 1000000000LL)
		*ns += 24 * 3600 * 1000000000LL;
	return 0;
}

/* "SECONDS[.FRACTION]", exact to the ns. */
static int parse_epoch(const char *text, __s64 *ns)
{
	char fraction[10] = "000000000";
	size_t whole = strspn(text, "0123456789");
	size_t digits;

	if (!whole || whole > 10)
		return -EINVAL;
	*ns = strtoll(text, NULL, 10) * 1000000000LL;
	text += whole;
	if (!*text)
		return 0;
	digits = strspn(text + 1, "0123456789");
	if (*text != '.' || !digits || digits > 9 || text[1 + digits])
		return -EINVAL;
	memcpy(fraction, text + 1, digits);
	*ns += strtoll(fraction, NULL, 10);
	return 0;
}

bool is_distance(const char *text)
{
	return text[0] == '+' || text[0] == '-';
}

int parse_moment(const char *text, __s64 first, __s64 last, __s64 *ns)
{
	__u64 distance;
	int err;

	switch (text[0]) {
	case '+':
	case '-':
		err = parse_duration(text + 1, 0, &distance);
		if (err)
			return err;
		*ns = text[0] == '+' ? first + (__s64)distance : last - (__s64)distance;
		return 0;
	case '@':
		return parse_epoch(text + 1, ns);
	default:
		return parse_time_of_day(text, first, ns);
	}
}

int take_symbols_directory(const struct hft_command *command, const char *text)
{
	int err = locate_add_directory(text);

	if (err == -E2BIG)
		return usage_error(command, "too many directories for --symbols");
	if (err)
		return usage_error(command, "--symbols takes a directory; '%s': %s", text,
				   strerror(-err));
	return 0;
}
