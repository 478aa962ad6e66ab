// SPDX-License-Identifier: GPL-2.0
/*
 * arm64: which bytes a store is about to write. General registers only: what
 * stores vectors, or compares and swaps, is not foreseen, and a load changes
 * nothing. An exclusive store is taken to succeed.
 */
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/uaccess.h>

#include "store.h"

struct store {
	u64 address;
	unsigned int size;	/* bytes of each register */
	unsigned int count;	/* 1 or 2 registers */
	u64 value[2];
	u32 atomic;		/* the operation and its kind, 0: a plain store */
};

static u32 field(u32 insn, unsigned int high, unsigned int low)
{
	return insn >> low & GENMASK(high - low, 0);
}

static s64 signed_field(u32 insn, unsigned int high, unsigned int low)
{
	return sign_extend64(field(insn, high, low), high - low);
}

/* Register 31 is zero as a value, the stack pointer as a base. */
static u64 value_of(const struct pt_regs *regs, u32 number)
{
	return number == 31 ? 0 : regs->regs[number];
}

static u64 base_of(const struct pt_regs *regs, u32 number)
{
	return number == 31 ? regs->sp : regs->regs[number];
}

static bool read_instruction(struct pt_regs *regs, u32 *insn)
{
	u64 ip = instruction_pointer(regs);
	__le32 raw;

	if (user_mode(regs) ? copy_from_user_nofault(&raw, (void __user *)ip, sizeof(raw)) :
			      copy_from_kernel_nofault(&raw, (void *)ip, sizeof(raw)))
		return false;
	*insn = le32_to_cpu(raw);
	return true;
}

/* A register that is the offset: extended as the instruction says, perhaps scaled. */
static u64 register_offset(u32 insn, const struct pt_regs *regs, unsigned int size_log2)
{
	u64 offset = value_of(regs, field(insn, 20, 16));

	switch (field(insn, 15, 13)) {
	case 2:
		offset = (u32)offset;
		break;
	case 6:
		offset = sign_extend64(offset, 31);
		break;
	}
	return field(insn, 12, 12) ? offset << size_log2 : offset;
}

/* STR, STRB, STRH in all their ways to address; SWP, LDADD and the like. */
static bool decode_single(u32 insn, const struct pt_regs *regs, struct store *store)
{
	u32 size_log2 = field(insn, 31, 30), mode = field(insn, 11, 10);
	u64 base = base_of(regs, field(insn, 9, 5));

	store->count = 1;
	store->size = 1 << size_log2;
	store->value[0] = value_of(regs, field(insn, 4, 0));
	store->address = base;
	if (field(insn, 25, 24) == 0 && field(insn, 21, 21) && mode == 0) {
		/* read, change, write: the operand stands elsewhere */
		store->atomic = 1 + field(insn, 15, 12);
		store->value[0] = value_of(regs, field(insn, 20, 16));
		return store->atomic <= 1 + 3 || store->atomic == 1 + 8;
	}
	if (field(insn, 23, 22))
		return false;
	if (field(insn, 25, 24) == 1)
		store->address = base + ((u64)field(insn, 21, 10) << size_log2);
	else if (!field(insn, 21, 21))
		store->address = base + (mode == 1 ? 0 : signed_field(insn, 20, 12));
	else if (mode == 2)
		store->address = base + register_offset(insn, regs, size_log2);
	else
		return false;
	return true;
}

/* STP, STNP. */
static bool decode_pair(u32 insn, const struct pt_regs *regs, struct store *store)
{
	u64 base = base_of(regs, field(insn, 9, 5));
	u32 opc = field(insn, 31, 30);

	if (field(insn, 22, 22) || opc & 1)
		return false;
	store->count = 2;
	store->size = opc ? 8 : 4;
	store->value[0] = value_of(regs, field(insn, 4, 0));
	store->value[1] = value_of(regs, field(insn, 14, 10));
	/* one that moves the base afterwards stores at the old one */
	store->address = base + (field(insn, 24, 23) == 1 ? 0 :
				 signed_field(insn, 21, 15) * store->size);
	return true;
}

/* STLR, STLLR, STXR, STLXR. */
static bool decode_ordered(u32 insn, const struct pt_regs *regs, struct store *store)
{
	if (field(insn, 22, 21))
		return false;
	store->count = 1;
	store->size = 1 << field(insn, 31, 30);
	store->value[0] = value_of(regs, field(insn, 4, 0));
	store->address = base_of(regs, field(insn, 9, 5));
	return true;
}

static bool decode(u32 insn, const struct pt_regs *regs, struct store *store)
{
	if (field(insn, 26, 26))
		return false;
	if (field(insn, 29, 27) == 7 && !field(insn, 25, 25))
		return decode_single(insn, regs, store);
	if (field(insn, 29, 27) == 5 && !field(insn, 25, 25))
		return decode_pair(insn, regs, store);
	if (field(insn, 29, 24) == 8)
		return decode_ordered(insn, regs, store);
	return false;
}

static u64 change(u32 atomic, u64 old, u64 operand)
{
	switch (atomic) {
	case 1 + 0:
		return old + operand;
	case 1 + 1:
		return old & ~operand;
	case 1 + 2:
		return old ^ operand;
	case 1 + 3:
		return old | operand;
	default:
		return operand;
	}
}

bool hft_store_foresee(struct pt_regs *regs, u64 address, unsigned int length, u64 *value)
{
	struct store store = { 0 };
	u8 bytes[16], *to = (u8 *)value;
	bool touched = false;
	unsigned int i;
	u64 at;
	u32 insn;

	if (compat_user_mode(regs) || !read_instruction(regs, &insn) ||
	    !decode(insn, regs, &store))
		return false;
	if (store.atomic) {
		/* what stands there is known if it is just what is watched */
		if (store.address != address || store.size != length)
			return false;
		store.value[0] = change(store.atomic, *value, store.value[0]);
	}
	for (i = 0; i < store.size * store.count; i++)
		bytes[i] = store.value[i / store.size] >> i % store.size * 8;
	for (i = 0; i < length; i++) {
		at = address + i - store.address;
		if (at >= store.size * store.count)
			continue;
		to[i] = bytes[at];
		touched = true;
	}
	return touched;
}
