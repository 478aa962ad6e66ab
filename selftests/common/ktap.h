/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A unit test's results in KTAP. A test is a function, run in a process of its
 * own: CHECK() ends it at the first thing that is not so and says what and
 * where; a crash is a failure like others.
 */
#ifndef HFT_KTAP_H
#define HFT_KTAP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct ktap_test {
	const char *name;
	int (*run)(void);
};

static inline void ktap_check(int so, const char *what, const char *file, int line)
{
	if (so)
		return;
	printf("# %s:%d: not so: %s\n", file, line, what);
	_exit(1);
}

static inline void ktap_check_equal(long long a, long long b, const char *what,
				    const char *file, int line)
{
	if (a == b)
		return;
	printf("# %s:%d: %s: it is %lld, not %lld\n", file, line, what, a, b);
	_exit(1);
}

#define CHECK(condition)	ktap_check(!!(condition), #condition, __FILE__, __LINE__)
#define CHECK_EQ(a, b)							\
	ktap_check_equal((long long)(a), (long long)(b), #a, __FILE__, __LINE__)

static inline int ktap_passes(const struct ktap_test *test)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid)
		exit(test->run());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 0;
	if (WIFSIGNALED(status))
		printf("# killed by signal %d\n", WTERMSIG(status));
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

static inline int ktap_run(const struct ktap_test *tests, unsigned int count)
{
	unsigned int i, failed = 0;
	int passes;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%u\n", count);
	for (i = 0; i < count; i++) {
		passes = ktap_passes(&tests[i]);
		failed += !passes;
		printf("%sok %u %s\n", passes ? "" : "not ", i + 1, tests[i].name);
	}
	return failed ? 1 : 0;
}

#define KTAP_MAIN(...)							\
	static const struct ktap_test tests[] = { __VA_ARGS__ };	\
									\
	int main(void)							\
	{								\
		exit(ktap_run(tests, ARRAY_SIZE(tests)));		\
	}

#endif /* HFT_KTAP_H */
