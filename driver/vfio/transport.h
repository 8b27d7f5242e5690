/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages over a UNIX socket.
 */
#ifndef VFU_TRANSPORT_H
#define VFU_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#include "proto.h"

/**
 * struct vfu_msg - one message with its descriptors
 * @hdr: its header
 * @body: VFU_MAX_BODY bytes, of which @len are filled
 * @len: bytes behind the header
 * @fd: descriptors that came with it; -1 where one was taken over
 * @nfds: how many came
 */
struct vfu_msg {
	struct vfu_header hdr;
	uint8_t *body;
	size_t len;
	int fd[VFU_MAX_FDS];
	unsigned int nfds;
};

/** vfu_msg_init() - allocate the body; 0 or -ENOMEM. */
int vfu_msg_init(struct vfu_msg *msg);

/** vfu_msg_release() - close the descriptors nobody took over. */
void vfu_msg_release(struct vfu_msg *msg);

/** vfu_msg_exit() - release, and free the body. */
void vfu_msg_exit(struct vfu_msg *msg);

/**
 * vfu_msg_take_fd() - take a descriptor over from a message.
 *
 * Return: the descriptor, now the caller's to close, or -1.
 */
int vfu_msg_take_fd(struct vfu_msg *msg, unsigned int i);

/**
 * vfu_recv() - wait for the next message
 * @sock: connected socket
 * @msg: descriptors of an earlier message must be released
 *
 * Return: 0; -ENODATA at an orderly end between two messages; -EPROTO for a
 * message cut short, of an impossible size or with too many descriptors,
 * after which the stream has no meaning; another errno of the socket.  No
 * descriptor is left open on failure.
 */
int vfu_recv(int sock, struct vfu_msg *msg);

/**
 * vfu_send() - send one message
 * @sock: connected socket
 * @hdr: header; its size is set here
 * @body: what follows, @len bytes
 * @len: bytes of @body
 * @fd: a descriptor to go with it, or -1; stays the caller's
 *
 * Return: 0 or a negative errno; then the stream is unusable.
 */
int vfu_send(int sock, struct vfu_header *hdr, const void *body, size_t len,
	     int fd);

#endif
