// SPDX-License-Identifier: BSD-3-Clause
/*
 * Clients that talk nonsense.  Whatever they say, the server serves the next
 * one and keeps nothing of theirs.  The seed of a failing run is printed;
 * VFU_TEST_SEED repeats it, VFU_TEST_ROUNDS makes it longer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "dma.h"
#include "irq.h"

static struct machine m;
static uint64_t state;
static unsigned int fds_before, maps_before;

static uint32_t rnd(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % n;
}

static unsigned long setting(const char *name, unsigned long dflt)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : dflt;
}

static void setup(void)
{
	unsigned long seed = setting("VFU_TEST_SEED", time(NULL));

	printf("garbage: seed %lu\n", seed);
	fflush(stdout);
	state = seed * 0x9e3779b97f4a7c15ULL | 1;
	machine_start(&m, false, false);
	fds_before = count_fds();
	maps_before = count_maps();
}

static bool nothing_kept(struct machine *mach)
{
	return !vfu_dma_count(vfu_adapter_dma(mach->ad)) &&
	       !vfu_irqs_connected(vfu_adapter_irqs(mach->ad)) &&
	       count_fds() == fds_before && count_maps() == maps_before;
}

static void teardown(void)
{
	check_alive(&m);
	client_leave(&m);
	ck_assert(eventually(nothing_kept, &m));
	machine_stop(&m);
}

static unsigned long rounds(void)
{
	return setting("VFU_TEST_ROUNDS", 200);
}

/* Bytes that were never a message. */
START_TEST(noise)
{
	uint8_t buf[4096];
	unsigned long r;
	uint32_t i, n;

	for (r = 0; r < rounds(); r++) {
		n = rnd(sizeof(buf));
		for (i = 0; i < n; i++)
			buf[i] = rnd(256);
		client_connect(&m);
		send(m.sock, buf, n, MSG_NOSIGNAL);
		client_leave(&m);
	}
}
END_TEST

/* A number that is often at some edge. */
static uint64_t edgy(void)
{
	static const uint64_t edges[] = {
		0,	    1,		4,	     7,		8,
		255,	    256,	4095,	     4096,	65536,
		1 << 20,    0x1200000,	0x2000000,   0x3ffffff, 0x4000000,
		0x7fffffff, 0xffffffff, 0x100000000, ~0ULL,	~0ULL - 4095
	};

	if (rnd(4))
		return edges[rnd(sizeof(edges) / sizeof(edges[0]))];
	return (uint64_t)rnd(0xffffffff) << rnd(33);
}

static void put(uint8_t *body, size_t off, uint64_t val, size_t size)
{
	memcpy(body + off, &val, size);
}

/* A body that is nearly right for its command. */
static size_t make_body(uint16_t cmd, uint8_t *body)
{
	size_t i, len = rnd(64);

	for (i = 0; i < 256; i++)
		body[i] = rnd(8) ? 0 : rnd(256);
	switch (cmd) {
	case VFU_DMA_MAP:
		put(body, 4, rnd(8) ? rnd(8) : rnd(256), 4);
		put(body, 8, rnd(2) ? 0 : edgy(), 8);
		put(body, 16, edgy(), 8);
		put(body, 24, edgy(), 8);
		len = 32;
		break;
	case VFU_DMA_UNMAP:
		put(body, 8, edgy(), 8);
		put(body, 16, edgy(), 8);
		len = 24;
		break;
	case VFU_DEVICE_GET_REGION_INFO:
		put(body, 0, edgy(), 4);
		put(body, 8, rnd(12), 4);
		len = 32;
		break;
	case VFU_DEVICE_SET_IRQS:
		put(body, 4, rnd(2) ? 0x24 : rnd(64), 4);
		put(body, 8, rnd(4) ? 2 : rnd(7), 4);
		put(body, 12, rnd(2) ? rnd(300) : edgy(), 4);
		put(body, 16, rnd(2) ? rnd(5) : edgy(), 4);
		len = 20 + rnd(20);
		break;
	case VFU_REGION_READ:
	case VFU_REGION_WRITE:
		put(body, 0, rnd(2) ? rnd(0x4000000) : edgy(), 8);
		put(body, 8, rnd(4) ? rnd(2) * 7 : edgy(), 4);
		len = 1 + rnd(40);
		put(body, 12, rnd(4) ? len : edgy(), 4);
		len = cmd == VFU_REGION_READ ? 16 : 16 + len;
		break;
	default:
		break;
	}
	return rnd(10) ? len : rnd(200);
}

static int fds[8];

static unsigned int pick_fds(int *out)
{
	unsigned int n = rnd(3) ? 0 : rnd(5), i;

	for (i = 0; i < n; i++)
		out[i] = fds[rnd(8)];
	return n;
}

/* What the server says meanwhile does not matter, but must be read. */
static void drain_replies(void)
{
	uint8_t buf[65536];
	char control[CMSG_SPACE(8 * sizeof(int))];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr mh;
	struct cmsghdr *c;
	int fd;

	for (;;) {
		memset(&mh, 0, sizeof(mh));
		mh.msg_iov = &iov;
		mh.msg_iovlen = 1;
		mh.msg_control = control;
		mh.msg_controllen = sizeof(control);
		if (recvmsg(m.sock, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) <= 0)
			return;
		c = CMSG_FIRSTHDR(&mh);
		if (c) {
			memcpy(&fd, CMSG_DATA(c), sizeof(fd));
			close(fd);
		}
	}
}

static void say_something(void)
{
	uint8_t body[512];
	struct vfu_header hdr = { .id = rnd(65536),
				  .cmd = rnd(8) ? 1 + rnd(16) : rnd(65536) };
	int out[8];
	size_t len = make_body(hdr.cmd, body);

	hdr.size = sizeof(hdr) + len;
	if (!rnd(30))
		hdr.size = edgy();
	hdr.flags = rnd(3) ? 0 : VFU_FLAG_NO_REPLY;
	if (!rnd(50))
		hdr.flags |= rnd(64);
	client_send(&m, &hdr, body, len, out, pick_fds(out));
	drain_replies();
}

/* Messages that are nearly right, after a proper greeting. */
START_TEST(near_misses)
{
	struct vfu_dma_map whole = { .size = 1 << 20 };
	unsigned long r;
	uint32_t i, n;

	for (i = 0; i < 8; i++) {
		fds[i] = i & 1 ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) :
				 memfd_create("x", MFD_CLOEXEC);
		if (!(i & 1))
			ck_assert_int_eq(ftruncate(fds[i], whole.size), 0);
	}
	for (r = 0; r < rounds(); r++) {
		client_connect(&m);
		client_greet(&m);
		for (n = rnd(60); n; n--)
			say_something();
		client_leave(&m);
	}
	for (i = 0; i < 8; i++)
		close(fds[i]);
}
END_TEST

/* A client that is killed at any point of a conversation. */
START_TEST(killed_clients)
{
	unsigned long r;
	pid_t pid;

	for (r = 0; r < rounds() / 10; r++) {
		pid = fork();
		if (!pid) {
			m.ram_fd = -1;
			client_connect(&m);
			client_greet(&m);
			client_map_ram(&m);
			for (;;)
				client_post(&m, VFIO_PCI_BAR0_REGION_INDEX,
					    rnd(0x1000) * 8, r, 8);
		}
		usleep(rnd(5000));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}
END_TEST

Suite *suite_garbage(void)
{
	Suite *s = suite_create("garbage");
	TCase *tc = tcase_create("clients");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, noise);
	tcase_add_test(tc, near_misses);
	tcase_add_test(tc, killed_clients);
	suite_add_tcase(s, tc);
	return s;
}
