// SPDX-License-Identifier: BSD-3-Clause
/*
 * The suite of watchdogs: how a file is opened and brought into each state.
 *
 * A watchdog keeps its timeouts when it is closed, so each world starts by
 * setting them.  The timer of softdog must not reset the machine under test:
 * load it with soft_noboot=1.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "device.h"

#define OPEN_TRIES   100
#define OPEN_WAIT_US 10000

void hfi1c_file_open(struct hfi1c_world *w, const struct hfi1c_probe *p);
void hfi1c_file_release(struct hfi1c_world *w, const struct hfi1c_probe *p);
void hfi1c_file_read(struct hfi1c_world *w, const struct hfi1c_probe *p);
void hfi1c_file_write(struct hfi1c_world *w, const struct hfi1c_probe *p);
void hfi1c_file_llseek(struct hfi1c_world *w, const struct hfi1c_probe *p);

/* One file at a time: that of a killed process may still be closing. */
static int open_soon(int access)
{
	long fd = hfi1c_open(hfi1c_device(), access | O_CLOEXEC);
	unsigned int tries;

	for (tries = 0; fd == -EBUSY && tries < OPEN_TRIES; tries++) {
		usleep(OPEN_WAIT_US);
		fd = hfi1c_open(hfi1c_device(), access | O_CLOEXEC);
	}
	hfi1c_setup(fd >= 0, "cannot open %s: %s", hfi1c_device(),
		    strerror(-fd));
	return fd;
}

static void set(int fd, unsigned long request, int value)
{
	hfi1c_setup(!hfi1c_ioctl(fd, request, &value),
		    "cannot set the watchdog up");
}

static void start(struct hfi1c_world *w)
{
	w->fd = open_soon(w->access);
	set(w->fd, WDIOC_SETPRETIMEOUT, 0);
	set(w->fd, WDIOC_SETTIMEOUT, WATCHDOG_USUAL_TIMEOUT);
	set(w->fd, WDIOC_SETOPTIONS, WDIOS_ENABLECARD);
}

static void running(struct hfi1c_world *w)
{
	start(w);
	hfi1c_world_observe(w);
}

const struct hfi1c_scenario hfi1c_scenario_running = {
	.name = "running",
	.state = HFI1C_STATE_RUNNING,
	.build = running,
};

static void stopped(struct hfi1c_world *w)
{
	start(w);
	set(w->fd, WDIOC_SETOPTIONS, WDIOS_DISABLECARD);
	hfi1c_world_observe(w);
}

const struct hfi1c_scenario hfi1c_scenario_stopped = {
	.name = "stopped",
	.state = HFI1C_STATE_STOPPED,
	.build = stopped,
};

/* A V before the close stops the timer: nothing is left behind. */
static void end(struct hfi1c_world *w)
{
	if (w->fd >= 0)
		hfi1c_write(w->fd, "V", 1);
}

const struct hfi1c_provider hfi1c_provider = { .end = end };

void hfi1c_file_open(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	static const int modes[] = { O_RDWR, O_RDONLY, O_WRONLY };
	unsigned int i;

	for (i = 0; i < HFI1C_COUNT(modes); i++)
		hfi1c_expect_result(hfi1c_open(hfi1c_device(), modes[i]),
				    -p->error, "a second open");
	hfi1c_world_intact(w);
}

/* The next one may open it at once. */
void hfi1c_file_release(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	hfi1c_expect_result(hfi1c_close(w->fd), -p->error, "close");
	w->fd = hfi1c_open(hfi1c_device(), O_RDWR);
	hfi1c_expect(w->fd >= 0, "open after the close fails: %s",
		     strerror(-w->fd));
}

void hfi1c_file_read(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	unsigned char data[64];

	hfi1c_poison(data, sizeof(data));
	hfi1c_expect_result(hfi1c_read(w->fd, data, sizeof(data)), -p->error,
			    "read");
	hfi1c_expect(hfi1c_is_poison(data, sizeof(data)),
		     "read() wrote to its buffer");
	hfi1c_world_intact(w);
}

void hfi1c_file_write(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	static const char data[] = "keep alive";
	char *edge = hfi1c_edge(1);

	*edge = 'k';
	hfi1c_expect_result(hfi1c_write(w->fd, data, sizeof(data)),
			    sizeof(data), "write");
	hfi1c_expect_result(hfi1c_write(w->fd, data, 0), 0, "write of nothing");
	hfi1c_expect_result(hfi1c_write(w->fd, edge, 2), -p->error,
			    "write of a byte that is not there");
	hfi1c_world_intact(w);
}

void hfi1c_file_llseek(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	static const int whence[] = { SEEK_SET, SEEK_CUR, SEEK_END };
	unsigned int i;

	for (i = 0; i < HFI1C_COUNT(whence); i++)
		hfi1c_expect_result(hfi1c_lseek(w->fd, 0, whence[i]), -p->error,
				    "lseek");
}

int main(int argc, char **argv)
{
	static const struct hfi1c_group *const behaviour[] = {
		&hfi1c_group_timer,
	};
	const struct hfi1c_suite suite = {
		.program = "watchdog-conformance",
		.module = "softdog",
	};

	return hfi1c_suite_main(suite, behaviour, HFI1C_COUNT(behaviour), argc,
				argv);
}
