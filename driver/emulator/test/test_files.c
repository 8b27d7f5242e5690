// SPDX-License-Identifier: BSD-3-Clause
/* Descriptors, names, calls and the lifetime of files. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "emu_test.h"

START_TEST(looks_like_a_device)
{
	struct stat st;
	struct statx sx;
	glob_t g;
	DIR *dir;
	struct dirent *e;
	int fd = open_node(), seen = 0;

	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert(S_ISCHR(st.st_mode));
	ck_assert_uint_eq(major(st.st_rdev), 240);
	ck_assert_int_eq(stat(NODE, &st), 0);
	ck_assert(S_ISCHR(st.st_mode));
	ck_assert_int_eq(statx(AT_FDCWD, NODE, 0, STATX_BASIC_STATS, &sx), 0);
	ck_assert(S_ISCHR(sx.stx_mode));
	ck_assert_int_eq(access(NODE, R_OK | W_OK), 0);
	ck_assert_int_eq(access(NODE, X_OK), -1);
	ck_assert_int_eq(access("/dev/hfi1_1", F_OK), -1);
	ck_assert_int_eq(glob("/dev/hfi1_[0-9]", 0, NULL, &g), 0);
	ck_assert_uint_eq(g.gl_pathc, 1);
	globfree(&g);
	dir = opendir("/dev");
	while ((e = readdir(dir)))
		seen += !strcmp(e->d_name, "hfi1_0");
	closedir(dir);
	ck_assert_int_eq(seen, 1);
	close(fd);
}
END_TEST

START_TEST(open_errors)
{
	ck_assert_int_eq(open("/dev/hfi1_1", O_RDWR), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(open(NODE, O_RDWR | O_CREAT | O_EXCL, 0600), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(open(NODE, O_RDONLY | O_DIRECTORY), -1);
	ck_assert_int_eq(errno, ENOTDIR);
	ck_assert_int_eq(open(NODE, O_RDWR | O_DIRECT), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(descriptor_flags)
{
	int fd = open(NODE, O_RDWR | O_NONBLOCK), on = 0;

	ck_assert_int_eq(fcntl(fd, F_GETFD), 0);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & (O_NONBLOCK | O_ACCMODE),
			 O_NONBLOCK | O_RDWR);
	ck_assert_int_eq(ioctl(fd, FIONBIO, &on), 0);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(ioctl(fd, FIOCLEX), 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	fd = open(NODE, O_RDONLY);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	ck_assert_int_eq(write(fd, "x", 1), -1);
	ck_assert_int_eq(errno, EBADF);
	close(fd);
}
END_TEST

START_TEST(bad_pointers)
{
	char *p = anonymous(2 * PAGE);
	struct td_range r = { .len = 64 };
	int fd = open_node();

	munmap(p + PAGE, PAGE);
	ck_assert_int_eq(ioctl(fd, TD_ECHO, NULL), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(ioctl(fd, TD_ECHO, (void *)~0xfffUL), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(ioctl(fd, TD_ECHO, p + PAGE - 8), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(ioctl(fd, TD_ECHO, p + PAGE - 16), 0);
	r.addr = (uintptr_t)p + PAGE - 10;
	ck_assert_int_eq(ioctl(fd, TD_COPY, &r), 0);
	ck_assert_uint_eq(r.result, 54);
	r.write = 1;
	ck_assert_int_eq(ioctl(fd, TD_COPY, &r), 0);
	ck_assert_uint_eq(r.result, 54);
	ck_assert_int_eq(p[PAGE - 1], 0x5a);
	mprotect(p, PAGE, PROT_READ);
	ck_assert_int_eq(ioctl(fd, TD_ECHO, p + 16), -1);
	ck_assert_int_eq(errno, EFAULT);
	close(fd);
}
END_TEST

START_TEST(vectors)
{
	int fd = open_node();
	struct iovec iov[2] = { { "a", 1 }, { "b", 1 } };

	ck_assert_int_eq(writev(fd, iov, 2), 1);
	ck_assert_int_eq(write(fd, "a", 1), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(syscall(SYS_writev, fd, iov, -1), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(syscall(SYS_writev, fd, 8, 1), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(lseek(fd, 7, SEEK_SET), 0);
	ck_assert_int_eq(syscall(SYS_ioctl, fd, TD_CONSUME), 0);
	close(fd);
}
END_TEST

START_TEST(who_calls)
{
	struct td_who who;
	int fd = open_node();

	ck_assert_int_eq(ioctl(fd, TD_WHO, &who), 0);
	ck_assert_uint_eq(who.pid, getpid());
	ck_assert_uint_eq(who.uid, getuid());
	close(fd);
}
END_TEST

START_TEST(dup_and_close)
{
	int fd = open_node(), copy = dup(fd), high = dup2(fd, 200);

	close(fd);
	ck_assert(works(copy));
	close(copy);
	ck_assert(works(high));
	ck_assert_int_eq(status_of("test_files"), 1);
	close(high);
	ck_assert_int_eq(status_of("test_files"), 0);
}
END_TEST

START_TEST(fork_shares)
{
	int fd = open_node(), status;
	pid_t pid = fork();

	if (!pid) {
		struct td_who who;

		_exit(works(fd) && !ioctl(fd, TD_WHO, &who) &&
				      who.pid == (unsigned int)getpid() ?
			      0 :
			      1);
	}
	ck_assert(works(fd));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	close(fd);
}
END_TEST

START_TEST(exec_keeps)
{
	int fd = open(NODE, O_RDWR), status;
	char arg[16];
	pid_t pid;

	snprintf(arg, sizeof(arg), "%d", fd);
	pid = fork();
	if (!pid) {
		char self[PATH_MAX] = "";

		if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
			_exit(3);
		execl(self, self, "--use-fd", arg, NULL);
		_exit(2);
	}
	close(fd);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(status_of("test_files"), 0);
}
END_TEST

static void send_fd(int sock, int fd)
{
	char byte = 0, buf[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr mh = { .msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = buf,
			     .msg_controllen = sizeof(buf) };
	struct cmsghdr *cm = CMSG_FIRSTHDR(&mh);

	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cm), &fd, sizeof(int));
	ck_assert_int_eq(sendmsg(sock, &mh, 0), 1);
}

static int receive_fd(int sock)
{
	char byte, buf[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr mh = { .msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = buf,
			     .msg_controllen = sizeof(buf) };
	int fd;

	if (recvmsg(sock, &mh, 0) != 1 || !CMSG_FIRSTHDR(&mh))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&mh)), sizeof(int));
	return fd;
}

START_TEST(passed_over_a_socket)
{
	int sv[2], fd = -1, status;
	pid_t pid;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
	pid = fork();
	if (!pid) {
		fd = receive_fd(sv[1]);
		_exit(works(fd) ? 0 : 1);
	}
	fd = open_node();
	send_fd(sv[0], fd);
	close(fd);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(status_of("test_files"), 0);
}
END_TEST

START_TEST(killed_process_is_cleaned_up)
{
	int ready[2], status;
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		int fd = open_node();
		char *p = anonymous(4 * PAGE);
		struct td_range r = { (uintptr_t)p, 4 * PAGE, 1, 0 };

		if (ioctl(fd, TD_PIN, &r) || write(ready[1], "x", 1) != 1)
			_exit(1);
		ioctl(fd, TD_WAIT_KILLABLE);
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert_int_eq(status_of("pinned_pages"), 4);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	nothing_left();
}
END_TEST

static void *echo_loop(void *arg)
{
	long bad = 0;
	int i;

	for (i = 0; i < 300; i++)
		bad += !works(*(int *)arg);
	return (void *)bad;
}

START_TEST(threads_share_a_file)
{
	int fd = open_node(), i;
	pthread_t id[8];
	void *bad;

	for (i = 0; i < 8; i++)
		pthread_create(&id[i], NULL, echo_loop, &fd);
	for (i = 0; i < 8; i++) {
		pthread_join(id[i], &bad);
		ck_assert_ptr_null(bad);
	}
	close(fd);
}
END_TEST

START_TEST(another_user)
{
	int status;
	pid_t pid;

	if (getuid())
		return;
	pid = fork();
	if (!pid) {
		struct td_who who;
		int fd;

		if (setgid(12345) || setuid(12345))
			_exit(2);
		fd = open(NODE, O_RDWR);
		_exit(fd >= 0 && works(fd) && !ioctl(fd, TD_WHO, &who) &&
				      who.uid == 12345 && !who.admin ?
			      0 :
			      1);
	}
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(nobody_closes_our_descriptors)
{
	int fd = open_node(), i;

	map(fd, TD_MAP_SHARED, 1, PROT_READ);
	for (i = 3; i < 70000; i++)
		if (i != fd)
			close(i);
	ck_assert(works(fd));
	ck_assert_int_eq(close_range(fd + 1, ~0U, 0), 0);
	ck_assert(works(fd));
	close(fd);
	ck_assert_int_eq(status_of("test_files"), 1);
}
END_TEST

static void churn(int rounds)
{
	int i, status;
	pid_t pid;

	for (i = 0; i < rounds; i++) {
		pid = fork();
		if (!pid) {
			int fd = open_node();
			char *p = anonymous(PAGE);

			map(fd, TD_MAP_SHARED, 1, PROT_READ);
			pin(fd, p, PAGE);
			if (i & 1)
				kill(getpid(), SIGKILL);
			_exit(0);
		}
		waitpid(pid, &status, 0);
	}
}

/* A busy machine needs more threads for a while; surplus ones end when idle. */
static long threads_in_the_end(long enough)
{
	long threads = status_of("threads");
	int tries;

	for (tries = 0; threads > enough && tries < 40; tries++) {
		usleep(500000);
		threads = status_of("threads");
	}
	return threads;
}

