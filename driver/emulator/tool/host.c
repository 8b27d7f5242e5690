// SPDX-License-Identifier: BSD-3-Clause
/* The emulator inside this process: its directory, socket and devices. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <linux/delay.h>
#include <hosted/hosted.h>
#include "tool.h"

#define STOP_MS	   10000
#define KEEP_BYTES (64 << 20)

static char dir[64];
static bool own_dir;

const char *host_dir(void)
{
	return dir;
}

static int remove_entry(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_dir(void)
{
	nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static int make_dir(const char *wanted)
{
	if (!wanted) {
		strcpy(dir, "/tmp/hfi1-emu-XXXXXX");
		if (!mkdtemp(dir))
			return -errno;
	} else {
		if (strlen(wanted) >= sizeof(dir))
			return -ENAMETOOLONG;
		strcpy(dir, wanted);
		if (mkdir(dir, 0755))
			return -errno;
	}
	own_dir = true;
	return chmod(dir, 0755) ? -errno : 0;
}

/* Every user may connect: the nodes are world accessible. */
static int make_socket(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);
	int on = 1;

	if (fd < 0)
		return -errno;
	/* For what a client sends before its connection is accepted. */
	setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/%s", dir,
		 EMU_SOCKET_NAME);
	if (bind(fd, (struct sockaddr *)&un, sizeof(un)) ||
	    chmod(un.sun_path, 0666) || listen(fd, 1024)) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

/* What stands for the nodes: their numbers, and that they exist. */
static int make_nodes(void)
{
	struct hosted_chrdev *dev;
	char path[128];
	unsigned int unit;
	FILE *f;

	snprintf(path, sizeof(path), "%s/dev", dir);
	if (mkdir(path, 0755) && errno != EEXIST)
		return -errno;
	for (unit = 0; (dev = emu_devices.chrdev(unit)) != NULL; unit++) {
		snprintf(path, sizeof(path), "%s/dev/hfi1_%u", dir, unit);
		f = fopen(path, "we");
		if (!f)
			return -errno;
		fprintf(f, "%u:%u\n", imajor(&dev->inode), iminor(&dev->inode));
		if (fclose(f) || chmod(path, 0644))
			return -EIO;
	}
	return 0;
}

static int fail(const char *what, int err)
{
	fprintf(stderr, "hfi1-emu: %s: %s\n", what, strerror(-err));
	if (own_dir)
		remove_dir();
	return err;
}

static int set_params(char **params)
{
	char *eq;
	int err;

	for (; params && *params; params++) {
		eq = strchr(*params, '=');
		*eq = 0;
		err = hosted_param_set(*params, eq + 1);
		if (err) {
			fprintf(stderr, "hfi1-emu: parameter '%s': %s\n",
				*params,
				err == -ENOENT ? "no such parameter" :
						 strerror(-err));
			return err;
		}
	}
	return 0;
}

int host_start(struct tool_options *opt)
{
	int fd, err;

	if (opt->verbose)
		hosted_log_to(stderr, HOSTED_DEBUG);
	/* Packets come and go: do not fault their memory in each time. */
	mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
	mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
	err = set_params(opt->cfg.params);
	if (err)
		return err;
	err = make_dir(opt->dir);
	if (err)
		return fail(opt->dir ? opt->dir : "temporary directory", err);
	opt->cfg.dir = dir;
	conn_start();
	proc_start();
	err = emu_devices.create(&opt->cfg);
	if (err)
		return fail("cannot create the devices", err);
	err = make_nodes();
	if (err)
		return fail("device nodes", err);
	fd = make_socket();
	if (fd < 0)
		return fail("socket", fd);
	err = server_start(fd);
	return err ? fail("server", err) : 0;
}

/* Let go of everything clients hold, then take the devices down. */
void host_stop(void)
{
	unsigned int waited = 0;

	server_stop();
	conn_hang_up();
	while (conn_count() && waited++ < STOP_MS)
		msleep(1);
	if (conn_count()) {
		fprintf(stderr,
			"hfi1-emu: %u files still in use, stopping anyway\n",
			conn_count());
		remove_dir();
		return;
	}
	emu_devices.destroy();
	remove_dir();
}
