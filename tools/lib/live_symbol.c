// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/debuginfo.h"
#include "lib/live_symbol.h"

#ifdef HAVE_LIBDW

static char *debug_path;

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_linux_proc_find_elf,
	.find_debuginfo = debuginfo_find,
	.debuginfo_path = &debug_path,
};

struct wanted {
	const char *name;
	GElf_Addr address;
	GElf_Xword size;
	bool found;
};

static int look_in(Dwfl_Module *module, void **user, const char *file, Dwarf_Addr start, void *arg)
{
	struct wanted *wanted = arg;
	int count, i;

	(void)user;
	(void)file;
	(void)start;
	count = dwfl_module_getsymtab(module);
	for (i = 1; i < count; i++) {
		GElf_Word section;
		GElf_Addr address;
		GElf_Sym symbol;
		const char *name;

		name = dwfl_module_getsym_info(module, i, &symbol, &address, &section, NULL, NULL);
		if (!name || section == SHN_UNDEF || strcmp(name, wanted->name))
			continue;
		wanted->address = address;
		wanted->size = symbol.st_size;
		wanted->found = true;
		return DWARF_CB_ABORT;
	}
	return DWARF_CB_OK;
}

int live_symbol(pid_t pid, const char *name, __u64 *address, __u64 *size)
{
	struct wanted wanted = { .name = name };
	Dwfl *dwfl = dwfl_begin(&callbacks);
	int err;

	if (!dwfl)
		return -ENOMEM;
	/* the program itself comes first, then its libraries */
	err = dwfl_linux_proc_report(dwfl, pid);
	if (!err && !dwfl_report_end(dwfl, NULL, NULL))
		dwfl_getmodules(dwfl, look_in, &wanted, 0);
	dwfl_end(dwfl);
	if (err)
		return err > 0 ? -err : -ENOENT;
	if (!wanted.found)
		return -ENOENT;
	*address = wanted.address;
	*size = wanted.size;
	return 0;
}

#else

int live_symbol(pid_t pid, const char *name, __u64 *address, __u64 *size)
{
	(void)pid;
	(void)name;
	(void)address;
	(void)size;
	return -ENOSYS;
}

#endif
