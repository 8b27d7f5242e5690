// SPDX-License-Identifier: BSD-3-Clause
#define _GNU_SOURCE
#include <errno.h>
#include <linux/vfio.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "ctl.h"
#include "wfr_bits.h"
#include "wfr_regs.h"

#define BAR0 VFIO_PCI_BAR0_REGION_INDEX

static struct machine m;
static struct vfu_ctl ctl;
static int end;
static pthread_t thread;
static char text[8192];

static void *serve(void *arg)
{
	int fd = *(int *)arg;
	long err = vfu_ctl_serve(fd, &ctl);

	close(fd);
	return (void *)err;
}

static void setup(void)
{
	static int pair[2];

	machine_start(&m, true, false);
	ctl.adapters = &m.ad;
	ctl.count = 1;
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	end = pair[0];
	pthread_create(&thread, NULL, serve, &pair[1]);
}

static long finish(void)
{
	void *err;

	shutdown(end, SHUT_WR);
	pthread_join(thread, &err);
	close(end);
	return (long)err;
}

static void teardown(void)
{
	finish();
	machine_stop(&m);
}

/* What a command says; its last line is the verdict. */
static const char *tell(const char *line)
{
	size_t len = 0;
	ssize_t n;

	ck_assert_int_eq(send(end, line, strlen(line), 0), strlen(line));
	do {
		n = recv(end, text + len, sizeof(text) - 1 - len, 0);
		ck_assert_int_gt(n, 0);
		len += n;
		text[len] = '\0';
	} while (text[len - 1] != '\n' ||
		 !(strstr(text, "ok\n") || strstr(text, "error: ")));
	return text;
}

static uint64_t reg(uint64_t off)
{
	return client_read(&m, BAR0, off, 8);
}

START_TEST(status_and_help)
{
	ck_assert_ptr_nonnull(strstr(tell("status\n"), "test: link"));
	ck_assert_ptr_nonnull(strstr(tell("help\n"), "hold-freeze"));
	ck_assert_ptr_nonnull(strstr(tell("\n"), "halt"));
}
END_TEST

static const char *const freezes[] = { "freeze 0\n", "freeze 0 driver\n",
				       "freeze 0 chip\n" };

/* Each has the error bit by which a driver notices it. */
START_TEST(freeze_shows)
{
	ck_assert_str_eq(tell(freezes[_i]), "ok\n");
	ck_assert_uint_ne(reg(WFR_CCE_STATUS), 0);
	ck_assert_int_eq(!reg(WFR_SEND_DMA_ERR_STATUS), _i == 2);
	ck_assert_uint_eq(reg(WFR_SEND_PIO_ERR_STATUS),
			  _i == 2 ? WFR_SEND_PIO_ERR_STATUS_WRITE_ADDR_PARITY :
				    0);
}
END_TEST

START_TEST(freeze_is_held)
{
	ck_assert_str_eq(tell("hold-freeze 0 on\n"), "ok\n");
	ck_assert_str_eq(tell("freeze 0\n"), "ok\n");
	client_write(&m, BAR0, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_UNFREEZE, 8);
	ck_assert_uint_ne(reg(WFR_CCE_STATUS), 0);
	ck_assert_str_eq(tell("hold-freeze 0 off\n"), "ok\n");
	ck_assert_uint_eq(reg(WFR_CCE_STATUS), 0);
}
END_TEST

START_TEST(context_is_halted)
{
	client_write(&m, BAR0, WFR_SEND_CTXT_CTRL(3),
		     WFR_SEND_CTXT_CTRL_ENABLE |
			     WFR_PREP(WFR_SEND_CTXT_CTRL_DEPTH, 16),
		     8);
	ck_assert_str_eq(tell("halt 0 3\n"), "ok\n");
	ck_assert_uint_ne(reg(WFR_SEND_CTXT_STATUS(3)), 0);
	ck_assert_ptr_nonnull(strstr(tell("halt 0 4\n"), "error: "));
	ck_assert_ptr_nonnull(strstr(tell("halt 0 4000\n"), "error: "));
	ck_assert_ptr_nonnull(strstr(tell("halt 0 4294967299\n"), "error: "));
}
END_TEST

START_TEST(error_bits_are_raised)
{
	client_write(&m, BAR0, WFR_MISC_ERR_MASK, ~0ULL, 8);
	ck_assert_str_eq(tell("raise 0 misc 0x1\n"), "ok\n");
	ck_assert_uint_eq(reg(WFR_MISC_ERR_STATUS), 1);
	ck_assert_ptr_nonnull(strstr(tell("raise 0 nonsense 1\n"), "none of"));
}
END_TEST

static const char *const refused[] = {
	"nonsense 0\n",	      "freeze\n",
	"freeze 1\n",	      "freeze x\n",
	"freeze 0 hard\n",    "freeze -1\n",
	"freeze 0 chip 1\n",  "halt 0\n",
	"halt 0 x\n",	      "delay 0 1x\n",
	"link 0 sideways\n",  "corrupt 0 luck\n",
	"sticky 0 fingers\n", "port-state 0 active\n",
	"hold-freeze 0\n",    "halt 0 1 2 3\n",
};

START_TEST(commands_that_are_refused)
{
	ck_assert_ptr_nonnull(strstr(tell(refused[_i]), "error: "));
	ck_assert_uint_eq(reg(WFR_CCE_STATUS), 0);
}
END_TEST

static const char *const taken[] = {
	"link 0 down\n",      "link 0 up\n",
	"temperature 0\n",    "delay 0 1000\n",
	"corrupt 0 icrc 3\n", "fail-pio-init 0\n",
	"sticky 0 none\n",    "drop-credits 0 3 2\n",
	"halt-sdma 0 2\n",    "sticky 0 egress halted\n",
};

START_TEST(commands_that_are_taken)
{
	ck_assert_str_eq(tell(taken[_i]), "ok\n");
}
END_TEST

START_TEST(several_commands_in_one_go)
{
	tell("delay 0 1\nfoo 0\nfreeze 0\n");
	while (!reg(WFR_CCE_STATUS))
		usleep(1000);
}
END_TEST

START_TEST(line_without_an_end)
{
	static char line[5000];

	memset(line, 'a', sizeof(line));
	send(end, line, sizeof(line), MSG_NOSIGNAL);
	ck_assert_int_eq(finish(), -E2BIG);
	setup();
}
END_TEST

Suite *suite_faults(void)
{
	Suite *s = suite_create("faults");
	TCase *tc = tcase_create("commands");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, status_and_help);
	tcase_add_loop_test(tc, freeze_shows, 0, 3);
	tcase_add_test(tc, freeze_is_held);
	tcase_add_test(tc, context_is_halted);
	tcase_add_test(tc, error_bits_are_raised);
	tcase_add_loop_test(tc, commands_that_are_refused, 0,
			    sizeof(refused) / sizeof(refused[0]));
	tcase_add_loop_test(tc, commands_that_are_taken, 0,
			    sizeof(taken) / sizeof(taken[0]));
	tcase_add_test(tc, several_commands_in_one_go);
	tcase_add_test(tc, line_without_an_end);
	suite_add_tcase(s, tc);
	return s;
}