/* HFI1_EMU_CHURN=10000 for the long version. */
START_TEST(cycles_leave_nothing)
{
	const char *env = getenv("HFI1_EMU_CHURN");
	long objects, pages;

	churn(10);
	nothing_left();
	objects = status_of("allocations");
	pages = status_of("mappable_pages");
	churn(env ? atoi(env) : 200);
	nothing_left();
	ck_assert_int_eq(status_of("allocations"), objects);
	ck_assert_int_eq(status_of("mappable_pages"), pages);
	ck_assert_int_le(status_of("address_spaces"), 6);
	ck_assert_int_le(threads_in_the_end(24), 24);
}
END_TEST

TCase *file_tests(void)
{
	TCase *tc = tcase_create("files");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, looks_like_a_device);
	tcase_add_test(tc, open_errors);
	tcase_add_test(tc, descriptor_flags);
	tcase_add_test(tc, bad_pointers);
	tcase_add_test(tc, vectors);
	tcase_add_test(tc, who_calls);
	tcase_add_test(tc, dup_and_close);
	tcase_add_test(tc, fork_shares);
	tcase_add_test(tc, exec_keeps);
	tcase_add_test(tc, passed_over_a_socket);
	tcase_add_test(tc, killed_process_is_cleaned_up);
	tcase_add_test(tc, threads_share_a_file);
	tcase_add_test(tc, another_user);
	tcase_add_test(tc, nobody_closes_our_descriptors);
	tcase_add_test(tc, cycles_leave_nothing);
	return tc;
}
