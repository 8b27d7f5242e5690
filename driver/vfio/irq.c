// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "irq.h"

int vfu_irqs_init(struct vfu_irqs *irqs)
{
	unsigned int i;

	memset(irqs, 0, sizeof(*irqs));
	for (i = 0; i < VFU_VECTORS; i++)
		irqs->fd[i] = -1;
	return -pthread_mutex_init(&irqs->lock, NULL);
}

void vfu_irqs_exit(struct vfu_irqs *irqs)
{
	vfu_irqs_clear(irqs);
	pthread_mutex_destroy(&irqs->lock);
}

static bool is_eventfd(int fd)
{
	static const char kind[] = "anon_inode:[eventfd]";
	char path[32], target[sizeof(kind)];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target));
	return n == sizeof(kind) - 1 && !memcmp(target, kind, n);
}

/*
 * A full counter is a signal that was not consumed: as good as two.  Whether a
 * write to it blocks is up to the client, so it is not written to.
 */
static void signal_fd(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	uint64_t one = 1;
	ssize_t n;

	if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT))
		return;
	do
		n = write(fd, &one, sizeof(one));
	while (n < 0 && errno == EINTR);
}

static void set_locked(struct vfu_irqs *irqs, unsigned int vector, int fd)
{
	if (irqs->fd[vector] >= 0)
		close(irqs->fd[vector]);
	irqs->fd[vector] = fd;
	if (fd >= 0 && irqs->pending[vector]) {
		irqs->pending[vector] = false;
		signal_fd(fd);
	}
}

int vfu_irqs_set(struct vfu_irqs *irqs, unsigned int vector, int fd)
{
	if (vector >= VFU_VECTORS || (fd >= 0 && !is_eventfd(fd))) {
		if (fd >= 0)
			close(fd);
		return -EINVAL;
	}
	pthread_mutex_lock(&irqs->lock);
	set_locked(irqs, vector, fd);
	pthread_mutex_unlock(&irqs->lock);
	return 0;
}

void vfu_irqs_clear(struct vfu_irqs *irqs)
{
	unsigned int i;

	pthread_mutex_lock(&irqs->lock);
	for (i = 0; i < VFU_VECTORS; i++) {
		irqs->pending[i] = false;
		set_locked(irqs, i, -1);
	}
	pthread_mutex_unlock(&irqs->lock);
}

void vfu_irqs_reset(struct vfu_irqs *irqs)
{
	pthread_mutex_lock(&irqs->lock);
	memset(irqs->pending, 0, sizeof(irqs->pending));
	pthread_mutex_unlock(&irqs->lock);
}

void vfu_irqs_raise(struct vfu_irqs *irqs, unsigned int vector)
{
	if (vector >= VFU_VECTORS)
		return;
	pthread_mutex_lock(&irqs->lock);
	if (irqs->fd[vector] >= 0)
		signal_fd(irqs->fd[vector]);
	else
		irqs->pending[vector] = true;
	pthread_mutex_unlock(&irqs->lock);
}

unsigned int vfu_irqs_connected(struct vfu_irqs *irqs)
{
	unsigned int i, n = 0;

	pthread_mutex_lock(&irqs->lock);
	for (i = 0; i < VFU_VECTORS; i++)
		n += irqs->fd[i] >= 0;
	pthread_mutex_unlock(&irqs->lock);
	return n;
}
