// SPDX-License-Identifier: BSD-3-Clause
/*
 * The device as a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "groups.h"

/* With and without a context alike. */
static void on_both(void (*check)(int fd))
{
	struct hfi1c_context ctxt;
	int fd = hfi1c_open_device();

	check(fd);
	close(fd);
	hfi1c_open_context(&ctxt);
	check(ctxt.fd);
	hfi1c_expect_ok(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CREDIT_UPD, NULL));
	close(ctxt.fd);
}

static void check_node(int fd)
{
	struct stat node, file;

	hfi1c_expect(!stat(hfi1c_device(), &node), "stat: %s", strerror(errno));
	hfi1c_expect(S_ISCHR(node.st_mode), "the node is no character device");
	hfi1c_expect(!fstat(fd, &file), "fstat: %s", strerror(errno));
	hfi1c_expect(S_ISCHR(file.st_mode), "the file is no character device");
	hfi1c_expect_u64(file.st_rdev, node.st_rdev, "device number");
}

static void check_read(int fd)
{
	char byte;

	hfi1c_expect_errno(hfi1c_read(fd, &byte, 1), EINVAL);
	hfi1c_expect_errno(hfi1c_read(fd, NULL, 1), EINVAL);
}

static void check_seek(int fd)
{
	hfi1c_expect_u64(hfi1c_lseek(fd, 0, SEEK_CUR), 0, "position");
	hfi1c_expect_u64(hfi1c_lseek(fd, 4096, SEEK_SET), 0,
			 "position after seeking");
	hfi1c_expect_u64(hfi1c_lseek(fd, 1, SEEK_CUR), 0,
			 "position after seeking");
	hfi1c_expect_u64(hfi1c_lseek(fd, 0, SEEK_END), 0,
			 "position after seeking");
}

static void check_async(int fd)
{
	hfi1c_expect(fcntl(fd, F_SETFL, O_ASYNC) >= 0, "F_SETFL: %s",
		     strerror(errno));
	hfi1c_expect_u64(fcntl(fd, F_GETFL) & O_ASYNC, 0,
			 "O_ASYNC after it was set");
}

static void check_sync(int fd)
{
	hfi1c_expect(fsync(fd) < 0 && errno == EINVAL,
		     "fsync() is not refused with EINVAL");
}

static void check_resize(int fd)
{
	hfi1c_expect(ftruncate(fd, 0) < 0 && errno == EINVAL,
		     "ftruncate() is not refused with EINVAL");
}

static void check_flags(int fd)
{
	hfi1c_expect_u64(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR, "access mode");
	hfi1c_expect(fcntl(fd, F_SETFD, FD_CLOEXEC) >= 0, "F_SETFD: %s",
		     strerror(errno));
	hfi1c_expect_u64(fcntl(fd, F_GETFD), FD_CLOEXEC, "descriptor flags");
}

typedef void (*check_fn)(int fd);

static void run_check(const struct hfi1c_case *c)
{
	on_both(*(const check_fn *)c->data);
}

static void opens_independently(const struct hfi1c_case *c)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR,
				     O_RDWR | O_NONBLOCK };
	int version, fds[4];
	unsigned int i;

	(void)c;
	for (i = 0; i < 4; i++) {
		fds[i] = hfi1c_open(hfi1c_device(), modes[i]);
		hfi1c_expect(fds[i] >= 0, "cannot open with mode %#x",
			     modes[i]);
		hfi1c_expect_ok(
			hfi1c_ioctl(fds[i], HFI1_IOCTL_GET_VERS, &version));
	}
	for (i = 0; i < 4; i++)
		close(fds[i]);
}

static void many_opens_without_context(const struct hfi1c_case *c)
{
	int fds[300], i, version;

	(void)c;
	for (i = 0; i < 300; i++)
		fds[i] = hfi1c_open_device();
	for (i = 0; i < 300; i++) {
		hfi1c_expect_ok(
			hfi1c_ioctl(fds[i], HFI1_IOCTL_GET_VERS, &version));
		close(fds[i]);
	}
}

static void write_is_refused(const struct hfi1c_case *c)
{
	char bytes[128] = { 0 };
	struct hfi1c_context ctxt;
	int fd = hfi1c_open_device();

	(void)c;
	hfi1c_open_context(&ctxt);
	/* without SDMA the first check of the list answers in any state */
	hfi1c_expect_errno(hfi1c_write(fd, bytes, sizeof(bytes)),
			   hfi1c_has_cap(&ctxt, HFI1_CAP_SDMA) ? EIO : EINVAL);
	close(fd);
	hfi1c_expect_errno(hfi1c_write(ctxt.fd, bytes, sizeof(bytes)), EINVAL);
	close(ctxt.fd);
}

static void empty_writev_is_nothing(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct iovec vec = { 0 };

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_u64(hfi1c_writev(ctxt.fd, &vec, 0), 0,
			 "writev() of no vectors");
	close(ctxt.fd);
}

static void read_only_cannot_write(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_user_info();
	char bytes[128] = { 0 };
	struct iovec vec = { bytes, sizeof(bytes) };
	int fd = hfi1c_open(hfi1c_device(), O_RDONLY);

	(void)c;
	hfi1c_setup(!hfi1c_assign(fd, &info), "ASSIGN_CTXT failed");
	hfi1c_expect_errno(hfi1c_writev(fd, &vec, 1), EBADF);
	close(fd);
}

static void interrupted(int signal)
{
	(void)signal;
}

/* A healthy context waits a second for a halt; a signal ends the wait. */
static void poll_sees_signals(const struct hfi1c_case *c)
{
	struct sigaction action = { .sa_handler = interrupted };
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	ualarm(50000, 0);
	hfi1c_expect_errno(hfi1c_poll(ctxt.fd, 1, 2000), EINTR);
	close(ctxt.fd);
}

static const check_fn node = check_node, read_fn = check_read,
		      seek = check_seek, async = check_async,
		      sync_fn = check_sync, resize = check_resize,
		      flags = check_flags;

static const struct hfi1c_case cases[] = {
	CASE_DATA("files.node", "file.open", run_check,
		  "node and file are one character device", &node),
	CASE_DATA("files.read", "file.read.no-read", run_check,
		  "read() gives EINVAL", &read_fn),
	CASE_DATA("files.seek", "file.llseek", run_check,
		  "lseek() changes nothing", &seek),
	CASE_DATA("files.async", "file.fasync", run_check,
		  "O_ASYNC has no effect", &async),
	CASE_DATA("files.sync", "file.open", run_check, "there is no fsync()",
		  &sync_fn),
	CASE_DATA("files.resize", "file.open", run_check,
		  "there is no ftruncate()", &resize),
	CASE_DATA("files.flags", "file.open", run_check,
		  "descriptor and file flags are kept", &flags),
	CASE("files.modes", "file.open", opens_independently,
	     "the device opens in every access mode"),
	CASE("files.many", "file.open", many_opens_without_context,
	     "300 files can be open without a context"),
	CASE("files.write", "write_entry.not-vectored quirk.write-is-einval",
	     write_is_refused, "write() is no way to submit"),
	CASE("files.writev-empty", "write_entry.not-vectored",
	     empty_writev_is_nothing, "writev() of no vectors does nothing"),
	CASE("files.read-only", "file.open", read_only_cannot_write,
	     "a read-only file submits nothing"),
	CASE("files.poll-signal", "poll.anyrcv-ready", poll_sees_signals,
	     "a signal ends poll()"),
};

HFI1C_GROUP(files, "files", "The device as a file.", cases);
