// SPDX-License-Identifier: BSD-3-Clause
/*
 * Unmap events of one address space.
 *
 * The ranges are registered for write protection that nobody ever switches
 * on: no fault is delivered, only the events.
 *
 * Locks: uffd->lock serialises handling; it is held while notifiers run.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/userfaultfd.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include "daemon.h"
#include "uffd.h"
#include "../../hosted/vmas.h"

struct uffd {
	struct source src;
	struct mutex lock;
	struct mm_struct *mm;
	int refs;
};

void uffd_get(struct uffd *uffd)
{
	__atomic_fetch_add(&uffd->refs, 1, __ATOMIC_SEQ_CST);
}

void uffd_put(struct uffd *uffd)
{
	if (__atomic_sub_fetch(&uffd->refs, 1, __ATOMIC_SEQ_CST))
		return;
	close(uffd->src.fd);
	mmdrop(uffd->mm);
	free(uffd);
}

/* The ranges that notifiers are for; to be freed. */
static struct hosted_range *watched(struct mm_struct *mm, unsigned int *count)
{
	struct mmu_interval_notifier *sub;
	struct hosted_range *ranges;
	unsigned int room = 0;

	*count = 0;
	spin_lock(&mm->notifier_lock);
	list_for_each_entry(sub, &mm->notifiers, node)
		room++;
	spin_unlock(&mm->notifier_lock);
	ranges = calloc(room, sizeof(*ranges));
	if (!ranges)
		return NULL;
	/* new ones come last: who comes in between is not in need of this */
	spin_lock(&mm->notifier_lock);
	list_for_each_entry(sub, &mm->notifiers, node) {
		if (*count == room)
			break;
		ranges[(*count)++] = (struct hosted_range){
			.start = sub->interval_tree.start & PAGE_MASK,
			.end = PAGE_ALIGN(sub->interval_tree.last),
		};
	}
	spin_unlock(&mm->notifier_lock);
	return ranges;
}

/* Tell the notifiers whose ranges have lost pages already. */
static void report_gaps(struct mm_struct *mm)
{
	struct hosted_range *ranges;
	unsigned int count, i;

	ranges = watched(mm, &count);
	if (count)
		hosted_vmas_skip_usable(mm, ranges, count);
	for (i = 0; i < count; i++)
		if (ranges[i].start < ranges[i].end)
			hosted_mm_unmap(mm, ranges[i].start,
					ranges[i].start + PAGE_SIZE);
	free(ranges);
}

static void handle(struct uffd *uffd, const struct uffd_msg *msg)
{
	switch (msg->event) {
	case UFFD_EVENT_UNMAP:
		hosted_mm_unmap(uffd->mm, msg->arg.remove.start,
				msg->arg.remove.end);
		break;
	case UFFD_EVENT_REMAP:
		hosted_mm_unmap(uffd->mm, msg->arg.remap.from,
				msg->arg.remap.from + msg->arg.remap.len);
		break;
	}
}

static bool pending(struct uffd *uffd)
{
	struct pollfd pfd = { .fd = uffd->src.fd, .events = POLLIN };

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & POLLIN);
}

void uffd_drain(struct uffd *uffd)
{
	struct uffd_msg msg;

	mutex_lock(&uffd->lock);
	while (pending(uffd)) {
		/* Reading lets the process go on: do the known part first. */
		report_gaps(uffd->mm);
		if (read(uffd->src.fd, &msg, sizeof(msg)) != sizeof(msg))
			break;
		handle(uffd, &msg);
	}
	mutex_unlock(&uffd->lock);
}

static void on_event(struct source *src, uint32_t events)
{
	struct uffd *uffd = container_of(src, struct uffd, src);

	if (events & (EPOLLERR | EPOLLHUP)) {
		server_del(src);
		return;
	}
	uffd_get(uffd);
	uffd_drain(uffd);
	server_rearm(src, EPOLLIN);
	uffd_put(uffd);
}

struct uffd *uffd_open(struct mm_struct *mm, int fd)
{
	struct uffd *uffd = calloc(1, sizeof(*uffd));
	int err;

	if (!uffd)
		return ERR_PTR(-ENOMEM);
	uffd->src.event = on_event;
	uffd->src.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	uffd->refs = 1;
	uffd->mm = mm;
	mmgrab(mm);
	mutex_init(&uffd->lock);
	err = uffd->src.fd < 0 ? -errno : server_add(&uffd->src, EPOLLIN);
	if (err) {
		uffd_put(uffd);
		return ERR_PTR(err);
	}
	return uffd;
}

void uffd_close(struct uffd *uffd)
{
	server_del(&uffd->src);
	uffd_put(uffd);
}

/* Ranges that had their notifiers before the process gave us its uffd. */
void uffd_register_all(struct uffd *uffd)
{
	unsigned int count, i;
	struct hosted_range *ranges;

	ranges = watched(uffd->mm, &count);
	for (i = 0; i < count; i++)
		uffd_register(uffd, ranges[i].start,
			      ranges[i].end - ranges[i].start);
	free(ranges);
}

void uffd_register(struct uffd *uffd, unsigned long start, unsigned long length)
{
	unsigned long end = PAGE_ALIGN(start + length);
	struct uffdio_register reg = {
		.range = { .start = start & PAGE_MASK },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};

	reg.range.len = end - reg.range.start;
	if (ioctl(uffd->src.fd, UFFDIO_REGISTER, &reg))
		pr_debug("range %#lx+%#lx not watched: %s", start, length,
			 strerror(errno));
}
