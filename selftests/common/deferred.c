// SPDX-License-Identifier: GPL-2.0
/* See deferred.h. */
#include "deferred.h"

#include <stdio.h>
#include <string.h>

#include "guest.h"

#define PARAMETERS	"/sys/module/deferred/parameters/"

int deferred_load(const char *parameters)
{
	return module_load("/tests/deferred.ko", parameters);
}

int deferred_unload(void)
{
	return module_unload("deferred");
}

int deferred_run(const char *what, unsigned int cpu, unsigned int count)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %u %u", what, cpu, count);
	return write_file(PARAMETERS "run", text);
}

long long deferred_count(const char *what)
{
	char path[96];

	snprintf(path, sizeof(path), PARAMETERS "%s_run", what);
	return read_number(path);
}

__u64 kernel_symbol(const char *name)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[512], symbol[256];
	__u64 address = 0, at;

	if (!file)
		return 0;
	while (!address && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx %*s %255s", &at, symbol) == 2 && !strcmp(symbol, name))
			address = at;
	}
	fclose(file);
	return address;
}
