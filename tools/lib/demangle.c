// SPDX-License-Identifier: GPL-2.0
/* By the C++ library's own function, which is there wherever C++ programs run. */
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "lib/demangle.h"

typedef char *(*demangler)(const char *name, char *buf, size_t *size, int *status);

static demangler find(void)
{
	static demangler found;
	static bool looked;
	void *library;

	if (looked)
		return found;
	looked = true;
	library = dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_LOCAL);
	if (library)
		*(void **)&found = dlsym(library, "__cxa_demangle");
	return found;
}

char *demangle(const char *name)
{
	int status;

	if (strncmp(name, "_Z", 2) || !find())
		return NULL;
	return find()(name, NULL, NULL, &status);
}

bool demangle_works(void)
{
	return find();
}
