// SPDX-License-Identifier: BSD-3-Clause
/*
 * Carrying a request out as a system call of the process that sent it.
 *
 * A call is on its connection's list from before the next message of that
 * connection is read, so an interrupt, which is sent after the call, always
 * finds it.
 *
 * Locks: conn->lock covers the calls of a connection and their pending
 * interrupts.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <linux/err.h>
#include <linux/sched.h>
#include "daemon.h"

/* With the lock of whichever list found the call. */
void call_signal(struct call *call, bool fatal)
{
	hosted_task_signal(call->task, fatal);
}

static void interrupt(struct request *req)
{
	struct call *call;

	spin_lock(&req->conn->lock);
	list_for_each_entry(call, &req->conn->calls, node)
		if (call->serial == req->msg.a[0] &&
		    call->task->tgid == req->who.tgid &&
		    call->tid == req->msg.tid)
			call_signal(call, req->msg.a[1]);
	spin_unlock(&req->conn->lock);
}

static int64_t open_file(struct request *req)
{
	struct conn *conn = req->conn;
	struct file *file;

	if (conn_file(conn))
		return -EBUSY;
	/* Nobody is left to use it: killed while it was being opened. */
	if (conn_hung_up(conn))
		return -ENODEV;
	conn->chrdev = emu_devices.chrdev(req->msg.a[1]);
	if (!conn->chrdev)
		return -ENXIO;
	file = hosted_open(conn->chrdev, req->msg.a[0]);
	if (IS_ERR(file))
		return PTR_ERR(file);
	/* The next request may be another thread's. */
	smp_store_release(&conn->file, file);
	return 0;
}

static int64_t read_write(struct file *f, const uint64_t *a, enum emu_op op)
{
	void *buf = (void *)a[0];

	switch (op) {
	case EMU_READ:
		return hosted_read(f, buf, a[1]);
	case EMU_WRITE:
		return hosted_write(f, buf, a[1]);
	case EMU_PREAD:
		return hosted_pread(f, buf, a[1], a[2]);
	case EMU_PWRITE:
		return hosted_pwrite(f, buf, a[1], a[2]);
	case EMU_READV:
		return hosted_readv(f, buf, a[1]);
	case EMU_WRITEV:
		return hosted_writev(f, buf, a[1]);
	case EMU_PREADV:
		return hosted_preadv(f, buf, a[1], a[2]);
	case EMU_PWRITEV:
		return hosted_pwritev(f, buf, a[1], a[2]);
	default:
		return -ENOSYS;
	}
}

static int64_t file_call(struct request *req)
{
	struct file *f = conn_file(req->conn);
	const uint64_t *a = req->msg.a;

	switch (req->msg.op) {
	case EMU_IOCTL:
		return hosted_ioctl(f, a[0], a[1]);
	case EMU_LSEEK:
		return hosted_llseek(f, a[0], a[1]);
	case EMU_GETFL:
		return READ_ONCE(f->f_flags);
	case EMU_SETFL:
		return hosted_setfl(f, a[0]);
	default:
		return read_write(f, a, req->msg.op);
	}
}

static void stat_file(struct request *req)
{
	struct emu_reply rep;

	reply_init(&rep, req, 0);
	rep.a[0] = imajor(file_inode(conn_file(req->conn)));
	rep.a[1] = iminor(file_inode(conn_file(req->conn)));
	rep.a[2] = req->conn->id;
	reply_send(req->fds[0], &rep, sizeof(rep), NULL, 0);
}

/* Calls that need an open file; all others are done by control(). */
static void dispatch_file(struct request *req)
{
	switch (req->msg.op) {
	case EMU_MMAP:
		map_serve(req);
		return;
	case EMU_STAT:
		stat_file(req);
		return;
	case EMU_POLL:
		poll_arm(req);
		return;
	case EMU_POLL_CANCEL:
		poll_cancel(req);
		return;
	case EMU_WATCH:
		poll_watch(req);
		return;
	case EMU_WATCH_REARM:
		poll_rearm(req);
		return;
	case EMU_UNWATCH:
		poll_unwatch(req);
		return;
	default:
		reply_result(req, file_call(req));
		emu_devices.changed();
	}
}

static void unmap(struct request *req)
{
	hosted_mm_unmap(proc_mm(req->proc), req->msg.a[0],
			req->msg.a[0] + req->msg.a[1]);
	reply_result(req, 0);
}

static void dispatch(struct request *req)
{
	switch (req->msg.op) {
	case EMU_OPEN:
		reply_result(req, open_file(req));
		break;
	case EMU_UNMAP:
		unmap(req);
		break;
	case EMU_UFFD:
		reply_result(req, req->nfds == 2 ? proc_set_uffd(req->proc,
								 req->fds[1]) :
						   -EINVAL);
		break;
	case EMU_CTL:
		ctl_serve(req);
		break;
	case EMU_SYNC:
		reply_result(req, conn_wait_released(req->msg.a[0]));
		break;
	default:
		if (conn_file(req->conn))
			dispatch_file(req);
		else
			reply_result(req, -EBADF);
	}
}

static void begin(struct request *req, struct call *call)
{
	call->tid = req->msg.tid;
	call->serial = req->msg.serial;
	spin_lock(&req->conn->lock);
	list_add(&call->node, &req->conn->calls);
	spin_unlock(&req->conn->lock);
	proc_call_begin(req->proc, &call->proc_node);
}

static void end(struct request *req, struct call *call)
{
	proc_call_end(req->proc, &call->proc_node);
	spin_lock(&req->conn->lock);
	list_del(&call->node);
	spin_unlock(&req->conn->lock);
}

/* Run one call as the process; the connection's next message may come. */
static void run(struct request *req)
{
	struct source *src = &req->conn->src;
	struct task_struct *old;
	struct call call;

	call.task = hosted_task_get(&req->who, proc_mm(req->proc));
	if (!call.task) {
		server_rearm(src, EPOLLIN);
		reply_result(req, -ENOMEM);
		return;
	}
	begin(req, &call);
	server_rearm(src, EPOLLIN);
	/*
	 * A repair must not wait for what it is going to repair, and who was
	 * killed in an open sees nothing any more.
	 */
	if (req->msg.op != EMU_CTL &&
	    !(req->msg.op == EMU_OPEN && conn_hung_up(req->conn)))
		conn_settle();
	proc_sync(req->proc);
	old = hosted_task_enter(call.task);
	dispatch(req);
	hosted_task_enter(old);
	end(req, &call);
	hosted_task_put(call.task);
}

void call_serve(struct request *req)
{
	if (req->msg.op == EMU_INTERRUPT) {
		interrupt(req);
		server_rearm(&req->conn->src, EPOLLIN);
		return;
	}
	req->proc = proc_get(req->who.tgid);
	if (IS_ERR(req->proc)) {
		int64_t err = PTR_ERR(req->proc);

		req->proc = NULL;
		server_rearm(&req->conn->src, EPOLLIN);
		reply_result(req, err);
		return;
	}
	run(req);
	proc_put(req->proc);
	req->proc = NULL;
}
