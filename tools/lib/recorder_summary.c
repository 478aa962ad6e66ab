// SPDX-License-Identifier: GPL-2.0
/* What came of a recording: a line or two for people, JSON for scripts. */
#include <string.h>
#include <sys/wait.h>

#include "command.h"
#include "lib/json.h"
#include "lib/output.h"
#include "lib/recorder_run.h"

struct sums {
	__u64 records;
	__u64 bytes;
	__u64 lost;
	__u64 slots_lost;
	unsigned int rings;
};

static void add_up(const struct recorder *recorder, struct sums *sums)
{
	struct capture_ring ring;
	size_t i;

	memset(sums, 0, sizeof(*sums));
	for (i = 0; i < recorder->capture.count; i++) {
		if (!capture_ring(&recorder->capture, i, &ring))
			continue;
		sums->records += ring.stored;
		sums->bytes += ring.bytes;
		sums->lost += ring.lost;
		sums->slots_lost += ring.slots_lost;
		sums->rings++;
	}
}

static void say_losses(const struct recorder *recorder)
{
	char lost[FORMAT_SIZE], written[FORMAT_SIZE], size[FORMAT_SIZE];
	struct capture_ring ring;
	char advice[64];
	size_t i;

	for (i = 0; i < recorder->capture.count; i++) {
		__u64 bytes = recorder->capture.rings[i].capacity * HFT_SLOT_SIZE;

		if (!capture_ring(&recorder->capture, i, &ring) ||
		    (!ring.lost && !ring.slots_lost))
			continue;
		format_count(lost, ring.lost);
		format_count(written, ring.written);
		if (ring.kind == HFT_RING_CPU)
			snprintf(advice, sizeof(advice), "try --ring-size %lluM",
				 (bytes >> 20 ? bytes >> 20 : 1) * 4);
		else
			snprintf(advice, sizeof(advice), "give hft_init() more ring_slots");
		if (recorder->failure)
			message("%s: %s of %s records lost", ring.name, lost, written);
		else
			message("%s: %s of %s records lost, its ring of %s was lapped; %s",
				ring.name, lost, written, format_bytes(size, bytes), advice);
	}
}

static void print_json(const struct recorder *recorder, const struct sums *sums)
{
	__u64 ns = recorder->last.monotonic_ns - recorder->first.monotonic_ns;
	struct capture_ring ring;
	struct json json;
	size_t i;

	json_start(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "recording", recorder->recording.path);
	json_double(&json, "seconds", ns / 1e9);
	json_bool(&json, "complete", !recorder->failure);
	json_string(&json, "ended", recorder->failure ? strerror(-recorder->failure) :
		    recorder->ended);
	json_bool(&json, "kernel", recorder->plan->kernel);
	json_u64(&json, "records", sums->records);
	json_u64(&json, "bytes", sums->bytes);
	json_u64(&json, "records_lost", sums->lost);
	json_bool(&json, "lease_ran_out", recorder->lease_ran_out);
	json_array(&json, "rings");
	for (i = 0; i < recorder->capture.count; i++) {
		if (!capture_ring(&recorder->capture, i, &ring))
			continue;
		json_object(&json, NULL);
		json_string(&json, "stream", ring.name);
		json_u64(&json, "records", ring.stored);
		json_u64(&json, "records_lost", ring.lost);
		json_u64(&json, "slots_lost", ring.slots_lost);
		json_u64(&json, "bytes", ring.bytes);
		json_close(&json);
	}
	json_close(&json);
	if (recorder->command_ended) {
		int status = recorder->child.status;

		json_s64(&json, "command_status",
			 WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	}
	json_close(&json);
	json_newline(&json);
}

void recorder_say_command(const struct recorder *recorder)
{
	int status = recorder->child.status;

	if (!recorder->command_ended)
		return;
	if (WIFSIGNALED(status))
		message("%s was ended by signal %d (%s)", recorder->options->command[0],
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		message("%s ended with status %d", recorder->options->command[0],
			WEXITSTATUS(status));
}

int recorder_summary(const struct recorder *recorder)
{
	char count[FORMAT_SIZE], bytes[FORMAT_SIZE], time[FORMAT_SIZE];
	__u64 ns = recorder->last.monotonic_ns - recorder->first.monotonic_ns;
	const char *name = recorder->options->passing ? recorder->options->passing :
			   recorder->recording.path;
	struct sums sums;

	add_up(recorder, &sums);
	recorder_say_command(recorder);
	say_losses(recorder);
	if (recorder->failure)
		message("stopped: cannot write %s: %s; what came before is in it",
			recorder->recording.path, strerror(-recorder->failure));
	if (!sums.rings)
		message("no thread attached to libhftrace: the recording is empty");
	message("%s: %s records of %u rings, %s in %s%s", name,
		format_count(count, sums.records), sums.rings, format_bytes(bytes, sums.bytes),
		format_ns(time, ns), sums.lost || sums.slots_lost ? "" : ", nothing lost");
	recorder_cost_say(recorder);
	if (recorder->options->json)
		print_json(recorder, &sums);
	if (recorder->failure)
		return HFT_EXIT_FAILED;
	return sums.lost || sums.slots_lost || recorder->lease_ran_out ? HFT_EXIT_LOST :
	       HFT_EXIT_OK;
}
