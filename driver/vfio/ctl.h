/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands from outside, one a line: status, fault hooks.
 *
 * Each is answered by what it has to say and a last line, `ok` or
 * `error: REASON`.
 */
#ifndef VFU_CTL_H
#define VFU_CTL_H

struct vfu_adapter;

/** struct vfu_ctl - what commands work on */
struct vfu_ctl {
	struct vfu_adapter **adapters;
	unsigned int count;
};

/**
 * vfu_ctl_serve() - answer a client until it leaves
 * @sock: connected socket, stays the caller's
 * @arg: struct vfu_ctl
 *
 * Return: 0, or -errno of the socket, -E2BIG for a line too long.
 */
int vfu_ctl_serve(int sock, void *arg);

#endif
