// SPDX-License-Identifier: LGPL-2.1
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <hftrace.h>

#include "lodger.h"

struct answer {
	__u64 start, end;	/* clock ticks around the work */
	__s64 error;
};

static int settle(const char *comm, int cpu, int priority)
{
	struct sched_param param = { .sched_priority = priority + 1 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	prctl(PR_SET_NAME, comm);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	/* Faults of its own on the engine's CPU would not be in the log. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE) || sched_setaffinity(0, sizeof(set), &set) ||
	    sched_setscheduler(0, param.sched_priority ? SCHED_FIFO : SCHED_OTHER, &param))
		return -errno;
	return 0;
}

static void live(int orders, int answers, int err, lodger_work work)
{
	struct answer answer = { .start = hft_ticks(), .error = err };
	__u64 order;

	/* The first answer says whether it has settled. */
	for (;;) {
		answer.end = hft_ticks();
		if (write(answers, &answer, sizeof(answer)) != sizeof(answer) || err)
			_exit(1);
		if (read(orders, &order, sizeof(order)) != sizeof(order))
			_exit(0);
		answer.start = hft_ticks();
		answer.error = work(order);
	}
}

int lodger_await(struct lodger *lodger, __u64 *start, __u64 *end)
{
	struct answer answer;
	ssize_t size = read(lodger->answers, &answer, sizeof(answer));

	if (size != sizeof(answer))
		return size < 0 ? -errno : -ESRCH;
	*start = answer.start;
	*end = answer.end;
	return answer.error;
}

int lodger_start(struct lodger *lodger, const char *comm, int cpu, int priority, lodger_work work)
{
	int orders[2], answers[2], err;
	__u64 start, end;

	memset(lodger, 0, sizeof(*lodger));
	if (pipe(orders))
		return -errno;
	if (pipe(answers)) {
		err = -errno;
		goto err_orders;
	}
	lodger->pid = fork();
	if (lodger->pid < 0) {
		err = -errno;
		goto err_answers;
	}
	if (!lodger->pid) {
		close(orders[1]);
		close(answers[0]);
		live(orders[0], answers[1], settle(comm, cpu, priority), work);
	}
	close(orders[0]);
	close(answers[1]);
	lodger->orders = orders[1];
	lodger->answers = answers[0];
	err = lodger_await(lodger, &start, &end);
	if (err)
		lodger_stop(lodger);
	return err;

err_answers:
	lodger->pid = 0;
	close(answers[0]);
	close(answers[1]);
err_orders:
	close(orders[0]);
	close(orders[1]);
	return err;
}

int lodger_ask(struct lodger *lodger, __u64 order, __u64 *start, __u64 *end)
{
	if (write(lodger->orders, &order, sizeof(order)) != sizeof(order))
		return -errno;
	return lodger_await(lodger, start, end);
}

void lodger_stop(struct lodger *lodger)
{
	if (!lodger->pid)
		return;
	close(lodger->orders);
	close(lodger->answers);
	kill(lodger->pid, SIGKILL);
	waitpid(lodger->pid, NULL, 0);
	lodger->pid = 0;
}
