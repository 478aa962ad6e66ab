/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What people type to name a probe: FUNCTION, MODULE:FUNCTION, FUNCTION+0x12 or
 * an address of the kernel; FILE:FUNCTION, FILE:FUNCTION+0x12 or FILE:0x1234 of
 * a program or library. With %return it is a call, from entry to return.
 */
#ifndef HFT_PROBE_SPEC_H
#define HFT_PROBE_SPEC_H

#include <hftrace/abi.h>
#include <stdbool.h>

#define PROBE_WHY	500

/*
 * Fills in all but the flags and tgid; want->file is an open descriptor of the
 * caller's, or 0. 0; or -errno with a line in `why`: -EINVAL is wrong usage.
 */
int probe_spec_parse(struct hft_probe *want, const char *text, char why[PROBE_WHY]);
void probe_spec_close(struct hft_probe *want);

static inline bool probe_is_user(const struct hft_probe *probe)
{
	return probe->kind == HFT_PROBE_USER || probe->kind == HFT_PROBE_USER_CALL;
}

static inline bool probe_is_call(const struct hft_probe *probe)
{
	return probe->kind == HFT_PROBE_KERNEL_CALL || probe->kind == HFT_PROBE_USER_CALL;
}

#endif /* HFT_PROBE_SPEC_H */
