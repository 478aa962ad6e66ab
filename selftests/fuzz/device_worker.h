/* SPDX-License-Identifier: GPL-2.0 */
/* A worker: a process with rights of its own, whose threads make calls until the world stops. */
#ifndef FUZZ_DEVICE_WORKER_H
#define FUZZ_DEVICE_WORKER_H

/* Becomes the user of worker `number` and works. Does not return. */
__attribute__((noreturn)) void worker_begin(unsigned int number, unsigned int incarnation);

/* The same program anew, with the same descriptors. Returns only when that fails. */
void worker_again(void);

/* What it then begins with: arguments that worker_again() made. */
__attribute__((noreturn)) void worker_resume(char **arguments);

/* In a user namespace of its own, as root of it. 0 or -errno. */
int enter_namespace(void);

#endif /* FUZZ_DEVICE_WORKER_H */
