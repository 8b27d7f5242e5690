// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"
#include "transport.h"

static struct machine m; /* only its socket is used */
static int peer;
static struct vfu_msg msg;
static unsigned int fds_before;

static void setup(void)
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	m.sock = pair[0];
	peer = pair[1];
	ck_assert_int_eq(vfu_msg_init(&msg), 0);
	fds_before = count_fds();
}

static void teardown(void)
{
	vfu_msg_exit(&msg);
	if (m.sock >= 0)
		close(m.sock);
	close(peer);
}

static struct vfu_header header(uint16_t id, size_t len)
{
	struct vfu_header hdr = { .id = id,
				  .cmd = VFU_DMA_MAP,
				  .size = sizeof(hdr) + len };

	return hdr;
}

static bool same_file(int a, int b)
{
	struct stat x, y;

	return !fstat(a, &x) && !fstat(b, &y) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

START_TEST(message_arrives_whole)
{
	struct vfu_header hdr = header(7, 5);

	client_send(&m, &hdr, "hello", 5, NULL, 0);
	ck_assert_int_eq(vfu_recv(peer, &msg), 0);
	ck_assert_uint_eq(msg.hdr.id, 7);
	ck_assert_uint_eq(msg.len, 5);
	ck_assert_int_eq(memcmp(msg.body, "hello", 5), 0);
	ck_assert_uint_eq(msg.nfds, 0);
}
END_TEST

/* Several messages wait in the socket; each keeps its own descriptor. */
START_TEST(pipelined_descriptors_stay_apart)
{
	int files[3], i;
	struct vfu_header hdr;

	for (i = 0; i < 3; i++) {
		char name[] = "/tmp/vfu-test-XXXXXX";

		files[i] = mkstemp(name);
		unlink(name);
		hdr = header(i, 8);
		client_send(&m, &hdr, "12345678", 8, &files[i], i != 1);
	}
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(vfu_recv(peer, &msg), 0);
		ck_assert_uint_eq(msg.hdr.id, i);
		ck_assert_uint_eq(msg.nfds, i != 1);
		if (i != 1)
			ck_assert(same_file(msg.fd[0], files[i]));
		vfu_msg_release(&msg);
		close(files[i]);
	}
	ck_assert_uint_eq(count_fds(), fds_before);
}
END_TEST

START_TEST(descriptors_are_closed_unless_taken)
{
	int fds[4] = { 0, 1, 2, 0 }, kept;
	struct vfu_header hdr = header(1, 0);

	client_send(&m, &hdr, NULL, 0, fds, 4);
	ck_assert_int_eq(vfu_recv(peer, &msg), 0);
	ck_assert_uint_eq(msg.nfds, 4);
	kept = vfu_msg_take_fd(&msg, 2);
	ck_assert_int_eq(vfu_msg_take_fd(&msg, 2), -1);
	ck_assert_int_eq(vfu_msg_take_fd(&msg, 4), -1);
	ck_assert_int_ne(fcntl(kept, F_GETFD) & FD_CLOEXEC, 0);
	vfu_msg_release(&msg);
	ck_assert_uint_eq(count_fds(), fds_before + 1);
	close(kept);
}
END_TEST

START_TEST(too_many_descriptors_end_the_stream)
{
	int fds[VFU_MAX_FDS + 5] = { 0 };
	struct vfu_header hdr = header(1, 0);

	client_send(&m, &hdr, NULL, 0, fds, VFU_MAX_FDS + 5);
	ck_assert_int_eq(vfu_recv(peer, &msg), -EPROTO);
	ck_assert_uint_eq(count_fds(), fds_before);
}
END_TEST

/* As many as fit, but half with the header and more with the body. */
START_TEST(too_many_descriptors_in_two_parts)
{
	int fds[VFU_MAX_FDS] = { 0 };
	struct vfu_header hdr = header(1, 32), second = { 0 };

	client_send(&m, &hdr, NULL, 0, fds, 10);
	client_send(&m, &second, &second, 16, fds, 10);
	ck_assert_int_eq(vfu_recv(peer, &msg), -EPROTO);
	ck_assert_uint_eq(count_fds(), fds_before);
}
END_TEST

START_TEST(sizes_that_cannot_be)
{
	static const uint32_t sizes[] = {
		0,	    1,
		15,	    sizeof(struct vfu_header) + VFU_MAX_BODY + 1,
		0x7fffffff, 0xffffffff
	};
	struct vfu_header hdr = header(1, 0);

	hdr.size = sizes[_i];
	client_send(&m, &hdr, NULL, 0, (int[]){ 0 }, 1);
	ck_assert_int_eq(vfu_recv(peer, &msg), -EPROTO);
	ck_assert_uint_eq(count_fds(), fds_before);
}
END_TEST

START_TEST(end_between_messages_is_in_order)
{
	client_leave(&m);
	ck_assert_int_eq(vfu_recv(peer, &msg), -ENODATA);
}
END_TEST

/* The stream ends after each possible number of bytes of a message. */
START_TEST(end_inside_a_message)
{
	struct {
		struct vfu_header hdr;
		char body[8];
	} whole = { header(1, 8), "1234567" };

	ck_assert_int_eq(send(m.sock, &whole, _i, 0), _i);
	client_leave(&m);
	ck_assert_int_eq(vfu_recv(peer, &msg), -EPROTO);
}
END_TEST

START_TEST(reply_carries_a_descriptor)
{
	struct vfu_header hdr = header(9, 0);
	struct answer a;
	int file = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(vfu_send(peer, &hdr, "abcd", 4, file), 0);
	ck_assert(client_hear(&m, &a));
	ck_assert_uint_eq(a.hdr.id, 9);
	ck_assert_uint_eq(a.len, 4);
	ck_assert(same_file(a.fd, file));
	close(a.fd);
	close(file);
}
END_TEST

START_TEST(sending_to_nobody)
{
	struct vfu_header hdr = header(9, 0);

	client_leave(&m);
	ck_assert_int_eq(vfu_send(peer, &hdr, NULL, 0, -1), -EPIPE);
}
END_TEST

Suite *suite_transport(void)
{
	Suite *s = suite_create("transport");
	TCase *tc = tcase_create("framing");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, message_arrives_whole);
	tcase_add_test(tc, pipelined_descriptors_stay_apart);
	tcase_add_test(tc, descriptors_are_closed_unless_taken);
	tcase_add_test(tc, too_many_descriptors_end_the_stream);
	tcase_add_test(tc, too_many_descriptors_in_two_parts);
	tcase_add_loop_test(tc, sizes_that_cannot_be, 0, 6);
	tcase_add_test(tc, end_between_messages_is_in_order);
	tcase_add_loop_test(tc, end_inside_a_message, 1, 24);
	tcase_add_test(tc, reply_carries_a_descriptor);
	tcase_add_test(tc, sending_to_nobody);
	suite_add_tcase(s, tc);
	return s;
}
