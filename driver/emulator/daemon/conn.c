// SPDX-License-Identifier: BSD-3-Clause
/*
 * Connections: receiving requests in order, and release at the last close.
 *
 * In a kernel, close() and the end of a process return when the file has been
 * released.  Here the release is ours to do, so whoever asks for something
 * after that must find it done: every request first waits for the connections
 * that have been hung up by then.  A release that takes long (it waits for the
 * device) delays others once, and not for longer than SETTLE_MS.
 *
 * Locks: conns_lock covers the list; conn->lock covers the conn's lists and
 * nests inside it.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/sched.h>
#include "daemon.h"

#define SETTLE_MS 1000

/* Requests that wait for releases when no more connections are taken. */
#define MAX_SETTLING 32

/*
 * A connection with a process of its own: its socket, memory, pidfd and
 * userfaultfd, the socket of an answer, a watch, and files read meanwhile.
 */
#define FDS_PER_CONN 8
#define FDS_RESERVED 128

static LIST_HEAD(conns);
static DEFINE_SPINLOCK(conns_lock);
static unsigned int live;
static uint64_t next_id;
static DECLARE_WAIT_QUEUE_HEAD(settled);
static bool impatient;
static unsigned int settling;
static unsigned int max_conns = 16;

/* As many descriptors as we may have, and connections they are enough for. */
void conn_start(void)
{
	struct rlimit rl;
	rlim_t most = UINT_MAX / 2;

	if (getrlimit(RLIMIT_NOFILE, &rl))
		return;
	if (rl.rlim_cur < rl.rlim_max) {
		rl.rlim_cur = rl.rlim_max;
		setrlimit(RLIMIT_NOFILE, &rl);
		getrlimit(RLIMIT_NOFILE, &rl);
	}
	if (rl.rlim_cur < most)
		most = rl.rlim_cur;
	if (most > FDS_RESERVED + FDS_PER_CONN * max_conns)
		max_conns = (most - FDS_RESERVED) / FDS_PER_CONN;
}

/* Whether another connection has to wait; see server_resume(). */
bool conn_crowded(void)
{
	if (__atomic_load_n(&settling, __ATOMIC_SEQ_CST) >= MAX_SETTLING)
		return true;
	if (__atomic_load_n(&live, __ATOMIC_SEQ_CST) < max_conns)
		return false;
	pr_err_once("%u connections are all the limit of open files allows: "
		    "others wait",
		    max_conns);
	return true;
}

unsigned int conn_count(void)
{
	return READ_ONCE(live);
}

void conn_get(struct conn *conn)
{
	__atomic_fetch_add(&conn->refs, 1, __ATOMIC_SEQ_CST);
}

void conn_put(struct conn *conn)
{
	if (__atomic_sub_fetch(&conn->refs, 1, __ATOMIC_SEQ_CST))
		return;
	map_release(conn);
	if (conn_file(conn)) {
		fput(conn_file(conn));
		emu_devices.changed();
	}
	spin_lock(&conns_lock);
	list_del(&conn->node);
	spin_unlock(&conns_lock);
	server_unwatch_hangup(&conn->src);
	close(conn->src.fd);
	free(conn);
	__atomic_fetch_sub(&live, 1, __ATOMIC_SEQ_CST);
	wake_up_all(&settled);
	server_resume();
}

/* The last descriptor of the program is gone. */
bool conn_hung_up(const struct conn *conn)
{
	struct pollfd pfd = { .fd = conn->src.fd };

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & POLLHUP);
}

/* Whether the connection is there and its last descriptor is gone. */
static bool releasing(uint64_t id)
{
	struct pollfd pfd = { .fd = -1 };
	struct conn *conn;

	spin_lock(&conns_lock);
	list_for_each_entry(conn, &conns, node)
		if (conn->id == id)
			pfd.fd = conn->src.fd;
	if (pfd.fd >= 0)
		poll(&pfd, 1, 0);
	spin_unlock(&conns_lock);
	return pfd.revents & POLLHUP;
}

/*
 * While a fault holds the device's engines, releases cannot end: nobody waits
 * for them, or the one who is to end the fault might.
 */
void conn_set_impatient(bool on)
{
	WRITE_ONCE(impatient, on);
	wake_up_all(&settled);
}

/* For close(): until the file is released, unless others have it open. */
int conn_wait_released(uint64_t id)
{
	return wait_event_killable(settled,
				   READ_ONCE(impatient) || !releasing(id));
}

static bool wait_settled(void)
{
	bool done;

	__atomic_fetch_add(&settling, 1, __ATOMIC_SEQ_CST);
	done = wait_event_timeout(settled,
				  READ_ONCE(impatient) || !server_any_hangup(),
				  msecs_to_jiffies(SETTLE_MS));
	__atomic_fetch_sub(&settling, 1, __ATOMIC_SEQ_CST);
	server_resume();
	return done;
}

/* Releases that are under way have ended, or are given up waiting for. */
void conn_settle(void)
{
	struct conn *conn;

	if (!server_any_hangup() || wait_settled())
		return;
	/* Those that are still not done hold nobody up again. */
	spin_lock(&conns_lock);
	list_for_each_entry(conn, &conns, node)
		if (READ_ONCE(conn->closed))
			server_unwatch_hangup(&conn->src);
	spin_unlock(&conns_lock);
}

