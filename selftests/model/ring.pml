/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ring protocol of docs/ring-protocol.md, for spin: a CPU whose writers nest in
 * one another, memory that sees its stores in any order that arm64 allows, and a
 * reader whose loads are done in any order that it allows.
 *
 * The steps are named as in the text: W2 to W8, R1 to R5. Each protection that is
 * left out (-DWITHOUT_...) must make an assertion fail; selftests/model/run tries it.
 *
 * In small: pages of 2 slots, a ring of 2 pages, records of 1 or 2 slots. The payload
 * is a record's place, so that what is torn shows; `seq` is a whole number. The reader
 * reads one record, any one at any moment: from one to the next it keeps nothing.
 */
#ifndef OUTER_RECORDS
#define OUTER_RECORDS	3	/* written by the outermost writer */
#endif
#ifndef NESTED_RECORDS
#define NESTED_RECORDS	1	/* by each that nests */
#endif
#ifndef NESTED_WRITERS
#define NESTED_WRITERS	1
#endif
#ifndef WAITING
#define WAITING		4	/* stores that other CPUs need not see yet */
#endif

#define PAGE		2	/* slots */
#define CAPACITY	4
#define INDICES		((OUTER_RECORDS + NESTED_RECORDS * NESTED_WRITERS) * 3)

/* Places in memory. Those of a slot: for index i, i % CAPACITY. */
#define HEAD		0
#define RECORDS		1
#define TYPE(i)		(2 + (i) % CAPACITY)
#define SEQ(i)		(2 + CAPACITY + (i) % CAPACITY)
#define ARG(i)		(2 + 2 * CAPACITY + (i) % CAPACITY)
#define PLACES		(2 + 3 * CAPACITY)

/* What a type says of the length is enough of it. */
#define NONE		0
#define SHORT		1	/* 1 slot */
#define LONG		2	/* 2 slots */
#define PAD		3	/* 1 slot: there is no other rest of a page */

byte memory[PLACES];		/* what other CPUs see */

/* The writing CPU: what it sees itself, and its stores that wait to be seen. */
byte head, records;
byte place[WAITING], value[WAITING];
byte after[WAITING];		/* so many of those before it go first */
byte waiting, fence;		/* fence: so many go before whatever is stored from now on */
byte running;			/* the writer that has interrupted the others */
bool unfinished;			/* the thread has reserved a record and not committed it: */
byte unfinished_at;			/* this one */

/* What each record is, for the reader to compare with. */
byte truth_type[INDICES], truth_records[INDICES];

/* ---------------------------------------------------------------- the CPU */

/* A store; of release, when all before it have been seen. Waits while too many wait. */
inline store(where, what, release)
{
	atomic {
		running == level && waiting < WAITING;
		place[waiting] = where;
		value[waiting] = what;
		after[waiting] = (release -> waiting : fence);
		waiting++;
	}
}

inline write_barrier()
{
	atomic { running == level; fence = waiting; }
}

/* May the store at k be seen before those that stand before it? One place's are seen in order. */
#define FREE(k)	(waiting > k && after[k] == 0 &&				\
		 (k < 1 || place[0] != place[k]) && (k < 2 || place[1] != place[k]) &&	\
		 (k < 3 || place[2] != place[k]))

inline see(k)
{
	d_step {
		memory[place[k]] = value[k];
		at = k;
		if
		:: fence > k -> fence--
		:: else
		fi;
		do
		:: at + 1 < waiting ->
			place[at] = place[at + 1];
			value[at] = value[at + 1];
			after[at] = (after[at + 1] > k -> after[at + 1] - 1 : after[at + 1]);
			at++
		:: else -> break
		od;
		waiting--;
		place[waiting] = 0;
		value[waiting] = 0;
		after[waiting] = 0;
		at = 0
	}
}

active proctype cache()
{
	byte at;

end:	do
	:: atomic { FREE(0) -> see(0) }
	:: atomic { FREE(1) -> see(1) }
	:: atomic { FREE(2) -> see(2) }
	:: atomic { FREE(3) -> see(3) }
	od
}

/* ------------------------------------------------------------- the writers */

/*
 * What interrupts a record never goes round the whole ring: the smallest has 1024 slots.
 * A nested record takes up to 2 slots and a pad.
 */
#ifdef WITHOUT_ROOM
#define ROOM	true
#else
#define ROOM	(!unfinished || head + 3 - unfinished_at <= CAPACITY)
#endif

