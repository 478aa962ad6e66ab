# SPDX-License-Identifier: GPL-2.0
# hftrace: `make help` lists the targets.
VERSION := $(shell cat VERSION)
O	?= $(abspath build)
KERNEL	?= 6.1
ARCH	?= x86_64
PREFIX	?= /usr
DESTDIR	?=
DKMS	?= dkms

# Where modules are built against: KDIR=..., or the kernel that runs here.
KDIR	?= /lib/modules/$(shell uname -r)/build
RELEASE	= $(shell awk -F'"' '{ print $$2 }' $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
KMOD	= $(O)/kmod/$(RELEASE)

export O

.PHONY: all help module userlib tools examples selftests demo scenarios check check-matrix check-debug check-nightly abi stress bench bench-cost bench-scale
.PHONY: install install-dkms clean

all: userlib tools examples

help:
	@echo 'make demo       install what is missing, build, boot a Debian kernel in a virtual machine,'
	@echo '                record a disturbed trading engine on it and explain its worst moments'
	@echo 'make scenarios  disturb a program in all ways that are known, and count how often it is explained rightly'
	@echo 'make check      all tests; the last line is "N passed, N failed, N skipped"'
	@echo 'make check-matrix  the tests of the module on every kernel and architecture: docs/matrix.md'
	@echo 'make check-debug   the tests of the module on kernels that look for mistakes: docs/debug-kernels.md'
	@echo 'make            build the library, the tool and the examples in build/'
	@echo 'make module     build hftrace.ko for the running kernel (or KDIR=...)'
	@echo 'make install    install the library, the tool, man pages and the udev rule'
	@echo 'make install-dkms  register the module with DKMS, build and install it'
	@echo 'make stress     10^9 records by threads that come and go, 2,000 kills: docs/stress.md'
	@echo 'make check-nightly  the long forms of the tests, one after the other, and a table at the end: a night and more'
	@echo 'make abi        note the interface as it is now in userlib/abi/: after an addition'
	@echo 'make bench      print what a record costs, and what it costs others; then bench-scale'
	@echo 'make bench-scale  how long 10^8 records take to read: docs/scale.md; 4.4 GB of disk'
	@echo 'make clean      remove build/ but for the packages in build/cache/'

# The kernel builds a module where its source lies; so each kernel gets a copy.
module:
	@test -e $(KDIR)/include/generated/utsrelease.h || \
		{ echo "no kernel headers in $(KDIR): apt install linux-headers-$$(uname -r), or say KDIR=..." >&2; exit 1; }
	@mkdir -p $(KMOD)
	@cp -au Kbuild VERSION kmod $(KMOD)/
	$(MAKE) -C $(KDIR) M=$(KMOD) O=$(realpath $(KDIR)) modules

# For the kernel of the virtual machine.
userlib:
	$(MAKE) -C userlib

tools: userlib
	$(MAKE) -C tools

examples: userlib
	$(MAKE) -C userlib/examples

selftests: userlib
	$(MAKE) -C selftests

demo:
	selftests/demo/run

scenarios:
	selftests/scenarios/run

check:
	selftests/check

check-matrix:
	selftests/matrix

check-debug:
	selftests/debug-kernel/run

check-nightly:
	selftests/nightly

stress:
	selftests/stress/run --full

abi: userlib
	selftests/abi/run --update

bench: bench-cost bench-scale

bench-cost:
	selftests/bench/run

bench-scale:
	selftests/deps bench
	selftests/bench/scale

install: userlib tools
	$(MAKE) -C userlib install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
	$(MAKE) -C tools install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
	install -Dm644 kmod/60-hftrace.rules $(DESTDIR)/usr/lib/udev/rules.d/60-hftrace.rules

# Again for the same version is fine. A package has DESTDIR= and DKMS=true; DKMSFLAGS='-k RELEASE' chooses a kernel.
install-dkms:
	@if $(DKMS) status -m hftrace -v $(VERSION) | grep -q hftrace; then $(DKMS) remove -m hftrace -v $(VERSION) --all; fi
	rm -rf $(DESTDIR)/usr/src/hftrace-$(VERSION)
	install -d $(DESTDIR)/usr/src/hftrace-$(VERSION)
	cp -a Kbuild Makefile dkms.conf VERSION kmod $(DESTDIR)/usr/src/hftrace-$(VERSION)/
	$(DKMS) add -m hftrace -v $(VERSION)
	$(DKMS) build -m hftrace -v $(VERSION) $(DKMSFLAGS)
	$(DKMS) install -m hftrace -v $(VERSION) $(DKMSFLAGS)

clean:
	find $(O) -mindepth 1 -maxdepth 1 ! -name cache -exec rm -rf {} +
