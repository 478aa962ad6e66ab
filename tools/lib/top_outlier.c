// SPDX-License-Identifier: GPL-2.0
/*
 * What the last outlier of a row was made of. Its window is copied out of the rings
 * into a recording of its own, and what `hftrace explain` and `hftrace dump` say of that
 * is shown: they run beside, as the live rings are read on.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <hftrace.h>
#include "command.h"
#include "lib/output.h"
#include "lib/top.h"

#define PRE_NS		10000000.0	/* of the window: explain has to know what is typical */
#define POST_NS		1000000.0
#define AROUND_NS	20000.0		/* of the records that are listed */
#define TEXT_MAX	((size_t)256 << 10)
#define ARGUMENTS	16

/* Which one, of two: it may be overwritten already. */
enum choice {
	CHOICE_WORST,		/* since the start */
	CHOICE_LAST,		/* of the last interval that had one */
	CHOICES
};

/* What is asked, one after the other. */
enum step {
	STEP_SPANS,		/* the span; of a cause those that it hit */
	STEP_RECORDS,		/* of a cause, what was recorded around it */
	STEPS
};

struct top_outlier_text {
	struct top *top;
	bool is_span;
	__s32 cpu;
	char *name;		/* of spans */
	char *what;		/* escaped, with the cause's name */
	char *advice;
	struct top_outlier outlier[CHOICES];
	enum choice choice;
	enum step step;
	struct recording recording;	/* path NULL: there is none */
	char path[PATH_MAX + 32];
	__u64 number;
	char *text;
	size_t size;
	FILE *file;
	size_t begun;		/* bytes of it before what the command says */
	int fd;			/* what the command says, -1: none runs */
	pid_t pid;
};

static __u64 ticks_of(const struct top *top, double ns)
{
	return (__u64)llround(ns * top->hz / 1e9);
}

/* ------------------------------------------------------------------ window */

/* Does the CPU's ring still hold it? That of a span is found, or not, when it is explained. */
static bool is_held(struct top_outlier_text *told, const struct top_outlier *outlier)
{
	struct capture *capture = &told->top->recorder.capture;
	struct hft_ring_info info;
	__u32 ring;
	__u64 since;

	if (told->is_span)
		return true;
	for (ring = 0; !hft_reader_ring(capture->reader, ring, &info); ring++)
		if (info.kind == HFT_RING_CPU && info.id == told->cpu)
			return !hft_reader_seek(capture->reader, ring, outlier->end, &since) &&
			       since <= outlier->end;
	return false;
}

static int copy_window(struct top_outlier_text *told, const struct top_outlier *outlier)
{
	struct recorder *recorder = &told->top->recorder;
	__u64 now = hft_ticks(), begin, end;
	const char *ended = recorder->ended;
	struct capture_held held;
	int err;

	begin = outlier->start - ticks_of(told->top, PRE_NS);
	end = outlier->end + ticks_of(told->top, POST_NS);
	recorder->recording = told->recording;
	err = capture_window(&recorder->capture, begin, end < now ? end : now, &held);
	if (!err)
		err = clock_sample(recorder_device(recorder), &recorder->last);
	if (err)
		return err;
	recorder->started_ns = (__u64)top_realtime(told->top, begin);
	recorder->stopped_ns = (__u64)top_realtime(told->top, end);
	recorder->started_tsc = begin;
	recorder->stopped_tsc = end;
	recording_free_reserve(&recorder->recording);
	recorder->ended = "outlier";
	err = recorder_facts_window(recorder);
	if (!err)
		err = recorder_facts_names(recorder);
	recorder->ended = ended;
	return err;
}

static void drop_recording(struct top_outlier_text *told)
{
	if (!told->recording.path)
		return;
	recording_abandon(&told->recording);
	recording_close(&told->recording);
	told->recording.path = NULL;
}

static int make_recording(struct top_outlier_text *told)
{
	char why[RECORDING_WHY];
	int err;

	snprintf(told->path, sizeof(told->path), "%s/outlier-%llu.hft", told->top->place,
		 ++told->number);
	err = recording_create(&told->recording, told->path, false, why);
	if (err) {
		told->recording.path = NULL;
		fprintf(told->file, "%s\n", why);
		return err;
	}
	err = copy_window(told, &told->outlier[told->choice]);
	if (err) {
		fprintf(told->file, "cannot copy it from the rings: %s\n", strerror(-err));
		drop_recording(told);
	}
	return err;
}

