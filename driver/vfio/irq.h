/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MSI-X vectors as eventfds of the client.
 */
#ifndef VFU_IRQ_H
#define VFU_IRQ_H

#include <pthread.h>
#include <stdbool.h>

#define VFU_VECTORS 256u

struct vfu_irqs {
	pthread_mutex_t lock; /* a leaf */
	int fd[VFU_VECTORS]; /* -1 where the client wants none */
	bool pending[VFU_VECTORS]; /* raised while there was none */
};

/** vfu_irqs_init() - no vector has an eventfd. */
int vfu_irqs_init(struct vfu_irqs *irqs);

/** vfu_irqs_exit() - close all eventfds. */
void vfu_irqs_exit(struct vfu_irqs *irqs);

/**
 * vfu_irqs_set() - connect a vector
 * @irqs: the vectors
 * @vector: which one
 * @fd: an eventfd, taken over also on failure; -1 disconnects
 *
 * A vector that was raised without an eventfd fires now, as a pending one
 * does when it is unmasked.
 *
 * Return: 0, -EINVAL for no such vector or a descriptor of another kind: a
 * write to one could block the device.
 */
int vfu_irqs_set(struct vfu_irqs *irqs, unsigned int vector, int fd);

/** vfu_irqs_clear() - disconnect all vectors and forget what is pending. */
void vfu_irqs_clear(struct vfu_irqs *irqs);

/** vfu_irqs_reset() - forget what is pending; vectors stay connected. */
void vfu_irqs_reset(struct vfu_irqs *irqs);

/** vfu_irqs_raise() - signal a vector. */
void vfu_irqs_raise(struct vfu_irqs *irqs, unsigned int vector);

/** vfu_irqs_connected() - number of vectors with an eventfd. */
unsigned int vfu_irqs_connected(struct vfu_irqs *irqs);

#endif
