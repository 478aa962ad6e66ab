/* SPDX-License-Identifier: LGPL-2.1 */
/* What the reader's files share. */
#ifndef HFT_READER_H
#define HFT_READER_H

#include <hftrace-reader.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "formats.h"
#include "merge.h"
#include "page.h"
#include "source.h"

#define HFT_PACKET_PAGES	64	/* pages of slots in a packet, at most */

/* ----------------------------------------------------------------- clock */

struct hft_clock_point {
	uint64_t ticks;
	uint64_t monotonic;
	uint64_t realtime;
	uint64_t uncertainty;	/* ticks */
};

struct hft_clock {
	struct hft_clock_point *points;	/* in order of ticks */
	size_t count;
	uint64_t khz;			/* as the kernel calibrated them, 0 if not known */
};

int hft_clock_add(struct hft_clock *clock, const struct hft_clock_point *point);
int hft_clock_sample(struct hft_clock *clock, int device_fd);	/* -1: without the module */
bool hft_clock_is_set(const struct hft_clock *clock);	/* since its last sample */
double hft_clock_hz(const struct hft_clock *clock);
int64_t hft_clock_realtime(const struct hft_clock *clock, uint64_t ticks);

/* ----------------------------------------------------------------- names */

/* Texts by number, handed out until the reader is closed. */
struct hft_names {
	int32_t tgid;
	uint32_t life;			/* of a recording: see struct hft_ring */
	char *text[HFT_NAMES];	/* NULL: not known */
	struct hft_formats formats;
};

/* ----------------------------------------------------------------- rings */

/* A process's memory that is read live. */
struct hft_live_region {
	struct hft_source source;
	uint64_t number;	/* the module's; private memory: inode */
	bool private_memory;
	int32_t tgid;
	uint32_t rings;
	uint64_t ring_slots;
	uint64_t names_offset;
	uint64_t rings_offset;
	uint64_t ring_stride;
	uint64_t board_offset;		/* 0: it has none */
	struct hft_names names;
};

/* One ring, or one generation of a user ring, or one stream of a recording. */
struct hft_ring {
	struct hft_ring_info info;

	/* Records that were made good and wait to be handed out. */
	struct hft_slot *buffer;
	uint32_t at;
	uint32_t limit;
	uint64_t buffer_first;		/* ring index of buffer[0] */
	bool handed_out;		/* the one at `at`: step over it first */
	uint64_t lost;			/* slots, to be told with the next record */

	uint64_t next_slot;		/* to be loaded */
	uint64_t last_tsc;		/* time does not go back behind this one */

	/* Live. */
	const struct hft_source *source;
	struct hft_live_region *region;	/* user rings */
	uint64_t ctl;			/* bytes from the source's start */
	uint64_t life_slot;		/* where this ring's life begins, as far as we may know */
	uint64_t first_slot;		/* where reading it begins */
	uint64_t first_records;
	bool first_unsure;		/* first_records was read while records were written */
	uint64_t end_slot;		/* of this generation, ~0 while it lives */
	uint64_t end_records;
	bool started;
	uint64_t partial_first;		/* what stands provisionally in the counts: */
	uint32_t partial_slots;
	uint32_t partial_lost;
	uint32_t partial_records;

	/* File. */
	int fd;
	uint32_t life;			/* 1: the first process of this number, 2 the next... */
	char stream[64];		/* the file's name */
	uint64_t file_size;
	uint64_t offset;		/* of the next packet */
	struct hft_packet packet;	/* being read */
	uint32_t packet_page;		/* pages of slots of it that were loaded */
	uint32_t packet_pages;		/* that there are */
	uint64_t slots_lost_before;	/* as of the header before */
	uint64_t records_in_headers;	/* of all packets */
	uint64_t discarded;		/* as of the last packet */
	uint64_t written;		/* as the recorder noted at its end, 0 if it did not */
	uint64_t packet_tsc;		/* its reading began then, or 0: rings one by one */
	bool in_time_order;
	bool at_end;
	char *damage;			/* what is wrong, NULL: nothing */
	uint64_t damage_tsc;		/* as packet_tsc */
	struct hft_names *names;
};

/* ----------------------------------------------------------------- boards */

