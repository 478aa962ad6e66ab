// SPDX-License-Identifier: GPL-2.0
/* See device_memory.h. */
#include "device_memory.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device_call.h"

#define PAGE		4096UL
#define AREA_PAGES	6UL	/* two to write, one to read, one that is not there, two to spare */
#define AUDIT_AT	(2 * AREA_PAGES * PAGE)
#define AUDIT_PAGES	8UL
#define RACED_AT	(AUDIT_AT + (AUDIT_PAGES + 1) * PAGE)
#define ALL		(RACED_AT + 2 * PAGE)

#ifndef MAP_32BIT
#define MAP_32BIT	0
#endif

/* Behind those that are to be there is nothing: what is written too far meets a fault. */
static int hide_guards(char *memory)
{
	unsigned long area;

	for (area = 0; area < 2; area++) {
		char *at = memory + area * AREA_PAGES * PAGE;

		if (mprotect(at + 2 * PAGE, PAGE, PROT_READ) ||
		    mprotect(at + 3 * PAGE, 3 * PAGE, PROT_NONE))
			return -errno;
	}
	if (mprotect(memory + AUDIT_AT + AUDIT_PAGES * PAGE, PAGE, PROT_NONE) ||
	    mprotect(memory + RACED_AT + PAGE, PAGE, PROT_NONE))
		return -errno;
	return 0;
}

/* Twice: so that what can be read alone can be filled as well. */
int memory_begin(void)
{
	int fd = memfd_create("arguments", MFD_CLOEXEC), err = 0;

	if (fd < 0 || ftruncate(fd, ALL))
		return -errno;
	self->memory = mmap(NULL, ALL, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_32BIT, fd, 0);
	self->alias = mmap(NULL, ALL, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (self->memory == MAP_FAILED || self->alias == MAP_FAILED)
		err = -ENOMEM;
	close(fd);
	return err ?: hide_guards(self->memory);
}

static void *nowhere(void)
{
	static const uintptr_t places[] = {
		0, 1, 4095, 0x7ffffffff000, 0x7ffffffffffc, 0x800000000000, 0xffff800000000000,
		0xffffffff81000000, 0xfffffffffffff000, 0xffffffffffffffff,
	};

	return (void *)places[below(sizeof(places) / sizeof(places[0]))];
}

void *memory_place(enum memory_area area, const void *made, size_t bytes, bool *whole)
{
	const size_t base = area * AREA_PAGES * PAGE;
	const unsigned int kind = below(100);
	size_t at = base;

	*whole = kind < 78;
	if (kind < 70)
		at += 8 * below(32);			/* good */
	else if (kind < 78)
		at += PAGE - below(bytes);		/* over the end of a page */
	else if (kind < 84)
		at += 2 * PAGE - bytes + below(bytes);	/* its end can be read alone */
	else if (kind < 88)
		at += 2 * PAGE;				/* can be read alone */
	else if (kind < 92)
		at += 3 * PAGE - bytes;			/* ends where nothing follows */
	else if (kind < 96)
		at += 3 * PAGE - below(bytes);		/* its end is not there */
	else
		return nowhere();
	if (at + bytes > base + 3 * PAGE)
		bytes = base + 3 * PAGE - at;
	memcpy(self->alias + at, made, bytes);
	return self->memory + at;
}

void *memory_audit(void)
{
	return self->memory + AUDIT_AT + 8 * below(512);
}

void *memory_raced(void)
{
	return self->memory + RACED_AT;
}

static void on_fault(int signal)
{
	if (self && self->touching)
		siglongjmp(self->back, 1);
	violation("worker %u: signal %d outside of what it touches", process.worker, signal);
	_exit(1);
}

void memory_catch(void)
{
	struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

bool memory_copy(void *to, const void *from, size_t bytes)
{
	bool there = false;

	if (!sigsetjmp(self->back, 0)) {
		self->touching = true;
		memcpy(to, from, bytes);
		there = true;
	}
	self->touching = false;
	return there;
}
