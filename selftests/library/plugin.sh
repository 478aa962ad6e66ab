# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Plugins that trace are loaded and unloaded, by a program that knows nothing of it.

write_plugin() {
	cat >plugin.c <<-'END'
	#include <hftrace.h>

	int work(int number);

	/* How many formats were refused so far; -1: not traced. */
	int work(int number)
	{
		struct hft_options options = { .size = sizeof(options), .flags = HFT_OPTION_PRIVATE };
		struct hft_status status = { .size = sizeof(status) };
		struct hft_thread *thread;

		hft_init(&options);
		thread = hft_thread_attach("plugin");
		hft_mark(thread, hft_name("work"), 1);
		HFT_INFO(thread, "number %d of %s", number, "many");
		HFT_ERROR(thread, "another one");
		hft_status(&status);
		return thread->enable ? (int)status.board_refused : -1;
	}
	END
	cat >program.c <<-'END'
	#include <dlfcn.h>
	#include <pthread.h>
	#include <stdio.h>
	#include <stdlib.h>
	#include <sys/wait.h>
	#include <unistd.h>

	static void *use(void *path)
	{
		static int number;
		void *plugin = dlopen(path, RTLD_NOW);
		int refused;

		if (!plugin) {
			fprintf(stderr, "%s\n", dlerror());
			exit(1);
		}
		refused = ((int (*)(int))dlsym(plugin, "work"))(number++);
		if (refused || dlclose(plugin)) {
			fprintf(stderr, "refused: %d\n", refused);
			exit(1);
		}
		return NULL;
	}

	/* program PLUGIN TIMES: in a thread that ends behind it, and in this one. */
	int main(int argc, char **argv)
	{
		pthread_t thread;
		int i, status;
		pid_t pid;

		for (i = 0; i < atoi(argv[argc - 1]); i++)
			use(argv[1]);
		if (pthread_create(&thread, NULL, use, argv[1]) || pthread_join(thread, NULL))
			return 1;
		pid = fork();
		if (!pid)
			exit(0);
		return waitpid(pid, &status, 0) != pid || status;
	}
	END
	gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -o program program.c -pthread -ldl
}

# plugin OUTPUT LINKING...
plugin() {
	gcc -std=gnu11 -O2 -Wall -Wextra -Werror -fPIC -shared -I"$INSTALLED/usr/include" -o "$1" plugin.c "${@:2}" -pthread
}

test_plugin_with_the_static_library_is_unloaded() {
	local status=0
	write_plugin
	plugin ./plugin.so "$INSTALLED/usr/lib/libhftrace.a"
	timeout 60 ./program ./plugin.so 3 2>err || status=$?
	((!status)) || fail "status $status: $(head -n 1 err)"
}

# More often than a process has room for places that log.
test_plugin_is_loaded_again_and_again() {
	local status=0
	write_plugin
	plugin ./plugin.so -L"$INSTALLED/usr/lib" -lhftrace
	LD_LIBRARY_PATH=$INSTALLED/usr/lib timeout 60 ./program ./plugin.so 1100 2>err || status=$?
	((!status)) || fail "status $status: $(head -n 1 err)"
}

# No name is looked up by a first call, which may be on the hot path or in a signal handler.
test_library_is_bound_when_loaded() {
	readelf -d "$INSTALLED/usr/lib/libhftrace.so" >dynamic
	grep -q 'FLAGS_1.*NOW' dynamic || fail "its calls are bound one by one"
	grep -q 'FLAGS_1.*NODELETE' dynamic || fail "it can be unloaded under its threads"
}
