// SPDX-License-Identifier: BSD-3-Clause
/* Calls that wait: signals, poll, select, epoll. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>
#include "emu_test.h"

static void on_signal(int sig)
{
	(void)sig;
}

static void alarm_soon(int flags)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = flags };
	struct itimerval it = { .it_value.tv_usec = 50000 };

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
}

START_TEST(signal_interrupts)
{
	int fd = open_node();

	alarm_soon(0);
	ck_assert_int_eq(ioctl(fd, TD_WAIT), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert(works(fd));
	close(fd);
}
END_TEST

static void *wake_later(void *arg)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	usleep(200000);
	ioctl(*(int *)arg, TD_WAKE);
	return NULL;
}

START_TEST(signal_restarts)
{
	int fd = open_node();
	pthread_t id;

	pthread_create(&id, NULL, wake_later, &fd);
	alarm_soon(SA_RESTART);
	ck_assert_int_eq(ioctl(fd, TD_WAIT), 0);
	pthread_join(id, NULL);
	close(fd);
}
END_TEST

START_TEST(ignored_signal_is_ignored)
{
	int fd = open_node();
	pthread_t id;

	signal(SIGALRM, SIG_IGN);
	pthread_create(&id, NULL, wake_later, &fd);
	alarm(0);
	kill(getpid(), SIGWINCH);
	ck_assert_int_eq(ioctl(fd, TD_WAIT), 0);
	pthread_join(id, NULL);
	close(fd);
}
END_TEST

START_TEST(poll_and_select)
{
	int fd = open_node(), pfd[2];
	struct pollfd set[2] = { { fd, POLLIN, 0 }, { -1, POLLIN, 0 } };
	struct timeval tv = { 0, 20000 };
	fd_set in;
	pthread_t id;

	ck_assert_int_eq(pipe(pfd), 0);
	set[1].fd = pfd[0];
	ck_assert_int_eq(poll(set, 2, 20), 0);
	pthread_create(&id, NULL, wake_later, &fd);
	ck_assert_int_eq(poll(set, 2, -1), 1);
	ck_assert_int_eq(set[0].revents, POLLIN);
	pthread_join(id, NULL);
	ck_assert_int_eq(write(pfd[1], "x", 1), 1);
	ck_assert_int_eq(poll(set, 2, -1), 2);
	FD_ZERO(&in);
	FD_SET(fd, &in);
	ck_assert_int_eq(select(fd + 1, &in, NULL, NULL, NULL), 1);
	ioctl(fd, TD_CONSUME);
	ck_assert_int_eq(select(fd + 1, &in, NULL, NULL, &tv), 0);
	ck_assert(!FD_ISSET(fd, &in));
	ck_assert_int_eq(poll(set, 2, -1), 1);
	alarm_soon(SA_RESTART);
	ck_assert_int_eq(poll(set, 1, -1), -1);
	ck_assert_int_eq(errno, EINTR);
	close(fd);
}
END_TEST

START_TEST(epoll_is_level_triggered)
{
	int fd = open_node(), ep = epoll_create1(0);
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = 0x1234 };
	struct epoll_event got[2];
	pthread_t id;

	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), 0);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(epoll_wait(ep, got, 2, 20), 0);
	pthread_create(&id, NULL, wake_later, &fd);
	ck_assert_int_eq(epoll_wait(ep, got, 2, -1), 1);
	ck_assert_uint_eq(got[0].data.u64, 0x1234);
	ck_assert_uint_eq(got[0].events, EPOLLIN);
	pthread_join(id, NULL);
	ck_assert_int_eq(epoll_wait(ep, got, 2, -1), 1);
	ioctl(fd, TD_CONSUME);
	ck_assert_int_eq(epoll_wait(ep, got, 2, 0), 0);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL), 0);
	ioctl(fd, TD_WAKE);
	ck_assert_int_eq(epoll_wait(ep, got, 2, 0), 0);
	close(ep);
	close(fd);
}
END_TEST

TCase *waiting_tests(void)
{
	TCase *tc = tcase_create("waiting");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, signal_interrupts);
	tcase_add_test(tc, signal_restarts);
	tcase_add_test(tc, ignored_signal_is_ignored);
	tcase_add_test(tc, poll_and_select);
	tcase_add_test(tc, epoll_is_level_triggered);
	return tc;
}
