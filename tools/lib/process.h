/* SPDX-License-Identifier: GPL-2.0 */
/* Processes of this machine, by /proc. */
#ifndef HFT_PROCESS_H
#define HFT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <linux/types.h>

bool process_exists(pid_t pid);

/* When it began, in the kernel's ticks since boot: tells it from others of its number. 0: gone. */
__u64 process_start(pid_t pid);

/* The process that a thread belongs to; 0: there is no such thread. */
pid_t process_of_thread(pid_t tid);

/* Escaped for a terminal; "?" when it has gone. Returns buf. */
const char *process_name(pid_t pid, char *buf, size_t size);

/* Whether pid is `ancestor` or descends from it; false when it has gone. */
bool process_descends(pid_t pid, pid_t ancestor);

#endif /* HFT_PROCESS_H */
