// SPDX-License-Identifier: GPL-2.0
/* What the compiler must refuse in a HFT_LOG(), in C and in C++. */
#include "ktap.h"

#define FLAGS	"-fsyntax-only -Wall -Wextra -Werror -I../../kmod/uapi -I../../userlib/include"

static int compiles(const char *compiler, const char *statement)
{
	char command[256];
	FILE *pipe;

	snprintf(command, sizeof(command), "%s " FLAGS " - 2>/dev/null", compiler);
	pipe = popen(command, "w");
	CHECK(pipe);
	fprintf(pipe, "#include <hftrace.h>\nstruct pair { int a, b; };\n"
		"void f(struct hft_thread *t, struct pair p, const char *s, int i);\n"
		"void f(struct hft_thread *t, struct pair p, const char *s, int i)\n"
		"{\n(void)p; (void)s; (void)i;\n%s;\n}\n", statement);
	return pclose(pipe) == 0;
}

static int check_all(const char *compiler)
{
	static const char *const right[] = {
		"HFT_INFO(t, \"nothing\")",
		"HFT_INFO(t, \"%d %s %p\", i, s, (void *)t)",
		"HFT_LOG(t, HFT_LOG_ERROR, \"%d%d%d%d%d%d%d%d\", i, i, i, i, i, i, i, i)",
		"if (i) HFT_INFO(t, \"a\"); else HFT_INFO(t, \"b\")",
		"HFT_LOG_SAMPLED(t, HFT_LOG_DEBUG, \"%s\", s)",
	};
	static const char *const wrong[] = {
		"HFT_INFO(t, \"%d%d%d%d%d%d%d%d%d\", i, i, i, i, i, i, i, i, i)",
		"HFT_INFO(t, \"%d%d%d%d%d%d%d%d%d%d\", i, i, i, i, i, i, i, i, i, i)",
		"HFT_INFO(t, \"%s\", i)",
		"HFT_INFO(t, \"%d\", s)",
		"HFT_INFO(t, \"%d\", 1L)",
		"HFT_INFO(t, \"%d %d\", i)",
		"HFT_INFO(t, \"%d\", i, i)",
		"HFT_INFO(t, \"%d\", p)",
		"HFT_INFO(t, s)",
		"HFT_INFO(t, s, i)",
		"HFT_LOG(t, i, \"the level is no constant\")",
		"HFT_LOG_SAMPLED(t, HFT_LOG_DEBUG, \"%s\", 1.5)",
	};
	char text[512], statement[600];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(right); i++) {
		if (!compiles(compiler, right[i]))
			printf("# %s: %s\n", compiler, right[i]);
		CHECK(compiles(compiler, right[i]));
	}
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (compiles(compiler, wrong[i]))
			printf("# %s: %s\n", compiler, wrong[i]);
		CHECK(!compiles(compiler, wrong[i]));
	}
	for (i = 167; i <= 168; i++) {
		memset(text, 'x', i);
		text[i] = '\0';
		snprintf(statement, sizeof(statement), "HFT_INFO(t, \"%s\")", text);
		CHECK_EQ(compiles(compiler, statement), i == 167);
	}
	return 0;
}

static int by_c(void)
{
	return check_all("${CC:-gcc} -std=c11 -x c");
}

static int by_cxx(void)
{
	return check_all("${CXX:-g++} -std=c++17 -x c++");
}

KTAP_MAIN({ "C refuses what is wrong", by_c },
	  { "C++ refuses what is wrong", by_cxx })
