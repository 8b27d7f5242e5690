/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_TRACEPOINT_H
#define HOSTED_LINUX_TRACEPOINT_H

/*
 * Events as lines of the log: what the kernel would keep in a ring is printed
 * at once, while messages of level HOSTED_DEBUG are.
 */
#include <linux/compiler.h>
#include <linux/types.h>

/* Whether anybody reads events. */
extern bool hosted_tracing;

/* Print an event. */
void hosted_trace(const char *event, const char *fmt, ...) __printf(2, 3);

/* Bytes in hexadecimal; the text is good until the thread's next call. */
const char *hosted_print_hex(const void *buf, size_t count);

#define TP_PROTO(...)	      __VA_ARGS__
#define TP_ARGS(...)	      __VA_ARGS__
#define TP_STRUCT__entry(...) __VA_ARGS__
#define TP_fast_assign(...)   __VA_ARGS__
#define TP_printk(...)	      __VA_ARGS__

#define __field(type, item)	 type item;
#define __array(type, item, len) type item[len];
#define __print_hex(buf, count)	 hosted_print_hex(buf, count)

#define TRACE_EVENT(name, proto, args, tstruct, assign, print) \
	static inline void trace_##name(proto)                 \
	{                                                      \
		struct {                                       \
			tstruct                                \
		} entry, *__entry = &entry;                    \
                                                               \
		if (likely(!hosted_tracing))                   \
			return;                                \
		assign hosted_trace(#name, print);             \
	}                                                      \
	static inline void trace_##name(proto)

#endif /* HOSTED_LINUX_TRACEPOINT_H */
