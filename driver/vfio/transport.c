// SPDX-License-Identifier: BSD-3-Clause
/*
 * Framing.  The client pipelines messages, and the kernel hands descriptors
 * over with the bytes they were sent with; so a read never goes beyond the
 * end of the message it is for: first the header, then the body.  Whatever
 * descriptors arrive in between belong to that message.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "transport.h"

int vfu_msg_init(struct vfu_msg *msg)
{
	memset(msg, 0, sizeof(*msg));
	msg->body = malloc(VFU_MAX_BODY);
	return msg->body ? 0 : -ENOMEM;
}

void vfu_msg_release(struct vfu_msg *msg)
{
	unsigned int i;

	for (i = 0; i < msg->nfds; i++)
		if (msg->fd[i] >= 0)
			close(msg->fd[i]);
	msg->nfds = 0;
}

void vfu_msg_exit(struct vfu_msg *msg)
{
	vfu_msg_release(msg);
	free(msg->body);
	msg->body = NULL;
}

int vfu_msg_take_fd(struct vfu_msg *msg, unsigned int i)
{
	int fd;

	if (i >= msg->nfds)
		return -1;
	fd = msg->fd[i];
	msg->fd[i] = -1;
	return fd;
}

/* Keep what fits and close the rest. */
static bool keep_fds(struct vfu_msg *msg, const struct cmsghdr *cmsg)
{
	size_t n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int), i;
	bool fits = true;
	int fd;

	for (i = 0; i < n; i++) {
		memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(int), sizeof(int));
		if (msg->nfds < VFU_MAX_FDS) {
			msg->fd[msg->nfds++] = fd;
		} else {
			close(fd);
			fits = false;
		}
	}
	return fits;
}

static bool collect_fds(struct vfu_msg *msg, struct msghdr *mh)
{
	struct cmsghdr *cmsg;
	bool ok = !(mh->msg_flags & MSG_CTRUNC);

	for (cmsg = CMSG_FIRSTHDR(mh); cmsg; cmsg = CMSG_NXTHDR(mh, cmsg))
		if (cmsg->cmsg_level == SOL_SOCKET &&
		    cmsg->cmsg_type == SCM_RIGHTS && !keep_fds(msg, cmsg))
			ok = false;
	return ok;
}

/*
 * Read exactly @len bytes.  -ENODATA when the stream ends before the first,
 * -EPROTO when it ends later.
 */
static int read_exact(int sock, struct vfu_msg *msg, void *buf, size_t len)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(VFU_MAX_FDS * sizeof(int))];
	} control;
	struct iovec iov;
	struct msghdr mh;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		iov.iov_base = (uint8_t *)buf + done;
		iov.iov_len = len - done;
		memset(&mh, 0, sizeof(mh));
		mh.msg_iov = &iov;
		mh.msg_iovlen = 1;
		mh.msg_control = control.buf;
		mh.msg_controllen = sizeof(control.buf);
		n = recvmsg(sock, &mh, MSG_CMSG_CLOEXEC);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!collect_fds(msg, &mh))
			return -EPROTO;
		if (!n)
			return done ? -EPROTO : -ENODATA;
		done += n;
	}
	return 0;
}

static int recv_parts(int sock, struct vfu_msg *msg)
{
	int err;

	err = read_exact(sock, msg, &msg->hdr, sizeof(msg->hdr));
	if (err)
		return err;
	if (msg->hdr.size < sizeof(msg->hdr) ||
	    msg->hdr.size - sizeof(msg->hdr) > VFU_MAX_BODY)
		return -EPROTO;
	msg->len = msg->hdr.size - sizeof(msg->hdr);
	err = read_exact(sock, msg, msg->body, msg->len);
	return err == -ENODATA ? -EPROTO : err;
}

int vfu_recv(int sock, struct vfu_msg *msg)
{
	int err;

	msg->nfds = 0;
	msg->len = 0;
	err = recv_parts(sock, msg);
	if (err)
		vfu_msg_release(msg);
	return err;
}

static void attach_fd(struct msghdr *mh, void *control, int fd)
{
	struct cmsghdr *cmsg;

	mh->msg_control = control;
	mh->msg_controllen = CMSG_SPACE(sizeof(int));
	cmsg = CMSG_FIRSTHDR(mh);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
}

/* Drop what was sent already from the front of the two parts. */
static void advance(struct iovec *iov, size_t n)
{
	size_t part = n < iov[0].iov_len ? n : iov[0].iov_len;

	iov[0].iov_base = (uint8_t *)iov[0].iov_base + part;
	iov[0].iov_len -= part;
	n -= part;
	iov[1].iov_base = (uint8_t *)iov[1].iov_base + n;
	iov[1].iov_len -= n;
}

int vfu_send(int sock, struct vfu_header *hdr, const void *body, size_t len,
	     int fd)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control = { .buf = { 0 } };
	uint8_t none;
	struct iovec iov[2] = {
		{ hdr, sizeof(*hdr) },
		{ len ? (void *)body : &none, len },
	};
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	hdr->size = sizeof(*hdr) + len;
	if (fd >= 0)
		attach_fd(&mh, control.buf, fd);
	while (iov[0].iov_len + iov[1].iov_len) {
		n = sendmsg(sock, &mh, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		/* The descriptor went with the first bytes. */
		mh.msg_control = NULL;
		mh.msg_controllen = 0;
		advance(iov, n);
	}
	return 0;
}
