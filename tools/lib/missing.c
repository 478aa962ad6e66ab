// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/compiler.h"
#include "lib/missing.h"
#include "lib/output.h"
#include "lib/package.h"

/* Lines to say. Commands open symbols several times: each line is kept once. */
static char **noted;
static size_t notes;

static void __printf(1, 2) note(const char *format, ...)
{
	char *text, **grown;
	va_list args;
	int length;
	size_t i;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		return;
	for (i = 0; i < notes; i++)
		if (!strcmp(noted[i], text))
			break;
	grown = i == notes ? realloc(noted, (notes + 1) * sizeof(*noted)) : NULL;
	if (!grown) {
		free(text);
		return;
	}
	noted = grown;
	noted[notes++] = text;
}

void missing_kernel(const char *reason)
{
	note("the kernel's symbols %s: its addresses have no names%s", reason,
	     strstr(reason, "kptr_restrict") ?
	     "; record as root, with kernel.kptr_restrict=1 at most" : "");
}

#ifdef HAVE_LIBDW

/* Where debug symbols of a file of this machine come from. */
static void get_debug(const char *path, const struct image *image, const char *own, char *buf,
		      size_t size)
{
	char name[PACKAGE_NAME], debug[PACKAGE_NAME];
	int used;

	if (package_of(path, name, debug))
		used = snprintf(buf, size, "install %s (Debian's debug archive)", debug);
	else
		used = snprintf(buf, size, "%s", own);
	if (image_has_id(image) && used > 0 && (size_t)used < size)
		snprintf(buf + used, size - used, ", or run 'debuginfod-find debuginfo %s'",
			 image->id);
}

static void note_file(const char *path, const struct image *image, const struct binary *binary,
		      bool here)
{
	static const char none[] = "it has no build id";
	char shown[4 * 256], how[400], id[BUILDID_TEXT + 16];

	text_escape(shown, sizeof(shown), path, strnlen(path, 255));
	if (binary->reason) {
		snprintf(id, sizeof(id), "build id %s", image_has_id(image) ? image->id : "");
		note("%s: %s (%s): no names of its functions; "
		     "--symbols DIR names a directory that has the recorded file%s",
		     shown, binary->reason, image_has_id(image) ? id :
		     image && image->id[0] == '-' ? none : "its build id was not recorded",
		     image && image->elsewhere ?
		     ", for example the root of its container" : "");
	} else if (binary->stripped) {
		get_debug(here ? path : "", image, "build it with -g and do not strip it", how,
			  sizeof(how));
		note("%s: stripped: only functions that it exports have names; %s", shown, how);
	} else if (binary->no_lines) {
		get_debug(here ? path : "", image, "build it with -g", how, sizeof(how));
		note("%s: no source lines; %s", shown, how);
	}
}

#else

static void note_file(const char *path, const struct image *image, const struct binary *binary,
		      bool here)
{
	(void)path;
	(void)image;
	(void)binary;
	(void)here;
	note("built without elfutils: code of programs is shown as a place in its file; "
	     "build it with libdw-dev installed, or use addr2line");
}

#endif

void missing_binary(const char *path, const struct image *image, const struct binary *binary,
		    bool here)
{
	if (binary->reason || binary->stripped || binary->no_lines)
		note_file(path, image, binary, here);
}

void missing_say(void)
{
	size_t i;

	for (i = 0; i < notes; i++) {
		message("%s", noted[i]);
		free(noted[i]);
	}
	free(noted);
	noted = NULL;
	notes = 0;
}
