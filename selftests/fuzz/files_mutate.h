/* SPDX-License-Identifier: GPL-2.0 */
/* Changes that know what they change. */
#ifndef FILES_MUTATE_H
#define FILES_MUTATE_H

#include "files_case.h"

/* A number below `limit`, which is not 0; the fuzzer's seed decides. */
uint32_t files_random(uint32_t limit);

/* A number at one of the edges where arithmetic breaks, or near `value`. */
uint64_t files_edge(uint64_t value);

/* Changes one thing in a stream: a header's field, a record, a packet. */
void files_mutate_stream(struct files_one *one);

/* Numbers the slots, sets lengths, counts and times right, so that what was changed is read. */
void files_repair_stream(struct files_one *one);

/* Puts a packet of `from` behind those of `one`. */
void files_splice_stream(struct files_one *one, const struct files_one *from);

/* Changes lines, numbers and words of a text. */
void files_mutate_text(struct files_one *one);

/* Changes headers or bytes of an ELF file. */
void files_mutate_elf(struct files_one *one);

#endif /* FILES_MUTATE_H */
