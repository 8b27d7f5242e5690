/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_TIMER_H
#define HOSTED_LINUX_TIMER_H

#include <linux/container_of.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/types.h>

struct timer_list {
	void (*function)(struct timer_list *t);
	unsigned long expires;
	struct list_head entry;
	bool pending;
};

#define from_timer(var, t, field)	  container_of(t, __typeof__(*var), field)
#define timer_container_of(var, t, field) from_timer(var, t, field)

void timer_setup(struct timer_list *t, void (*fn)(struct timer_list *t),
		 unsigned int flags);
int mod_timer(struct timer_list *t, unsigned long expires);
void add_timer(struct timer_list *t);
int del_timer(struct timer_list *t);
int del_timer_sync(struct timer_list *t);
int timer_shutdown_sync(struct timer_list *t);
bool timer_pending(const struct timer_list *t);
#define timer_delete(t)	     del_timer(t)
#define timer_delete_sync(t) del_timer_sync(t)

#endif /* HOSTED_LINUX_TIMER_H */
