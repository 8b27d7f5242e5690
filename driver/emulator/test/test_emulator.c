// SPDX-License-Identifier: BSD-3-Clause
/*
 * The emulator end to end: a program's system calls on the test device.
 *
 * Started plainly, the program starts itself again under an emulator of the
 * test device; the inner one is an ordinary program with an ordinary device.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../../hosted/test/testdev.h"

#define NODE "/dev/hfi1_0"
#define PAGE 4096UL

static char bin_dir[PATH_MAX];

/* A number from "ctl status". */
static long status_of(const char *name)
{
	char command[PATH_MAX + 64], line[256], key[64];
	long value = -1;
	FILE *f;

	snprintf(command, sizeof(command),
		 "LD_PRELOAD= %s/hfi1-emu-testdev ctl status", bin_dir);
	snprintf(key, sizeof(key), "\"%s\":", name);
	f = popen(command, "r");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f))
		if (strstr(line, key))
			value = atol(strchr(line, ':') + 1);
	ck_assert_int_eq(pclose(f), 0);
	return value;
}

static int open_node(void)
{
	int fd = open(NODE, O_RDWR | O_CLOEXEC);

	ck_assert_msg(fd >= 0, "open: %s", strerror(errno));
	return fd;
}

static bool works(int fd)
{
	struct td_echo e = { .in = 77 };

	return !ioctl(fd, TD_ECHO, &e) && e.out == ~77ULL;
}

static char *anonymous(size_t len)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	return p;
}

static void nothing_left(void)
{
	ck_assert_int_eq(status_of("test_files"), 0);
	ck_assert_int_eq(status_of("pinned_pages"), 0);
	ck_assert_int_eq(status_of("notifiers"), 0);
	ck_assert_int_eq(status_of("dma_mappings"), 0);
	ck_assert_int_eq(status_of("warnings"), 0);
}

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

static void *map(int fd, unsigned long what, size_t pages, int prot)
{
	return mmap(NULL, pages * PAGE, prot, MAP_SHARED, fd, what * PAGE);
}

