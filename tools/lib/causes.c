// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cause_text.h"
#include "lib/causes.h"
#include "lib/cpus.h"
#include "lib/facts.h"
#include "lib/irqs.h"
#include "lib/symbols.h"

#define CULPRITS_MAX	(1U << 20)
#define TEXT_MAX	1280
#define TICKS		64	/* functions of timers that are remembered */
#define PLAIN		1024U	/* plain culprits that are found without a look at all */

struct entry {
	struct culprit culprit;
	char *text;		/* NULL until asked for */
};

struct causes {
	struct namer namer;
	struct entry *entry;
	__u32 count;
	__u32 room;
	__u32 *slot;		/* number + 1, open addressing; 0: free */
	__u32 slots;		/* a power of two */
	struct plain {
		__u64 word;		/* cause, kind and number */
		__u32 other;
		__u32 known;		/* its number + 1; 0: free */
	} plain[PLAIN];
	/* Functions of timers that were looked at, by their address; 0: free. */
	struct tick {
		__u64 function;
		bool is_tick;
	} tick[TICKS];
	char **event;		/* names */
	__u32 events;
};

static int first_untraced(const char *recording)
{
	char *text = facts_value(recording, "recording", "cpus");
	struct cpus traced = { 0 };
	int cpu = -1;

	if (text && !cpus_parse(&traced, text))
		for (cpu = 0; cpu < CPUS_MAX && cpus_has(&traced, cpu); cpu++)
			;
	free(text);
	return cpu < CPUS_MAX ? cpu : -1;
}

int causes_open(struct causes **made, const char *recording, struct tasks *tasks)
{
	struct causes *causes = calloc(1, sizeof(*causes));
	int err = -ENOMEM;

	if (!causes)
		return err;
	causes->namer.tasks = tasks;
	causes->namer.housekeeping = first_untraced(recording);
	causes->slots = 1024;
	causes->slot = calloc(causes->slots, sizeof(*causes->slot));
	if (!causes->slot)
		goto err_close;
	causes->namer.machine = facts_value(recording, "host", "machine");
	err = irqs_open(&causes->namer.irqs, recording);
	if (err)
		goto err_close;
	err = symbols_open(&causes->namer.symbols, recording);
	if (err)
		goto err_close;
	*made = causes;
	return 0;

err_close:
	causes_close(causes);
	return err;
}

void causes_close(struct causes *causes)
{
	__u32 i;

	if (!causes)
		return;
	for (i = 0; i < causes->count; i++)
		free(causes->entry[i].text);
	for (i = 0; i < causes->events; i++)
		free(causes->event[i]);
	free(causes->event);
	free(causes->entry);
	free(causes->slot);
	free(causes->namer.machine);
	symbols_close(causes->namer.symbols);
	irqs_close(causes->namer.irqs);
	free(causes);
}

#define WORDS	(sizeof(struct culprit) / sizeof(__u64))

static __u64 hash_of(const __u64 word[WORDS])
{
	/* odd, and none of the others' multiple */
	static const __u64 factor[WORDS] = {
		0x9e3779b97f4a7c15ULL, 0xbf58476d1ce4e5b9ULL, 0x94d049bb133111ebULL,
		0xc2b2ae3d27d4eb4fULL, 0xd6e8feb86659fd93ULL,
	};
	__u64 hash = 0;
	size_t i;

	_Static_assert(sizeof(struct culprit) == 40, "culprits are compared word by word");
	for (i = 0; i < WORDS; i++)
		hash += (word[i] ^ word[i] >> 32) * factor[i];
	return hash ^ hash >> 32;
}

static bool is_same(const struct culprit *culprit, const __u64 word[WORDS])
{
	__u64 other[WORDS], differ = 0;
	size_t i;

	memcpy(other, culprit, sizeof(other));
	for (i = 0; i < WORDS; i++)
		differ |= other[i] ^ word[i];
	return !differ;
}

static __u32 *slot_of(struct causes *causes, const struct culprit *culprit)
{
	__u64 word[WORDS];
	__u32 at;

	memcpy(word, culprit, sizeof(word));
	at = (__u32)hash_of(word) & (causes->slots - 1);
	while (causes->slot[at] && !is_same(&causes->entry[causes->slot[at] - 1].culprit, word))
		at = (at + 1) & (causes->slots - 1);
	return &causes->slot[at];
}

