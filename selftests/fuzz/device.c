// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes /dev/hftrace: processes with rights and without make calls of all
 * kinds, in an order and with arguments that follow from a seed. Then it judges
 * what they were told, and what they left behind. Prints KTAP.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "device_call.h"
#include "device_worker.h"
#include "guest.h"

#define HANG_S		240	/* without a single call: something holds all of them */
#define LOG_SHOWN	12U	/* last calls of each thread, after a failure */

static __attribute__((noreturn)) void usage(int status)
{
	fprintf(status ? stderr : stdout,
		"usage: device [--seed SEED] [--calls CALLS]\n\n"
		"Makes CALLS calls of the device, 100000 unless given. Another seed is another\n"
		"order of other calls. In the virtual machine, as root.\n");
	exit(status);
}

static pid_t workers[FUZZ_WORKERS];
static unsigned int results, failures;

static void result(bool passes, const char *name)
{
	printf("%sok %u device: %s\n", passes ? "" : "not ", ++results, name);
	failures += !passes;
}

static void start_worker(unsigned int number)
{
	const unsigned int incarnation = atomic_fetch_add(&world->incarnations[number], 1);
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		worker_begin(number, incarnation);
	workers[number] = pid;
}

static unsigned int worker_of(pid_t pid)
{
	unsigned int i;

	for (i = 0; i < FUZZ_WORKERS; i++)
		if (workers[i] == pid)
			return i;
	return FUZZ_WORKERS;
}

/* It may exit or be killed by itself at any time. */
static void judge_end(unsigned int worker, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		violation("worker %u was ended by signal %d", worker, WTERMSIG(status));
}

/* Who waits where, in the kernel's log. */
static void show_blocked(void)
{
	write_file("/proc/sysrq-trigger", "w");
	write_file("/proc/sysrq-trigger", "l");
}

/* Reaps and starts anew, until the calls are made. False: nobody came on. */
static bool supervise(void)
{
	__u64 last = 0, since = now_ns();
	unsigned int worker;
	int status;
	pid_t pid;

	while (!world_stopped()) {
		pid = waitpid(-1, &status, WNOHANG);
		worker = pid > 0 ? worker_of(pid) : FUZZ_WORKERS;
		if (worker < FUZZ_WORKERS) {
			judge_end(worker, status);
			start_worker(worker);
			continue;
		}
		if (atomic_load(&world->done) != last) {
			last = atomic_load(&world->done);
			since = now_ns();
		}
		if (now_ns() - since > HANG_S * 1000000000ULL)
			return false;
		sleep_ms(5);
	}
	return true;
}

/* All of them come to their end by themselves. */
static bool all_end(void)
{
	const __u64 until = now_ns() + HANG_S * 1000000000ULL;
	unsigned int i, left = FUZZ_WORKERS;
	int status;

	while (left && now_ns() < until) {
		for (i = 0; i < FUZZ_WORKERS; i++) {
			if (workers[i] > 0 && waitpid(workers[i], &status, WNOHANG) == workers[i]) {
				judge_end(i, status);
				workers[i] = 0;
				left--;
			}
		}
		sleep_ms(5);
	}
	return !left;
}

/* Beside it, so that hooks have something to see: what sleeps, switches, faults and forks. */
static pid_t start_load(void)
{
	unsigned int rounds = 0;
	pid_t pid = fork();
	int status;

	if (pid)
		return pid;
	for (;; rounds++) {
		char *page = malloc(1 << 20);
		pid_t child = fork();

		/* now and then what is probed */
		if (!child && rounds % 16 == 0) {
			if (freopen("/dev/null", "w", stdout))
				execl(FUZZ_CODE_PATH, "device", "--help", NULL);
		}
		if (!child)
			_exit(0);
		if (page)
			memset(page, 1, 1 << 20);
		free(page);
		waitpid(child, &status, 0);
		sleep_ms(2);
	}
}

/* This program once more: its code is patched, perhaps in the middle of an instruction. */
static int copy_code(void)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = open(FUZZ_CODE_PATH, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0755), code;
	off_t length = lseek(from, 0, SEEK_END), at = 0;
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long first, last, offset;
	char line[512];

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %*s %lx", &first, &last, &offset) == 3 &&
		    (unsigned long)usage >= first && (unsigned long)usage < last)
			world->code_offset = (unsigned long)usage - first + offset;
	if (maps)
		fclose(maps);
	if (from < 0 || to < 0 || sendfile(to, from, &at, length) != length)
		return -EIO;
	close(from);
	close(to);
	code = open(FUZZ_CODE_PATH, O_RDONLY);
	if (code < 0 || (code != FUZZ_CODE_FD && dup2(code, FUZZ_CODE_FD) < 0))
		return -errno;
	if (code != FUZZ_CODE_FD)
		close(code);
	return world->code_offset ? 0 : -ENOENT;
}

