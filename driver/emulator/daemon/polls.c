// SPDX-License-Identifier: BSD-3-Clause
/*
 * Waiting for readiness without a thread: an entry in the driver's wait
 * queues queues a work item, which asks the driver again and tells the
 * client.
 *
 * A poller stays until its client cancels it, ends, or the file is closed,
 * so a readiness the driver has reported (and perhaps consumed) always
 * reaches the client before the cancellation is answered.
 *
 * Locks: all_lock covers the list of pollers; a poller's own lock serialises
 * asking the driver and telling the client, and is taken outside of all_lock.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <linux/poll.h>
#include <linux/workqueue.h>
#include "daemon.h"

#define MAX_QUEUES 4

struct poller;

struct queue_entry {
	wait_queue_entry_t wait;
	wait_queue_head_t *wq;
	struct poller *owner;
};

struct poller {
	struct list_head all;
	int refs;
	struct conn *conn;
	struct proc *proc;
	struct work_struct work;
	poll_table table;
	struct queue_entry queues[MAX_QUEUES];
	unsigned int nqueues;
	struct mutex lock;
	bool watch;
	bool done;
	int fd;
	uint32_t events;
	pid_t tid;
	uint64_t serial;
	uint64_t tag;
};

static LIST_HEAD(all_pollers);
static DEFINE_SPINLOCK(all_lock);

static int on_wake(wait_queue_entry_t *entry, unsigned int mode, int flags,
		   void *key)
{
	struct queue_entry *q = container_of(entry, struct queue_entry, wait);

	(void)mode;
	(void)flags;
	(void)key;
	schedule_work(&q->owner->work);
	return 1;
}

static void enqueue(struct file *file, wait_queue_head_t *wq, poll_table *pt)
{
	struct poller *p = container_of(pt, struct poller, table);
	struct queue_entry *q;

	(void)file;
	if (WARN_ON(p->nqueues == MAX_QUEUES))
		return;
	q = &p->queues[p->nqueues++];
	q->owner = p;
	q->wq = wq;
	init_waitqueue_func_entry(&q->wait, on_wake);
	add_wait_queue(wq, &q->wait);
}

static uint32_t look(struct poller *p, poll_table *pt)
{
	return hosted_poll(conn_file(p->conn), pt) &
	       (p->events | EPOLLERR | EPOLLHUP);
}

/*
 * A full counter wakes as well as one more would.  Whether a write to it
 * blocks is up to the client, so it is not written to.
 */
static void wake(int eventfd)
{
	struct pollfd pfd = { .fd = eventfd, .events = POLLOUT };
	uint64_t one = 1;

	if (poll(&pfd, 1, 0) != 1 || !(pfd.revents & POLLOUT))
		return;
	if (write(eventfd, &one, sizeof(one)) < 0)
		pr_debug("eventfd: %s", strerror(errno));
}

static void tell(struct poller *p, uint32_t mask)
{
	struct emu_reply rep = {
		.magic = EMU_MAGIC,
		.kind = EMU_READY,
		.serial = p->serial,
		.result = mask,
		.a = { p->tag },
	};

	if (p->watch)
		wake(p->fd);
	else
		reply_send(p->fd, &rep, sizeof(rep), NULL, 0);
}

static void ask_again(struct work_struct *work)
{
	struct poller *p = container_of(work, struct poller, work);
	uint32_t mask;

	mutex_lock(&p->lock);
	mask = p->done ? 0 : look(p, NULL);
	if (mask) {
		p->done = true;
		tell(p, mask);
	}
	mutex_unlock(&p->lock);
}

static void put_poller(struct poller *p)
{
	if (__atomic_sub_fetch(&p->refs, 1, __ATOMIC_SEQ_CST))
		return;
	close(p->fd);
	conn_put(p->conn);
	free(p);
}

/* Off all lists already; waits for a running work item. */
static void destroy(struct poller *p)
{
	unsigned int i;

	for (i = 0; i < p->nqueues; i++)
		remove_wait_queue(p->queues[i].wq, &p->queues[i].wait);
	cancel_work_sync(&p->work);
	put_poller(p);
}

static struct poller *new_poller(struct request *req, bool watch)
{
	unsigned int which = watch ? 1 : 0;
	struct poller *p;

	if (req->nfds <= which)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->fd = dup(req->fds[which]);
	if (p->fd < 0) {
		free(p);
		return NULL;
	}
	conn_get(req->conn);
	p->refs = 1;
	p->conn = req->conn;
	p->proc = req->proc;
	p->watch = watch;
	p->events = req->msg.a[0];
	p->tag = req->msg.a[1];
	p->serial = req->msg.serial;
	p->tid = req->msg.tid;
	mutex_init(&p->lock);
	INIT_WORK(&p->work, ask_again);
	return p;
}

