// SPDX-License-Identifier: GPL-2.0
/* See hook_test.h. */
#include "hook_test.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/utsname.h>

#include "tracefs.h"

#define SKIPPED		4	/* exit status of a case */

static char *skip_reason;	/* shared with the case's process */

void case_skip(const char *why, ...)
{
	va_list values;

	va_start(values, why);
	vsnprintf(skip_reason, 256, why, values);
	va_end(values);
	fflush(NULL);
	_exit(SKIPPED);
}

/* False when the module has no hook of this number. */
static bool hook_describe(int fd, unsigned int id, struct hft_hook_info *info)
{
	int err;

	*info = (struct hft_hook_info){ .size = sizeof(*info), .id = id };
	err = control(fd, HFT_IOC_HOOK_INFO, info);
	if (err && err != -ENOENT)
		errx(EXIT_FAILURE, "hook %u: %s", id, strerror(-err));
	return !err;
}

static int open_device(void)
{
	int fd = device_open(O_RDWR);

	if (fd < 0)
		errx(EXIT_FAILURE, HFT_DEVICE_PATH ": %s", strerror(-fd));
	return fd;
}

static int list_hooks(void)
{
	struct hft_hook_info info;
	int fd = open_device();
	unsigned int id;

	for (id = 0; hook_describe(fd, id, &info); id++)
		printf("%s\n", info.name);
	close(fd);
	return 0;
}

static bool find_hook(const char *name, struct hft_hook_info *info)
{
	bool found = false;
	int fd = open_device();
	unsigned int id;

	for (id = 0; !found && hook_describe(fd, id, info); id++)
		found = !strcmp(info->name, name);
	close(fd);
	return found;
}

bool hook_offered(enum hft_hook_id hook)
{
	int fd = open_device();
	__u64 supported = device_supported(fd);

	close(fd);
	return supported & HFT_HOOK_BIT(hook);
}

bool kernel_has_symbol(const char *name)
{
	return kernel_address(name);
}

__u64 kernel_address(const char *name)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	unsigned long long at, address = 0;
	char line[512], symbol[256];

	if (!file)
		err(EXIT_FAILURE, "/proc/kallsyms");
	while (!address && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx %*s %255s", &at, symbol) == 2 && !strcmp(symbol, name))
			address = at;
	}
	fclose(file);
	return address;
}

bool kernel_is(const char *word)
{
	struct utsname kernel;

	if (uname(&kernel))
		err(EXIT_FAILURE, "uname");
	return strstr(kernel.release, word) || strstr(kernel.version, word);
}

/* Does a witness agree that this kernel has not what the hook needs? */
static bool is_lacking(const struct hook_test *test)
{
	const char *const *source;

	for (source = test->sources; source && *source; source++) {
		if (!tracefs_has(*source)) {
			printf("# tracefs has no event %s either\n", *source);
			return true;
		}
	}
	return test->lacking && test->lacking();
}

static int refused(const struct hook_test *test, const char *reason)
{
	bool lacking = is_lacking(test);

	printf("1..1\n");
	if (lacking && *reason) {
		printf("ok 1 %s # SKIP not offered by this kernel: %s\n", test->hook, reason);
		return 0;
	}
	printf("# the module says: %s\n", *reason ? reason : "nothing");
	printf("not ok 1 %s: it is not offered, but the kernel has what it needs\n", test->hook);
	return 1;
}

static int run_case(const struct hook_test *test, unsigned int i)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid)
		exit(test->cases[i].run());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(EXIT_FAILURE, "fork");
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED) {
		printf("ok %u %s: %s # SKIP not offered by this kernel: %s\n", i + 1, test->hook,
		       test->cases[i].name, skip_reason);
		return 0;
	}
	if (WIFSIGNALED(status))
		printf("# killed by signal %d\n", WTERMSIG(status));
	printf("%sok %u %s: %s\n", status ? "not " : "", i + 1, test->hook, test->cases[i].name);
	return !!status;
}

int hook_test_main(const struct hook_test *test, int argc, char **argv)
{
	struct hft_hook_info info;
	unsigned int i, failed = 0;

	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list_hooks();
	setvbuf(stdout, NULL, _IOLBF, 0);
	skip_reason = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (skip_reason == MAP_FAILED)
		err(EXIT_FAILURE, "memory");
	if (!find_hook(test->hook, &info)) {
		printf("1..1\nnot ok 1 %s: the module has no such hook\n", test->hook);
		return 1;
	}
	if (!(info.flags & HFT_HOOK_SUPPORTED))
		return refused(test, info.reason);
	printf("1..%u\n", test->cases_count);
	for (i = 0; i < test->cases_count; i++)
		failed += run_case(test, i);
	return failed ? 1 : 0;
}
