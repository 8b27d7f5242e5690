/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of the transport and of hfi1-perf share.
 */
#ifndef HFI1_PERF_TEST_RIG_H
#define HFI1_PERF_TEST_RIG_H

#include <check.h>

#include "../transport.h"

/** rig_run() - run a program of the build; its exit status. */
int rig_run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What it printed, both streams. */
extern char rig_output[1 << 16];

/** rig_ctl() - have the emulator do something, or fail the test. */
void rig_ctl(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** rig_receive() - the next packet, which must come soon. */
void rig_receive(struct hfi1t *t, struct hfi1t_arrival *a);

/** rig_lines() - lines of rig_output that contain @text. */
unsigned int rig_lines(const char *text);

TCase *transport_case(void);
TCase *recovery_case(void);
TCase *tool_case(void);

#endif
