/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_WORKQUEUE_H
#define HOSTED_LINUX_WORKQUEUE_H

#include <linux/list.h>
#include <linux/timer.h>
#include <linux/types.h>

struct work_struct;
struct workqueue_struct;
typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	work_func_t func;
	struct list_head entry;
	struct workqueue_struct *wq;
	bool pending;
	bool canceling;
};

struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
	struct workqueue_struct *wq;
};

#define WQ_UNBOUND	 0x0002
#define WQ_FREEZABLE	 0x0004
#define WQ_MEM_RECLAIM	 0x0008
#define WQ_HIGHPRI	 0x0010
#define WQ_CPU_INTENSIVE 0x0020
#define WQ_SYSFS	 0x0040
#define WQ_MAX_ACTIVE	 512

#define __WORK_INITIALIZER(n, f)                                \
	{                                                       \
		.func = (f), .entry = LIST_HEAD_INIT((n).entry) \
	}
#define DECLARE_WORK(n, f) struct work_struct n = __WORK_INITIALIZER(n, f)

void hosted_init_work(struct work_struct *work, work_func_t func);
void hosted_delayed_timer(struct timer_list *t);
#define INIT_WORK(w, f) hosted_init_work(w, f)
#define INIT_DELAYED_WORK(w, f)                                    \
	do {                                                       \
		hosted_init_work(&(w)->work, f);                   \
		timer_setup(&(w)->timer, hosted_delayed_timer, 0); \
	} while (0)

extern struct workqueue_struct *const system_wq;
#define system_long_wq	  system_wq
#define system_unbound_wq system_wq
#define system_highpri_wq system_wq

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags,
					 int max_active, ...) __printf(1, 4);
#define alloc_ordered_workqueue(fmt, flags, args...) \
	alloc_workqueue(fmt, flags, 1, ##args)
#define create_singlethread_workqueue(name) alloc_workqueue("%s", 0, 1, name)
void destroy_workqueue(struct workqueue_struct *wq);
bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dw,
			unsigned long delay);
bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dw,
		      unsigned long delay);
bool flush_work(struct work_struct *work);
bool flush_delayed_work(struct delayed_work *dw);
void flush_workqueue(struct workqueue_struct *wq);
void drain_workqueue(struct workqueue_struct *wq);
bool cancel_work_sync(struct work_struct *work);
bool cancel_work(struct work_struct *work);
bool cancel_delayed_work(struct delayed_work *dw);
bool cancel_delayed_work_sync(struct delayed_work *dw);
bool work_pending_(struct work_struct *work);
#define work_pending(w) work_pending_(w)
#define delayed_work_pending(dw) \
	(work_pending(&(dw)->work) || timer_pending(&(dw)->timer))
#define schedule_work(work) queue_work(system_wq, work)
#define schedule_delayed_work(dw, delay) \
	queue_delayed_work(system_wq, dw, delay)
#define queue_work_on(cpu, wq, work) ((void)(cpu), queue_work(wq, work))

static inline struct delayed_work *to_delayed_work(struct work_struct *work)
{
	return container_of(work, struct delayed_work, work);
}

#endif /* HOSTED_LINUX_WORKQUEUE_H */
