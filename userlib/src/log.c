// SPDX-License-Identifier: LGPL-2.1
/*
 * The log's rare ways: a place in the source that logs for the first time, and lines
 * with strings. Both may run in a signal handler, in the middle of themselves.
 */
#include "conversion.h"
#include "library.h"

#include <string.h>

/* hft_log_site.strings: a byte for each argument. */
#define NO_STRING	0	/* a word */
#define BOUND(bytes)	((bytes) + 1)	/* a string of which so many bytes may be read */
#define BOUND_BEFORE	254	/* as many as the argument before says */
#define NO_BOUND	255	/* up to its NUL */

#define ROOM_MAX	((int)(HFT_LOG_WORDS - 1) * 8)	/* bytes of a string in a line, at most */

/* Of `strings` or `types`: the byte of an argument. */
static uint8_t byte_at(uint64_t bytes, unsigned int argument)
{
	return (uint8_t)(bytes >> (8 * argument));
}

static bool is_integer(const struct hft_log_site *site, unsigned int argument)
{
	uint8_t type = byte_at(site->types, argument);

	return argument < site->args && (type == HFT_LOG_INT || type == HFT_LOG_UINT);
}

static uint8_t bound_of(const struct hft_log_site *site, const struct hft_conversion *conversion,
			unsigned int argument)
{
	if (conversion->precision == HFT_CONVERSION_ARGUMENT)
		return is_integer(site, argument - 1) ? BOUND_BEFORE : NO_STRING;
	if (conversion->precision < 0 || conversion->precision > ROOM_MAX)
		return NO_BOUND;
	return (uint8_t)BOUND(conversion->precision);
}

/*
 * Which arguments are strings to be copied: a char * that %s prints. What %p prints, or
 * nothing does, may point anywhere.
 */
static uint64_t find_strings(const struct hft_log_site *site)
{
	struct hft_conversion conversion;
	const char *text = site->text;
	unsigned int argument = 0;
	uint64_t strings = 0;

	while (hft_conversion_next(text, &conversion)) {
		text = conversion.start + conversion.length;
		argument += conversion.width == HFT_CONVERSION_ARGUMENT;
		argument += conversion.precision == HFT_CONVERSION_ARGUMENT;
		if (!hft_conversion_takes(&conversion))
			continue;
		if (conversion.kind == HFT_CONVERSION_STRING && argument < site->args &&
		    byte_at(site->types, argument) == HFT_LOG_STRING)
			strings |= (uint64_t)bound_of(site, &conversion, argument)
				   << (8 * argument);
		argument++;
	}
	return strings;
}

static void describe(struct hft_format *format, const struct hft_log_site *site, uint64_t strings)
{
	size_t length = strlen(site->file), skip;
	unsigned int i;

	memset(format, 0, sizeof(*format));
	format->line = site->line;
	format->level = site->level;
	format->args = site->args;
	for (i = 0; i < site->args; i++) {
		format->type[i] = byte_at(site->types, i);
		if (format->type[i] == HFT_LOG_STRING && !byte_at(strings, i))
			format->type[i] = HFT_LOG_POINTER;
	}
	skip = length < sizeof(format->file) ? 0 : length - (sizeof(format->file) - 1);
	memcpy(format->file, site->file + skip, length - skip);
	length = strlen(site->text);
	memcpy(format->text, site->text,
	       length < sizeof(format->text) ? length : sizeof(format->text) - 1);
}

/* All of it but `committed`. */
static void *content_of(struct hft_format *format)
{
	return (char *)format + sizeof(format->committed);
}

#define CONTENT_BYTES	(sizeof(struct hft_format) - sizeof(((struct hft_format *)0)->committed))

/*
 * A place that is there already: one of a header that several sources include, or of a
 * plugin that was loaded before. HFT_FORMATS: there is none.
 */
static uint32_t find_same(struct hft_region *region, struct hft_format *format)
{
	struct hft_format *formats = hft_region_board(region)->format;
	uint32_t used = __atomic_load_n(&region->formats, __ATOMIC_RELAXED), i;

	for (i = 0; i < used && i < HFT_FORMATS; i++)
		if (__atomic_load_n(&formats[i].committed, __ATOMIC_ACQUIRE) &&
		    formats[i].line == format->line &&
		    !memcmp(content_of(&formats[i]), content_of(format), CONTENT_BYTES))
			return i;
	return HFT_FORMATS;
}

