// SPDX-License-Identifier: GPL-2.0
// What a text logger takes for two integers, formatted where they arise and written to nowhere.
#define SPDLOG_FMT_EXTERNAL
#define SPDLOG_HEADER_ONLY
#define FMT_HEADER_ONLY
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include "bench.h"

static std::shared_ptr<spdlog::logger> logger;

BENCH_LOOP(spdlog, spdlog::logger *to = logger.get(), to->info("order {} price {}", i, 42))

extern "C" const struct loop spdlog_loop = BENCH_ENTRY(spdlog);

extern "C" const char *spdlog_start()
{
	try {
		logger = spdlog::basic_logger_st("bench", "/dev/null");
	} catch (const spdlog::spdlog_ex &) {
		return "it cannot write to /dev/null";
	}
	return nullptr;
}
