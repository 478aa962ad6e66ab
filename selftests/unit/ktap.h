/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A unit test's results in KTAP. A test is a function; CHECK() leaves it at
 * the first thing that is not so and says what and where.
 */
#ifndef HFT_KTAP_H
#define HFT_KTAP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ktap_test {
	const char *name;
	int (*run)(void);	/* 0: passed */
};

#define CHECK(condition)								\
	do {										\
		if (!(condition)) {							\
			printf("# %s:%d: not so: %s\n", __FILE__, __LINE__, #condition);	\
			return 1;							\
		}									\
	} while (0)

#define CHECK_EQ(a, b)									\
	do {										\
		long long a_ = (long long)(a), b_ = (long long)(b);			\
		if (a_ != b_) {								\
			printf("# %s:%d: %s is %lld, not %s = %lld\n", __FILE__, __LINE__,	\
			       #a, a_, #b, b_);						\
			return 1;							\
		}									\
	} while (0)

/* Passes on a helper's failure. */
#define TRY(call)									\
	do {										\
		if (call)								\
			return 1;							\
	} while (0)

static inline int ktap_run(const struct ktap_test *tests, unsigned int count)
{
	unsigned int i, failed = 0;
	int bad;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%u\n", count);
	for (i = 0; i < count; i++) {
		bad = tests[i].run();
		failed += !!bad;
		printf("%sok %u %s\n", bad ? "not " : "", i + 1, tests[i].name);
	}
	return failed ? 1 : 0;
}

#define KTAP_MAIN(...)									\
	int main(void)									\
	{										\
		static const struct ktap_test tests[] = { __VA_ARGS__ };		\
											\
		return ktap_run(tests, sizeof(tests) / sizeof(tests[0]));		\
	}

#endif /* HFT_KTAP_H */
