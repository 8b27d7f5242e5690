// SPDX-License-Identifier: BSD-3-Clause
/*
 * hfi1-fm: the least of a fabric manager.
 *
 * Brings a port from INIT to ACTIVE with directed-route SMPs that never leave
 * the host (hop count 0), over /dev/infiniband/umadN: gives the port a LID,
 * credits and an MTU for each VL, and walks it through ARMED.
 *
 * Usage: hfi1-fm [--watch | --move] [UMAD [LID]]
 *
 * With --watch it stays in the background once the port is ACTIVE, and brings
 * it there again whenever the link was lost.  With --move it gives a port
 * that is up another LID.  Run where the driver is.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <rdma/ib_user_mad.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define OPA_VERSION    0x80
#define CLASS_DR       0x81
#define METHOD_GET     1
#define METHOD_SET     2
#define LID_PERMISSIVE 0xffffffff
#define PORT	       1u

#define ATTR_PORT_INFO	    0x0015
#define ATTR_BUFFER_CONTROL 0x008a

/* Attribute modifiers: one port, which; start of the SM's configuration. */
#define AM_ONE_PORT  (1u << 24 | PORT)
#define AM_START_CFG (1u << 9)

/* Offsets in PortInfo. */
#define PI_LID	      0
#define PI_NEIGHBOUR  17
#define PI_STATES     19
#define PI_OPER_VLS   25
#define PI_SM_LID     108
#define PI_NEIGH_MTU  128
#define PI_MTU_OCTETS 16
#define STATE_MASK    0x0f

#define NEIGHBOUR_NORMAL 0x10

#define STATE_AS_IS  0
#define STATE_DOWN   1
#define STATE_INIT   2
#define STATE_ARMED  3
#define STATE_ACTIVE 4

#define MTU_10240 7
#define MTU_2048  4
#define DATA_VLS  8
#define VL15	  15

/* A directed-route OPA SMP. */
struct smp {
	uint8_t base_version;
	uint8_t mgmt_class;
	uint8_t class_version;
	uint8_t method;
	uint16_t status;
	uint8_t hop_ptr;
	uint8_t hop_count;
	uint64_t tid;
	uint16_t attr_id;
	uint16_t reserved1;
	uint32_t attr_mod;
	uint64_t mkey;
	uint32_t dr_slid;
	uint32_t dr_dlid;
	uint8_t initial_path[64];
	uint8_t return_path[64];
	uint8_t reserved2[8];
	uint8_t data[1872];
};

_Static_assert(sizeof(struct smp) == 2048, "an OPA MAD has 2048 bytes");
_Static_assert(offsetof(struct smp, data) == 176, "data follows the route");

struct mad {
	struct ib_user_mad_hdr hdr;
	struct smp smp;
};

enum mode { ONCE, WATCH, MOVE, WRONG };

struct fm {
	int fd;
	uint32_t agent;
	uint32_t lid;
	uint64_t tid;
};

static int fail(const char *what, int err)
{
	fprintf(stderr, "hfi1-fm: %s: %s\n", what, strerror(-err));
	return err;
}

static void put16(uint8_t *p, uint16_t v)
{
	v = htobe16(v);
	memcpy(p, &v, sizeof(v));
}

static void put32(uint8_t *p, uint32_t v)
{
	v = htobe32(v);
	memcpy(p, &v, sizeof(v));
}

