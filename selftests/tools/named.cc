// SPDX-License-Identifier: GPL-2.0
/*
 * Functions in functions, in namespaces and classes. Loads the library that it is given, and
 * unloads it at the first character of standard input; ends when that does.
 */
#include <dlfcn.h>
#include <unistd.h>
#include <cstdio>

namespace engine {

static inline __attribute__((always_inline)) int inner(int value)
{
	volatile int copy = value;

	return copy * 3;
}

static inline __attribute__((always_inline)) int middle(int value)
{
	return inner(value) + 1;
}

template <typename T> class book {
public:
	__attribute__((noinline)) T on_order(T value)
	{
		return middle(value) + value;
	}

	__attribute__((noinline)) auto later(T value)
	{
		auto sum = [=](T more) __attribute__((noinline)) { return middle(value) + inner(more); };

		return sum(value) + sum(value + 1);
	}
};

} // namespace engine

int main(int argc, char **argv)
{
	engine::book<int> book;
	int sum = 0, i;
	void *library;

	for (i = 0; i < 100; i++)
		sum += book.on_order(i) + book.later(sum);
	library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : nullptr;
	if (argc > 1 && !library) {
		std::fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	if (library) {
		auto call = reinterpret_cast<int (*)(int)>(dlsym(library, "exported_function"));

		sum += call(sum);
	}
	std::printf("%d %d\n", getpid(), sum);
	std::fflush(stdout);
	while (std::getchar() != EOF) {
		if (library)
			dlclose(library);
		library = nullptr;
		std::puts("unloaded");
		std::fflush(stdout);
	}
	return 0;
}
