// SPDX-License-Identifier: GPL-2.0
/*
 * In the guest: makes every kind of event that hftrace records, on both CPUs.
 *
 *	workload ROUNDS [TIDS]
 *
 * One thread on CPU 0 and one on CPU 1 share their memory; children come and
 * go. TIDS: a file that gets the ids of the two threads.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE	4096UL

static atomic_bool stop;
static atomic_int partner_tid;
static volatile sig_atomic_t alarms;

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(EXIT_FAILURE, "CPU %d", cpu);
}

static void pause_us(long us)
{
	struct timespec time = { .tv_nsec = us * 1000 };

	nanosleep(&time, NULL);
}

/* First touches, by the program and by the kernel on its behalf; then a shootdown. */
static void faults(int pages)
{
	int zero = open("/dev/zero", O_RDONLY), i;
	char *memory;

	memory = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	if (memory == MAP_FAILED || zero < 0)
		err(EXIT_FAILURE, "faults");
	for (i = 0; i < pages / 2; i++)
		memory[i * PAGE] = 1;
	if (read(zero, memory + pages / 2 * PAGE, pages / 2 * PAGE) < 0)
		err(EXIT_FAILURE, "/dev/zero");
	close(zero);
	munmap(memory, pages * PAGE);
}

static void *partner(void *unused)
{
	int i;

	pin(1);
	atomic_store(&partner_tid, gettid());
	while (!atomic_load(&stop)) {
		for (i = 0; i < 20; i++)
			getppid();
		for (i = 0; i < 100000; i++)
			atomic_signal_fence(memory_order_seq_cst);
		pause_us(1000);
		faults(4);
	}
	return unused;
}

static void fork_and_exec(int cpu, const char *program)
{
	pid_t pid = fork();

	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	if (!pid) {
		pin(cpu);
		execl(program, program, NULL);
		_exit(7);
	}
	waitpid(pid, NULL, 0);
}

/* Each waits for the other: wake-ups from one CPU to the other. */
static void ping_pong(int times)
{
	int there[2], back[2];
	char c = 0;
	pid_t pid;

	if (pipe(there) || pipe(back))
		err(EXIT_FAILURE, "pipe");
	pid = fork();
	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	if (!pid) {
		pin(1);
		close(there[1]);
		while (read(there[0], &c, 1) == 1 && write(back[1], &c, 1) == 1)
			;
		_exit(0);
	}
	close(there[0]);
	while (times--) {
		if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
			err(EXIT_FAILURE, "ping");
	}
	close(there[1]);
	waitpid(pid, NULL, 0);
	close(back[0]);
	close(back[1]);
}

static void interprocessor(void)
{
	int i;

	for (i = 0; i < 5; i++)
		syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

/* A child is moved to and fro while it runs. */
static void migrations(void)
{
	cpu_set_t set;
	pid_t pid;
	int i;

	pid = fork();
	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	if (!pid)
		for (;;)
			poll(NULL, 0, 0);
	for (i = 0; i < 6; i++) {
		CPU_ZERO(&set);
		CPU_SET(i % 2 ? 0 : 1, &set);
		sched_setaffinity(pid, sizeof(set), &set);
		pause_us(300);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void on_alarm(int signal)
{
	(void)signal;
	alarms++;
}

/* A timer's signal interrupts a sleep: a handler, a failed call, rt_sigreturn. */
static void signals(void)
{
	struct itimerval timer = { .it_value.tv_usec = 500 };
	struct timespec second = { .tv_sec = 1 };

	setitimer(ITIMER_REAL, &timer, NULL);
	nanosleep(&second, NULL);
}

static void calls(void)
{
	struct timespec tick = { .tv_nsec = 1000000 };
	int i;

	for (i = 0; i < 50; i++)
		getppid();
	close(-1);
	poll(NULL, 0, 1);
	ppoll(NULL, 0, &tick, NULL);
	sched_yield();
	syscall(SYS_gettid, 1, 2, 3, 4, 5, 6);
	syscall(9999, 1, 2, 3, 4, 5, 6);
}

static void write_to(const char *path, const char *text, size_t size)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, size) < 0)
		err(EXIT_FAILURE, "%s", path);
	close(fd);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 0, i;
	pthread_t thread;
	FILE *tids;

	if (rounds <= 0)
		errx(64, "usage: workload ROUNDS [TIDS]");
	signal(SIGALRM, on_alarm);
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0))
		err(EXIT_FAILURE, "membarrier");
	pin(0);
	if (pthread_create(&thread, NULL, partner, NULL))
		errx(EXIT_FAILURE, "no thread");
	while (!atomic_load(&partner_tid))
		pause_us(1000);
	if (argc > 2) {
		tids = fopen(argv[2], "w");
		if (!tids || fprintf(tids, "%d\n%d\n", gettid(), partner_tid) < 0 || fclose(tids))
			err(EXIT_FAILURE, "%s", argv[2]);
	}
	for (i = 0; i < rounds; i++) {
		fork_and_exec(i % 2, "/bin/true");
		fork_and_exec(i % 2, "/nonexistent");
		ping_pong(20);
		faults(64);
		interprocessor();
		migrations();
		signals();
		calls();
		/* an interrupt of the serial port's own */
		write_to("/dev/ttyS0", "\n", 1);
		/* an NMI on the other CPU */
		if (i % 4 == 0)
			write_to("/proc/sysrq-trigger", "l", 1);
	}
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	return 0;
}