static void nap_ms(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

/* Answers come to the agent that asked, so it takes no class of its own. */
static int open_umad(struct fm *fm, const char *path)
{
	struct ib_user_mad_reg_req req = { .qpn = 0 };

	fm->fd = open(path, O_RDWR | O_CLOEXEC);
	if (fm->fd < 0)
		return fail(path, -errno);
	if (ioctl(fm->fd, IB_USER_MAD_ENABLE_PKEY) ||
	    ioctl(fm->fd, IB_USER_MAD_REGISTER_AGENT, &req))
		return fail("registering", -errno);
	fm->agent = req.id;
	return 0;
}

static void fill(struct fm *fm, struct mad *mad, uint8_t method, uint16_t attr,
		 uint32_t mod)
{
	memset(&mad->hdr, 0, sizeof(mad->hdr));
	mad->hdr.id = fm->agent;
	mad->hdr.timeout_ms = 2000;
	mad->hdr.lid = 0xffff;
	/* The limited management key: entry 1, or the driver says EINVAL. */
	mad->hdr.pkey_index = 1;
	memset(&mad->smp, 0, offsetof(struct smp, data));
	mad->smp.base_version = OPA_VERSION;
	mad->smp.mgmt_class = CLASS_DR;
	mad->smp.class_version = OPA_VERSION;
	mad->smp.method = method;
	mad->smp.tid = htobe64(++fm->tid);
	mad->smp.attr_id = htobe16(attr);
	mad->smp.attr_mod = htobe32(mod);
	mad->smp.dr_slid = LID_PERMISSIVE;
	mad->smp.dr_dlid = LID_PERMISSIVE;
}

static int receive(struct fm *fm, struct mad *mad)
{
	struct pollfd p = { .fd = fm->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, 5000) <= 0)
		return fail("waiting for an answer", -ETIMEDOUT);
	n = read(fm->fd, mad, sizeof(*mad));
	if (n < 0)
		return fail("reading an answer", -errno);
	if (mad->hdr.status)
		return fail("no answer", -(int)mad->hdr.status);
	if ((size_t)n < sizeof(mad->hdr) + offsetof(struct smp, data))
		return fail("short answer", -EIO);
	/* The direction bit is the sign of the status. */
	if (be16toh(mad->smp.status) & 0x7fff) {
		fprintf(stderr, "hfi1-fm: attribute %#x: status %#x\n",
			be16toh(mad->smp.attr_id),
			be16toh(mad->smp.status) & 0x7fff);
		return -EREMOTEIO;
	}
	return 0;
}

/* One question and its answer; @mad->smp.data goes both ways. */
static int ask(struct fm *fm, struct mad *mad, uint8_t method, uint16_t attr,
	       uint32_t mod)
{
	fill(fm, mad, method, attr, mod);
	if (write(fm->fd, mad, sizeof(*mad)) != sizeof(*mad))
		return fail("sending", -errno);
	return receive(fm, mad);
}

static int get_port_info(struct fm *fm, struct mad *mad)
{
	memset(mad->smp.data, 0, sizeof(mad->smp.data));
	return ask(fm, mad, METHOD_GET, ATTR_PORT_INFO, AM_ONE_PORT);
}

static unsigned int port_state(const struct mad *mad)
{
	return mad->smp.data[PI_STATES] & STATE_MASK;
}

/* A VL needs credits and an MTU; the driver drops one that has only one. */
static int set_buffers(struct fm *fm)
{
	struct mad mad;
	unsigned int vl;

	memset(&mad, 0, sizeof(mad));
	put16(mad.smp.data + 2, 0x400);
	for (vl = 0; vl < DATA_VLS; vl++) {
		put16(mad.smp.data + 4 + vl * 4, 0x40);
		put16(mad.smp.data + 6 + vl * 4, 0x200);
	}
	put16(mad.smp.data + 4 + VL15 * 4, 0x44);
	return ask(fm, &mad, METHOD_SET, ATTR_BUFFER_CONTROL, AM_ONE_PORT);
}

/* Set PortInfo from what it is now, with @state the one wanted. */
static int set_state(struct fm *fm, unsigned int state)
{
	struct mad mad;
	uint8_t *mtu;
	int err = get_port_info(fm, &mad);

	if (err)
		return err;
	put32(mad.smp.data + PI_LID, fm->lid);
	put32(mad.smp.data + PI_SM_LID, fm->lid);
	mad.smp.data[PI_OPER_VLS] = DATA_VLS;
	mad.smp.data[PI_STATES] = state;
	mtu = mad.smp.data + PI_NEIGH_MTU;
	memset(mtu, MTU_10240 << 4 | MTU_10240, DATA_VLS / 2);
	memset(mtu + DATA_VLS / 2, 0, PI_MTU_OCTETS - DATA_VLS / 2);
	mtu[VL15 / 2] = MTU_2048;
	return ask(fm, &mad, METHOD_SET, ATTR_PORT_INFO,
		   AM_ONE_PORT | (state == STATE_ARMED ? AM_START_CFG : 0));
}

