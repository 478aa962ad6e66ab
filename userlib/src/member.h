/* SPDX-License-Identifier: LGPL-2.1 */
/* What a description of a published structure must be; for those who write and who read it. */
#ifndef HFT_MEMBER_H
#define HFT_MEMBER_H

#include <hftrace/abi.h>
#include <stdbool.h>
#include <stddef.h>

/* Sizes in range, and each member whole, named and inside of the structure. */
bool hft_members_are_sound(const struct hft_member *members, size_t count, size_t bytes);

#endif /* HFT_MEMBER_H */