/* ---------------------------------------------------------------- commands */

static int run_command(struct top_outlier_text *told, char *const arguments[])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int pipes[2];
	int err;

	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], STDERR_FILENO);
	err = posix_spawn(&told->pid, "/proc/self/exe", &actions, &attributes, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	close(pipes[1]);
	if (err) {
		close(pipes[0]);
		return -err;
	}
	told->fd = pipes[0];
	fcntl(told->fd, F_SETFL, O_NONBLOCK);
	return 0;
}

/* "@1700000000.123456789" */
static void moment(const struct top_outlier_text *told, __u64 ticks, char text[32])
{
	__s64 ns = top_realtime(told->top, ticks);

	snprintf(text, 32, "@%lld.%09lld", ns / 1000000000, ns % 1000000000);
}

/* The slowest span of its name in so small a window is the outlier, or one as slow. */
static int ask_spans(struct top_outlier_text *told)
{
	const struct top_outlier *outlier = &told->outlier[told->choice];
	char slow[32], middle[32];
	char *const of_span[] = {
		"hftrace", "explain", told->path, "-n", "1", "--span", told->name, "--slower-than",
		slow, NULL
	};
	char *const at_moment[] = {
		"hftrace", "explain", told->path, "-n", "3", "--at", middle, NULL
	};

	snprintf(slow, sizeof(slow), "%.0fns", top_ns(told->top, outlier->ticks) * 0.99);
	moment(told, outlier->start + (outlier->end - outlier->start) / 2, middle);
	return run_command(told, told->is_span ? of_span : at_moment);
}

static int ask_records(struct top_outlier_text *told)
{
	const struct top_outlier *outlier = &told->outlier[told->choice];
	char since[32], until[32];
	char *const arguments[] = {
		"hftrace", "dump", told->path, "--since", since, "--until", until, "--last", "60",
		NULL
	};

	moment(told, outlier->start - ticks_of(told->top, AROUND_NS), since);
	moment(told, outlier->end + ticks_of(told->top, AROUND_NS), until);
	return run_command(told, arguments);
}

static int begin_step(struct top_outlier_text *told)
{
	int err;

	if (told->step == STEP_RECORDS)
		fputs("Records around it:\n", told->file);
	else if (!told->is_span)
		fputs("Spans that were open in its middle:\n", told->file);
	fflush(told->file);
	told->begun = told->size;
	err = told->step == STEP_SPANS ? ask_spans(told) : ask_records(told);
	if (err)
		fprintf(told->file, "cannot run hftrace itself: %s\n", strerror(-err));
	return err;
}

/* ------------------------------------------------------------------- text */

/* Anew, with so much of what there was. */
static int begin_text(struct top_outlier_text *told, size_t kept)
{
	char *before;

	/* Closing moves the text. */
	if (told->file)
		fclose(told->file);
	before = told->text;
	told->text = NULL;
	told->file = open_memstream(&told->text, &told->size);
	if (told->file && kept)
		fwrite(before, 1, kept, told->file);
	free(before);
	return told->file ? 0 : -ENOMEM;
}

static void write_head(struct top_outlier_text *told)
{
	const struct top_outlier *outlier = &told->outlier[told->choice];
	char time[FORMAT_SIZE], clock[FORMAT_SIZE];

	fprintf(told->file, "%s: %s, the longest %s, until %s\n", told->what,
		format_ns(time, top_ns(told->top, outlier->ticks)),
		told->choice == CHOICE_WORST ? "since the start" :
		"lately (the longest since the start is overwritten)",
		format_clock(clock, top_realtime(told->top, outlier->end)));
	if (told->advice)
		fprintf(told->file, "  next: %s\n", told->advice);
	fputc('\n', told->file);
}

static void write_gone(struct top_outlier_text *told)
{
	char name[256];

	fprintf(told->file, "%s: overwritten, the rings hold less than that.\n", told->what);
	if (told->is_span)
		fprintf(told->file, "'hftrace record --span '%s>40us'' keeps each that is slow.\n",
			text_escape(name, sizeof(name), told->name, strlen(told->name)));
	else
		fputs("'hftrace record' keeps all; larger rings hold longer.\n", told->file);
}