/* The link trains by itself after the driver has been loaded. */
static int wait_for(struct fm *fm, unsigned int state, unsigned int ms)
{
	struct mad mad;
	unsigned int t;
	int err;

	for (t = 0; t <= ms; t += 50) {
		err = get_port_info(fm, &mad);
		if (err)
			return err;
		if (port_state(&mad) >= state)
			return 0;
		nap_ms(50);
	}
	fprintf(stderr, "hfi1-fm: port stays in state %u, not %u\n",
		port_state(&mad), state);
	return -ETIMEDOUT;
}

/* The neighbour's idle message that it is armed too has to arrive. */
static int wait_for_neighbour(struct fm *fm, unsigned int ms)
{
	struct mad mad;
	unsigned int t;
	int err;

	for (t = 0; t <= ms; t += 20) {
		err = get_port_info(fm, &mad);
		if (err)
			return err;
		if (mad.smp.data[PI_NEIGHBOUR] & NEIGHBOUR_NORMAL)
			return 0;
		nap_ms(20);
	}
	fprintf(stderr, "hfi1-fm: the neighbour is not armed\n");
	return -ETIMEDOUT;
}

static int bring_up(struct fm *fm)
{
	int err = wait_for(fm, STATE_INIT, 20000);

	if (!err)
		err = set_buffers(fm);
	if (!err)
		err = set_state(fm, STATE_ARMED);
	if (!err)
		err = wait_for(fm, STATE_ARMED, 2000);
	if (err)
		return err;
	err = wait_for_neighbour(fm, 20000);
	if (err)
		return err;
	err = set_state(fm, STATE_ACTIVE);
	return err ? err : wait_for(fm, STATE_ACTIVE, 2000);
}

/* A port that fell back to INIT gets its state again; it is asked rarely. */
static int watch(struct fm *fm)
{
	struct mad mad;
	int err;

	for (;;) {
		nap_ms(100);
		err = get_port_info(fm, &mad);
		if (err)
			return err;
		if (port_state(&mad) == STATE_INIT)
			bring_up(fm);
	}
}

static enum mode parse(int argc, char **argv, struct fm *fm, const char **umad)
{
	enum mode mode = ONCE;

	if (argc > 1 && !strcmp(argv[1], "--watch"))
		mode = WATCH;
	else if (argc > 1 && !strcmp(argv[1], "--move"))
		mode = MOVE;
	argc -= mode != ONCE;
	argv += mode != ONCE;
	if (argc > 3 || (argc > 1 && argv[1][0] == '-'))
		return WRONG;
	*umad = argc > 1 ? argv[1] : "/dev/infiniband/umad0";
	fm->lid = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
	return mode;
}

int main(int argc, char **argv)
{
	struct fm fm = { .fd = -1 };
	const char *umad;
	enum mode mode = parse(argc, argv, &fm, &umad);

	if (mode == WRONG) {
		fprintf(stderr,
			"usage: hfi1-fm [--watch | --move] [UMAD [LID]]\n");
		return 2;
	}
	/* Another agent's answers must not be taken for ours. */
	fm.tid = (uint64_t)getpid() << 16;
	if (open_umad(&fm, umad))
		return 1;
	if (mode == MOVE)
		return set_state(&fm, STATE_AS_IS) ? 1 : 0;
	if (bring_up(&fm))
		return 1;
	printf("hfi1-fm: port is ACTIVE, LID %u\n", fm.lid);
	fflush(stdout);
	if (mode == WATCH && daemon(0, 1))
		return 1;
	return mode == WATCH && watch(&fm) ? 1 : 0;
}
