// SPDX-License-Identifier: BSD-3-Clause
/*
 * A star of SOCK_SEQPACKET connections: one message is one packet.  The
 * process in the middle listens; it delivers what its ports want and passes
 * the rest on.  One thread reads all peers.
 *
 * Locking: uplink.lock guards the list of peers and is a leaf; the model
 * sends with its own locks held.  Sends never wait: the model asks for room
 * first.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>
#include <wfr.h>

#include "log.h"
#include "uplink.h"
#include "wfr_regs.h"

#define PEERS_MAX    16
#define RETRY_MS     500 /* to find, or become, the middle */
#define FULL_WAIT_US 200 /* for a port to take packets again */
#define FULL_TRIES   5000
#define MAGIC	     0x31524657u /* "WFR1" */

struct frame {
	uint32_t magic;
	uint32_t damage;
	uint64_t pbc;
};

struct vfu_uplink {
	struct sockaddr_un addr;
	struct wfr_fabric *fabric;
	pthread_t thread;
	int wake; /* eventfd that ends the thread */
	int listener; /* -1 unless in the middle */
	pthread_mutex_t lock;
	int peer[PEERS_MAX]; /* -1 where there is none */
	uint8_t *buf; /* of the thread */
};

/* Sending, from any thread of the model */

static bool can_send(int sock)
{
	struct pollfd p = { .fd = sock, .events = POLLOUT };

	return poll(&p, 1, 0) == 1;
}

static bool have_room(void *arg)
{
	struct vfu_uplink *up = arg;
	bool room = true;
	int i;

	pthread_mutex_lock(&up->lock);
	for (i = 0; i < PEERS_MAX && room; i++)
		room = up->peer[i] < 0 || can_send(up->peer[i]);
	pthread_mutex_unlock(&up->lock);
	return room;
}

/* To all peers but @except. */
static void send_frame(struct vfu_uplink *up, struct frame *frame,
		       const void *data, size_t len, int except)
{
	struct iovec iov[2] = { { frame, sizeof(*frame) },
				{ (void *)(uintptr_t)data, len } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };
	int i;

	pthread_mutex_lock(&up->lock);
	for (i = 0; i < PEERS_MAX; i++)
		if (up->peer[i] >= 0 && i != except)
			sendmsg(up->peer[i], &mh, MSG_DONTWAIT | MSG_NOSIGNAL);
	pthread_mutex_unlock(&up->lock);
}

static void send_wire(void *arg, const struct wfr_wire *wire)
{
	struct frame frame = { MAGIC, wire->damage, wire->pbc };

	send_frame(arg, &frame, wire->data, wire->len, -1);
}

static const struct wfr_uplink_ops ops = { have_room, send_wire };

/* Peers, changed by the thread alone */

static void add_peer(struct vfu_uplink *up, int sock)
{
	int i;

	pthread_mutex_lock(&up->lock);
	for (i = 0; i < PEERS_MAX && up->peer[i] >= 0; i++)
		continue;
	if (i < PEERS_MAX)
		up->peer[i] = sock;
	pthread_mutex_unlock(&up->lock);
	if (i == PEERS_MAX)
		close(sock);
	vfu_log(VFU_LOG_INFO, "fabric", "peer %s",
		i < PEERS_MAX ? "joined" : "refused, too many");
}

static void drop_peer(struct vfu_uplink *up, int i)
{
	pthread_mutex_lock(&up->lock);
	close(up->peer[i]);
	up->peer[i] = -1;
	pthread_mutex_unlock(&up->lock);
	vfu_log(VFU_LOG_INFO, "fabric", "peer left");
}

unsigned int vfu_uplink_peers(struct vfu_uplink *up)
{
	unsigned int n = 0;
	int i;

	pthread_mutex_lock(&up->lock);
	for (i = 0; i < PEERS_MAX; i++)
		n += up->peer[i] >= 0;
	pthread_mutex_unlock(&up->lock);
	return n;
}

static bool connected(struct vfu_uplink *up)
{
	return up->listener >= 0 || vfu_uplink_peers(up);
}

static int try_connect(struct vfu_uplink *up)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	if (!connect(fd, (struct sockaddr *)&up->addr, sizeof(up->addr))) {
		add_peer(up, fd);
		return 0;
	}
	err = -errno;
	close(fd);
	return err;
}

static int try_listen(struct vfu_uplink *up, bool stale)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	if (stale)
		unlink(up->addr.sun_path);
	if (!bind(fd, (struct sockaddr *)&up->addr, sizeof(up->addr)) &&
	    !listen(fd, PEERS_MAX)) {
		up->listener = fd;
		return 0;
	}
	err = -errno;
	close(fd);
	return err;
}

/* Of several that find nobody, one at a time may become the middle. */
static int take_middle(struct vfu_uplink *up)
{
	char path[sizeof(up->addr.sun_path) + 8];
	int lock, err;

	snprintf(path, sizeof(path), "%s.lock", up->addr.sun_path);
	lock = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (lock < 0)
		return -errno;
	flock(lock, LOCK_EX);
	err = try_connect(up);
	if (err == -ENOENT || err == -ECONNREFUSED)
		err = try_listen(up, err == -ECONNREFUSED);
	close(lock);
	return err;
}

static int find_place(struct vfu_uplink *up)
{
	int err = try_connect(up);

	if (err == -ENOENT || err == -ECONNREFUSED)
		err = take_middle(up);
	return err;
}

/* Receiving, in the thread */

