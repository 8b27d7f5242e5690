/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_HOSTED_DEBUG_H
#define HOSTED_HOSTED_DEBUG_H

/* Warnings, logs, fault injection and live counts of the hosted kernel. */
#include <stdio.h>
#include <linux/printk.h>
#include <linux/types.h>

struct task_struct;

/* WARN_ON() and misuse of locks that fired since the start. */
unsigned long hosted_warn_count(void);
void hosted_warn_reset(void);

/* Whether a warning ends the process (default: no; lock misuse always does). */
void hosted_warn_fatal(bool fatal);

/**
 * hosted_bug_hook() - be told of a BUG instead of dying, for tests
 * @fn: called with the text; must not return (longjmp or exit), or NULL
 */
void hosted_bug_hook(void (*fn)(const char *what));

/* Messages up to @level go to @out (default: warnings to stderr). */
void hosted_log_to(FILE *out, enum hosted_level level);

/**
 * hosted_fail_alloc() - make one allocation fail
 * @tsk: the task whose allocations count, or NULL for all of the process
 * @nth: the nth allocation from now fails (1 is the next), 0 switches off
 */
void hosted_fail_alloc(struct task_struct *tsk, long nth);

/* Allocations left until the failing one; 0: it has happened or is off. */
long hosted_fail_alloc_left(struct task_struct *tsk);

/**
 * hosted_stall_vmalloc() - let the next vmalloc_user() sleep, as under memory
 * pressure, until switched off or a fatal signal
 * @on: sleep
 */
void hosted_stall_vmalloc(bool on);

/* For the shim's allocators: true when this allocation has to fail. */
bool hosted_should_fail(void);

struct hosted_live {
	long objects;
	long bytes;
	long arena_pages;
	long dma_maps;
	long pinned_pages;
	long notifiers;
	long mms;
	long files;
	long threads;
};

/* What is allocated right now. */
void hosted_live(struct hosted_live *live);

/* Parameters declared with module_param(). */
int hosted_param_set(const char *name, const char *value);
int hosted_param_get(const char *name, char *buf, size_t size);

struct hosted_param_info {
	const char *name;
	const char *desc;
	unsigned int perm;
};

/* The parameter with this index, or false past the end. */
bool hosted_param_at(unsigned int index, struct hosted_param_info *info);

#endif /* HOSTED_HOSTED_DEBUG_H */
