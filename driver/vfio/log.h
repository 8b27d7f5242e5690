/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the server has to say, each line with the time and the adapter.
 */
#ifndef VFU_LOG_H
#define VFU_LOG_H

enum vfu_log_level {
	VFU_LOG_ERROR,
	VFU_LOG_INFO, /* clients come and go, resets */
	VFU_LOG_DEBUG, /* every message but register accesses */
	VFU_LOG_TRACE, /* register accesses too */
};

/** vfu_log_open() - write to a file instead of standard error; 0 or -errno. */
int vfu_log_open(const char *path);

/** vfu_log_set() - the most talkative level that is kept. */
void vfu_log_set(enum vfu_log_level level);

/** vfu_log_level() - that level, to skip costly arguments. */
enum vfu_log_level vfu_log_level(void);

/** vfu_log_parse() - a level from its name; -EINVAL for none. */
int vfu_log_parse(const char *name);

/** vfu_log() - one line; @who may be NULL. */
void vfu_log(enum vfu_log_level level, const char *who, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