static int hello(int fd, struct hft_hello *hello)
{
	*hello = (struct hft_hello){
		.size = sizeof(*hello), .abi_major = HFT_ABI_MAJOR, .abi_minor = HFT_ABI_MINOR,
	};
	return ioctl(fd, HFT_IOC_HELLO, hello) ? -errno : 0;
}

static int ask_device(void)
{
	int fd = open(HFT_DEVICE_PATH, O_RDONLY | O_CLOEXEC), err;
	struct hft_hello about;

	if (fd < 0)
		return -errno;
	err = hello(fd, &about);
	world->hooks_supported = about.hooks_supported;
	close(fd);
	return err;
}

static int set_up(void)
{
	int pair[2], zero = open("/dev/zero", O_RDONLY);

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) || zero < 0)
		return -errno;
	if (dup2(pair[0], SLOT_SOCKET) < 0 || dup2(pair[1], SLOT_SOCKET + 1) < 0 ||
	    dup2(zero, SLOT_ZERO) < 0)
		return -errno;
	close(pair[0]);
	close(pair[1]);
	close(zero);
	return copy_code() ?: ask_device();
}

/* ------------------------------------------------------------- the verdict */

static void judge_shallow(void)
{
	unsigned int i, j;
	bool all = true;

	for (i = 0; i < FUZZ_REQUESTS - 1; i++) {
		if (world->answers[0][i][0] + world->answers[1][i][0])
			continue;
		printf("# ioctl %s never succeeded\n", request_names[i]);
		all = false;
	}
	result(all, "each ioctl succeeded at least once");
	all = true;
	for (i = 0; i < call_kinds; i++) {
		if (world->calls[i])
			continue;
		printf("# call %s was never made\n", call_name(i));
		all = false;
	}
	for (i = 0, j = 0; i < FUZZ_REQUESTS; i++)
		j += world->answers[0][i][EPERM];
	result(all && j && world->pages_scanned && world->secrets_seen,
	       "each call was made, some were refused, secrets were there to be seen");
}

static void judge_violations(void)
{
	const unsigned int count = world->violations;
	unsigned int i;

	for (i = 0; i < count && i < FUZZ_VIOLATIONS; i++)
		printf("# %s\n", world->violation[i]);
	result(!count, "nobody got what is not his");
}

static unsigned int hooks_armed(int fd)
{
	struct hft_hook_info info = { .size = sizeof(info) };
	unsigned int armed = 0;

	for (info.id = 0; info.id < HFT_HOOKS; info.id++)
		if (!ioctl(fd, HFT_IOC_HOOK_INFO, &info) && info.cpus_armed)
			armed++;
	return armed;
}

static bool has_region(int fd)
{
	struct hft_region_info info = { .size = sizeof(info) };

	return !ioctl(fd, HFT_IOC_REGION_INFO, &info);
}

/* No file is open but ours: what they armed, mapped and made is gone, at once or when it is due. */
static void judge_left(void)
{
	int fd = open(HFT_DEVICE_PATH, O_RDONLY | O_CLOEXEC);
	struct hft_hello about;
	bool clean = fd >= 0 && !hello(fd, &about);

	clean = clean && wait_until(!hooks_armed(fd));
	result(clean, "nothing is armed any more");
	clean = wait_until(!has_region(fd));
	result(clean, "all regions are gone");
	clean = wait_until(read_number("/sys/module/hftrace/refcnt") == 1);
	result(clean, "nobody but the test uses the module");
	close(fd);
}

static void run(__u64 seed, __u64 calls)
{
	const __u64 began = now_ns();
	bool on, ended;
	unsigned int i;
	pid_t load;

	printf("# seed %llu, %llu calls of %u workers with %u threads each\n", seed, calls,
	       FUZZ_WORKERS, FUZZ_THREADS);
	load = start_load();
	for (i = 0; i < FUZZ_WORKERS; i++)
		start_worker(i);
	on = supervise();
	ended = on && all_end();
	if (!ended) {
		show_blocked();
		for (i = 0; i < FUZZ_WORKERS; i++)
			if (workers[i] > 0)
				kill(workers[i], SIGKILL);
	}
	stop(load);
	close(SLOT_SOCKET);
	close(SLOT_SOCKET + 1);
	world_print();
	printf("# %llu calls in %llu s\n", atomic_load(&world->done),
	       (now_ns() - began) / 1000000000);
	result(ended, "calls were made to the end");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "calls", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' }, { 0 },
	};
	__u64 seed = 1, calls = 100000;
	int option, err;

	if (argc == 5 && !strcmp(argv[1], "--again")) {
		if (world_find())
			return 1;
		worker_resume(argv + 2);
	}
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'c':
			calls = strtoull(optarg, NULL, 0);
			break;
		case 'h':
			usage(0);
		default:
			usage(64);
		}
	}
	err = world_make(seed, calls) ?: set_up();
	if (err) {
		fprintf(stderr, "device: set-up: %s\n", strerror(-err));
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..7\n");
	run(seed, calls);
	judge_shallow();
	judge_violations();
	judge_left();
	if (failures)
		world_print_log(LOG_SHOWN);
	return failures ? 1 : 0;
}
