// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../case.h"
#include "../runner/verdict.h"
#include "process.h"

/* Longer than any wait of the driver that a case meets on its way. */
#define HEAR_MS 5000

static void enter_child(struct hfi1c_peer *peer, int sock, pid_t parent)
{
	peer->pid = 0;
	peer->sock = sock;
	hfi1c_verdict_child();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
}

void hfi1c_fork(struct hfi1c_peer *peer,
		void (*body)(struct hfi1c_peer *parent, void *data), void *data)
{
	pid_t parent = getpid();
	int pair[2];

	hfi1c_setup(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair),
		    "socketpair: %s", strerror(errno));
	peer->pid = fork();
	hfi1c_setup(peer->pid >= 0, "fork: %s", strerror(errno));
	if (!peer->pid) {
		close(pair[0]);
		enter_child(peer, pair[1], parent);
		body(peer, data);
		_exit(0);
	}
	close(pair[1]);
	peer->sock = pair[0];
}

void hfi1c_tell(struct hfi1c_peer *peer, uint64_t value)
{
	if (send(peer->sock, &value, sizeof(value), MSG_NOSIGNAL) ==
	    sizeof(value))
		return;
	if (peer->pid)
		hfi1c_reap(peer);
	hfi1c_broken("the other process is gone: %s", strerror(errno));
}

bool hfi1c_hears_within(struct hfi1c_peer *peer, int ms)
{
	struct pollfd p = { .fd = peer->sock, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

uint64_t hfi1c_hear(struct hfi1c_peer *peer)
{
	uint64_t value;

	if (!hfi1c_hears_within(peer, HEAR_MS))
		hfi1c_fail("the other process does not come to its next step");
	if (recv(peer->sock, &value, sizeof(value), MSG_WAITALL) ==
	    sizeof(value))
		return value;
	if (peer->pid)
		hfi1c_reap(peer);
	hfi1c_broken("the other process left in the middle");
}

union fd_message {
	char space[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

void hfi1c_send_fd(struct hfi1c_peer *peer, int fd)
{
	union fd_message control = { 0 };
	char byte = 0;
	struct iovec vec = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &vec,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	hfi1c_setup(sendmsg(peer->sock, &msg, MSG_NOSIGNAL) == 1,
		    "cannot pass a descriptor: %s", strerror(errno));
}

int hfi1c_receive_fd(struct hfi1c_peer *peer)
{
	union fd_message control = { 0 };
	char byte;
	struct iovec vec = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &vec,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	int fd;

	hfi1c_setup(hfi1c_hears_within(peer, HEAR_MS) &&
			    recvmsg(peer->sock, &msg, 0) == 1,
		    "no message with a descriptor came");
	c = CMSG_FIRSTHDR(&msg);
	hfi1c_setup(c && c->cmsg_type == SCM_RIGHTS,
		    "the message carries no descriptor");
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static int wait_for(struct hfi1c_peer *peer)
{
	int status;

	hfi1c_setup(waitpid(peer->pid, &status, 0) == peer->pid, "waitpid: %s",
		    strerror(errno));
	if (peer->sock >= 0)
		close(peer->sock);
	peer->sock = -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == HFI1C_VERDICT_STATUS &&
	    hfi1c_verdict_given())
		hfi1c_verdict_leave();
	return status;
}

void hfi1c_reap(struct hfi1c_peer *peer)
{
	int status = wait_for(peer);

	if (WIFSIGNALED(status))
		hfi1c_fail("a child process died of SIG%s",
			   sigabbrev_np(WTERMSIG(status)));
	if (WEXITSTATUS(status))
		hfi1c_fail("a child process left with status %d",
			   WEXITSTATUS(status));
}

void hfi1c_kill(struct hfi1c_peer *peer, int signal)
{
	int status;

	kill(peer->pid, signal);
	status = wait_for(peer);
	hfi1c_expect(WIFSIGNALED(status) && WTERMSIG(status) == signal,
		     "SIG%s did not end a process", sigabbrev_np(signal));
}
