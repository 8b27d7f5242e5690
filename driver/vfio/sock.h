/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UNIX sockets by path.
 */
#ifndef VFU_SOCK_H
#define VFU_SOCK_H

/**
 * vfu_listen() - listen on a path
 * @path: a socket that nobody listens on any more is replaced
 *
 * Return: descriptor, or -ENAMETOOLONG, -EADDRINUSE when another process
 * listens there or the path is no socket, or another errno.
 */
int vfu_listen(const char *path);

/** vfu_connect() - connect to a path; descriptor or -errno. */
int vfu_connect(const char *path);

/**
 * vfu_accept() - wait for the next client
 *
 * A process out of descriptors or memory waits until there are some again.
 *
 * Return: descriptor, or -errno once the socket was shut down.
 */
int vfu_accept(int sock);

#endif
