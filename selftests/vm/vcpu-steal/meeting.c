// SPDX-License-Identifier: GPL-2.0
/*
 * Guest and host share memory, which the guest reaches as an ivshmem device, and exchange pings
 * through it. The fastest exchange bounds the difference of their counters by half its length.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "witness.h"

#define SHARED_SIZE (1 << 20)
#define MAX_ROUNDS  1024
#define PINGS	    500
#define PATIENCE_NS 30000000000ull

/*
 * On a busy machine the two may share a CPU for a while: they go on until an
 * exchange was this short, or for so long.
 */
#define GOOD_TICKS 10000
#define ROUND_NS   3000000000ull

enum state { NOBODY, GUEST_WAITS, HOST_ANSWERS, GUEST_DONE };

/* The fastest ping of one CPU. */
struct round {
	unsigned int meeting;
	uint64_t host_tsc;
	int64_t offset;
	uint64_t length;
};

struct meeting {
	uint32_t state;
	uint32_t nr_meetings;
	uint32_t nr_rounds;

	uint64_t ping __attribute__((aligned(64)));
	uint64_t pong __attribute__((aligned(64)));
	uint64_t host_tsc;

	struct round rounds[MAX_ROUNDS] __attribute__((aligned(64)));
};

struct meeting *map_meeting(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	void *memory;

	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	memory = mmap(NULL, SHARED_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		die("%s: %s", path, strerror(errno));
	close(fd);
	return memory;
}

bool answer_guest(struct meeting *meeting)
{
	uint64_t start = raw_ns(), ping;

	if (get(meeting->state) != GUEST_WAITS)
		return false;
	set(meeting->state, HOST_ANSWERS);
	while (get(meeting->state) == HOST_ANSWERS && raw_ns() - start < PATIENCE_NS) {
		sched_yield();
		for (int i = 0; i < 10000; i++) {
			ping = get(meeting->ping);
			if (ping != meeting->pong) {
				meeting->host_tsc = read_tsc();
				set(meeting->pong, ping);
			}
		}
	}
	set(meeting->state, NOBODY);
	return true;
}

static void await_state(struct meeting *meeting, uint32_t state)
{
	uint64_t start = raw_ns();

	while (get(meeting->state) != state) {
		if (raw_ns() - start > PATIENCE_NS)
			die("the host does not answer");
		usleep(1000);
	}
}

static void ping_host(struct meeting *meeting)
{
	struct round best = { .meeting = meeting->nr_meetings, .length = UINT64_MAX };
	uint64_t start = raw_ns();

	for (int i = 0; raw_ns() - start < ROUND_NS && (i < PINGS || best.length > GOOD_TICKS);
	     i++) {
		uint64_t ping = meeting->pong + 1;
		uint64_t sent = read_tsc(), received;

		set(meeting->ping, ping);
		while (get(meeting->pong) != ping)
			if (get(meeting->state) != HOST_ANSWERS)
				die("the host stopped answering");
		received = read_tsc();
		if (received - sent < best.length) {
			best.length = received - sent;
			best.host_tsc = meeting->host_tsc;
			best.offset = (int64_t)(sent + best.length / 2 - meeting->host_tsc);
		}
	}
	if (meeting->nr_rounds < MAX_ROUNDS)
		meeting->rounds[meeting->nr_rounds++] = best;
}

static bool file_says(const char *directory, const char *name, const char *text)
{
	char path[300], content[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(content, sizeof(content), file))
		content[0] = '\0';
	fclose(file);
	return !strncmp(content, text, strlen(text));
}

static struct meeting *map_device(void)
{
	char path[300];
	glob_t devices;
	int fd;

	glob("/sys/bus/pci/devices/*", 0, NULL, &devices);
	for (size_t i = 0; i < devices.gl_pathc; i++) {
		const char *device = devices.gl_pathv[i];

		if (!file_says(device, "vendor", "0x1af4") ||
		    !file_says(device, "device", "0x1110"))
			continue;
		snprintf(path, sizeof(path), "%s/enable", device);
		fd = open(path, O_WRONLY);
		if (fd < 0 || write(fd, "1", 1) != 1)
			die("%s: %s", path, strerror(errno));
		close(fd);
		snprintf(path, sizeof(path), "%s/resource2", device);
		return map_meeting(path);
	}
	die("this machine has no ivshmem device");
}

void meet_as_guest(void)
{
	struct meeting *meeting = map_device();
	cpu_set_t one;

	set(meeting->state, GUEST_WAITS);
	await_state(meeting, HOST_ANSWERS);
	/* Isolated CPUs too, which are not in the affinity that this process came with. */
	for (int cpu = 0; cpu < MAX_CPUS; cpu++) {
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (!sched_setaffinity(0, sizeof(one), &one))
			ping_host(meeting);
	}
	meeting->nr_meetings++;
	set(meeting->state, GUEST_DONE);
	await_state(meeting, NOBODY);
}

unsigned int count_meetings(const struct meeting *meeting)
{
	return get(meeting->nr_meetings);
}

struct point meeting_found(const struct meeting *meeting, unsigned int number, uint64_t *error)
{
	const struct round *best = NULL;

	for (unsigned int i = 0; i < meeting->nr_rounds; i++) {
		const struct round *round = &meeting->rounds[i];

		if (round->meeting == number && (!best || round->length < best->length))
			best = round;
	}
	if (!best)
		die("the guest met without exchanging pings");
	*error = best->length / 2;
	return (struct point){ best->host_tsc, best->offset };
}