static bool told_to_stop(struct vfu_uplink *up)
{
	struct pollfd p = { .fd = up->wake, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* A full port holds the peer's packets back, but not for ever. */
static int deliver(struct vfu_uplink *up, const struct wfr_wire *wire)
{
	int err, tries;

	for (tries = 0; tries < FULL_TRIES; tries++) {
		err = wfr_fabric_inject(up->fabric, wire);
		if (err != -ENOBUFS || told_to_stop(up))
			break;
		usleep(FULL_WAIT_US);
	}
	return err;
}

/* What nobody here wants, and what is for a group. */
static bool for_others(const uint8_t *data, int err)
{
	unsigned int dlid = data[2] << 8 | data[3]; /* LRH1 */

	return err == -ENETUNREACH || dlid >= WFR_MULTICAST_LID_BASE;
}

static void take_frame(struct vfu_uplink *up, int from, size_t len)
{
	struct frame frame;
	struct wfr_wire wire;
	int err;

	memcpy(&frame, up->buf, sizeof(frame));
	wire.pbc = frame.pbc;
	wire.damage = frame.damage;
	wire.data = up->buf + sizeof(frame);
	wire.len = len - sizeof(frame);
	err = deliver(up, &wire);
	if (err && err != -ENETUNREACH)
		vfu_log(VFU_LOG_DEBUG, "fabric", "packet lost: %s",
			strerror(-err));
	if (wire.len >= 4 && for_others(wire.data, err))
		send_frame(up, &frame, wire.data, wire.len, from);
}

static void hear_peer(struct vfu_uplink *up, int i)
{
	const size_t max = sizeof(struct frame) + WFR_WIRE_MAX;
	struct frame frame;
	ssize_t n;

	n = recv(up->peer[i], up->buf, max, MSG_DONTWAIT | MSG_TRUNC);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n >= (ssize_t)sizeof(frame))
		memcpy(&frame, up->buf, sizeof(frame));
	if (n < (ssize_t)sizeof(frame) || (size_t)n > max ||
	    frame.magic != MAGIC)
		drop_peer(up, i);
	else
		take_frame(up, i, n);
}

static void accept_peer(struct vfu_uplink *up)
{
	int fd = accept4(up->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		add_peer(up, fd);
}

/* Wait for something to do and do it; false at the end. */
static bool turn(struct vfu_uplink *up)
{
	struct pollfd p[PEERS_MAX + 2];
	int i;

	p[0] = (struct pollfd){ .fd = up->wake, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = up->listener, .events = POLLIN };
	for (i = 0; i < PEERS_MAX; i++)
		p[i + 2] =
			(struct pollfd){ .fd = up->peer[i], .events = POLLIN };
	if (poll(p, PEERS_MAX + 2, connected(up) ? -1 : RETRY_MS) < 0)
		return errno == EINTR;
	if (p[0].revents)
		return false;
	if (p[1].revents)
		accept_peer(up);
	for (i = 0; i < PEERS_MAX; i++)
		if (p[i + 2].revents)
			hear_peer(up, i);
	return true;
}

static void *uplink_main(void *arg)
{
	struct vfu_uplink *up = arg;

	do
		if (!connected(up))
			find_place(up);
	while (turn(up));
	return NULL;
}

/*
 * The name goes first: as soon as a peer notices, it may put its own socket
 * there, which must not be the one removed.
 */
static void uplink_free(struct vfu_uplink *up)
{
	int i;

	if (up->listener >= 0) {
		unlink(up->addr.sun_path);
		close(up->listener);
	}
	for (i = 0; i < PEERS_MAX; i++)
		if (up->peer[i] >= 0)
			close(up->peer[i]);
	if (up->wake >= 0)
		close(up->wake);
	pthread_mutex_destroy(&up->lock);
	free(up->buf);
	free(up);
}

static struct vfu_uplink *uplink_alloc(const char *path)
{
	struct vfu_uplink *up = calloc(1, sizeof(*up));
	int i;

	if (!up)
		return NULL;
	pthread_mutex_init(&up->lock, NULL);
	for (i = 0; i < PEERS_MAX; i++)
		up->peer[i] = -1;
	up->listener = -1;
	up->addr.sun_family = AF_UNIX;
	strcpy(up->addr.sun_path, path);
	up->buf = malloc(sizeof(struct frame) + WFR_WIRE_MAX);
	up->wake = eventfd(0, EFD_CLOEXEC);
	if (up->buf && up->wake >= 0)
		return up;
	uplink_free(up);
	return NULL;
}

struct vfu_uplink *vfu_uplink_start(const char *path, struct wfr_fabric *fabric,
				    int *err)
{
	struct vfu_uplink *up;

	*err = -ENAMETOOLONG;
	if (strlen(path) >= sizeof(up->addr.sun_path))
		return NULL;
	*err = -ENOMEM;
	up = uplink_alloc(path);
	if (!up)
		return NULL;
	up->fabric = fabric;
	*err = find_place(up);
	if (!*err)
		*err = -pthread_create(&up->thread, NULL, uplink_main, up);
	if (*err) {
		uplink_free(up);
		return NULL;
	}
	wfr_fabric_uplink(fabric, &ops, up);
	return up;
}

void vfu_uplink_stop(struct vfu_uplink *up)
{
	uint64_t one = 1;

	if (!up)
		return;
	wfr_fabric_uplink(up->fabric, NULL, NULL);
	if (write(up->wake, &one, sizeof(one)) != sizeof(one))
		vfu_log(VFU_LOG_ERROR, "fabric", "cannot stop the thread");
	pthread_join(up->thread, NULL);
	uplink_free(up);
}