/* The next choice that the rings may hold. 0, or -ENOENT: told that there is none. */
static int begin_choice(struct top_outlier_text *told)
{
	int err;

	for (; told->choice < CHOICES; told->choice++) {
		const struct top_outlier *outlier = &told->outlier[told->choice];

		if (told->choice != CHOICE_WORST && outlier->end == told->outlier[0].end)
			continue;
		if (!outlier->end || !is_held(told, outlier))
			continue;
		told->step = STEP_SPANS;
		err = make_recording(told);
		if (err)
			return err;
		write_head(told);
		fflush(told->file);
		return begin_step(told);
	}
	write_gone(told);
	return -ENOENT;
}

/* A command has ended. */
static int end_step(struct top_outlier_text *told)
{
	int status = 0, err;
	bool failed;

	close(told->fd);
	told->fd = -1;
	if (waitpid(told->pid, &status, 0) < 0)
		return -errno;
	failed = !WIFEXITED(status) || WEXITSTATUS(status) == HFT_EXIT_FAILED;
	if (told->is_span && failed) {
		/* Not in the window. */
		drop_recording(told);
		told->choice++;
		err = begin_text(told, 0);
		return err ? err : begin_choice(told);
	}
	if (told->is_span || ++told->step == STEPS) {
		drop_recording(told);
		return 0;
	}
	if (failed) {
		/* There are no spans, or none is open then. */
		err = begin_text(told, told->begun);
		if (err)
			return err;
		fputs("none\n", told->file);
	}
	fputc('\n', told->file);
	return begin_step(told);
}

int top_outlier_more(struct top_outlier_text *told)
{
	char text[4096];
	ssize_t size;
	int err;

	if (told->fd < 0)
		return 0;
	size = read(told->fd, text, sizeof(text));
	if (size < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (size > 0 && told->size + (size_t)size < TEXT_MAX) {
		fwrite(text, 1, (size_t)size, told->file);
	} else if (!size) {
		err = end_step(told);
		if (err && err != -ENOENT && told->file)
			fprintf(told->file, "%s\n", strerror(-err));
	}
	if (!told->file || fflush(told->file))
		return -ENOMEM;
	return 1;
}

const char *top_outlier_lines(const struct top_outlier_text *told)
{
	return told->text;
}

int top_outlier_open(struct top *top, const struct top_row *row, struct top_outlier_text **made)
{
	struct top_outlier_text *told = calloc(1, sizeof(*told));
	char text[512], what[640], cpu[32] = "";
	int err;

	if (!told)
		return -ENOMEM;
	told->top = top;
	told->fd = -1;
	told->is_span = row->is_span;
	told->cpu = row->cpu;
	told->outlier[CHOICE_WORST] = row->worst;
	told->outlier[CHOICE_LAST] = row->last;
	text_escape(text, sizeof(text), row->text, strlen(row->text));
	if (!row->is_span)
		snprintf(cpu, sizeof(cpu), " on CPU %d", row->cpu);
	snprintf(what, sizeof(what), "%s%s%s%s", row->is_span ? "span" : cause_name(row->cause),
		 *text ? " " : "", text, cpu);
	told->what = strdup(what);
	told->name = strdup(row->text);
	told->advice = row->advice ? strdup(row->advice) : NULL;
	if (!told->what || !told->name || (row->advice && !told->advice) || begin_text(told, 0)) {
		top_outlier_close(told);
		return -ENOMEM;
	}
	/* Threads that came since; those of a reader that failed are not missed in silence. */
	err = capture_refresh(&top->recorder.capture);
	if (err < 0)
		fprintf(told->file, "threads that are new are missing: %s\n", strerror(-err));
	err = begin_choice(told);
	if (err && err != -ENOENT)
		fprintf(told->file, "%s\n", strerror(-err));
	if (fflush(told->file)) {
		top_outlier_close(told);
		return -ENOMEM;
	}
	*made = told;
	return 0;
}

void top_outlier_close(struct top_outlier_text *told)
{
	if (!told)
		return;
	if (told->fd >= 0) {
		close(told->fd);
		kill(told->pid, SIGTERM);
		waitpid(told->pid, NULL, 0);
	}
	drop_recording(told);
	if (told->file)
		fclose(told->file);
	free(told->text);
	free(told->what);
	free(told->name);
	free(told->advice);
	free(told);
}
