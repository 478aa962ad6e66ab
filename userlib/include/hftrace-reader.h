/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * hftrace: for programs that read rings, live or from a recording. A reader
 * writes nothing that a producer reads, and sends it nothing.
 *
 *	struct hft_reader *r;
 *	struct hft_record rec;
 *	int err = hft_reader_open_file(&r, "monday.hft");
 *
 *	while (!err && (err = hft_reader_next(r, &rec)) == 0)
 *		... rec.tsc, rec.type, rec.payload ...
 *	hft_reader_close(r);			err is -ENODATA at the end
 */
#ifndef HFTRACE_READER_H
#define HFTRACE_READER_H

#include <stddef.h>
#include <hftrace/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hft_reader;

/* One record, valid until the next call on the same reader. */
struct hft_record {
	__u64 tsc;		/* ticks; an interval's end */
	__u64 start;		/* ticks; tsc less the duration for intervals, else tsc */
	__u16 type;		/* enum hft_record_type */
	__u8 ctx;		/* HFT_CTX_* */
	__u8 slots;
	__u32 ring;		/* 0..hft_reader_rings()-1 */
	__u64 slot;		/* index in its ring since birth */
	__u64 lost_slots;	/* lost in this ring just before this record */
	const void *payload;	/* 8-byte aligned; struct hft_rec_* of the type */
	size_t payload_bytes;
};

/* One ring of a reader. Counts grow as it is read. */
struct hft_ring_info {
	__u32 kind;		/* enum hft_ring_kind */
	__s32 id;		/* CPU or tid */
	__s32 tgid;		/* user: the process */
	__u32 generation;
	char name[16];
	__u64 capacity;		/* slots; 0 when read from a file */
	__u64 head;		/* slots written since birth, pads included */
	__u64 records_written;	/* since birth, as the producer counts them */
	__u64 records_read;	/* by this reader, pads not counted */
	__u64 slots_read;	/* pads included */
	__u64 slots_lost;
	__u64 records_lost;	/* file: exact; live: known at hft_reader_settle() */
	__u64 first_tsc;	/* of the first and last record read */
	__u64 last_tsc;
};

/* What to read live. Zero everything that is not used. */
struct hft_live {
	__u32 size;		/* sizeof(struct hft_live) */
	__u32 flags;		/* HFT_LIVE_* */
	const __u64 *cpus;	/* bit masks, CPU 0 first; NULL: no CPU rings */
	size_t cpus_words;
	const __s32 *tgids;	/* processes whose rings to read; NULL with 0: none */
	size_t tgids_count;
};

#define HFT_LIVE_FROM_NOW	0x1	/* skip what the rings hold already */
#define HFT_LIVE_ALL_PROCESSES	0x2	/* every region that we may read */

/*
 * 0, or: -ENOENT no such recording, or neither the module nor a private region
 * is there; -EACCES; -EPROTO another ABI major; -EBADMSG not a recording or
 * one too damaged to start; -EINVAL a bad argument; -ENOMEM; live also another -errno
 * that opening the module's device gave. A recording whose last packet was cut
 * off opens; hft_reader_damage() says so.
 */
int hft_reader_open_file(struct hft_reader **reader, const char *path);
int hft_reader_open_live(struct hft_reader **reader, const struct hft_live *live);
void hft_reader_close(struct hft_reader *reader);

/*
 * The next record of all rings in time order. From a file the order is exact.
 * Live it is exact for records that were committed within 10 ms of their time.
 * 0; -ENODATA: a file's end, or nothing new yet.
 */
int hft_reader_next(struct hft_reader *reader, struct hft_record *record);

/* The next record of one ring, in ring order; the same results. */
int hft_reader_next_in(struct hft_reader *reader, __u32 ring, struct hft_record *record);

/*
 * A recording, before anything of it was read: the first record of all rings in time order,
 * which hft_reader_next() and the like will hand out again. 0; -ENODATA: there is none;
 * -EINVAL: live.
 */
int hft_reader_first(struct hft_reader *reader, struct hft_record *record);

/*
 * A part of a recording, in time order by itself: the rings of one kind (enum hft_ring_kind; 0:
 * of all), and of them the records of the types whose bits are set in `words` words of
 * `types` (NULL: of all), each ring's first, and those with a loss just before them. What is
 * left out is read and checked, too, and counted as read. The parts of both kinds may be read
 * at the same time, each by one thread; meanwhile the reader itself may be asked for what
 * does not change as it is read: rings' names and ids, texts, times. Not to be mixed with
 * other ways to read the same rings. 0; -EINVAL: live, or no such kind; -ENOMEM.
 */
struct hft_part;

int hft_part_open(struct hft_part **part, struct hft_reader *reader, __u32 kind,
		  const __u64 *types, size_t words);
void hft_part_close(struct hft_part *part);

