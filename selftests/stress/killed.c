// SPDX-License-Identifier: GPL-2.0
/*
 * kill -9 at random moments: what was written is there afterwards, and nothing
 * stays for ever. Private memory; selftests/kernel/killed.c is the module's.
 */
#include "ktap.h"
#include "victim.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#define KEPT_SECONDS	601	/* what a crash left is evidence for 600 */

static unsigned long kills = 40;
static unsigned int chance;

static unsigned int draw(unsigned int below)
{
	chance = chance * 1103515245 + 12345;
	return (chance >> 8) % below;
}

/*
 * The files of these victims. Those that the library has marked as orphans
 * become as old as it waits for.
 */
static unsigned int count_files(const pid_t *pids, unsigned long count)
{
	const struct timespec old[2] = {
		{ .tv_sec = time(NULL) - KEPT_SECONDS }, { .tv_sec = time(NULL) - KEPT_SECONDS },
	};
	struct dirent *entry;
	unsigned int files = 0;
	struct stat st;
	unsigned long i;
	int pid;
	DIR *dir;

	dir = opendir("/dev/shm");
	CHECK(dir);
	while ((entry = readdir(dir))) {
		if (sscanf(entry->d_name, "hftrace-%d-", &pid) != 1)
			continue;
		for (i = 0; i < count && pids[i] != pid; i++)
			;
		if (i == count || fstatat(dirfd(dir), entry->d_name, &st, 0))
			continue;
		files++;
		if ((st.st_mode & 0777) == 0400)
			utimensat(dirfd(dir), entry->d_name, old, 0);
	}
	closedir(dir);
	return files;
}

/* Another program of the same user begins: the library looks for what others left. */
static void begin_another(void)
{
	const struct hft_options options = {
		.size = sizeof(options), .rings = 1, .ring_slots = 256, .flags = HFT_OPTION_PRIVATE,
	};

	CHECK_EQ(hft_init(&options), 0);
	hft_fini();
}

/* Killed, or another program from one moment to the next. */
static void one_end(pid_t *pid, struct victim_remains *remains, bool by_exec)
{
	static const __u32 sizes[] = { 256, 8192, 65536 };
	const struct hft_options options = {
		.size = sizeof(options),
		.rings = VICTIM_THREADS,
		.ring_slots = sizes[draw(ARRAY_SIZE(sizes))],
		.flags = HFT_OPTION_PRIVATE,
	};
	struct timespec moment = { .tv_nsec = draw(10) * draw(1000000) };
	struct victim victim;
	const char *wrong;

	CHECK_EQ(victim_start(&victim, &options, 1 + draw(200000)), 0);
	/* half of them when they have begun to write */
	while (draw(2) && !__atomic_load_n(&victim.page->written[0], __ATOMIC_ACQUIRE))
		;
	nanosleep(&moment, NULL);
	if (by_exec)
		CHECK_EQ(victim_exec(&victim), 0);
	else
		victim_kill(&victim);
	wrong = victim_look(&victim, remains);
	if (by_exec)
		victim_kill(&victim);
	if (wrong)
		printf("# %s: %llu and %llu written, rings of %u slots\n", wrong,
		       victim.page->written[0], victim.page->written[1], options.ring_slots);
	CHECK(!wrong);
	*pid = victim.pid;
	victim_forget(&victim);
}

static int all_is_there_after(bool by_exec)
{
	pid_t *pids = calloc(kills, sizeof(*pids));
	struct victim_remains remains = { 0 };
	unsigned int most = 0, files;
	unsigned long i;

	CHECK(pids);
	chance = (unsigned int)time(NULL);
	printf("# chance begins with %u\n", chance);
	for (i = 0; i < kills; i++) {
		one_end(&pids[i], &remains, by_exec);
		files = count_files(pids, i + 1);
		if (files > most)
			most = files;
	}
	printf("# %lu ends: %llu records written, %llu read, %llu overwritten; up to %u files\n",
	       kills, remains.written, remains.read, remains.lost, most);
	CHECK(remains.read > kills);
	CHECK(most > 0);
	/* found and marked, grown old, removed */
	begin_another();
	count_files(pids, kills);
	begin_another();
	CHECK_EQ(count_files(pids, kills), 0);
	free(pids);
	return 0;
}

static int all_is_there(void)
{
	return all_is_there_after(false);
}

static int all_is_there_over_exec(void)
{
	return all_is_there_after(true);
}

static const struct ktap_test tests[] = {
	{ "kill -9 leaves what was written, and nothing for ever", all_is_there },
	{ "so does exec in the middle of writing", all_is_there_over_exec },
};

int main(int argc, char **argv)
{
	if (argc > 1)
		kills = strtoul(argv[1], NULL, 0);
	return ktap_run(tests, ARRAY_SIZE(tests));
}
