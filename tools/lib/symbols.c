// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/binary.h"
#include "lib/facts.h"
#include "lib/image.h"
#include "lib/jit_names.h"
#include "lib/kernel_symbols.h"
#include "lib/locate.h"
#include "lib/maps.h"
#include "lib/missing.h"
#include "lib/symbols.h"

#define VDSO	"[vdso]"

/* A file that was mapped, looked at once. */
struct known {
	const struct image *image;	/* NULL: what it was is not known */
	char *path;
	struct mapped_file file;
	struct binary binary;
};

struct process {
	__s32 tgid;
	int known;		/* facts/maps-<tgid> was there */
	struct maps maps;
	struct jit_names jit;
	struct known **of;	/* each of its mappings, as far as they were looked at */
};

struct symbols {
	char *recording;
	struct kernel_symbols kernel;
	int kernel_read;
	struct images images;
	int images_read;
	bool same_boot;		/* its processes may still be there */
	struct process *process;
	size_t processes;
	struct known **binary;
	size_t binaries;
};

int symbols_open(struct symbols **made, const char *recording)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols)
		return -ENOMEM;
	symbols->recording = strdup(recording);
	if (!symbols->recording) {
		free(symbols);
		return -ENOMEM;
	}
	*made = symbols;
	return 0;
}

void symbols_close(struct symbols *symbols)
{
	size_t i;

	if (!symbols)
		return;
	kernel_symbols_uninit(&symbols->kernel);
	for (i = 0; i < symbols->processes; i++) {
		maps_uninit(&symbols->process[i].maps);
		jit_names_uninit(&symbols->process[i].jit);
		free(symbols->process[i].of);
	}
	free(symbols->process);
	for (i = 0; i < symbols->binaries; i++) {
		binary_uninit(&symbols->binary[i]->binary);
		free(symbols->binary[i]->path);
		free(symbols->binary[i]);
	}
	free(symbols->binary);
	images_uninit(&symbols->images);
	free(symbols->recording);
	free(symbols);
}

/* ---------------------------------------------------------------- kernel */

static const struct kernel_symbol *kernel_symbol(struct symbols *symbols, __u64 address)
{
	if (!symbols->kernel_read) {
		symbols->kernel_read = 1;
		if (kernel_symbols_read(&symbols->kernel, symbols->recording))
			symbols->kernel.missing = "cannot be read";
		if (symbols->kernel.missing)
			missing_kernel(symbols->kernel.missing);
	}
	return kernel_symbols_find(&symbols->kernel, address);
}

static const char *kernel_text(struct symbols *symbols, __u64 address, bool offset, char *buf,
			       size_t size)
{
	const struct kernel_symbol *symbol = kernel_symbol(symbols, address);
	const char *module;
	char behind[32] = "";

	if (!symbol) {
		snprintf(buf, size, "0x%llx", address);
		return buf;
	}
	module = strchr(symbol->name, ' ');
	if (offset && address != symbol->address)
		snprintf(behind, sizeof(behind), "+0x%llx", address - symbol->address);
	snprintf(buf, size, "%.*s%s%s",
		 module ? (int)(module - symbol->name) : (int)strlen(symbol->name), symbol->name,
		 behind, module ? module : "");
	return buf;
}

const char *symbols_kernel(struct symbols *symbols, __u64 address, char *buf, size_t size)
{
	return kernel_text(symbols, address, true, buf, size);
}

const char *symbols_kernel_function(struct symbols *symbols, __u64 address, char *buf, size_t size)
{
	return kernel_text(symbols, address, false, buf, size);
}

/* ------------------------------------------------------------------ user */

static bool is_same_boot(const char *recording)
{
	char *then = facts_value(recording, "host", "boot_id");
	char now[64] = "";
	bool same;
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (file && fgets(now, sizeof(now), file))
		now[strcspn(now, "\n")] = 0;
	if (file)
		fclose(file);
	same = then && now[0] && !strcmp(then, now);
	free(then);
	return same;
}

/* NULL if memory is short. */
static struct process *process_of(struct symbols *symbols, __s32 tgid)
{
	struct process *process;
	size_t i;

	for (i = 0; i < symbols->processes; i++)
		if (symbols->process[i].tgid == tgid)
			return &symbols->process[i];
	process = realloc(symbols->process, (symbols->processes + 1) * sizeof(*process));
	if (!process)
		return NULL;
	symbols->process = process;
	process = &symbols->process[symbols->processes];
	memset(process, 0, sizeof(*process));
	process->tgid = tgid;
	process->known = !maps_read(&process->maps, symbols->recording, tgid);
	/* one that cannot be read is as none: its code is anonymous memory then */
	jit_names_read(&process->jit, symbols->recording, tgid);
	process->of = calloc(process->maps.count + 1, sizeof(*process->of));
	if (!process->of) {
		jit_names_uninit(&process->jit);
		maps_uninit(&process->maps);
		return NULL;
	}
	symbols->processes++;
	return process;
}

static void read_images(struct symbols *symbols)
{
	if (symbols->images_read)
		return;
	symbols->images_read = 1;
	/* without them nothing is known of the files, which is said of each */
	images_read(&symbols->images, symbols->recording);
	symbols->same_boot = is_same_boot(symbols->recording);
}