/* Its next record, valid until the next call for this part. 0; -ENODATA: the end. */
int hft_part_next(struct hft_part *part, struct hft_record *record);

/*
 * Live: waits until hft_reader_next(), or hft_reader_next_in() and
 * hft_reader_take_page() where those are used, may have something more. Looks at the
 * rings' heads about every ms, as producers wake nobody; writes nothing that they read.
 * Does not look for rings that come: see hft_reader_refresh(). `timeout_ns`: 0 looks
 * once, ~0 is for ever. 0, at once for a recording; -ETIMEDOUT; -EINTR: a signal handler
 * ran while it slept.
 */
int hft_reader_wait(struct hft_reader *reader, __u64 timeout_ns);

/*
 * Live, when producers are known to be at rest: take what stands, without the
 * 10 ms; after -ENODATA then, records_written = records_read + records_lost.
 */
void hft_reader_settle(struct hft_reader *reader);

/*
 * Live: reading this ring begins anew at the last page of slots that begins before
 * `tsc`, or at the oldest one that it still holds; what it counts, too. *since: the
 * ticks from which on it holds everything; 0 from its start on; after `tsc` when some of
 * what came behind that is overwritten. 0 or -EINVAL.
 */
int hft_reader_seek(struct hft_reader *reader, __u32 ring, __u64 tsc, __u64 *since);

/*
 * Live: how many triggers the process has written, or with 0 for `tgid` all of those that
 * are read here. Looks at one line of each, which they write on a trigger alone: it can be
 * asked often.
 */
__u64 hft_reader_triggers(const struct hft_reader *reader, __s32 tgid);

__u32 hft_reader_rings(const struct hft_reader *reader);

/* 0, or -EINVAL: no such ring. */
int hft_reader_ring(const struct hft_reader *reader, __u32 ring, struct hft_ring_info *info);

/*
 * Tells apart processes of one number: those that got it one after the other,
 * and what a program was before an exec, which has other names. Rings of one
 * process have one, never 0; 0: the ring of a CPU, or no such ring.
 */
__u64 hft_reader_region(const struct hft_reader *reader, __u32 ring);

/* What hft_reader_take_page() copied. */
struct hft_page_info {
	__u64 first_slot;	/* ring index of the page's first slot, a multiple of 128 */
	__u32 slots;		/* 128, fewer in a partial page */
	__u32 content_bytes;	/* up to the last payload byte of the last record that is no pad */
	__u32 records;		/* pads not counted */
	__u32 reserved;
	__u64 begin;		/* ticks of its first and last record; 0 if none */
	__u64 end;
	__u64 lost_slots;	/* in this ring just before and inside this page */
};

/*
 * For recorders: the ring's next whole page of slots, copied and made good:
 * every record in it has a known type and length, its sequence is right and
 * time does not go back; what was torn, lapped or hostile has become a pad and
 * is counted as lost. With `partial`, when no whole page is ready, the records
 * committed so far in the page being written, without moving on.
 * 0; -ENODATA: nothing (new) there. Not to be mixed with hft_reader_next()
 * on the same ring.
 */
int hft_reader_take_page(struct hft_reader *reader, __u32 ring, int partial,
			 struct hft_slot page[HFT_PAGE_SLOTS], struct hft_page_info *info);

/*
 * Live: looks for threads and processes that came since, also for the module, if there
 * was none. Number of new rings, or -errno. Rings that were there stay as they are: while the
 * reader is open the module cannot be unloaded, and a process that got an old one's
 * pid has rings of its own.
 */
int hft_reader_refresh(struct hft_reader *reader);

/* A name's text, in a CPU ring a probe's; "?" when not known. Valid until the reader is closed. */
const char *hft_reader_name(const struct hft_reader *reader, __u32 ring, __u32 name);

/* A place in a program that logs. */
struct hft_format_info {
	__u32 level;		/* enum hft_log_level */
	__u32 line;
	__u32 args;		/* of `type`, 0..HFT_LOG_ARGS */
	__u8 type[HFT_LOG_ARGS]; /* enum hft_log_type */
	const char *file;	/* its end, if it is longer than 63 bytes */
	const char *text;	/* printf's, as the program has it: no format to print with */
};

/*
 * The format of a HFT_REC_LOG of this ring; its texts are valid until the reader
 * is closed. 0; -ENOENT: not known, as that of a program with more than HFT_FORMATS;
 * -EINVAL: no such ring.
 */
int hft_reader_format(const struct hft_reader *reader, __u32 ring, __u32 format,
		      struct hft_format_info *info);

/*
 * The text of a HFT_REC_LOG, as printf() in the C locale would write it, cut off to `size`
 * bytes with its NUL. A string that was cut off when it was written ends in "...". A
 * conversion that does not fit its argument, that is not known, or whose width or
 * precision is above 1000 stands as it is. When the format is not known, the text
 * says so and gives the words in base 16. The bytes are the program's: not to be sent
 * to a terminal as they are. The length that it would have had; or -EINVAL: no such record.
 */
