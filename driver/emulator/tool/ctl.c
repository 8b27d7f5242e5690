// SPDX-License-Identifier: BSD-3-Clause
/* hfi1-emu ctl: one command to a running emulator. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include "tool.h"

static int connect_to(const char *dir)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s/%s", dir,
		 EMU_SOCKET_NAME);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof(un))) {
		fprintf(stderr, "hfi1-emu: no emulator at %s: %s\n", dir,
			strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

static int send_command(int fd, int reply, const struct tool_options *opt)
{
	struct emu_request req = { .magic = EMU_MAGIC,
				   .op = EMU_CTL,
				   .serial = 1,
				   .tid = syscall(SYS_gettid) };
	char text[EMU_CTL_MAX] = "";
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov[2] = { { &req, sizeof(req) }, { text, 0 } };
	struct msghdr mh = { .msg_iov = iov,
			     .msg_iovlen = 2,
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf) };
	struct cmsghdr *cm = CMSG_FIRSTHDR(&mh);
	size_t used = 0;
	int i;

	for (i = 0; i < opt->argc; i++) {
		used += snprintf(text + used, sizeof(text) - used, "%s%s",
				 i ? "\n" : "", opt->program[i]);
		if (used >= sizeof(text))
			return -1;
	}
	iov[1].iov_len = used;
	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cm), &reply, sizeof(int));
	return sendmsg(fd, &mh, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int tool_ctl(const struct tool_options *opt)
{
	const char *dir = opt->dir ? opt->dir : getenv(EMU_ENV_DIR);
	struct {
		struct emu_reply head;
		char text[EMU_CTL_MAX];
	} * rep;
	int fd, sv[2];
	ssize_t n;

	if (!dir) {
		fprintf(stderr,
			"hfi1-emu: which emulator? Give --dir or set " EMU_ENV_DIR
			"\n");
		return EXIT_USAGE;
	}
	fd = connect_to(dir);
	rep = calloc(1, sizeof(*rep));
	if (fd < 0 || !rep || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv) ||
	    send_command(fd, sv[1], opt)) {
		free(rep);
		return EXIT_SETUP;
	}
	close(sv[1]);
	n = recv(sv[0], rep, sizeof(*rep) - 1, 0);
	if (n < (ssize_t)sizeof(rep->head)) {
		fprintf(stderr,
			"hfi1-emu: the emulator ended the connection without "
			"an answer; its messages tell why\n");
		free(rep);
		return EXIT_SETUP;
	}
	fputs(rep->text, rep->head.result ? stderr : stdout);
	n = rep->head.result ? 1 : 0;
	free(rep);
	close(fd);
	close(sv[0]);
	return n;
}
