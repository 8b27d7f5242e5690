/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_HOSTED_TASK_H
#define HOSTED_HOSTED_TASK_H

/*
 * Tasks of the hosted kernel: what `current` points at.
 *
 * A thread that serves a request of a process carries that process's
 * identity, memory and pending signals; a thread of the host itself has no
 * mm.  A thread that never asked for a task is a task of this very process,
 * so that tests can call driver code directly.
 */
#include <pthread.h>
#include <linux/types.h>
#include <linux/mm_types.h>
#include <linux/cpumask.h>

struct hosted_task_id {
	pid_t pid;
	pid_t tgid;
	uid_t uid;
	gid_t gid;
};

struct task_struct {
	pid_t pid;
	pid_t tgid;
	uid_t uid;
	gid_t gid;
	unsigned int flags;
	char comm[16];
	struct mm_struct *mm;
	const struct cpumask *cpus_ptr;
	int nr_cpus_allowed;

	/* private to the shim */
	pthread_mutex_t lock;
	pthread_cond_t cond;
	int state;
	bool sig_pending;
	bool sig_fatal;
	bool kthread_stop;
	bool self;
	bool cpus_read;
	struct cpumask cpus;
	long fail_alloc;
	struct list_head pool;
};

struct task_struct *hosted_current(void);

/**
 * hosted_task_get() - a task for a request of the process @id names
 * @id: verified credentials (SCM_CREDENTIALS)
 * @mm: memory of that process, or NULL for a thread of the host; the task
 *	takes a reference of its own
 *
 * Return: the task, or NULL without memory.  Give back with hosted_task_put().
 */
struct task_struct *hosted_task_get(const struct hosted_task_id *id,
				    struct mm_struct *mm);
void hosted_task_put(struct task_struct *tsk);

/* Make @tsk this thread's `current`; returns the one it replaces. */
struct task_struct *hosted_task_enter(struct task_struct *tsk);

/**
 * hosted_task_signal() - a signal is pending for a task; wakes its sleeps
 * @tsk: the task
 * @fatal: the signal ends the process
 */
void hosted_task_signal(struct task_struct *tsk, bool fatal);
void hosted_task_clear_signal(struct task_struct *tsk);

#endif /* HOSTED_HOSTED_TASK_H */