int hft_log_text(const struct hft_reader *reader, const struct hft_record *record,
		 char *buffer, size_t size);

/*
 * Live: the thread writes 1 in so many of what it samples; 1 when nothing else was asked
 * for, 0 when that is not known.
 */
__u32 hft_reader_sample_every(const struct hft_reader *reader, __u32 ring);

/* A line for people on what is wrong with a recording, NULL when nothing is. */
const char *hft_reader_damage(const struct hft_reader *reader);

/* Ticks per second, and ticks to ns since the Unix epoch (REALTIME). */
double hft_reader_hz(const struct hft_reader *reader);
__s64 hft_reader_realtime(const struct hft_reader *reader, __u64 tsc);

/* -------------------------------------------- counters, gauges, states */

/* One thread's part of a counter; of a gauge, the only one. */
struct hft_value_line {
	__s64 value;
	__s32 tid;		/* who adds, or added last; gauge: who made it */
	__u32 ended;		/* counter: that thread has ended */
};

struct hft_value_info {
	const char *name;	/* "?" when it is not known */
	__u32 kind;		/* enum hft_value_kind */
	__s32 tgid;
	__u64 region;		/* tells apart what one process was before and after exec */
	__u32 process_ended;	/* or it has become another program */
	__u32 lines_count;
	__s64 value;		/* a counter's sum over the lines, wrapping; a gauge's last */
	const struct hft_value_line *lines;
};

/*
 * The counters and gauges as they stand now (of a recording: as they stood at its
 * end), by process in the order of their making: *values, valid until the next
 * call. Their number, or -ENOMEM. Processes that came since need a refresh.
 */
int hft_reader_values(struct hft_reader *reader, const struct hft_value_info **values);

struct hft_state_info {
	const char *name;
	__s32 tgid;
	__s32 tid;		/* who published it */
	__u64 region;
	__u32 process_ended;
	__s32 error;		/* 0; -ENODATA: never written; -EAGAIN: written so fast that
				 * no whole value could be copied, look again; -EBADMSG: its
				 * description makes no sense, there are no members; -EIO: its
				 * memory is not there any more
				 */
	__u32 bytes;
	__u32 members_count;
	const struct hft_member *members; /* sound: inside `bytes`, known types */
	__u64 writes;		/* how often it was written */
	__u64 ticks;		/* when it was written last, 0 if there is an error */
	__s64 age_ns;		/* since then; of a recording: at its end */
	const void *data;	/* of one write, 8-byte aligned; NULL if there is an error */
};

/* The published states, each with its last whole value; as hft_reader_values() else. */
int hft_reader_states(struct hft_reader *reader, const struct hft_state_info **states);

/* ------------------------------------------------------------- the schema */

enum hft_field_kind {
	HFT_FIELD_UINT,		/* 1, 2, 4 or 8 bytes */
	HFT_FIELD_INT,
	HFT_FIELD_HEX,		/* unsigned, best shown in base 16 */
	HFT_FIELD_TICKS,	/* unsigned, a duration */
	HFT_FIELD_NAME,		/* unsigned, for hft_reader_name() */
	HFT_FIELD_STRING,	/* char[bytes], NUL-terminated if shorter */
	HFT_FIELD_FORMAT,	/* unsigned, for hft_reader_format() */
};

struct hft_field {
	const char *name;
	enum hft_field_kind kind;
	__u16 offset;		/* bytes into the payload */
	__u16 bytes;
	__u16 count;		/* elements of `bytes` each, 1 unless an array; 0: see counted_by */
	__u16 counted_by;	/* with count 0: the field, from 0, that tells how many */
	const char *const *labels; /* words for values 0.., NULL-terminated, or NULL */
};

struct hft_schema {
	__u16 type;		/* enum hft_record_type */
	__u8 slots;		/* the fewest that it takes */
	__u8 interval;		/* 1: a field "duration" comes first */
	__u8 slots_max;
	const char *name;	/* as printed: "sched_switch" */
	const char *summary;	/* one line */
	const struct hft_field *fields;
	size_t fields_count;
};

/* The description of a record type, NULL if it is not known. */
const struct hft_schema *hft_schema(__u16 type);

/* All of them, in order of type; *count elements. */
const struct hft_schema *hft_schema_all(size_t *count);

/* Elements that a field has in a record of this payload. */
__u32 hft_field_count(const struct hft_schema *schema, const struct hft_field *field,
		      const void *payload);

/* An interval's duration in ticks; 0 for other types. */
__u64 hft_record_duration(__u16 type, const void *payload);

#ifdef __cplusplus
}
#endif

#endif /* HFTRACE_READER_H */
