/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frame of a test of one hook, selftests/hooks/<hook>.c: each case is a
 * function in a process of its own, which CHECK()s and returns 0. If the module
 * does not offer the hook, a source that is not ours must agree, and all of it
 * is skipped with the module's reason.
 */
#ifndef SELFTEST_HOOK_TEST_H
#define SELFTEST_HOOK_TEST_H

#include "ktap.h"
#include "pairs.h"
#include "watch.h"

struct hook_test {
	const char *hook;
	/* tracefs events that the hook stands on, NULL last: lacks one, the kernel lacks it. */
	const char *const *sources;
	/* Where events do not tell: does this kernel really lack what the hook needs? */
	bool (*lacking)(void);
	const struct ktap_test *cases;
	unsigned int cases_count;
};

int hook_test_main(const struct hook_test *test, int argc, char **argv);

/* Ends a case that this kernel or machine cannot have, and says why. */
__attribute__((noreturn, format(printf, 1, 2))) void case_skip(const char *why, ...);

/* Is the hook offered here? For cases that want a second one beside their own. */
bool hook_offered(enum hft_hook_id hook);

/* Does the kernel have a function of this name? */
bool kernel_has_symbol(const char *name);

/* Where it stands; 0 if there is none. */
__u64 kernel_address(const char *name);

/* A word of the kernel's release or version line, such as PREEMPT_RT. */
bool kernel_is(const char *word);

#define HOOK_TEST_MAIN(name, hook_sources, hook_lacking, ...)		\
	static const struct ktap_test cases[] = { __VA_ARGS__ };	\
									\
	int main(int argc, char **argv)					\
	{								\
		const struct hook_test test = {				\
			.hook = (name), .sources = (hook_sources),	\
			.lacking = (hook_lacking), .cases = cases,	\
			.cases_count = ARRAY_SIZE(cases),		\
		};							\
									\
		exit(hook_test_main(&test, argc, argv));		\
	}

#endif /* SELFTEST_HOOK_TEST_H */
