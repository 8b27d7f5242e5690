// SPDX-License-Identifier: BSD-3-Clause
/*
 * The fabric: a switch that knows the LID of every port.  A packet to the
 * sender's own LID comes back without one.
 *
 * Each port has a bounded queue of arrived packets.  A sender that finds it
 * full keeps its packet, as missing link credits would make it.
 *
 * An uplink leads to ports that other processes have: it gets what no port
 * here wants, and a copy of what goes to a group.
 */
#include <stdlib.h>

#include "wfr_priv.h"

struct wfr_fabric {
	pthread_mutex_t lock;
	struct wfr_device *ports;
	const struct wfr_uplink_ops *uplink; /* NULL without */
	void *uplink_arg;
	/* changed under the lock, looked at without: no tap, no cost */
	void (*tap)(void *arg, const struct wfr_wire *wire);
	void *tap_arg;
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

/* What to do with each port, and with the uplink, that a packet goes to. */
struct wfr_route {
	bool (*port)(struct wfr_device *to, const void *arg);
	void (*uplink)(const struct wfr_fabric *fabric, const void *arg);
	const void *arg;
};

/* Called with the fabric's lock held; @from may be NULL. */
static unsigned int wfr_fabric_ports(struct wfr_fabric *fabric,
				     struct wfr_device *from, uint32_t dlid,
				     const struct wfr_route *route)
{
	struct wfr_device *to;
	unsigned int n = 0;

	for (to = fabric->ports; to; to = to->port.next) {
		if (to == from ||
		    !(wfr_lid_is_group(dlid) || wfr_port_is(to, dlid)))
			continue;
		n++;
		if (!route->port(to, route->arg))
			break;
	}
	return n;
}

/* Returns how many ports the packet goes to, the uplink being one. */
static unsigned int wfr_fabric_route(struct wfr_device *dev, uint32_t dlid,
				     const struct wfr_route *route)
{
	struct wfr_fabric *fabric =
		__atomic_load_n(&dev->port.fabric, __ATOMIC_ACQUIRE);
	unsigned int n;

	if (wfr_port_is(dev, dlid)) {
		route->port(dev, route->arg);
		return 1;
	}
	if (!fabric)
		return 0;
	pthread_mutex_lock(&fabric->lock);
	n = wfr_fabric_ports(fabric, dev, dlid, route);
	if (fabric->uplink && (!n || wfr_lid_is_group(dlid))) {
		route->uplink(fabric, route->arg);
		n++;
	}
	pthread_mutex_unlock(&fabric->lock);
	return n;
}

static bool wfr_route_room(struct wfr_device *to, const void *arg)
{
	bool *room = *(bool *const *)arg;

	*room = *room && wfr_port_room(to);
	return *room;
}

static void wfr_uplink_room(const struct wfr_fabric *fabric, const void *arg)
{
	bool *room = *(bool *const *)arg;

	*room = *room && fabric->uplink->room(fabric->uplink_arg);
}

/* Whether all receivers of a packet have room for it. */
bool wfr_fabric_room(struct wfr_device *dev, const struct wfr_packet *pkt)
{
	bool room = true;
	bool *arg = &room;
	const struct wfr_route route = { wfr_route_room, wfr_uplink_room,
					 &arg };

	wfr_fabric_route(dev, wfr_pkt_lrh(pkt, 1), &route);
	return room;
}

static bool wfr_route_copy(struct wfr_device *to, const void *arg)
{
	struct wfr_packet *dup = wfr_packet_dup(arg);

	if (dup)
		wfr_port_deliver(to, dup);
	return true;
}

static struct wfr_wire wfr_wire_of(const struct wfr_packet *pkt)
{
	return (struct wfr_wire){ .pbc = pkt->pbc,
				  .damage = pkt->damage,
				  .len = pkt->len,
				  .data = pkt->data };
}

static void wfr_uplink_copy(const struct wfr_fabric *fabric, const void *arg)
{
	const struct wfr_wire wire = wfr_wire_of(arg);

	fabric->uplink->send(fabric->uplink_arg, &wire);
}

static void wfr_fabric_show(struct wfr_device *dev,
			    const struct wfr_packet *pkt)
{
	struct wfr_fabric *fabric =
		__atomic_load_n(&dev->port.fabric, __ATOMIC_ACQUIRE);
	const struct wfr_wire wire = wfr_wire_of(pkt);

	if (!fabric || !__atomic_load_n(&fabric->tap, __ATOMIC_RELAXED))
		return;
	pthread_mutex_lock(&fabric->lock);
	if (fabric->tap)
		fabric->tap(fabric->tap_arg, &wire);
	pthread_mutex_unlock(&fabric->lock);
}

/* Send @pkt; consumed on success, -ENETUNREACH when no port has the LID. */
int wfr_fabric_send(struct wfr_device *dev, struct wfr_packet *pkt)
{
	const struct wfr_route route = { wfr_route_copy, wfr_uplink_copy, pkt };

	wfr_fabric_show(dev, pkt);
	if (!wfr_fabric_route(dev, wfr_pkt_lrh(pkt, 1), &route))
		return -ENETUNREACH;
	free(pkt);
	return 0;
}

void wfr_fabric_uplink(struct wfr_fabric *fabric,
		       const struct wfr_uplink_ops *ops, void *arg)
{
	pthread_mutex_lock(&fabric->lock);
	fabric->uplink = ops;
	fabric->uplink_arg = arg;
	pthread_mutex_unlock(&fabric->lock);
}

void wfr_fabric_tap(struct wfr_fabric *fabric,
		    void (*tap)(void *arg, const struct wfr_wire *wire),
		    void *arg)
{
	pthread_mutex_lock(&fabric->lock);
	fabric->tap_arg = arg;
	__atomic_store_n(&fabric->tap, tap, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&fabric->lock);
}

/* Called with the fabric's lock held. */
static int wfr_fabric_deliver(struct wfr_fabric *fabric,
			      const struct wfr_packet *pkt)
{
	bool room = true;
	bool *arg = &room;
	const struct wfr_route look = { wfr_route_room, NULL, &arg };
	const struct wfr_route copy = { wfr_route_copy, NULL, pkt };
	uint32_t dlid = wfr_pkt_lrh(pkt, 1);

	if (!wfr_fabric_ports(fabric, NULL, dlid, &look))
		return -ENETUNREACH;
	if (!room)
		return -ENOBUFS;
	wfr_fabric_ports(fabric, NULL, dlid, &copy);
	return 0;
}

int wfr_fabric_inject(struct wfr_fabric *fabric, const struct wfr_wire *wire)
{
	struct wfr_packet *pkt;
	int err;

	if (!wire->len || wire->len > WFR_WIRE_MAX || wire->len & 3)
		return -EINVAL;
	pkt = wfr_packet_new(wire->pbc, wire->data, wire->len);
	if (!pkt)
		return -ENOMEM;
	pkt->damage = wire->damage;
	pthread_mutex_lock(&fabric->lock);
	err = wfr_fabric_deliver(fabric, pkt);
	pthread_mutex_unlock(&fabric->lock);
	free(pkt);
	return err;
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