START_TEST(mapping_is_shared)
{
	int fd = open_node();
	char *a = map(fd, TD_MAP_SHARED, 2, PROT_READ | PROT_WRITE);
	char *b = map(fd, TD_MAP_SHARED, 1, PROT_READ);
	pid_t pid;

	ck_assert_ptr_ne(a, MAP_FAILED);
	strcpy(a, "hello");
	ck_assert_str_eq(b, "hello");
	pid = fork();
	if (!pid) {
		strcpy(a, "child");
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	ck_assert_str_eq(b, "child");
	munmap(a, 2 * PAGE);
	munmap(b, PAGE);
	close(fd);
}
END_TEST

START_TEST(mapping_holds_the_file)
{
	int fd = open_node();
	char *a = map(fd, TD_MAP_SHARED, 2, PROT_READ | PROT_WRITE);

	close(fd);
	closefrom(3);
	ck_assert_int_eq(status_of("test_files"), 1);
	munmap(a, PAGE);
	ck_assert_int_eq(status_of("test_files"), 1);
	a[PAGE] = 1;
	mmap(a + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
	     -1, 0);
	ck_assert_int_eq(status_of("test_files"), 0);
}
END_TEST

START_TEST(rights_of_mappings)
{
	int fd = open_node();
	char *ro = map(fd, TD_MAP_RO, 1, PROT_READ);
	char *bar = map(fd, TD_MAP_BAR, 1, PROT_WRITE);

	ck_assert_str_eq(ro, "coherent");
	ck_assert_int_eq(mprotect(ro, PAGE, PROT_READ | PROT_WRITE), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_ptr_eq(map(fd, TD_MAP_RO, 1, PROT_READ | PROT_WRITE),
			 MAP_FAILED);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(mprotect(bar, PAGE, PROT_READ), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(mprotect(bar, PAGE, PROT_WRITE), 0);
	ck_assert_ptr_eq(mremap(ro, PAGE, 2 * PAGE, MREMAP_MAYMOVE),
			 MAP_FAILED);
	ck_assert_int_eq(errno, EFAULT);
	close(fd);
}
END_TEST

static sigjmp_buf after_fault;

static void on_fault(int sig)
{
	siglongjmp(after_fault, sig);
}

static int touch(volatile char *p)
{
	struct sigaction sa = { .sa_handler = on_fault }, bus, segv;
	int sig;

	sigaction(SIGBUS, &sa, &bus);
	sigaction(SIGSEGV, &sa, &segv);
	sig = sigsetjmp(after_fault, 1);
	if (!sig)
		(void)*p;
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &segv, NULL);
	return sig;
}

START_TEST(hole_is_sigbus)
{
	int fd = open_node();
	char *p = map(fd, TD_MAP_HOLE, 2, PROT_READ);

	ck_assert_int_eq(touch(p), 0);
	ck_assert_int_eq(touch(p + PAGE), SIGBUS);
	close(fd);
}
END_TEST

START_TEST(not_copied_on_fork)
{
	int fd = open_node(), status;
	char *bar = map(fd, TD_MAP_BAR, 1, PROT_READ | PROT_WRITE);
	char *shared = map(fd, TD_MAP_SHARED, 1, PROT_READ);
	pid_t pid = fork();

	if (!pid)
		_exit(touch(bar) == SIGSEGV && !touch(shared) ? 0 : 1);
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
	close(fd);
}
END_TEST

static int pin(int fd, char *p, size_t len)
{
	struct td_range r = { (uintptr_t)p, len, 1, 0 };

	return ioctl(fd, TD_PIN, &r) ? -errno : (int)r.result;
}

START_TEST(device_writes_pinned_memory)
{
	int fd = open_node();
	char *p = anonymous(3 * PAGE);
	__u32 byte = 0x42;

	ck_assert_int_eq(pin(fd, p, 3 * PAGE), 3);
	ck_assert_int_eq(ioctl(fd, TD_DMA_WRITE, &byte), 0);
	ck_assert_int_eq(p[0], 0x42);
	ck_assert_int_eq(p[3 * PAGE - 1], 0x42);
	ck_assert_int_eq(ioctl(fd, TD_UNPIN), 0);
	mprotect(p, PAGE, PROT_READ);
	ck_assert_int_eq(pin(fd, p, PAGE), -EFAULT);
	ck_assert_int_eq(pin(fd, map(fd, TD_MAP_BAR, 1, PROT_WRITE), PAGE),
			 -EFAULT);
	close(fd);
}
END_TEST

START_TEST(unmap_is_told_at_once)
{
	int fd = open_node();
	char *p = anonymous(4 * PAGE);

	ck_assert_int_eq(pin(fd, p, 2 * PAGE), 2);
	munmap(p + 2 * PAGE, PAGE);
	ck_assert_int_eq(ioctl(fd, TD_UNMAPS), 0);
	munmap(p + PAGE, PAGE);
	ck_assert_int_ge(ioctl(fd, TD_UNMAPS), 1);
	ioctl(fd, TD_UNPIN);
	close(fd);
}
END_TEST

/* The C library unmaps behind everyone's back. */
START_TEST(free_is_told)
{
	int fd = open_node(), before;
	char *p = malloc(1 << 20), *page;

	memset(p, 1, 1 << 20);
	page = (char *)(((uintptr_t)p + 2 * PAGE) & ~(PAGE - 1));
	ck_assert_int_eq(pin(fd, page, PAGE), 1);
	before = ioctl(fd, TD_UNMAPS);
	free(p);
	if (ioctl(fd, TD_UNMAPS) == before)
		ck_assert_msg(syscall(SYS_userfaultfd, O_CLOEXEC | 1) < 0,
			      "userfaultfd works, free() was not noticed");
	ioctl(fd, TD_UNPIN);
	close(fd);
}
END_TEST

START_TEST(remap_is_told)
{
	int fd = open_node(), n;
	char *p = anonymous(PAGE), *to = anonymous(PAGE);

	ck_assert_int_eq(pin(fd, p, PAGE), 1);
	ck_assert_ptr_eq(
		mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	n = ioctl(fd, TD_UNMAPS);
	ck_assert_int_ge(n, 1);
	ioctl(fd, TD_UNPIN);
	p = anonymous(PAGE);
	ck_assert_int_eq(pin(fd, p, PAGE), 1);
	mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
	     0);
	ck_assert_int_gt(ioctl(fd, TD_UNMAPS), n);
	close(fd);
}
END_TEST

START_TEST(pinned_page_keeps_its_content)
{
	int fd = open_node();
	char *p = anonymous(PAGE), *q, back[8] = "";
	struct td_range r = { (uintptr_t)back, 7, 0, 0 };

	strcpy(p, "before");
	ck_assert_int_eq(pin(fd, p, PAGE), 1);
	munmap(p, PAGE);
	q = mmap(p, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	strcpy(q, "after");
	ck_assert_int_eq(ioctl(fd, TD_DMA_READ, &r), 0);
	ck_assert_str_eq(back, "before");
	ck_assert_str_eq(q, "after");
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
	ck_assert_int_le(status_of("threads"), 24);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("emulator");
	TCase *tc = tcase_create("emulator");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, NULL, NULL);
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
	tcase_add_test(tc, signal_interrupts);
	tcase_add_test(tc, signal_restarts);
	tcase_add_test(tc, ignored_signal_is_ignored);
	tcase_add_test(tc, threads_share_a_file);
	tcase_add_test(tc, mapping_is_shared);
	tcase_add_test(tc, mapping_holds_the_file);
	tcase_add_test(tc, rights_of_mappings);
	tcase_add_test(tc, hole_is_sigbus);
	tcase_add_test(tc, not_copied_on_fork);
	tcase_add_test(tc, device_writes_pinned_memory);
	tcase_add_test(tc, unmap_is_told_at_once);
	tcase_add_test(tc, free_is_told);
	tcase_add_test(tc, remap_is_told);
	tcase_add_test(tc, pinned_page_keeps_its_content);
	tcase_add_test(tc, poll_and_select);
	tcase_add_test(tc, epoll_is_level_triggered);
	tcase_add_test(tc, another_user);
	tcase_add_test(tc, nobody_closes_our_descriptors);
	tcase_add_test(tc, cycles_leave_nothing);
	suite_add_tcase(s, tc);
	return s;
}

static void run_under_emulator(const char *self)
{
	char emu[PATH_MAX + 32];

	snprintf(emu, sizeof(emu), "%s/hfi1-emu-testdev", bin_dir);
	execl(emu, emu, "run", "--", self, NULL);
	perror(emu);
	exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	char self[PATH_MAX] = "", copy[PATH_MAX];
	SRunner *sr;
	int failed;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return EXIT_FAILURE;
	if (argc == 3 && !strcmp(argv[1], "--use-fd"))
		return works(atoi(argv[2])) ? 0 : 1;
	strcpy(copy, self);
	snprintf(bin_dir, sizeof(bin_dir), "%.4000s/../bin", dirname(copy));
	if (!getenv("HFI1_EMU_DIR"))
		run_under_emulator(self);
	sr = srunner_create(suite());
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
