// SPDX-License-Identifier: GPL-2.0
// A program to be probed: functions of C and C++, of its own and of a library, called so many times.
#include <cstdio>
#include <cstdlib>

#define PROBED __attribute__((noinline, noclone, used))

extern "C" long in_library(long value);

class Engine {
public:
	PROBED long on_order(int id, int price)
	{
		last = id * 100 + price;
		return last;
	}
	PROBED long on_order(long id)
	{
		last = id;
		return -last;
	}
	PROBED long on_fill(long id);

private:
	volatile long last = 0;
};

PROBED long Engine::on_fill(long id)
{
	last = id;
	return last + 1;
}

namespace
{
PROBED long hidden(long value)
{
	asm volatile("" : "+r"(value));
	return value * 3;
}
} // namespace

extern "C" PROBED long plain(long a, long b)
{
	asm volatile("" : "+r"(a), "+r"(b));
	return a - b;
}

int main(int argc, char **argv)
{
	long calls = argc > 1 ? atol(argv[1]) : 50, sum = 0, i;
	Engine engine;

	for (i = 0; i < calls; i++) {
		sum += plain(i, 3 * i);
		sum += engine.on_order(int(i), 7);
		sum += engine.on_fill(i);
		sum += hidden(i);
		sum += in_library(i);
	}
	sum += engine.on_order(5L);
	printf("%ld\n", sum);
	return 0;
}