/* The last descriptor is gone. */
static void conn_eof(struct conn *conn)
{
	server_del(&conn->src);
	WRITE_ONCE(conn->closed, true);
	poll_forget(conn, NULL);
	conn_put(conn);
}

static void parse_control(struct msghdr *mh, struct request *req)
{
	struct cmsghdr *cm;
	struct ucred cred;
	unsigned int n, i;
	int fd;

	for (cm = CMSG_FIRSTHDR(mh); cm; cm = CMSG_NXTHDR(mh, cm)) {
		if (cm->cmsg_level != SOL_SOCKET)
			continue;
		if (cm->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&cred, CMSG_DATA(cm), sizeof(cred));
			req->who.tgid = cred.pid;
			req->who.uid = cred.uid;
			req->who.gid = cred.gid;
		}
		if (cm->cmsg_type != SCM_RIGHTS)
			continue;
		n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(cm) + i * sizeof(int),
			       sizeof(int));
			if (req->nfds < ARRAY_SIZE(req->fds))
				req->fds[req->nfds++] = fd;
			else
				close(fd);
		}
	}
}

static void request_free(struct request *req)
{
	while (req->nfds)
		close(req->fds[--req->nfds]);
	free(req->text);
	free(req);
}

/* Bytes of the message, 0 at the end, -EAGAIN or another error. */
static ssize_t receive(struct conn *conn, struct request *req, char *text)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(struct ucred)) +
			 CMSG_SPACE(sizeof(int) * 4)];
	} control;
	struct iovec iov[2] = { { &req->msg, sizeof(req->msg) },
				{ text, EMU_CTL_MAX - 1 } };
	struct msghdr mh = { .msg_iov = iov,
			     .msg_iovlen = 2,
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf) };
	ssize_t n;

	n = recvmsg(conn->src.fd, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return -errno;
	parse_control(&mh, req);
	if (mh.msg_flags & MSG_CTRUNC) {
		/* No answer is possible: let the caller see an end. */
		pr_err("a request of process %d lost its descriptors: too "
		       "many open files?",
		       req->who.tgid);
		shutdown(conn->src.fd, SHUT_RDWR);
		return -EMFILE;
	}
	return n;
}

/* Whatever a program writes to its descriptor behind our back is dropped. */
static bool valid(struct request *req, ssize_t n, const char *text)
{
	if (n < (ssize_t)sizeof(req->msg) || req->msg.magic != EMU_MAGIC)
		return false;
	if (req->who.tgid <= 0) {
		/* From a pid namespace we cannot look into. */
		reply_result(req, -EPERM);
		return false;
	}
	n -= sizeof(req->msg);
	if (n && req->msg.op != EMU_CTL)
		return false;
	req->text = strndup(text, n);
	req->who.pid = req->msg.tid;
	return req->text != NULL;
}

static void on_message(struct source *src, uint32_t events)
{
	struct conn *conn = container_of(src, struct conn, src);
	struct request *req = calloc(1, sizeof(*req));
	char text[EMU_CTL_MAX] = "";
	ssize_t n;

	(void)events;
	if (!req) {
		server_rearm(src, EPOLLIN);
		return;
	}
	n = receive(conn, req, text);
	if (n == 0 || (n < 0 && n != -EAGAIN && n != -EINTR)) {
		request_free(req);
		conn_eof(conn);
		return;
	}
	if (n < 0 || !valid(req, n, text)) {
		request_free(req);
		server_rearm(src, EPOLLIN);
		return;
	}
	conn_get(conn);
	req->conn = conn;
	call_serve(req);
	request_free(req);
	conn_put(conn);
}

static struct conn *new_conn(int fd)
{
	struct conn *conn = calloc(1, sizeof(*conn));

	if (!conn)
		return NULL;
	conn->src = (struct source){ .event = on_message, .fd = fd };
	conn->refs = 1;
	conn->id = __atomic_add_fetch(&next_id, 1, __ATOMIC_RELAXED);
	spin_lock_init(&conn->lock);
	INIT_LIST_HEAD(&conn->calls);
	INIT_LIST_HEAD(&conn->vmas);
	return conn;
}

void conn_accept(int listen_fd)
{
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
	struct conn *conn;
	int on = 1;

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	conn = new_conn(fd);
	if (!conn) {
		close(fd);
		return;
	}
	__atomic_fetch_add(&live, 1, __ATOMIC_SEQ_CST);
	spin_lock(&conns_lock);
	list_add(&conn->node, &conns);
	spin_unlock(&conns_lock);
	if (server_watch_hangup(&conn->src) ||
	    server_add(&conn->src, EPOLLIN)) {
		pr_err("cannot serve another connection");
		conn_put(conn);
	}
}

void conn_hang_up(void)
{
	struct conn *conn;

	spin_lock(&conns_lock);
	list_for_each_entry(conn, &conns, node)
		shutdown(conn->src.fd, SHUT_RDWR);
	spin_unlock(&conns_lock);
}
