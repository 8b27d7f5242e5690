// SPDX-License-Identifier: BSD-3-Clause
/*
 * The file operations beside ioctl, mmap, writev and poll.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../lib/calls.h"
#include "world.h"

void hfi1c_file_open(struct hfi1c_world *w, const struct hfi1c_probe *p);
void hfi1c_file_release(struct hfi1c_world *w, const struct hfi1c_probe *p);
void hfi1c_file_read(struct hfi1c_world *w, const struct hfi1c_probe *p);
void hfi1c_file_llseek(struct hfi1c_world *w, const struct hfi1c_probe *p);
void hfi1c_file_fasync(struct hfi1c_world *w, const struct hfi1c_probe *p);

/* A unit can be opened any number of times, and for reading alone. */
void hfi1c_file_open(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	static const int modes[] = { O_RDWR, O_RDONLY, O_WRONLY };
	unsigned int i;
	int version;
	long fd;

	for (i = 0; i < HFI1C_COUNT(modes); i++) {
		fd = hfi1c_open(hfi1c_device(), modes[i] | O_CLOEXEC);
		hfi1c_expect(fd >= 0, "open with mode %d fails: %s", modes[i],
			     strerror(-fd));
		hfi1c_expect_result(hfi1c_ioctl(fd, HFI1_IOCTL_GET_VERS,
						&version),
				    -p->error, "GET_VERS on the new file");
		close(fd);
	}
	hfi1c_world_intact(w);
}

void hfi1c_file_release(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	hfi1c_expect_result(hfi1c_close(w->fd), -p->error, "close");
	w->fd = hfi1c_world_open(O_RDWR);
	w->state = HFI1C_STATE_UNASSIGNED;
	hfi1c_world_intact(w);
}

void hfi1c_file_read(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	unsigned char data[64];

	memset(data, 0xa5, sizeof(data));
	hfi1c_expect_result(hfi1c_read(w->fd, data, sizeof(data)), -p->error,
			    "read");
	hfi1c_expect(data[0] == 0xa5, "read() wrote to its buffer");
	hfi1c_world_intact(w);
}

void hfi1c_file_llseek(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	static const int whence[] = { SEEK_SET, SEEK_CUR, SEEK_END };
	unsigned int i;

	for (i = 0; i < HFI1C_COUNT(whence); i++)
		hfi1c_expect_result(hfi1c_lseek(w->fd, 4096, whence[i]),
				    -p->error, "lseek");
}

void hfi1c_file_fasync(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	int flags = fcntl(w->fd, F_GETFL);

	hfi1c_expect_result(fcntl(w->fd, F_SETFL, flags | O_ASYNC) ? -errno : 0,
			    -p->error, "fcntl(F_SETFL, O_ASYNC)");
	hfi1c_expect(!(fcntl(w->fd, F_GETFL) & O_ASYNC),
		     "O_ASYNC is on although the device has no signals");
}
