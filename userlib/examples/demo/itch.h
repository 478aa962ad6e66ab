/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * Messages of a feed in the binary format of ITCH 5.0, as far as a book needs
 * them. In a file each message follows its length, two bytes. All integers are
 * big-endian.
 */
#ifndef DEMO_ITCH_H
#define DEMO_ITCH_H

#include <linux/types.h>
#include <stddef.h>

#define ITCH_BYTES_MAX	50	/* the longest message of the format */
#define ITCH_SYMBOL	8	/* letters of a symbol, filled up with blanks */

enum itch_type {
	ITCH_SYSTEM	= 'S',	/* event: 'O' 'S' 'Q' 'M' 'E' 'C' */
	ITCH_DIRECTORY	= 'R',	/* symbol of a locate code */
	ITCH_ADD	= 'A',	/* order, side, shares, symbol, price */
	ITCH_EXECUTED	= 'E',	/* order, shares, match */
	ITCH_CANCEL	= 'X',	/* order, shares */
	ITCH_DELETE	= 'D',	/* order */
	ITCH_REPLACE	= 'U',	/* order, new_order, shares, price */
	ITCH_TRADE	= 'P',	/* order, side, shares, symbol, price, match */
};

struct itch_message {
	__u8 type;		/* enum itch_type */
	__u8 event;
	__u8 side;		/* 'B' buys, 'S' sells */
	__u16 locate;		/* number of the instrument, from 1 */
	__u16 tracking;
	__u32 shares;
	__u32 price;		/* dollars * 10000 */
	__u64 time;		/* ns since midnight */
	__u64 order;
	__u64 new_order;
	__u64 match;
	char symbol[ITCH_SYMBOL];
};

/* Bytes of a message of that type, 0 if the type is none of ours. */
size_t itch_bytes(__u8 type);

/* Writes itch_bytes(message->type) bytes and returns their number. */
size_t itch_encode(const struct itch_message *message, __u8 *bytes);

/* 0, or -EBADMSG: type or length is none of ours. */
int itch_decode(struct itch_message *message, const __u8 *bytes, size_t length);

/* A file of messages, mapped. */
struct itch_file {
	const __u8 *bytes;
	size_t size;
	size_t at;		/* of the next message's length */
};

/* 0 or -errno. */
int itch_open(struct itch_file *file, const char *path);
void itch_close(struct itch_file *file);

/* The next message as it stands: 1, 0 at the end, -EBADMSG where the file is cut off. */
int itch_next(struct itch_file *file, const __u8 **bytes, size_t *length);

#endif
