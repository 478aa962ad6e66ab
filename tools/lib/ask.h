/* SPDX-License-Identifier: GPL-2.0 */
/* Asking a person before something that costs. */
#ifndef HFT_ASK_H
#define HFT_ASK_H

enum hft_answer {
	HFT_ANSWER_YES,
	HFT_ANSWER_NO,
	HFT_ANSWER_NOBODY,	/* wrong usage, said */
};

/* On the terminal, anything but a yes is a no. Without one: says that -y does it. */
enum hft_answer ask(const char *question);

#endif /* HFT_ASK_H */
