/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What each message means.
 */
#ifndef VFU_PROTOCOL_H
#define VFU_PROTOCOL_H

#include <stdbool.h>

#include "transport.h"

struct vfu_adapter;

/** struct vfu_reply - what a handler answers, behind the header */
struct vfu_reply {
	uint8_t *buf; /* VFU_MAX_BODY bytes */
	size_t len;
	int fd; /* -1 for none; not the reply's to close */
};

struct vfu_session {
	int sock;
	struct vfu_adapter *ad;
	bool versioned; /* the version is agreed on */
	struct vfu_reply reply;
};

/**
 * struct vfu_command - how to handle a command
 * @handle: returns 0 or the negative errno that is answered; descriptors of
 *	the message that it does not take over are closed
 * @min: least bytes of its body
 * @max: most
 */
struct vfu_command {
	int (*handle)(struct vfu_session *s, struct vfu_msg *msg);
	size_t min;
	size_t max;
};

extern const struct vfu_command vfu_commands[VFU_COMMANDS];

#endif
