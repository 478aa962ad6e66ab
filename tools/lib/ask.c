// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/ask.h"
#include "lib/output.h"

enum hft_answer ask(const char *question)
{
	char line[16];

	if (!isatty(STDIN_FILENO) || !output_terminal()) {
		message("%s There is no terminal to ask on: say -y to do it", question);
		return HFT_ANSWER_NOBODY;
	}
	fprintf(stderr, "%s [y/N] ", question);
	if (!fgets(line, sizeof(line), stdin))
		return HFT_ANSWER_NO;
	line[strcspn(line, "\n")] = 0;
	return !strcmp(line, "y") || !strcmp(line, "yes") ? HFT_ANSWER_YES : HFT_ANSWER_NO;
}
