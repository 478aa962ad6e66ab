/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * Published states: a structure of the engine's own whose last whole value can
 * be read from outside at any time, also after a crash, member by member, by
 * `hftrace state` and hft_reader_states(). Included by hftrace.h.
 *
 *	static const struct hft_member members[] = {
 *		HFT_MEMBER(struct position, quantity, INT),
 *		HFT_MEMBER(struct position, average, DOUBLE),
 *		HFT_MEMBER(struct position, symbol, TEXT),
 *		HFT_MEMBER_ARRAY(struct position, level, UINT),
 *	};
 *	struct hft_state_page *state;
 *
 *	state = hft_state_publish("position", sizeof(struct position), members, 4);
 *	hft_state_write(state, &position);	hot path: a copy, no system call
 */
#ifndef HFTRACE_STATE_H
#define HFTRACE_STATE_H

#include <stddef.h>
#include <string.h>
#include <hftrace/ring-write.h>

#ifdef __cplusplus
extern "C" {
#endif

/* KIND is INT, UINT, DOUBLE, TEXT or BYTES: enum hft_member_type. */
#define HFT_MEMBER(structure, member, KIND)				\
	{ #member, offsetof(structure, member), sizeof(((structure *)0)->member), 1, \
	  HFT_MEMBER_##KIND }

/* An array, of which each element is shown. */
#define HFT_MEMBER_ARRAY(structure, member, KIND)			\
	{ #member, offsetof(structure, member), sizeof(((structure *)0)->member[0]), \
	  sizeof(((structure *)0)->member) / sizeof(((structure *)0)->member[0]), \
	  HFT_MEMBER_##KIND }

/*
 * Describes a structure of `bytes` bytes, 1 to HFT_STATE_DATA, by 1 to
 * HFT_STATE_MEMBERS of its members; integers have 1, 2, 4 or 8 bytes, doubles 4
 * or 8. Takes a lock: call it at start. A name (of up to 59 bytes) that is
 * published again with the same description is the same state.
 *
 * Never NULL. On an error it is a state that hft_state_write() leaves alone,
 * returning why: -EINVAL a bad name or description, -EEXIST the name is taken by
 * another description, -ENOSPC there are HFT_STATES of them or too many names,
 * -ENOTCONN no region. All of them are counted in hft_status.board_refused.
 */
struct hft_state_page *hft_state_publish(const char *name, size_t bytes,
					 const struct hft_member *members, size_t count);

/* Why nothing was written: -errno. */
int hft_slow_state(const struct hft_state_page *state, size_t bytes) HFT_NOTHROW;

/*
 * hft_state_write() for a value without a type. It fills the copy that nobody reads,
 * then changes over: docs/ring-protocol.md argues the order.
 */
static inline int hft_state_write_bytes(struct hft_state_page *state, const void *value,
					size_t bytes)
{
	__u64 next = __atomic_load_n(&state->writes, __ATOMIC_RELAXED) + 1;

	if (__builtin_expect(state->bytes != bytes, 0))
		return hft_slow_state(state, bytes);
	hft_write_fence();
	memcpy(state->copy[next & 1], value, bytes);
	state->ticks[next & 1] = hft_ticks();
	__atomic_store_n(&state->writes, next, __ATOMIC_RELEASE);
	return 0;
}

/*
 * Publishes *value, a structure of the size described. One thread writes a state,
 * and no signal handler that could interrupt its writing. 0; -EINVAL: of
 * another size; -ENOTCONN: after hft_fini() or in the child of a fork; else
 * what hft_state_publish() failed with.
 */
#define hft_state_write(state, value)					\
	hft_state_write_bytes((state), (value), sizeof(*(value)))

#ifdef __cplusplus
}
#endif

#endif /* HFTRACE_STATE_H */
