# SPDX-License-Identifier: GPL-2.0
#
# The tool as a libFuzzer program, with sanitizers, made quickly. FAST=1: one that runs twice as
# fast, and is made in twice the time. COVERAGE=1: one that counts lines for llvm-cov.

O	?= $(abspath ../../build)
top	:= $(abspath ../..)
CLANG	?= clang
version	:= $(shell cat $(top)/VERSION)

ifdef COVERAGE
out	:= $(O)/selftests/fuzz/coverage
watch	:= -fsanitize=fuzzer-no-link -fprofile-instr-generate -fcoverage-mapping -O1
else ifdef FAST
out	:= $(O)/selftests/fuzz/files-fast
watch	:= -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -O1
else
out	:= $(O)/selftests/fuzz/files
watch	:= -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -O0
endif

sources	:= $(wildcard $(top)/tools/*.c $(top)/tools/lib/*.c $(top)/userlib/src/*.c) \
	$(addprefix $(top)/selftests/fuzz/files_,fuzz.c harness.c place.c output.c json.c case.c \
	mutate.c stream.c text.c)
objects	:= $(sources:$(top)/%.c=$(out)/%.o)

flags	:= -std=gnu11 -Wall -Wextra -Werror -g1 -D_GNU_SOURCE -DHFT_VERSION='"$(version)"' $(watch) \
	-DHAVE_LIBDW -DHAVE_LIBPFM -I$(top)/tools -I$(top)/userlib/include -I$(top)/kmod/uapi

all: $(out)/fuzz $(out)/pack

$(out)/fuzz: $(objects)
	$(CLANG) $(subst fuzzer-no-link,fuzzer,$(watch)) -o $@ $(objects) -ldw -lelf -lpfm -lpthread -lm

$(out)/pack: files_pack.c files_case.c files_case.h
	@mkdir -p $(out)
	$(CLANG) -std=gnu11 -Wall -Wextra -Werror -O1 -D_GNU_SOURCE -o $@ files_pack.c files_case.c

# its main() is called for each case
$(out)/tools/hftrace.o: flags += -Dmain=hftrace_main

$(objects): $(out)/%.o: $(top)/%.c files.mk
	@mkdir -p $(@D)
	$(CLANG) $(flags) -MMD -MP -c -o $@ $<

-include $(objects:.o=.d)

.PHONY: all
.DELETE_ON_ERROR:
