// SPDX-License-Identifier: BSD-3-Clause
/*
 * Reads messages, checks their sizes, has them handled, answers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "adapter.h"
#include "log.h"
#include "protocol.h"
#include "session.h"

static const struct vfu_command *find(const struct vfu_session *s,
				      const struct vfu_msg *msg, int *err)
{
	const struct vfu_command *c = NULL;

	if (msg->hdr.cmd < VFU_COMMANDS)
		c = &vfu_commands[msg->hdr.cmd];
	if (!c || !c->handle)
		*err = -EOPNOTSUPP;
	else if (!s->versioned != (msg->hdr.cmd == VFU_VERSION))
		*err = -EPROTO;
	else if (msg->len < c->min || msg->len > c->max)
		*err = -EINVAL;
	else
		return c;
	return NULL;
}

static int answer(struct vfu_session *s, const struct vfu_msg *msg, int err)
{
	struct vfu_header hdr = {
		.id = msg->hdr.id,
		.cmd = msg->hdr.cmd,
		.flags = VFU_TYPE_REPLY,
	};

	if (msg->hdr.flags & VFU_FLAG_NO_REPLY)
		return 0;
	if (err) {
		hdr.flags |= VFU_FLAG_ERROR;
		hdr.error = -err;
		s->reply.len = 0;
		s->reply.fd = -1;
	}
	return vfu_send(s->sock, &hdr, s->reply.buf, s->reply.len, s->reply.fd);
}

static void report(const struct vfu_session *s, const struct vfu_msg *msg,
		   int err)
{
	enum vfu_log_level level = VFU_LOG_DEBUG;

	if (msg->hdr.cmd == VFU_REGION_READ || msg->hdr.cmd == VFU_REGION_WRITE)
		level = VFU_LOG_TRACE;
	if (err)
		level = VFU_LOG_INFO;
	if (level > vfu_log_level())
		return;
	vfu_log(level, vfu_adapter_name(s->ad),
		"message %u, command %u, %zu bytes, %u descriptors: %s",
		msg->hdr.id, msg->hdr.cmd, msg->len, msg->nfds,
		err ? strerror(-err) : "done");
}

/* A failed command is answered; only a broken stream ends the session. */
static int handle(struct vfu_session *s, struct vfu_msg *msg)
{
	const struct vfu_command *c;
	int err = 0, broken = 0;

	/* This server asks nothing, so nothing can be a reply. */
	if ((msg->hdr.flags & VFU_FLAG_TYPE) != VFU_TYPE_COMMAND)
		return -EPROTO;
	s->reply.len = 0;
	s->reply.fd = -1;
	c = find(s, msg, &err);
	if (c)
		err = c->handle(s, msg);
	if (!s->versioned)
		broken = err ? err : -EPROTO;
	report(s, msg, err);
	/* Nothing of a command is left when its answer arrives. */
	vfu_msg_release(msg);
	err = answer(s, msg, err);
	return broken ? broken : err;
}

static int serve(struct vfu_session *s, struct vfu_msg *msg)
{
	int err;

	do {
		err = vfu_recv(s->sock, msg);
		if (err)
			break;
		err = handle(s, msg);
	} while (!err);
	return err == -ENODATA ? 0 : err;
}

int vfu_session_run(int sock, struct vfu_adapter *ad)
{
	struct vfu_session s = { .sock = sock, .ad = ad };
	struct vfu_msg msg;
	int err;

	s.reply.buf = malloc(VFU_MAX_BODY);
	err = vfu_msg_init(&msg);
	if (!err && !s.reply.buf)
		err = -ENOMEM;
	if (!err) {
		err = serve(&s, &msg);
		vfu_adapter_unplug(ad);
	}
	vfu_msg_exit(&msg);
	free(s.reply.buf);
	return err;
}
