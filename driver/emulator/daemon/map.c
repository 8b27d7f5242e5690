// SPDX-License-Identifier: BSD-3-Clause
/*
 * mmap: what the driver mapped, as descriptors and offsets for the client.
 *
 * Locks: ro_lock covers the table of read-only descriptors.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <linux/err.h>
#include <linux/mm.h>
#include "daemon.h"

/* Where a mapping seems to lie while the client has not placed it. */
#define PLACEHOLDER 0x100000000000UL
#define MAX_FILES   64

struct kept_vma {
	struct list_head node;
	struct vm_area_struct *vma;
};

static pthread_mutex_t ro_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	int fd, ro;
} ro_fds[MAX_FILES];
static unsigned int nro;

/*
 * A read-only description of a memory file.  Mapping that one makes the
 * kernel itself refuse a later mprotect(PROT_WRITE) with EACCES.
 */
static int read_only(int fd)
{
	char path[40];
	unsigned int i;
	int ro = -1;

	pthread_mutex_lock(&ro_lock);
	for (i = 0; i < nro && ro < 0; i++)
		if (ro_fds[i].fd == fd)
			ro = ro_fds[i].ro;
	if (ro < 0 && nro < MAX_FILES) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		ro = open(path, O_RDONLY | O_CLOEXEC);
		if (ro >= 0) {
			ro_fds[nro].fd = fd;
			ro_fds[nro++].ro = ro;
		}
	}
	pthread_mutex_unlock(&ro_lock);
	return ro;
}

static int fd_index(int *fds, unsigned int *nfds, int fd)
{
	unsigned int i;

	for (i = 0; i < *nfds; i++)
		if (fds[i] == fd)
			return i;
	if (fd < 0 || *nfds == EMU_MAX_FDS)
		return -1;
	fds[*nfds] = fd;
	return (*nfds)++;
}

static int describe(struct vm_area_struct *vma, struct emu_map_reply *rep,
		    int *fds, unsigned int *nfds)
{
	/* One that began writable is kept from it again by the client. */
	bool writable = vma->vm_flags & (VM_MAYWRITE | VM_WRITE);
	struct hosted_vma_seg *seg;
	int index;

	list_for_each_entry(seg, &vma->segs, node) {
		if (rep->head.nsegs == EMU_MAX_SEGS)
			return -ENOMEM;
		index = fd_index(fds, nfds,
				 writable ? seg->fd : read_only(seg->fd));
		if (index < 0)
			return -ENFILE;
		rep->segs[rep->head.nsegs++] = (struct emu_seg){
			.start = seg->start - vma->vm_start,
			.length = seg->length,
			.offset = seg->offset,
			.fd = index,
		};
	}
	rep->head.a[0] = vma->vm_flags;
	rep->head.a[2] = vma->vm_end - vma->vm_start;
	return 0;
}

/* A driver that wants to hear of the unmap hears of it at the last close. */
static void keep_or_drop(struct conn *conn, struct vm_area_struct *vma)
{
	struct kept_vma *kept;

	if (!vma->vm_ops || !vma->vm_ops->close) {
		hosted_munmap(vma);
		return;
	}
	kept = malloc(sizeof(*kept));
	if (!kept) {
		hosted_munmap(vma);
		return;
	}
	kept->vma = vma;
	spin_lock(&conn->lock);
	list_add(&kept->node, &conn->vmas);
	spin_unlock(&conn->lock);
}

void map_release(struct conn *conn)
{
	struct kept_vma *kept, *next;

	list_for_each_entry_safe(kept, next, &conn->vmas, node) {
		hosted_munmap(kept->vma);
		free(kept);
	}
	INIT_LIST_HEAD(&conn->vmas);
}

void map_serve(struct request *req)
{
	const uint64_t *a = req->msg.a;
	struct vm_area_struct *vma;
	struct emu_map_reply *rep;
	int fds[EMU_MAX_FDS];
	unsigned int nfds = 0;
	int err;

	rep = calloc(1, sizeof(*rep));
	vma = rep ? hosted_mmap(conn_file(req->conn), PLACEHOLDER, a[1], a[2],
				a[3], a[4]) :
		    ERR_PTR(-ENOMEM);
	if (IS_ERR(vma)) {
		reply_result(req, PTR_ERR(vma));
		free(rep);
		return;
	}
	reply_init(&rep->head, req, 0);
	err = describe(vma, rep, fds, &nfds);
	rep->head.a[1] = req->conn->id;
	keep_or_drop(req->conn, vma);
	if (!err && req->nfds)
		err = reply_send(req->fds[0], rep,
				 offsetof(struct emu_map_reply,
					  segs[rep->head.nsegs]),
				 fds, nfds);
	if (err)
		reply_result(req, err);
	free(rep);
}
