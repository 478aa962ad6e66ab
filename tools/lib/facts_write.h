/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the recorder writes down about the machine: text files in the
 * recording's facts/, for lib/facts.h to read.
 */
#ifndef HFT_FACTS_WRITE_H
#define HFT_FACTS_WRITE_H

#include <sys/types.h>
#include <hftrace/abi.h>
#include "lib/cpus.h"
#include "lib/names.h"
#include "lib/recording.h"

/* Each writes one file, anew if it is there. 0 or -errno. */
int facts_host(struct recording *recording);
int facts_settings(struct recording *recording);	/* what can be changed while it runs */
int facts_doctor(struct recording *recording, const struct cpus *cpus);	/* empty: its own choice */
int facts_interrupts(struct recording *recording);
int facts_symbols(struct recording *recording);	/* of the kernel */
int facts_maps(struct recording *recording, pid_t pid);	/* -ESRCH: it has gone */
int facts_jit(struct recording *recording, pid_t pid);	/* nothing, if it compiles nothing */
int facts_names(struct recording *recording, const struct names *names);
int facts_formats(struct recording *recording, const struct names *names);

/* These add lines. A thread's: tid, tgid, name, CPU it was seen on, CPUs that it may use. */
int facts_tasks(struct recording *recording);
int facts_thread(struct recording *recording, pid_t tgid, pid_t tid, const char *name);
int facts_clock(struct recording *recording, const struct hft_clock_sample *sample);
/* Those that processes have mapped since the last time; once they have gone, nothing is added. */
int facts_buildids(struct recording *recording, const pid_t *pids, size_t count);

/* Appends a file's text. -ESRCH when there is nothing in it, as in a dead process's. */
int facts_copy(FILE *to, const char *path);

/* For those that add lines. NULL with errno; 0 or -errno. */
FILE *facts_append(struct recording *recording, const char *name);
int facts_append_end(FILE *file);

#endif /* HFT_FACTS_WRITE_H */
