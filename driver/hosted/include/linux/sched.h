/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_SCHED_H
#define HOSTED_LINUX_SCHED_H

#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm_types.h>
#include <linux/preempt.h>
#include <linux/types.h>
#include <hosted/task.h>

#define TASK_RUNNING	     0x0000
#define TASK_INTERRUPTIBLE   0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define TASK_WAKEKILL	     0x0100
#define TASK_KILLABLE	     (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_NORMAL	     (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

#define TASK_COMM_LEN	     16
#define MAX_SCHEDULE_TIMEOUT ((long)(~0UL >> 1))
#define PF_KTHREAD	     0x00200000
#define PF_EXITING	     0x00000004

#define current hosted_current()

static inline pid_t task_pid_nr(struct task_struct *tsk)
{
	return tsk->pid;
}

static inline pid_t task_tgid_nr(struct task_struct *tsk)
{
	return tsk->tgid;
}

#define task_pid_vnr  task_pid_nr
#define task_tgid_vnr task_tgid_nr

void set_current_state(int state);
#define __set_current_state(state) set_current_state(state)
void schedule(void);
long schedule_timeout(long timeout);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_uninterruptible(long timeout);
int wake_up_process(struct task_struct *tsk);
int hosted_try_to_wake_up(struct task_struct *tsk, unsigned int mode);
bool signal_pending(struct task_struct *tsk);
bool fatal_signal_pending(struct task_struct *tsk);
bool signal_pending_state(unsigned int state, struct task_struct *tsk);
void cond_resched(void);
void yield(void);
#define need_resched() false
#define cpu_relax()    __builtin_ia32_pause()

/* Where the task may run; read from the system when asked for. */
const struct cpumask *hosted_task_cpus(struct task_struct *tsk);
#define current_cpus_allowed() hosted_task_cpus(current)

#endif /* HOSTED_LINUX_SCHED_H */
