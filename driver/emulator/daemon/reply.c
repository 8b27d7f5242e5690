// SPDX-License-Identifier: BSD-3-Clause
/* Answers to the caller of a request. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include "daemon.h"

void reply_init(struct emu_reply *rep, const struct request *req,
		int64_t result)
{
	*rep = (struct emu_reply){
		.magic = EMU_MAGIC,
		.kind = EMU_RESULT,
		.serial = req->msg.serial,
		.result = result,
	};
	if (req->proc && proc_watched(req->proc))
		rep->flags |= EMU_F_WATCHED;
}

int reply_send(int fd, const void *msg, size_t len, const int *fds,
	       unsigned int nfds)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int) * EMU_MAX_FDS)];
	} control = { 0 };
	struct iovec iov = { (void *)msg, len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cm;

	if (nfds) {
		mh.msg_control = control.buf;
		mh.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
		cm = CMSG_FIRSTHDR(&mh);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
		memcpy(CMSG_DATA(cm), fds, sizeof(int) * nfds);
	}
	/* A caller that does not read its answers loses them: never block. */
	return sendmsg(fd, &mh, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

void reply_result(const struct request *req, int64_t result)
{
	struct emu_reply rep;

	if (!req->nfds)
		return;
	reply_init(&rep, req, result);
	reply_send(req->fds[0], &rep, sizeof(rep), NULL, 0);
}
