// SPDX-License-Identifier: BSD-3-Clause
/*
 * The fabric: a switch that knows the LID of every port.  A packet to the
 * sender's own LID comes back without one.
 *
 * Each port has a bounded queue of arrived packets.  A sender that finds it
 * full keeps its packet, as missing link credits would make it.
 */
#include <stdlib.h>

#include "wfr_priv.h"

struct wfr_fabric {
	pthread_mutex_t lock;
	struct wfr_device *ports;
};

int wfr_port_init(struct wfr_device *dev)
{
	wfr_pktq_init(&dev->port.in);
	return -pthread_mutex_init(&dev->port.lock, NULL);
}

void wfr_port_purge(struct wfr_device *dev)
{
	pthread_mutex_lock(&dev->port.lock);
	wfr_pktq_purge(&dev->port.in);
	pthread_mutex_unlock(&dev->port.lock);
}

void wfr_port_exit(struct wfr_device *dev)
{
	wfr_fabric_leave(dev);
	wfr_port_purge(dev);
	pthread_mutex_destroy(&dev->port.lock);
}

void wfr_port_set_lid(struct wfr_device *dev, uint64_t config1)
{
	__atomic_store_n(&dev->port.lid, (uint32_t)config1, __ATOMIC_RELAXED);
}

struct wfr_packet *wfr_port_take(struct wfr_device *dev)
{
	struct wfr_packet *pkt;

	pthread_mutex_lock(&dev->port.lock);
	pkt = wfr_pktq_pop(&dev->port.in);
	pthread_mutex_unlock(&dev->port.lock);
	return pkt;
}

static void wfr_port_deliver(struct wfr_device *to, struct wfr_packet *pkt)
{
	pthread_mutex_lock(&to->port.lock);
	wfr_pktq_push(&to->port.in, pkt);
	pthread_mutex_unlock(&to->port.lock);
	wfr_kick(to);
}

static bool wfr_port_room(struct wfr_device *to)
{
	bool room;

	pthread_mutex_lock(&to->port.lock);
	room = to->port.in.count < WFR_PORT_QUEUE_MAX;
	pthread_mutex_unlock(&to->port.lock);
	return room;
}

static bool wfr_port_is(const struct wfr_device *dev, uint32_t dlid)
{
	uint32_t config = __atomic_load_n(&dev->port.lid, __ATOMIC_RELAXED);
	uint32_t lid = WFR_GET(WFR_DCC_CFG_PORT_CONFIG1_TARGET_DLID, config);
	uint32_t mask = WFR_GET(WFR_DCC_CFG_PORT_CONFIG1_DLID_MASK, config);

	/* Not programmed: all bits count. */
	if (!mask)
		mask = 0xffff;
	return lid && !((lid ^ dlid) & mask);
}

static bool wfr_lid_is_group(uint32_t dlid)
{
	return dlid >= WFR_MULTICAST_LID_BASE;
}

/*
 * Call @fn for every port the packet goes to, until it returns false.
 * Return how many it was called for.
 */
static unsigned int wfr_fabric_route(struct wfr_device *dev, uint32_t dlid,
				     bool (*fn)(struct wfr_device *to,
						const void *arg),
				     const void *arg)
{
	struct wfr_fabric *fabric =
		__atomic_load_n(&dev->port.fabric, __ATOMIC_ACQUIRE);
	struct wfr_device *to;
	unsigned int n = 0;

	if (wfr_port_is(dev, dlid)) {
		fn(dev, arg);
		return 1;
	}
	if (!fabric)
		return 0;
	pthread_mutex_lock(&fabric->lock);
	for (to = fabric->ports; to; to = to->port.next) {
		if (to == dev ||
		    !(wfr_lid_is_group(dlid) || wfr_port_is(to, dlid)))
			continue;
		n++;
		if (!fn(to, arg))
			break;
	}
	pthread_mutex_unlock(&fabric->lock);
	return n;
}

static bool wfr_route_room(struct wfr_device *to, const void *arg)
{
	bool *room = *(bool *const *)arg;

	*room = wfr_port_room(to);
	return *room;
}

/* Whether all receivers of a packet have room for it. */
bool wfr_fabric_room(struct wfr_device *dev, const struct wfr_packet *pkt)
{
	bool room = true;
	bool *arg = &room;

	wfr_fabric_route(dev, wfr_pkt_lrh(pkt, 1), wfr_route_room, &arg);
	return room;
}

static bool wfr_route_copy(struct wfr_device *to, const void *arg)
{
	struct wfr_packet *dup = wfr_packet_dup(arg);

	if (dup)
		wfr_port_deliver(to, dup);
	return true;
}

/* Send @pkt; consumed on success, -ENETUNREACH when no port has the LID. */
int wfr_fabric_send(struct wfr_device *dev, struct wfr_packet *pkt)
{
	if (!wfr_fabric_route(dev, wfr_pkt_lrh(pkt, 1), wfr_route_copy, pkt))
		return -ENETUNREACH;
	free(pkt);
	return 0;
}

struct wfr_fabric *wfr_fabric_create(void)
{
	struct wfr_fabric *fabric = calloc(1, sizeof(*fabric));

	if (!fabric)
		return NULL;
	if (pthread_mutex_init(&fabric->lock, NULL)) {
		free(fabric);
		return NULL;
	}
	return fabric;
}

void wfr_fabric_destroy(struct wfr_fabric *fabric)
{
	if (!fabric)
		return;
	while (fabric->ports)
		wfr_fabric_leave(fabric->ports);
	pthread_mutex_destroy(&fabric->lock);
	free(fabric);
}

int wfr_fabric_join(struct wfr_fabric *fabric, struct wfr_device *dev)
{
	int err = 0;

	pthread_mutex_lock(&dev->lock);
	pthread_mutex_lock(&fabric->lock);
	if (dev->port.fabric) {
		err = -EBUSY;
	} else {
		dev->port.next = fabric->ports;
		fabric->ports = dev;
		__atomic_store_n(&dev->port.fabric, fabric, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&fabric->lock);
	pthread_mutex_unlock(&dev->lock);
	return err;
}

void wfr_fabric_leave(struct wfr_device *dev)
{
	struct wfr_fabric *fabric;
	struct wfr_device **link;

	pthread_mutex_lock(&dev->lock);
	fabric = dev->port.fabric;
	if (fabric) {
		pthread_mutex_lock(&fabric->lock);
		for (link = &fabric->ports; *link; link = &(*link)->port.next)
			if (*link == dev) {
				*link = dev->port.next;
				break;
			}
		__atomic_store_n(&dev->port.fabric, NULL, __ATOMIC_RELEASE);
		pthread_mutex_unlock(&fabric->lock);
	}
	pthread_mutex_unlock(&dev->lock);
}
