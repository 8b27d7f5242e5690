// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * hfi1_stall.ko: let the set-up of a shared context sleep half-way.
 *
 * Cases about a founder that is held up, or dies, in its ASSIGN_CTXT need a
 * driver that sleeps where none does for long.  Both drivers allocate what
 * processes share by vmalloc_user() when the group is there for others to join
 * and not complete, so its next call is turned aside, to sleep first.  The
 * emulator does the same where it plays the kernel.
 *
 * For guests that are thrown away: a system that does anything else may call
 * vmalloc_user(), too.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

/* From 6.10 on the name is a macro around the function. */
#ifdef vmalloc_user
#define FUNCTION "vmalloc_user_noprof"
#else
#define FUNCTION "vmalloc_user"
#endif

static DECLARE_WAIT_QUEUE_HEAD(stall_wait);
static atomic_t stall_next;
static atomic_t stall_ends;

/* A task that is killed meanwhile gets what it would get without memory. */
static void *stalled_vmalloc_user(unsigned long size)
{
	int ends = atomic_read(&stall_ends);

	if (wait_event_killable(stall_wait, atomic_read(&stall_ends) != ends))
		return NULL;
	return vmalloc_user(size);
}

/* Takes the place of the function: same argument, same return address. */
static int turn_aside(struct kprobe *p, struct pt_regs *regs)
{
	if (!atomic_xchg(&stall_next, 0))
		return 0;
	instruction_pointer_set(regs, (unsigned long)stalled_vmalloc_user);
	return 1;
}

/* A probe that has one is left unoptimised, and so may leave the path. */
static void after(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe probe = {
	.symbol_name = FUNCTION,
	.pre_handler = turn_aside,
	.post_handler = after,
};

static int set_stall(const char *val, const struct kernel_param *kp)
{
	bool on;
	int ret = kstrtobool(val, &on);

	if (ret)
		return ret;
	atomic_set(&stall_next, on);
	if (!on)
		atomic_inc(&stall_ends);
	wake_up_all(&stall_wait);
	return 0;
}

static int get_stall(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&stall_next));
}

static const struct kernel_param_ops stall_ops = {
	.set = set_stall,
	.get = get_stall,
};

module_param_cb(stall, &stall_ops, NULL, 0644);
MODULE_PARM_DESC(stall, "on: the next allocation sleeps, until off");

static int __init stall_init(void)
{
	return register_kprobe(&probe);
}

/* There is no exit: nobody knows whether a task still sleeps here. */
module_init(stall_init);
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("holds the set-up of shared contexts up, for tests");
