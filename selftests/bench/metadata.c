// SPDX-License-Identifier: GPL-2.0
/* Writes the CTF description of a recording that "generate realistic" wrote, for other readers. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ctf_metadata.h"

#define CLOCK_HZ	1e9
#define TGID		100

int main(int argc, char **argv)
{
	static const char *const texts[] = { "(unnamed)", "order", "decode", "book" };
	struct names *names = calloc(1, sizeof(*names));
	const struct names *const processes[] = { names };
	const struct ctf_trace trace = {
		.clock.hz = CLOCK_HZ,
		.host = "generated",
		.processes = processes,
		.processes_count = 1,
	};
	FILE *file;
	size_t i;

	if (argc != 2 || !names)
		errx(64, "usage: metadata FILE");
	names->tgid = TGID;
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		names->text[names->count++] = strdup(texts[i]);
	file = fopen(argv[1], "we");
	if (!file || ctf_metadata_print(file, &trace) || fclose(file))
		err(1, "%s", argv[1]);
	names_free(names);
	return 0;
}