typedef bool (*match_fn)(const struct poller *p, const void *key);

/* Take matching pollers off the lists and end them. */
static void end_matching(match_fn match, const void *key)
{
	struct poller *p, *next;
	LIST_HEAD(found);

	spin_lock(&all_lock);
	list_for_each_entry_safe(p, next, &all_pollers, all) {
		if (!match(p, key))
			continue;
		list_move(&p->all, &found);
	}
	spin_unlock(&all_lock);
	list_for_each_entry_safe(p, next, &found, all)
		destroy(p);
}

static bool same_poller(const struct poller *p, const void *key)
{
	return p == key;
}

/*
 * From here on it can be found and ended.  The file or the process may have
 * gone before that, in which case nobody else will end it.
 */
static void link_poller(struct poller *p)
{
	__atomic_fetch_add(&p->refs, 1, __ATOMIC_SEQ_CST);
	spin_lock(&all_lock);
	list_add(&p->all, &all_pollers);
	spin_unlock(&all_lock);
}

static void end_if_orphan(struct poller *p)
{
	if (READ_ONCE(p->conn->closed) || READ_ONCE(proc_mm(p->proc)->dead))
		end_matching(same_poller, p);
}

/* Ask for the first time; what comes later finds its way to ask_again(). */
static uint32_t start(struct poller *p)
{
	uint32_t mask;

	init_poll_funcptr(&p->table, enqueue);
	p->table._key = p->events | EPOLLERR | EPOLLHUP;
	mask = look(p, &p->table);
	p->done = mask;
	return mask;
}

/*
 * The client may cancel as soon as it has the answer: by then the poller is on
 * the list.  The lock keeps a wake-up from telling before we have answered.
 */
void poll_arm(struct request *req)
{
	struct poller *p = new_poller(req, false);
	uint32_t mask;

	if (!p) {
		reply_result(req, -ENOMEM);
		return;
	}
	mutex_lock(&p->lock);
	mask = start(p);
	if (!mask)
		link_poller(p);
	reply_result(req, mask);
	mutex_unlock(&p->lock);
	if (!mask) {
		end_if_orphan(p);
		put_poller(p);
	} else {
		destroy(p);
	}
}

static bool same_call(const struct poller *p, const void *key)
{
	const struct request *req = key;

	return p->conn == req->conn && p->proc == req->proc && !p->watch &&
	       p->tid == req->msg.tid && p->serial == req->msg.a[0];
}

void poll_cancel(struct request *req)
{
	end_matching(same_call, req);
	reply_result(req, 0);
}

static bool same_conn(const struct poller *p, const void *key)
{
	return p->conn == key;
}

static bool same_proc(const struct poller *p, const void *key)
{
	return p->proc == key;
}

void poll_forget(struct conn *conn, struct proc *proc)
{
	if (conn)
		end_matching(same_conn, conn);
	else
		end_matching(same_proc, proc);
}

/* epoll: the eventfd of a watch is readable while the file was seen ready. */
void poll_watch(struct request *req)
{
	struct poller *p = new_poller(req, true);
	uint32_t mask;

	if (!p) {
		reply_result(req, -ENOMEM);
		return;
	}
	mutex_lock(&p->lock);
	mask = start(p);
	if (mask)
		tell(p, mask);
	link_poller(p);
	mutex_unlock(&p->lock);
	reply_result(req, mask);
	end_if_orphan(p);
	put_poller(p);
}

static bool same_watch(const struct poller *p, const void *key)
{
	const struct request *req = key;

	return p->watch && p->conn == req->conn && p->tag == req->msg.a[1];
}

/*
 * Level semantics: the client asks before it waits, so a file that is no
 * longer ready stops looking ready, and one that is ready looks so again.
 */
void poll_rearm(struct request *req)
{
	struct poller *p, *found = NULL;
	uint32_t mask;
	uint64_t count;

	spin_lock(&all_lock);
	list_for_each_entry(p, &all_pollers, all)
		if (same_watch(p, req))
			found = p;
	if (found)
		__atomic_fetch_add(&found->refs, 1, __ATOMIC_SEQ_CST);
	spin_unlock(&all_lock);
	if (!found) {
		reply_result(req, -ENOENT);
		return;
	}
	mutex_lock(&found->lock);
	if (req->msg.a[0])
		found->events = req->msg.a[0];
	if (read(found->fd, &count, sizeof(count)) < 0)
		count = 0;
	mask = look(found, NULL);
	found->done = mask;
	if (mask)
		tell(found, mask);
	mutex_unlock(&found->lock);
	put_poller(found);
	reply_result(req, mask);
}

void poll_unwatch(struct request *req)
{
	end_matching(same_watch, req);
	reply_result(req, 0);
}
