// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The tracepoints themselves: /sys/kernel/tracing/events/hfi1u.
 */
#define CREATE_TRACE_POINTS
#include "hfi1u_trace.h"
