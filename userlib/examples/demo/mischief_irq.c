// SPDX-License-Identifier: LGPL-2.1
/* A device's interrupt, moved to the engine's CPU: a serial port that has something to send. */
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <hftrace.h>

#include "mischief.h"

#define BURST		16	/* bytes, as many as the port takes at once */
#define SPINS		50	/* looks at the port without a pause */
#define SLEEPS		20000	/* for 50 us: the host may not run a CPU for long */

static int port = -1, irq;
static char affinity_before[256];

static const char *irq_file(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/irq/%d/%s", irq, name);
	return path;
}

/* Sends, and waits until the port is empty. */
static int send_burst(void)
{
	const struct timespec step = { .tv_nsec = 50 * 1000 };
	char bytes[BURST];
	int looks, empty;

	memset(bytes, '\n', sizeof(bytes));
	if (write(port, bytes, sizeof(bytes)) != sizeof(bytes))
		return errno ? -errno : -EIO;
	for (looks = 0; looks < SPINS + SLEEPS; looks++) {
		if (ioctl(port, TIOCSERGETLSR, &empty))
			return -errno;
		if (empty & TIOCSER_TEMT)
			return 0;
		if (looks >= SPINS)
			nanosleep(&step, NULL);
	}
	return -ETIMEDOUT;
}

static int move_irq(const struct mischief *mischief)
{
	char cpu[16], effective[64];
	int err, i;

	err = mischief_read_line(irq_file("smp_affinity_list"), affinity_before,
				 sizeof(affinity_before));
	snprintf(cpu, sizeof(cpu), "%d", mischief->cpu);
	if (!err)
		err = mischief_write_line(irq_file("smp_affinity_list"), cpu);
	/* It moves when the next one comes. */
	for (i = 0; !err && i < 3; i++)
		err = send_burst();
	if (!err)
		err = mischief_read_line(irq_file("effective_affinity_list"), effective,
					 sizeof(effective));
	if (!err && atoi(effective) != mischief->cpu)
		err = -EXDEV;
	return err ? mischief_failed("moving the interrupt to the engine's CPU", err) : 0;
}

static int prepare(struct mischief *mischief)
{
	struct serial_struct serial;

	port = open(mischief->irq_device, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port < 0 || ioctl(port, TIOCGSERIAL, &serial))
		return mischief_failed(mischief->irq_device, -errno);
	irq = serial.irq;
	return move_irq(mischief);
}

static int act(struct mischief *mischief, struct act *act)
{
	int err;

	act->irq = irq;
	act->start = hft_ticks();
	err = send_burst();
	act->end = hft_ticks();
	return err ? mischief_failed(mischief->irq_device, err) : 0;
}

static void clean_up(struct mischief *mischief)
{
	(void)mischief;
	if (*affinity_before)
		mischief_write_line(irq_file("smp_affinity_list"), affinity_before);
	if (port >= 0)
		close(port);
}

const struct mischief_kind mischief_irq = {
	.name = "irq",
	.summary = "a serial port's interrupt comes to the engine's CPU",
	.prepare = prepare,
	.act = act,
	.clean_up = clean_up,
};