/* A state that was handed out; info points into the rest. */
struct hft_kept_state {
	struct hft_state_info info;
	struct hft_member member[HFT_STATE_MEMBERS];
	uint64_t data[HFT_STATE_DATA / 8];
};

/* What was handed out of boards. */
struct hft_boards {
	struct hft_value_info *values;	/* lines: an index, until all are known */
	size_t values_count;
	struct hft_value_line *lines;
	size_t lines_count;
	struct hft_kept_state **states;
	size_t states_count;
	struct hft_state_info *infos;
	char **names;			/* file */
	size_t names_count;
};

/* ------------------------------------------------------------- the reader */

struct hft_reader {
	struct hft_ring **rings;
	uint32_t rings_count;

	struct hft_merge merge;
	uint64_t horizon;		/* records up to this time may go out */

	struct hft_clock clock;
	char *damage;
	struct hft_boards boards;

	/* Live. */
	bool live;
	bool settled;
	int device;			/* -1: none */
	struct hft_names *probes;	/* live: those asked for until now */
	struct hft_source *cpu_sources;
	uint32_t cpu_sources_count;
	struct hft_live_region **regions;
	size_t regions_count;
	int32_t *tgids;
	size_t tgids_count;
	uint32_t flags;			/* HFT_LIVE_* */

	/* File. */
	struct hft_names **names;
	size_t names_count;
	unsigned char uuid[16];		/* of the first packet found */
	bool uuid_known;
};

/* reader.c: whether one of the calls that read would find something. */
bool hft_reader_is_ready(struct hft_reader *reader);

struct hft_ring *hft_reader_add_ring(struct hft_reader *reader, size_t buffer_pages);

/* A line on what is wrong; the first one stays. */
void hft_reader_note(struct hft_reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ring_live.c: fills ring->buffer; 0, -ENODATA. */
int hft_live_load(struct hft_reader *reader, struct hft_ring *ring);
bool hft_live_is_ready(const struct hft_reader *reader, struct hft_ring *ring);
int hft_live_take(struct hft_reader *reader, struct hft_ring *ring, bool partial,
		  struct hft_slot *page, struct hft_page_info *info);
void hft_live_begin(struct hft_ring *ring, bool from_now);
void hft_live_look_for_end(struct hft_ring *ring, bool settled);
uint64_t hft_live_head(const struct hft_ring *ring);	/* 0: it is none that a ring can have */
uint32_t hft_live_sample_every(const struct hft_ring *ring);
void hft_live_info(const struct hft_ring *ring, bool settled, struct hft_ring_info *info);

/* live.c */
void hft_live_close(struct hft_reader *reader);
int hft_live_refresh(struct hft_reader *reader);
const char *hft_live_name(struct hft_live_region *region, uint32_t name);

/* boards.c: a new one at the end of those kept, zeroed; NULL: no memory. */
struct hft_value_info *hft_boards_add_value(struct hft_boards *boards);
struct hft_value_line *hft_boards_add_line(struct hft_boards *boards);
struct hft_kept_state *hft_boards_add_state(struct hft_boards *boards);
void hft_boards_close(struct hft_boards *boards);

/* boards_file.c: those of a recording, once. 0, -ENOMEM. */
int hft_boards_read(struct hft_boards *boards, int facts);

/* boards_live.c: what stands there now. 0, -ENOMEM. */
int hft_live_values(struct hft_reader *reader);
int hft_live_states(struct hft_reader *reader);

/* ring_file.c */
int hft_file_add_stream(struct hft_reader *reader, int dir, const char *name);
int hft_file_load(struct hft_reader *reader, struct hft_ring *ring);
void hft_file_info(const struct hft_ring *ring, struct hft_ring_info *info);

/* probes.c: the label of a probe of the kernel that is there now, NULL when there is none. */
const char *hft_live_probe(const struct hft_reader *reader, uint32_t id);

/* facts.c: what stands in a recording beside its streams. 0, -ENOENT, -EPROTO, -ENOMEM. */
int hft_facts_read(struct hft_reader *reader, int dir);
FILE *hft_fact_open(int facts, const char *name);	/* a regular file below facts/, or NULL */
char *hft_fact_line(FILE *file, char **line, size_t *size); /* the next one, or NULL at the end */

#endif /* HFT_READER_H */
