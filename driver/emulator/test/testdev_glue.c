// SPDX-License-Identifier: BSD-3-Clause
/* The test device in the place of real units. */
#include <errno.h>
#include "../daemon/daemon.h"
#include "../../hosted/test/testdev_host.h"

static struct testdev td;

static int create(const struct emu_config *cfg)
{
	(void)cfg;
	return testdev_create(&td, 0);
}

static void destroy(void)
{
	testdev_destroy(&td);
}

static struct hosted_chrdev *chrdev(unsigned int unit)
{
	return unit ? NULL : &td.chrdev;
}

static void changed(void)
{
}

static void status(FILE *out)
{
	fprintf(out, ",\n  \"test_files\": %d", atomic_read(&td.open));
}

static const struct ctl_command commands[] = { { .name = NULL } };

const struct emu_devices emu_devices = {
	.create = create,
	.destroy = destroy,
	.chrdev = chrdev,
	.changed = changed,
	.status = status,
	.commands = commands,
};
