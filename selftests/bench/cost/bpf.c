// SPDX-License-Identifier: GPL-2.0
/*
 * A raw tracepoint program, as small as one that records can be: reserve 32
 * bytes in a ring buffer, store the time and three arguments, submit without
 * waking anybody. The ring is large enough for a whole run, so that no
 * reservation fails, which would be cheaper.
 */
#include "cost.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RING_BYTES	(64U << 20)
#define RECORD_BYTES	32

#define INSN(op, dest, source, offset, value)	\
	{ .code = (op), .dst_reg = (dest), .src_reg = (source), .off = (offset), .imm = (value) }
#define MOVE(dest, source)	INSN(BPF_ALU64 | BPF_MOV | BPF_X, dest, source, 0, 0)
#define MOVE_VALUE(dest, value)	INSN(BPF_ALU64 | BPF_MOV | BPF_K, dest, 0, 0, value)
#define CALL(function)		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, function)
#define LOAD(dest, base, at)	INSN(BPF_LDX | BPF_MEM | BPF_DW, dest, base, at, 0)
#define STORE(base, at, source)	INSN(BPF_STX | BPF_MEM | BPF_DW, base, source, at, 0)

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int make_ring(void)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_RINGBUF, .max_entries = RING_BYTES };
	int fd = bpf(BPF_MAP_CREATE, &attr);

	if (fd < 0)
		die("BPF ring buffer: %s", strerror(errno));
	return fd;
}

static int load_program(int ring)
{
	struct bpf_insn program[] = {
		MOVE(BPF_REG_6, BPF_REG_1),
		INSN(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, ring),
		INSN(0, 0, 0, 0, 0),
		MOVE_VALUE(BPF_REG_2, RECORD_BYTES),
		MOVE_VALUE(BPF_REG_3, 0),
		CALL(BPF_FUNC_ringbuf_reserve),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_0, 0, 12, 0),
		MOVE(BPF_REG_7, BPF_REG_0),
		CALL(BPF_FUNC_ktime_get_ns),
		STORE(BPF_REG_7, 0, BPF_REG_0),
		LOAD(BPF_REG_1, BPF_REG_6, 0),
		STORE(BPF_REG_7, 8, BPF_REG_1),
		LOAD(BPF_REG_1, BPF_REG_6, 8),
		STORE(BPF_REG_7, 16, BPF_REG_1),
		LOAD(BPF_REG_1, BPF_REG_6, 8),
		STORE(BPF_REG_7, 24, BPF_REG_1),
		MOVE(BPF_REG_1, BPF_REG_7),
		MOVE_VALUE(BPF_REG_2, BPF_RB_NO_WAKEUP),
		CALL(BPF_FUNC_ringbuf_submit),
		MOVE_VALUE(BPF_REG_0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	static char log[65536];
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.insns = (uintptr_t)program,
		.insn_cnt = sizeof(program) / sizeof(*program),
		.license = (uintptr_t)"GPL",
		.log_level = 1,
		.log_buf = (uintptr_t)log,
		.log_size = sizeof(log),
	};
	int fd = bpf(BPF_PROG_LOAD, &attr);

	if (fd < 0)
		die("BPF program: %s\n%s", strerror(errno), log);
	return fd;
}

void bpf_attach(const char *tracepoint)
{
	union bpf_attr attr = { 0 };

	attr.raw_tracepoint.name = (uintptr_t)tracepoint;
	attr.raw_tracepoint.prog_fd = load_program(make_ring());
	if (bpf(BPF_RAW_TRACEPOINT_OPEN, &attr) < 0)
		die("BPF program on %s: %s", tracepoint, strerror(errno));
}