/* Two processes, or two mappings, may have the same file. */
static struct known *find_known(const struct symbols *symbols, const struct mapping *mapping,
				const struct image *image)
{
	size_t i;

	for (i = 0; i < symbols->binaries; i++) {
		struct known *known = symbols->binary[i];

		if (strcmp(known->path, mapping->path))
			continue;
		if (image_has_id(image) && image_has_id(known->image) ?
		    !strcmp(image->id, known->image->id) :
		    mapped_file_same(&known->file, &mapping->file))
			return known;
	}
	return NULL;
}

/* The kernel's own code in each process is in the recording. */
static bool locate_vdso(const struct symbols *symbols, struct located *located)
{
	struct stat status;

	memset(located, 0, sizeof(*located));
	snprintf(located->path, sizeof(located->path), "%s/facts/vdso", symbols->recording);
	located->fd = open(located->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (located->fd >= 0 && !fstat(located->fd, &status) && S_ISREG(status.st_mode))
		return true;
	if (located->fd >= 0)
		close(located->fd);
	located->reason = "not recorded";
	return false;
}

static int look_at(struct symbols *symbols, const struct process *process,
		   const struct mapping *mapping, struct known *known)
{
	bool vdso = !strcmp(mapping->path, VDSO);
	struct located located;
	bool found;
	int err;

	found = vdso ? locate_vdso(symbols, &located) :
		locate_binary(&located, known->image, mapping, process->tgid, symbols->same_boot);
	if (!found) {
		known->binary.reason = located.reason;
	} else {
		err = binary_init(&known->binary, &located, known->image);
		if (err)
			return err;
	}
	if (!vdso)
		missing_binary(mapping->path, known->image, &known->binary,
			       found && !(known->image && known->image->elsewhere));
	return 0;
}

/* NULL if memory is short. */
static struct known *binary_of(struct symbols *symbols, struct process *process,
			       const struct mapping *mapping)
{
	struct known **of = &process->of[mapping - process->maps.mapping];
	const struct image *image;
	struct known **grown;
	struct known *known;

	if (*of)
		return *of;
	read_images(symbols);
	image = images_find(&symbols->images, process->tgid, mapping);
	*of = find_known(symbols, mapping, image);
	if (*of)
		return *of;
	grown = realloc(symbols->binary, (symbols->binaries + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	symbols->binary = grown;
	known = calloc(1, sizeof(*known));
	if (!known)
		return NULL;
	known->image = image;
	known->file = mapping->file;
	known->path = strdup(mapping->path);
	if (!known->path || look_at(symbols, process, mapping, known)) {
		free(known->path);
		free(known);
		return NULL;
	}
	symbols->binary[symbols->binaries++] = known;
	*of = known;
	return known;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* What the file has at an offset, or why that is not known. */
static void file_text(struct known *known, __u64 offset, bool whole, char *buf, size_t size)
{
	struct code code;

	if (!known) {
		snprintf(buf, size, "out of memory");
	} else if (binary_find(&known->binary, offset, &code)) {
		const char *reason = known->binary.reason ? known->binary.reason :
				     known->binary.stripped ? "stripped" : "no symbol";

		snprintf(buf, size, "%s+0x%llx (%s)", last_part(known->path), offset, reason);
	} else if (whole) {
		code_text(&code, buf, size);
	} else {
		code_function_text(&code, buf, size);
	}
}

static void jit_text(const struct jit_name *name, __u64 address, bool whole, char *buf, size_t size)
{
	if (whole)
		snprintf(buf, size, "%.*s+0x%llx (compiled at run time)", CODE_NAME, name->name,
			 address - name->start);
	else
		snprintf(buf, size, "%.*s", CODE_NAME, name->name);
}

static const char *user_text(struct symbols *symbols, __s32 tgid, __u64 address, bool whole,
			     char *buf, size_t size)
{
	struct process *process = process_of(symbols, tgid);
	const struct mapping *mapping = process ? maps_find(&process->maps, address) : NULL;
	bool vdso = mapping && !strcmp(mapping->path, VDSO);
	const struct jit_name *jit = process ? jit_names_find(&process->jit, address) : NULL;

	if (jit)
		jit_text(jit, address, whole, buf, size);
	else if (!mapping)
		snprintf(buf, size, "0x%llx", address);
	else if (mapping->path[0] == '/' || vdso)
		file_text(binary_of(symbols, process, mapping),
			  address - mapping->start + (vdso ? 0 : mapping->offset), whole, buf,
			  size);
	else
		snprintf(buf, size, "%s+0x%llx",
			 mapping->path[0] ? mapping->path : "anonymous memory",
			 address - mapping->start);
	return buf;
}

const char *symbols_user(struct symbols *symbols, __s32 tgid, __u64 address, char *buf,
			 size_t size)
{
	return user_text(symbols, tgid, address, true, buf, size);
}

const char *symbols_user_function(struct symbols *symbols, __s32 tgid, __u64 address, char *buf,
				  size_t size)
{
	return user_text(symbols, tgid, address, false, buf, size);
}

const char *symbols_mapping(struct symbols *symbols, __s32 tgid, __u64 address, char *buf,
			    size_t size)
{
	struct process *process = process_of(symbols, tgid);
	const struct mapping *mapping = process ? maps_find(&process->maps, address) : NULL;

	if (!process || !process->known)
		snprintf(buf, size, "memory of process %d, whose areas were not recorded", tgid);
	else if (!mapping)
		snprintf(buf, size, "an area mapped meanwhile");
	else
		snprintf(buf, size, "%s", mapping->path[0] ? last_part(mapping->path) :
			 "anonymous memory");
	return buf;
}
