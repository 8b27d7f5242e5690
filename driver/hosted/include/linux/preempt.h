/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_PREEMPT_H
#define HOSTED_LINUX_PREEMPT_H

#include <linux/types.h>

void hosted_preempt_add(int n);
int hosted_preempt_count(void);

#define preempt_disable() hosted_preempt_add(1)
#define preempt_enable()  hosted_preempt_add(-1)
#define in_atomic()	  (hosted_preempt_count() != 0)

bool in_interrupt(void);
bool in_task(void);
#define irqs_disabled() hosted_irqs_disabled()
bool hosted_irqs_disabled(void);

#endif /* HOSTED_LINUX_PREEMPT_H */
