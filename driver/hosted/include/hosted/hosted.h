/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_HOSTED_HOSTED_H
#define HOSTED_HOSTED_HOSTED_H

/* All of the host's side of the shim. */
#include <hosted/arena.h>
#include <hosted/debug.h>
#include <hosted/dma.h>
#include <hosted/mm.h>
#include <hosted/mmio.h>
#include <hosted/task.h>
#include <hosted/vfs.h>

#endif /* HOSTED_HOSTED_HOSTED_H */