static int grow(struct causes *causes)
{
	__u32 slots = causes->slots * 2, room = causes->room ? causes->room * 2 : 512, i;
	struct entry *entry = realloc(causes->entry, room * sizeof(*entry));
	__u32 *slot;

	if (!entry)
		return -ENOMEM;
	causes->entry = entry;
	causes->room = room;
	slot = calloc(slots, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	free(causes->slot);
	causes->slot = slot;
	causes->slots = slots;
	for (i = 0; i < causes->count; i++)
		*slot_of(causes, &entry[i].culprit) = i + 1;
	return 0;
}

__u32 causes_intern(struct causes *causes, const struct culprit *culprit)
{
	struct culprit others = { .cause = culprit->cause, .flags = CULPRIT_OTHERS };
	__u32 *slot = slot_of(causes, culprit);

	if (*slot)
		return *slot - 1;
	if (causes->count >= CULPRITS_MAX - CAUSES && culprit->flags != CULPRIT_OTHERS)
		return causes_intern(causes, &others);
	if (causes->count == causes->room) {
		if (grow(causes))
			return CULPRIT_NONE;
		slot = slot_of(causes, culprit);
	}
	causes->entry[causes->count].culprit = *culprit;
	causes->entry[causes->count].text = NULL;
	*slot = ++causes->count;
	return causes->count - 1;
}

__u32 causes_plain(struct causes *causes, enum cause cause, __u16 kind, __s32 number, __u32 other)
{
	__u64 word = cause | (__u64)kind << 16 | (__u64)(__u32)number << 32;
	struct plain *plain =
		&causes->plain[(word ^ word >> 28 ^ kind << 4 ^ other << 2) % PLAIN];
	struct culprit culprit;
	__u32 known;

	if (plain->known && plain->word == word && plain->other == other)
		return plain->known - 1;
	culprit = (struct culprit){
		.cause = (__u16)cause, .kind = kind, .number = number, .other = other,
	};
	known = causes_intern(causes, &culprit);
	if (known != CULPRIT_NONE)
		*plain = (struct plain){ word, other, known + 1 };
	return known;
}

bool causes_is_tick(struct causes *causes, __u64 function)
{
	struct tick *tick = &causes->tick[(function ^ function >> 8) % TICKS];
	char name[SYMBOLS_TEXT];

	if (!function)
		return false;
	if (tick->function != function) {
		symbols_kernel(causes->namer.symbols, function, name, sizeof(name));
		tick->function = function;
		/* the second is what the first is called from 6.9 */
		tick->is_tick = !strcmp(name, "tick_sched_timer") ||
				!strcmp(name, "tick_nohz_handler");
	}
	return tick->is_tick;
}

__u32 causes_event(struct causes *causes, const char *name)
{
	char **more;
	__u32 i;

	for (i = 0; i < causes->events; i++)
		if (!strcmp(causes->event[i], name))
			return i;
	more = realloc(causes->event, (causes->events + 1) * sizeof(*more));
	if (!more)
		return CULPRIT_NONE;
	causes->event = more;
	more[causes->events] = strdup(name);
	return more[causes->events] ? causes->events++ : CULPRIT_NONE;
}

const char *causes_event_name(const struct causes *causes, __u32 event)
{
	return event < causes->events ? causes->event[event] : "?";
}

__u32 causes_count(const struct causes *causes)
{
	return causes->count;
}

const struct namer *causes_namer(const struct causes *causes)
{
	return &causes->namer;
}

const struct culprit *causes_get(const struct causes *causes, __u32 culprit)
{
	return culprit < causes->count ? &causes->entry[culprit].culprit : NULL;
}

const char *causes_text(struct causes *causes, __u32 culprit)
{
	char text[TEXT_MAX];
	struct entry *entry;

	if (culprit >= causes->count)
		return "";
	entry = &causes->entry[culprit];
	if (!entry->text)
		entry->text = strdup(cause_text(causes, &entry->culprit, text, sizeof(text)));
	return entry->text ? entry->text : "";
}