/* Its number; HFT_FORMATS: there is no room. */
static uint32_t add_format(struct hft_region *region, struct hft_format *format)
{
	uint32_t index = __atomic_fetch_add(&region->formats, 1, __ATOMIC_RELAXED);
	struct hft_format *place;

	if (index >= HFT_FORMATS) {
		hft_board_refuse();
		return HFT_FORMATS;
	}
	place = &hft_region_board(region)->format[index];
	memcpy(content_of(place), content_of(format), CONTENT_BYTES);
	__atomic_store_n(&place->committed, 1, __ATOMIC_RELEASE);
	return index;
}

/*
 * Threads, or a handler, that come here at the same time may take a format of their own
 * each, which does no harm.
 */
__u64 hft_slow_format(struct hft_thread *thread, struct hft_log_site *site)
{
	struct hft_region *region = thread->region;
	uint64_t strings = find_strings(site), number;
	struct hft_format format;
	uint32_t index;

	describe(&format, site, strings);
	index = find_same(region, &format);
	if (index == HFT_FORMATS)
		index = add_format(region, &format);
	number = (uint64_t)thread->region_number << 32 | index;
	__atomic_store_n(&site->strings, strings, __ATOMIC_RELAXED);
	__atomic_store_n(&site->number, number, __ATOMIC_RELEASE);
	return number;
}

/* What becomes of an argument: a word, or a string. */
struct argument {
	const char *text;	/* NULL: a word */
	uint32_t bytes;
	bool cut;
};

static uint32_t words_of(uint32_t bytes)
{
	return (bytes + 7) / 8;
}

/* At most `room` bytes, and one more is looked at to see whether that is all. */
static void measure(struct argument *argument, const char *text, uint8_t bound, int64_t before,
		    uint32_t room)
{
	uint32_t most = room + 1;

	if (bound == BOUND_BEFORE)
		most = before >= 0 && before < most ? (uint32_t)before : most;
	else if (bound != NO_BOUND && bound - BOUND(0) < (int)most)
		most = bound - BOUND(0);
	argument->text = text ? text : "(null)";
	argument->bytes = (uint32_t)strnlen(argument->text, most);
	argument->cut = argument->bytes > room;
	if (argument->cut)
		argument->bytes = room;
}

/*
 * Each string has an equal part of the room that those before it left. Returns the
 * words that all of it takes.
 */
static uint32_t measure_all(const struct hft_log_site *site, uint64_t strings, const __u64 *words,
			    struct argument *arguments)
{
	uint32_t room = HFT_LOG_WORDS - site->args, left = 0, total = 0, i;

	for (i = 0; i < site->args; i++)
		left += !!byte_at(strings, i);
	for (i = 0; i < site->args; i++) {
		uint8_t bound = byte_at(strings, i);

		arguments[i] = (struct argument){ 0 };
		total++;
		if (!bound)
			continue;
		measure(&arguments[i], (const char *)(uintptr_t)words[i], bound,
			i ? (int)words[i - 1] : 0, room / left * 8);
		left--;
		room -= words_of(arguments[i].bytes);
		total += words_of(arguments[i].bytes);
	}
	return total;
}

static __u64 *put_string(__u64 *to, const struct argument *argument)
{
	const char *text = argument->text;
	uint64_t left, word;

	HFT_PUT(*to++, argument->bytes | (argument->cut ? HFT_LOG_CUT : 0));
	for (left = argument->bytes; left >= sizeof(word); left -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		HFT_PUT(*to++, word);
		text += sizeof(word);
	}
	if (left) {
		word = 0;
		memcpy(&word, text, left);
		HFT_PUT(*to++, word);
	}
	return to;
}

void hft_slow_log(struct hft_thread *thread, struct hft_log_site *site, __u32 every,
		  const __u64 *words)
{
	uint64_t number = __atomic_load_n(&site->number, __ATOMIC_ACQUIRE), strings;
	struct argument arguments[HFT_LOG_ARGS];
	struct hft_rec_log *log;
	struct hft_slot *slot;
	__u64 index, tsc, *to;
	uint32_t total, i;

	if (number >> 32 != thread->region_number)
		number = hft_slow_format(thread, site);
	strings = __atomic_load_n(&site->strings, __ATOMIC_RELAXED);
	total = measure_all(site, strings, words, arguments);
	slot = hft_reserve(thread, HFT_LOG_SLOTS(total), &index, &tsc);
	log = (struct hft_rec_log *)slot->arg;
	HFT_PUT(slot->tsc, tsc);
	HFT_PUT(log->format, (uint32_t)number);
	HFT_PUT(log->words, (uint16_t)total);
	HFT_PUT(log->every, (uint16_t)every);
	to = log->word;
	for (i = 0; i < site->args; i++) {
		if (arguments[i].text)
			to = put_string(to, &arguments[i]);
		else
			HFT_PUT(*to++, words[i]);
	}
	hft_commit(thread, slot, index, HFT_REC_LOG, HFT_LOG_SLOTS(total));
}
