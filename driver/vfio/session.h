/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One client of one adapter, from its first message to its last.
 */
#ifndef VFU_SESSION_H
#define VFU_SESSION_H

struct vfu_adapter;

/**
 * vfu_session_run() - serve a client until it leaves or breaks the protocol
 * @sock: connected socket, stays the caller's; shutdown() from another thread
 *	ends the session
 * @ad: the adapter, unplugged when the session ends
 *
 * Return: 0 when the client left in order, a negative errno otherwise: -EPROTO
 * when it broke the protocol.
 */
int vfu_session_run(int sock, struct vfu_adapter *ad);

#endif
