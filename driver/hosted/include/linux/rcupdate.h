/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_RCUPDATE_H
#define HOSTED_LINUX_RCUPDATE_H

#include <linux/compiler.h>
#include <asm/barrier.h>

/*
 * Readers are a shared lock and synchronize_rcu() its exclusive side: slower
 * than RCU, the same guarantees.
 */
void rcu_read_lock(void);
void rcu_read_unlock(void);
void synchronize_rcu(void);
#define rcu_dereference(p)		smp_load_acquire(&(p))
#define rcu_access_pointer(p)		READ_ONCE(p)
#define rcu_dereference_protected(p, c) ((void)(c), (p))
#define rcu_assign_pointer(p, v)	smp_store_release(&(p), v)
#define RCU_INIT_POINTER(p, v)		WRITE_ONCE(p, v)

#endif /* HOSTED_LINUX_RCUPDATE_H */
