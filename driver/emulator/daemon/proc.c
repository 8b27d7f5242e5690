// SPDX-License-Identifier: BSD-3-Clause
/*
 * Client processes: noticing their end, and their unmapping of memory.
 *
 * A process is watched by a pidfd.  When it ends, its calls get a fatal
 * signal and its address space is torn down.
 *
 * Unmaps that the client library cannot see (inside the C library) arrive
 * through a userfaultfd that watches the ranges with notifiers.  The event
 * wakes us after the unmap and keeps the process waiting until we read it, so
 * the notifiers run first and the event is read last.
 *
 * Locks: procs_lock covers the list, mm->watch and calls; uffd_lock of a
 * process serialises reading its events and is taken outside of procs_lock.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include "daemon.h"
#include "uffd.h"

struct proc {
	struct source exit_src;
	struct list_head node;
	struct list_head calls;
	struct mm_struct *mm;
	struct uffd *uffd;
	int refs;
};

static LIST_HEAD(procs);
static DEFINE_SPINLOCK(procs_lock);
static unsigned int live;

unsigned int proc_count(void)
{
	return READ_ONCE(live);
}

struct mm_struct *proc_mm(struct proc *proc)
{
	return proc->mm;
}

bool proc_watched(struct proc *proc)
{
	struct mm_struct *mm = proc->mm;
	bool watched;

	spin_lock(&mm->notifier_lock);
	watched = !list_empty(&mm->notifiers);
	spin_unlock(&mm->notifier_lock);
	return watched || atomic_read(&mm->pages);
}

void proc_put(struct proc *proc)
{
	if (__atomic_sub_fetch(&proc->refs, 1, __ATOMIC_SEQ_CST))
		return;
	close(proc->exit_src.fd);
	mmdrop(proc->mm);
	free(proc);
	__atomic_fetch_sub(&live, 1, __ATOMIC_SEQ_CST);
}

static void on_exit_event(struct source *src, uint32_t events)
{
	struct proc *proc = container_of(src, struct proc, exit_src);
	struct call *call;
	struct uffd *uffd;

	(void)events;
	server_del(src);
	spin_lock(&procs_lock);
	list_del(&proc->node);
	proc->mm->watch = NULL;
	uffd = proc->uffd;
	proc->uffd = NULL;
	list_for_each_entry(call, &proc->calls, proc_node)
		call_signal(call, true);
	spin_unlock(&procs_lock);
	if (uffd)
		uffd_close(uffd);
	hosted_mm_exit(proc->mm);
	poll_forget(NULL, proc);
	proc_put(proc);
}

static struct proc *new_proc(pid_t pid, struct mm_struct *mm)
{
	struct proc *proc = calloc(1, sizeof(*proc));

	if (!proc)
		return NULL;
	proc->exit_src.event = on_exit_event;
	proc->exit_src.fd = pidfd_open(pid, 0);
	if (proc->exit_src.fd < 0) {
		free(proc);
		return NULL;
	}
	INIT_LIST_HEAD(&proc->calls);
	mmgrab(mm);
	proc->mm = mm;
	proc->refs = 1;
	__atomic_fetch_add(&live, 1, __ATOMIC_SEQ_CST);
	return proc;
}

/* Publish @proc unless another thread was faster; returns the one that is. */
static struct proc *publish(struct proc *proc, struct mm_struct *mm)
{
	struct proc *winner;

	spin_lock(&procs_lock);
	if (!mm->watch) {
		mm->watch = proc;
		list_add(&proc->node, &procs);
	}
	winner = mm->watch;
	__atomic_fetch_add(&winner->refs, 1, __ATOMIC_SEQ_CST);
	spin_unlock(&procs_lock);
	if (winner == proc)
		server_add(&proc->exit_src, EPOLLIN);
	else
		proc_put(proc);
	return winner;
}

struct proc *proc_get(pid_t pid)
{
	struct mm_struct *mm = hosted_mm_get(pid);
	struct proc *proc;

	if (IS_ERR(mm))
		return ERR_CAST(mm);
	spin_lock(&procs_lock);
	proc = mm->watch;
	if (proc)
		__atomic_fetch_add(&proc->refs, 1, __ATOMIC_SEQ_CST);
	spin_unlock(&procs_lock);
	if (!proc) {
		proc = new_proc(pid, mm);
		proc = proc ? publish(proc, mm) : ERR_PTR(-ESRCH);
	}
	mmdrop(mm);
	return proc;
}

void proc_call_begin(struct proc *proc, struct list_head *node)
{
	struct call *call = container_of(node, struct call, proc_node);

	spin_lock(&procs_lock);
	list_add(node, &proc->calls);
	/* It may have ended before it got on the list. */
	if (!proc->mm->watch)
		call_signal(call, true);
	spin_unlock(&procs_lock);
}

void proc_call_end(struct proc *proc, struct list_head *node)
{
	(void)proc;
	spin_lock(&procs_lock);
	list_del(node);
	spin_unlock(&procs_lock);
}

int proc_set_uffd(struct proc *proc, int fd)
{
	struct uffd *uffd = uffd_open(proc->mm, fd);
	bool taken = false;

	if (IS_ERR(uffd))
		return PTR_ERR(uffd);
	uffd_get(uffd);
	spin_lock(&procs_lock);
	if (!proc->uffd && proc->mm->watch == proc) {
		proc->uffd = uffd;
		taken = true;
	}
	spin_unlock(&procs_lock);
	if (taken)
		uffd_register_all(uffd);
	else
		uffd_close(uffd);
	uffd_put(uffd);
	return taken ? 0 : -EBUSY;
}

/* Unmaps that have returned to the process are dealt with before its call. */
void proc_sync(struct proc *proc)
{
	struct uffd *uffd;

	spin_lock(&procs_lock);
	uffd = proc->uffd;
	if (uffd)
		uffd_get(uffd);
	spin_unlock(&procs_lock);
	if (!uffd)
		return;
	uffd_drain(uffd);
	uffd_put(uffd);
}

static void range_changed(struct mm_struct *mm, unsigned long start,
			  unsigned long length, bool add)
{
	struct uffd *uffd = NULL;
	struct proc *proc;

	if (!add)
		return;
	spin_lock(&procs_lock);
	proc = mm->watch;
	uffd = proc ? proc->uffd : NULL;
	if (uffd)
		uffd_get(uffd);
	spin_unlock(&procs_lock);
	if (!uffd)
		return;
	uffd_register(uffd, start, length);
	uffd_put(uffd);
}

void proc_start(void)
{
	hosted_mm_set_range_hook(range_changed);
}
