// SPDX-License-Identifier: GPL-2.0
/* A reader in a program whose locale has another point: lines are those of the C locale. */
#include "ktap.h"
#include "live.h"
#include "recording.h"

#include <locale.h>

static int is_of_the_c_locale(void)
{
	char directory[128], command[256], here[16], text[64];
	struct hft_thread *thread;
	struct hft_reader *reader;
	struct hft_record rec;
	int made;

	CHECK_EQ(temporary_directory(directory, sizeof(directory)), 0);
	snprintf(command, sizeof(command),
		 "localedef -i de_DE -f UTF-8 --no-archive %s/comma >/dev/null 2>&1", directory);
	made = !system(command);
	setenv("LOCPATH", directory, 1);
	if (!made || !setlocale(LC_ALL, "comma")) {
		printf("# not tested: localedef makes no such locale here\n");
		remove_tree(directory);
		return 0;
	}
	CHECK_EQ(init_private(1, 256), 0);
	thread = hft_thread_attach("log");
	HFT_INFO(thread, "%.2f %'d", 1.5, 1234567);
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	CHECK_EQ(hft_log_text(reader, &rec, text, sizeof(text)), 12);
	CHECK(!strcmp(text, "1.50 1234567"));
	snprintf(here, sizeof(here), "%.1f", 1.5);
	CHECK(!strcmp(here, "1,5"));
	hft_reader_close(reader);
	hft_fini();
	remove_tree(directory);
	return 0;
}

KTAP_MAIN({ "a line has a point where the program has a comma", is_of_the_c_locale })
