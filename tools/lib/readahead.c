// SPDX-License-Identifier: GPL-2.0
/* See readahead.h. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "lib/readahead.h"

/* Who has to wait waits for half of them, so that threads are not switched for each. */
#define BATCHES		8U
#define BATCH_RECORDS	1024U
#define STACK_BYTES	(256U << 10)
#define SLOT_WORDS	(HFT_SLOT_SIZE / sizeof(__u64))
#define HEADER_WORDS	2U	/* of a record's first slot: what is no payload */
#define BATCH_WORDS	(BATCH_RECORDS * SLOT_WORDS * 2)	/* two slots a record */

struct batch {
	struct hft_record record[BATCH_RECORDS];
	__u64 payload[BATCH_WORDS];
	__u32 count;
	int result;		/* behind them; 0: there are more */
};

struct readahead {
	struct hft_part *part;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled;
	pthread_cond_t emptied;
	unsigned int full;	/* batches that wait to be taken */
	bool ended;		/* the last one is among them */
	bool stop;		/* nobody wants more */
	struct batch batch[BATCHES];
};

/* The payload's room in a slot or more; whole words, so that no call is needed. */
static __u64 *copy_payload(__u64 *to, const struct hft_record *record)
{
	const __u64 *from = record->payload;
	size_t words = record->slots * SLOT_WORDS - HEADER_WORDS, i;

	for (i = 0; i < words; i += 2) {
		to[i] = from[i];
		to[i + 1] = from[i + 1];
	}
	return to + words;
}

static void fill(struct hft_part *part, struct batch *batch)
{
	const __u64 *last = batch->payload + BATCH_WORDS - HFT_RECORD_SLOTS_MAX * SLOT_WORDS;
	__u64 *room = batch->payload, *payload;
	struct hft_record *record;

	batch->count = 0;
	batch->result = 0;
	while (batch->count < BATCH_RECORDS && room <= last) {
		record = &batch->record[batch->count];
		batch->result = hft_part_next(part, record);
		if (batch->result)
			return;
		payload = room;
		room = copy_payload(payload, record);
		record->payload = payload;
		batch->count++;
	}
}

static void *read_on(void *context)
{
	struct readahead *readahead = context;
	unsigned int next = 0;
	bool stop = false;

	while (!stop) {
		struct batch *batch = &readahead->batch[next++ % BATCHES];

		pthread_mutex_lock(&readahead->lock);
		if (readahead->full == BATCHES)
			while (readahead->full > BATCHES / 2 && !readahead->stop)
				pthread_cond_wait(&readahead->emptied, &readahead->lock);
		stop = readahead->stop;
		pthread_mutex_unlock(&readahead->lock);
		if (stop)
			break;
		fill(readahead->part, batch);
		stop = batch->result;
		pthread_mutex_lock(&readahead->lock);
		readahead->full++;
		readahead->ended = stop;
		if (stop || readahead->full == BATCHES / 2)
			pthread_cond_signal(&readahead->filled);
		pthread_mutex_unlock(&readahead->lock);
	}
	return NULL;
}

/* Signals go to the thread that was there before. */
static int start(pthread_t *thread, void *(*run)(void *), void *context)
{
	sigset_t all, before;
	pthread_attr_t attr;
	int err;

	err = pthread_attr_init(&attr);
	if (err)
		return -err;
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(thread, &attr, run, context);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return -err;
}

/* The next one that is full. */
static const struct batch *take_batch(struct readahead *readahead, unsigned int number)
{
	pthread_mutex_lock(&readahead->lock);
	if (!readahead->full)
		while (readahead->full < BATCHES / 2 && !readahead->ended)
			pthread_cond_wait(&readahead->filled, &readahead->lock);
	pthread_mutex_unlock(&readahead->lock);
	return &readahead->batch[number % BATCHES];
}

static void give_back(struct readahead *readahead, bool stop)
{
	pthread_mutex_lock(&readahead->lock);
	readahead->full--;
	readahead->stop = stop;
	if (stop || readahead->full == BATCHES / 2)
		pthread_cond_signal(&readahead->emptied);
	pthread_mutex_unlock(&readahead->lock);
}

static int hand_out(struct readahead *readahead, const struct reading *reading,
		    atomic_bool *enough)
{
	const struct batch *batch;
	unsigned int number = 0;
	int err = 0;
	__u32 i;

	while (!err) {
		batch = take_batch(readahead, number++);
		for (i = 0; i < batch->count && !err; i++)
			err = reading->take(reading->context, &batch->record[i]);
		if (!err)
			err = atomic_load(enough) ? -ECANCELED : batch->result;
		give_back(readahead, err);
	}
	return err == -ENODATA ? 0 : err;
}

/* Handed out here, read by a thread of its own. */
static int read_ahead(struct hft_part *part, const struct reading *reading, atomic_bool *enough)
{
	struct readahead *readahead = calloc(1, sizeof(*readahead));
	int err;

	if (!readahead)
		return -ENOMEM;
	readahead->part = part;
	pthread_mutex_init(&readahead->lock, NULL);
	pthread_cond_init(&readahead->filled, NULL);
	pthread_cond_init(&readahead->emptied, NULL);
	err = start(&readahead->thread, read_on, readahead);
	if (!err) {
		err = hand_out(readahead, reading, enough);
		pthread_join(readahead->thread, NULL);
	}
	pthread_cond_destroy(&readahead->emptied);
	pthread_cond_destroy(&readahead->filled);
	pthread_mutex_destroy(&readahead->lock);
	free(readahead);
	return err;
}

/* --------------------------------------------------------------- both kinds */

static int open_part(struct hft_part **part, struct hft_reader *reader, __u32 kind,
		     const struct reading *reading)
{
	return hft_part_open(part, reader, kind, reading->types ? reading->types->word : NULL,
			     RECORD_TYPES_WORDS);
}

int readahead_each(struct hft_reader *reader, __u32 kind, const struct reading *reading)
{
	struct hft_part *part;
	atomic_bool enough = false;
	int err;

	err = open_part(&part, reader, kind, reading);
	if (err)
		return err;
	err = read_ahead(part, reading, &enough);
	hft_part_close(part);
	return err;
}

/* What programs wrote, handed out by the thread that reads it. */
struct programs {
	const struct reading *reading;
	struct hft_part *part;
	atomic_bool *enough;
	int result;
};

static void *read_programs(void *context)
{
	struct programs *programs = context;
	struct hft_record record;
	unsigned int count = 0;
	int err;

	while (!(err = hft_part_next(programs->part, &record))) {
		err = programs->reading->take(programs->reading->context, &record);
		if (err || (++count % BATCH_RECORDS == 0 && atomic_load(programs->enough)))
			break;
	}
	programs->result = err == -ENODATA ? 0 : err;
	if (programs->result)
		atomic_store(programs->enough, true);
	return NULL;
}

int readahead_kinds(struct hft_reader *reader, const struct reading *kernel,
		    const struct reading *program)
{
	atomic_bool enough = false;
	struct programs programs = { .reading = program, .enough = &enough };
	struct hft_part *part = NULL;
	pthread_t thread;
	int err;

	err = open_part(&part, reader, HFT_RING_CPU, kernel);
	if (!err)
		err = open_part(&programs.part, reader, HFT_RING_USER, program);
	if (!err)
		err = start(&thread, read_programs, &programs);
	if (!err) {
		err = read_ahead(part, kernel, &enough);
		if (err)
			atomic_store(&enough, true);
		pthread_join(thread, NULL);
		if (programs.result)
			err = programs.result;
	}
	hft_part_close(programs.part);
	hft_part_close(part);
	return err;
}
