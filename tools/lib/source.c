// SPDX-License-Identifier: GPL-2.0
/* Opening what a command reads, with refusals put into words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lib/device.h"
#include "lib/facts.h"
#include "lib/output.h"
#include "lib/source.h"

int source_open_recording(struct hft_reader **reader, const char *path)
{
	int err = hft_reader_open_file(reader, path);
	char *abi;

	switch (err) {
	case 0:
		return 0;
	case -ENOENT:
		message("no recording %s", path);
		break;
	case -EPROTO:
		abi = facts_value(path, "recording", "abi");
		message("%s has ABI %s, this tool reads ABI %u: use the tool that wrote it",
			path, abi ? abi : "?", HFT_ABI_MAJOR);
		free(abi);
		break;
	case -EBADMSG:
		message("%s is not a recording by 'hftrace record', or damaged past reading", path);
		break;
	case -EACCES:
	case -EPERM:
		message("no permission to read %s: be the user who recorded it, or root", path);
		break;
	default:
		message("cannot read %s: %s", path, strerror(-err));
	}
	return HFT_EXIT_FAILED;
}

int source_open_live(struct hft_reader **reader, const struct hft_live *live)
{
	int err = hft_reader_open_live(reader, live);
	struct device device;
	char why[DEVICE_WHY];

	if (!err)
		return 0;
	/* The device's own words, when it is what is missing. */
	if (device_open(&device, why)) {
		if (err == -ENOENT && !live->cpus)
			message("no process there uses libhftrace, and %s", why);
		else
			message("%s", why);
		return HFT_EXIT_FAILED;
	}
	if ((err == -EACCES || err == -EPERM) && device_may_read(&device, why))
		message("%s", why);
	else if (err == -EACCES || err == -EPERM)
		message("%s", device_hidden_addresses);
	else
		message("cannot read the rings: %s", strerror(-err));
	device_close(&device);
	return HFT_EXIT_FAILED;
}
