// SPDX-License-Identifier: GPL-2.0
#ifdef HAVE_LIBDW
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buildid.h"
#include "lib/debuginfo.h"
#include "lib/locate.h"

#define SERVERS "DEBUGINFOD_URLS"

/* The library asks servers if there are any: fetching is for who wants it, in advance. */
static int find_here(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
		     const char *file, const char *debuglink, GElf_Word check, char **found)
{
	const char *servers = getenv(SERVERS);
	char *kept = servers ? strdup(servers) : NULL;
	int fd;

	if (servers && !kept)
		return -1;
	unsetenv(SERVERS);
	fd = dwfl_standard_find_debuginfo(module, user, name, base, file, debuglink, check, found);
	if (kept)
		setenv(SERVERS, kept, 1);
	free(kept);
	return fd;
}

int debuginfo_find(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
		   const char *file, const char *debuglink, GElf_Word check, char **found)
{
	char hex[BUILDID_TEXT] = "", path[LOCATE_PATH];
	const unsigned char *bits;
	GElf_Addr address;
	int length, i, fd;

	length = dwfl_module_build_id(module, &bits, &address);
	for (i = 0; i < length && i < (BUILDID_TEXT - 1) / 2; i++)
		snprintf(hex + 2 * i, 3, "%02x", bits[i]);
	fd = hex[0] ? locate_debug(hex, path) : -1;
	if (fd >= 0) {
		*found = strdup(path);
		if (*found)
			return fd;
		close(fd);
	}
	return find_here(module, user, name, base, file, debuglink, check, found);
}

static char *debug_path;

const Dwfl_Callbacks debuginfo_offline = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = debuginfo_find,
	.section_address = dwfl_offline_section_address,
	.debuginfo_path = &debug_path,
};

Dwfl *debuginfo_open(const char *path, int fd, Dwfl_Module **module)
{
	Dwfl *dwfl = dwfl_begin(&debuginfo_offline);
	GElf_Addr bias;
	Elf *elf;

	if (!dwfl)
		return NULL;
	*module = dwfl_report_offline(dwfl, "", path, fd);
	/* of a file that it cannot use, it may leave the descriptor to whoever opened it */
	if (!*module && fd >= 0 && fcntl(fd, F_GETFD) >= 0)
		close(fd);
	dwfl_report_end(dwfl, NULL, NULL);
	elf = *module ? dwfl_module_getelf(*module, &bias) : NULL;
	if (elf && elf_kind(elf) == ELF_K_ELF)
		return dwfl;
	dwfl_end(dwfl);
	return NULL;
}
#endif
