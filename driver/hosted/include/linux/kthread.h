/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_KTHREAD_H
#define HOSTED_LINUX_KTHREAD_H

#include <linux/err.h>
#include <linux/sched.h>

struct task_struct *kthread_create(int (*fn)(void *data), void *data,
				   const char *fmt, ...) __printf(3, 4);
struct task_struct *hosted_kthread_run(struct task_struct *tsk);
#define kthread_run(fn, data, fmt...) \
	hosted_kthread_run(kthread_create(fn, data, fmt))
int kthread_stop(struct task_struct *tsk);
bool kthread_should_stop(void);

#endif /* HOSTED_LINUX_KTHREAD_H */
