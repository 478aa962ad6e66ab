// SPDX-License-Identifier: GPL-2.0
/*
 * The load under ThreadSanitizer: writers, their signal handlers and a reader
 * in one process and in one mapping, as it sees only what one process does at
 * one address. Library and headers are built with their C11 atomics.
 */
#include "checker.h"
#include "ktap.h"
#include "writer.h"

#include "../../userlib/src/library.h"
#include "../../userlib/src/reader.h"

#include <errno.h>
#include <pthread.h>

static struct shared shared = { .readers = 1 };

static struct load load = {
	.shared = &shared,
	.records = 10000000,
	.life = 100000,
	.threads = 8,
	.cpus = 2,
	.rings = 16,
	.ring_slots = 16384,
	.signals = true,
};

/* The reader's own view of the region is the writers' mapping. */
static void share_mapping(struct hft_reader *reader)
{
	reader->regions[0]->source.map = (const char *)hft_library.region;
}

static void *follow(void *checker)
{
	static int err;

	err = checker_run(checker);
	return &err;
}

static int no_race(void)
{
	__s32 tgid = getpid();
	struct hft_live live = { .size = sizeof(live), .tgids = &tgid, .tgids_count = 1 };
	struct checker checker = { .shared = &shared };
	pthread_t reader;
	void *err;

	CHECK_EQ(writer_begin(&load), 0);
	CHECK_EQ(hft_reader_open_live(&checker.reader, &live), 0);
	CHECK_EQ(checker.reader->regions_count, 1);
	share_mapping(checker.reader);
	CHECK_EQ(pthread_create(&reader, NULL, follow, &checker), 0);
	CHECK_EQ(writer_run(&load), 0);
	CHECK_EQ(pthread_join(reader, &err), 0);
	printf("# %llu written in %u lives, %llu read, %llu lost\n",
	       (unsigned long long)checker.written, shared.lives,
	       (unsigned long long)checker.read, (unsigned long long)checker.lost);
	if (checker.wrong[0])
		printf("# %s\n", checker.wrong);
	CHECK_EQ(*(int *)err, 0);
	CHECK_EQ(checker.wrong[0], 0);
	CHECK(checker.written >= load.records && checker.read > 0);
	CHECK_EQ(checker.written, checker.read + checker.lost);
	checker.reader->regions[0]->source.map = NULL;
	hft_reader_close(checker.reader);
	hft_fini();
	return 0;
}

static const struct ktap_test tests[] = {
	{ "ThreadSanitizer reports nothing", no_race },
};

int main(int argc, char **argv)
{
	if (argc > 1)
		load.records = strtoull(argv[1], NULL, 0);
	return ktap_run(tests, ARRAY_SIZE(tests));
}
