/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_INTERRUPT_H
#define HOSTED_LINUX_INTERRUPT_H

#include <linux/types.h>

typedef enum irqreturn {
	IRQ_NONE = 0,
	IRQ_HANDLED = 1,
	IRQ_WAKE_THREAD = 2,
} irqreturn_t;

typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

#define IRQ_RETVAL(x) ((x) ? IRQ_HANDLED : IRQ_NONE)

/*
 * Run a handler as the kernel runs it: in_interrupt() holds and sleeping
 * calls complain.
 */
irqreturn_t hosted_run_irq(irq_handler_t handler, int irq, void *dev_id);

#endif /* HOSTED_LINUX_INTERRUPT_H */