/* Writer 0 is a thread; each higher one may begin between any two steps of lower ones. */
proctype writer(byte level; byte left)
{
	byte old, slots, type, interrupted;
	byte at_clock;		/* head when the clock was read */

	do
	:: left == 0 -> break
	:: left > 0 ->
		atomic {
			(running < level && ROOM) || running == 0;
			interrupted = running;
			running = level;
			if
			:: slots = 1
			:: slots = 2
			fi
		}
retry:
#ifdef WITHOUT_CLOCK_INSIDE
		atomic { running == level; at_clock = head }
#endif
		atomic { running == level; old = head };		/* W1 */
		atomic {						/* W2 */
			running == level;
			type = (old % PAGE + slots > PAGE -> PAD : slots)
		}
#ifndef WITHOUT_CLOCK_INSIDE
		atomic { running == level; at_clock = head };		/* W3 */
#endif
		atomic {						/* W4 */
			running == level && waiting < WAITING;
#ifndef WITHOUT_SWAP
			if
			:: head != old -> goto retry
			:: else
			fi;
#endif
			/* its time is later than of all before it, earlier than of all behind */
			assert(at_clock == head);
			head = old + (type == LONG -> 2 : 1);
			place[waiting] = HEAD;
			value[waiting] = head;
			after[waiting] = fence;
			waiting++;
			truth_type[old] = type;
			if
			:: level == 0 -> unfinished = true; unfinished_at = old
			:: else
			fi
		}
#ifndef WITHOUT_WRITE_BARRIER
		write_barrier();					/* W5 */
#endif
		store(ARG(old), old + 1, false);			/* W6 */
		if
		:: type == LONG -> store(ARG(old + 1), old + 1, false)
		:: else
		fi;
		if
		:: type != PAD ->
			atomic {					/* W7 */
				running == level && waiting < WAITING;
				records++;
				truth_records[old] = records;
				place[waiting] = RECORDS;
				value[waiting] = records;
				after[waiting] = fence;
				waiting++
			}
		:: else
		fi;
		store(TYPE(old), type, false);				/* W8 */
#ifdef WITHOUT_RELEASE
		store(SEQ(old), old + 1, false);
#else
		store(SEQ(old), old + 1, true);
#endif
		atomic {
			if
			:: level == 0 -> unfinished = false; unfinished_at = 0
			:: else
			fi
		}
		if
		:: type == PAD -> goto retry
		:: else
		fi;
		atomic {
			running == level;
			left--;
			running = interrupted;
			old = 0; slots = 0; type = 0; interrupted = 0; at_clock = 0
		}
	od
}

/* --------------------------------------------------------------- the reader */

active proctype reader()
{
	byte i, now, type, seq, arg, more;
	bool has_word, has_arg, has_more, has_now;

	/* it begins at some time, at some record that is there, or waits for one that never comes */
end:	do
	:: atomic { i + 1 < INDICES -> i++ }
	:: atomic { memory[HEAD] > i && truth_type[i] != NONE -> break }	/* R1 */
	od;
	do
	:: atomic { !has_word ->						/* R2 */
		type = memory[TYPE(i)]; seq = memory[SEQ(i)]; has_word = true }
#ifdef WITHOUT_ACQUIRE
	:: atomic { !has_arg -> arg = memory[ARG(i)]; has_arg = true }		/* R3 */
	:: atomic { !has_more -> more = memory[ARG(i + 1)]; has_more = true }
#else
	:: atomic { has_word && !has_arg -> arg = memory[ARG(i)]; has_arg = true }
	:: atomic { has_word && !has_more -> more = memory[ARG(i + 1)]; has_more = true }
#endif
#ifdef WITHOUT_READ_BARRIER
	:: atomic { has_word && !has_now -> now = memory[HEAD]; has_now = true }
#else
	:: atomic { has_word && has_arg && has_more && !has_now ->		/* R4, R5 */
		now = memory[HEAD]; has_now = true }
#endif
	:: has_word && has_arg && has_more && has_now -> break
	od;
	atomic {
		if
		:: now - i > CAPACITY		/* lapped */
		:: now - i <= CAPACITY && (seq != i + 1 || type == NONE)	/* not committed */
		:: else ->
			assert(type == truth_type[i]);
			assert(arg == i + 1);
			assert(type != LONG || more == i + 1);
			assert(memory[RECORDS] >= truth_records[i])
		fi
	}
}

init
{
	atomic {
		run writer(0, OUTER_RECORDS);
		run writer(1, NESTED_RECORDS);
#if NESTED_WRITERS > 1
		run writer(2, NESTED_RECORDS)
#endif
	}
}
