// SPDX-License-Identifier: BSD-3-Clause
/*
 * Three servers' fabrics in one process, joined by a socket.  A fabric has
 * one adapter whose port has a LID; packets are injected as a wire would.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"
#include "log.h"
#include "uplink.h"
#include "wfr_bits.h"
#include "wfr_regs.h"

#define SERVERS 3
#define LID(i)	(0x10u + (i))

struct node {
	struct vfu_adapter *ad;
	struct wfr_device *chip;
	struct wfr_fabric *fabric;
	struct vfu_uplink *up;
};

static char dir[32], path[64];
static struct node node[SERVERS];

static void join(unsigned int i)
{
	int err;

	node[i].up = vfu_uplink_start(path, node[i].fabric, &err);
	ck_assert_int_eq(err, 0);
}

static void setup(void)
{
	struct wfr_config cfg;
	unsigned int i;
	int err;

	vfu_log_set(VFU_LOG_ERROR);
	strcpy(dir, "/tmp/vfu-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fabric", dir);
	wfr_config_init(&cfg);
	for (i = 0; i < SERVERS; i++) {
		node[i].ad = vfu_adapter_create("test", &cfg, false, &err);
		node[i].chip = vfu_adapter_chip(node[i].ad);
		node[i].fabric = wfr_fabric_create();
		wfr_fabric_join(node[i].fabric, node[i].chip);
		wfr_mmio_write(node[i].chip, WFR_DCC_CFG_PORT_CONFIG1, LID(i),
			       8);
		join(i);
	}
}

static void teardown(void)
{
	char lock[80];
	unsigned int i;

	for (i = 0; i < SERVERS; i++) {
		vfu_uplink_stop(node[i].up);
		vfu_adapter_destroy(node[i].ad);
		wfr_fabric_destroy(node[i].fabric);
	}
	ck_assert_int_eq(access(path, F_OK), -1);
	snprintf(lock, sizeof(lock), "%s.lock", path);
	unlink(lock);
	rmdir(dir);
}

static uint64_t received(unsigned int i)
{
	struct wfr_stats st;

	wfr_stats_get(node[i].chip, &st);
	return st.rcv_packets;
}

/* A raw peer, as another server is one. */
static int raw_peer(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	unsigned int tries;

	strcpy(sun.sun_path, path);
	for (tries = 0; tries < 5000; tries++) {
		if (!connect(fd, (struct sockaddr *)&sun, sizeof(sun)))
			return fd;
		usleep(1000);
	}
	ck_abort_msg("nobody listens");
}

/* A frame as uplink.c has it, with a packet for @dlid. */
static size_t make_frame(uint8_t *frame, unsigned int dlid)
{
	static const uint32_t magic = 0x31524657u;

	memset(frame, 0, 80);
	memcpy(frame, &magic, sizeof(magic));
	frame[16 + 2] = dlid >> 8;
	frame[16 + 3] = dlid & 0xff;
	return 80;
}

static bool arrives(unsigned int i, uint64_t n)
{
	unsigned int tries;

	for (tries = 0; tries < 3000 && received(i) < n; tries++)
		usleep(1000);
	return received(i) == n;
}

/* From a peer to the middle, and through it to another. */
START_TEST(packets_find_their_port)
{
	uint8_t frame[80];
	unsigned int i;
	int fd = raw_peer();

	for (i = 0; i < SERVERS; i++) {
		ck_assert_int_eq(send(fd, frame, make_frame(frame, LID(i)), 0),
				 80);
		ck_assert(arrives(i, 1));
	}
	usleep(20000);
	for (i = 0; i < SERVERS; i++)
		ck_assert_uint_eq(received(i), 1);
	close(fd);
}
END_TEST

START_TEST(group_goes_to_all)
{
	uint8_t frame[80];
	unsigned int i;
	int fd = raw_peer();

	send(fd, frame, make_frame(frame, 0xc001), 0);
	for (i = 0; i < SERVERS; i++)
		ck_assert(arrives(i, 1));
	close(fd);
}
END_TEST

/* Nonsense costs the peer its place, and nobody else. */
START_TEST(rude_peers)
{
	static uint8_t junk[40000];
	static const size_t sizes[] = { 1, 15, 16, 17, 20, 30000 };
	uint8_t frame[80];
	unsigned int i;
	int fd;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		fd = raw_peer();
		memset(junk, i & 1 ? 0xff : 0, sizeof(junk));
		if (i == 2 || i == 3)
			make_frame(junk, LID(0));
		send(fd, junk, sizes[i], MSG_NOSIGNAL);
		close(fd);
	}
	fd = raw_peer();
	send(fd, frame, make_frame(frame, LID(2)), 0);
	ck_assert(arrives(2, 1));
	close(fd);
}
END_TEST

/* The first to come is the middle; the others find each other without it. */
START_TEST(middle_leaves)
{
	uint8_t frame[80];
	unsigned int tries;
	int fd;

	vfu_uplink_stop(node[0].up);
	node[0].up = NULL;
	/* Of the two that are left one has the other and this one. */
	fd = raw_peer();
	for (tries = 0; tries < 5000; tries++) {
		if (vfu_uplink_peers(node[1].up) +
			    vfu_uplink_peers(node[2].up) ==
		    3)
			break;
		usleep(1000);
	}
	ck_assert_uint_lt(tries, 5000);
	send(fd, frame, make_frame(frame, LID(1)), 0);
	send(fd, frame, make_frame(frame, LID(2)), 0);
	ck_assert(arrives(1, 1));
	ck_assert(arrives(2, 1));
	close(fd);
	join(0);
}
END_TEST

START_TEST(path_that_cannot_be)
{
	char name[200];
	int err;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert_ptr_null(vfu_uplink_start(name, node[0].fabric, &err));
	ck_assert_int_eq(err, -ENAMETOOLONG);
	ck_assert_ptr_null(
		vfu_uplink_start("/nowhere/at/all", node[0].fabric, &err));
	ck_assert_int_lt(err, 0);
}
END_TEST

Suite *suite_uplink(void)
{
	Suite *s = suite_create("uplink");
	TCase *tc = tcase_create("fabrics");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, packets_find_their_port);
	tcase_add_test(tc, group_goes_to_all);
	tcase_add_test(tc, rude_peers);
	tcase_add_test(tc, middle_leaves);
	tcase_add_test(tc, path_that_cannot_be);
	suite_add_tcase(s, tc);
	return s;
}
