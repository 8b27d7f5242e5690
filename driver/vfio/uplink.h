/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Joins the fabrics of several hfi1-vfio processes.
 */
#ifndef VFU_UPLINK_H
#define VFU_UPLINK_H

struct vfu_uplink;
struct wfr_fabric;

/**
 * vfu_uplink_start() - meet the other processes at a socket
 * @path: the first process listens there and passes packets on between the
 *	others; when it ends, one of the others takes its place
 * @fabric: the switch of this process, outlives the uplink
 * @err: negative errno on failure
 *
 * Return: owned by the caller, or NULL.
 */
struct vfu_uplink *vfu_uplink_start(const char *path, struct wfr_fabric *fabric,
				    int *err);

/** vfu_uplink_stop() - leave; @up may be NULL, freed. */
void vfu_uplink_stop(struct vfu_uplink *up);

/** vfu_uplink_peers() - processes connected to this one. */
unsigned int vfu_uplink_peers(struct vfu_uplink *up);

#endif
