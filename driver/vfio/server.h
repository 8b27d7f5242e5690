/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A socket on which clients come one after another.
 */
#ifndef VFU_SERVER_H
#define VFU_SERVER_H

struct vfu_server;

/**
 * vfu_server_start() - listen, and serve each client in a thread of its own
 *	server, one at a time
 * @path: of the socket, copied
 * @name: for the log, must stay valid
 * @serve: called with a connected socket, closed after it returns
 * @arg: passed to @serve
 * @err: negative errno on failure
 *
 * Return: owned by the caller, or NULL.
 */
struct vfu_server *vfu_server_start(const char *path, const char *name,
				    int (*serve)(int sock, void *arg),
				    void *arg, int *err);

/**
 * vfu_server_stop() - end the client and the thread, remove the socket
 * @srv: may be NULL; freed
 */
void vfu_server_stop(struct vfu_server *srv);

#endif
