/* SPDX-License-Identifier: LGPL-2.1 */
/* Where private regions are found: HFT_SHM_DIR/hftrace-<pid>-<16 hex digits>. */
#ifndef HFT_SHM_H
#define HFT_SHM_H

#include <sys/types.h>

#define HFT_SHM_DIR	"/dev/shm"
#define HFT_SHM_PREFIX	"hftrace-"

pid_t hft_shm_pid(const char *name);

#endif /* HFT_SHM_H */
