/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Faults of the unit under test, and their end.
 */
#ifndef HFI1C_ENGINE_UNIT_H
#define HFI1C_ENGINE_UNIT_H

#include <stdbool.h>

#include <rdma/hfi/hfi1_user.h>

/**
 * hfi1c_unit_guard() - let the case go on in a process whose end is seen.
 *
 * Returns in that process alone.  The other one waits for it, takes all
 * faults back whatever became of the case, and ends as it did.
 */
void hfi1c_unit_guard(void);

/** hfi1c_unit_guard_both() - the same for the second unit as well. */
void hfi1c_unit_guard_both(void);

/**
 * hfi1c_unit_fault() - bring a fault about, or the case is skipped.
 *
 * Runs the command of --ctl with @verb, the unit's number and the rest.  The
 * words are those of hfi1-emu ctl.  The driver may notice some time later.
 */
void hfi1c_unit_fault(const char *verb, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** hfi1c_unit_try() - the same; whether it could be done. */
bool hfi1c_unit_try(const char *verb, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** hfi1c_unit_thaws() - wait for the end of a freeze; 0 when it came. */
int hfi1c_unit_thaws(void);

/** hfi1c_unit_resume() - let the engines go on, so that files can be closed. */
void hfi1c_unit_resume(void);

/**
 * hfi1c_unit_background() - ASSIGN_CTXT in a process that outlives nothing.
 *
 * Returns when the call has begun; with @dies a signal ends the process some
 * time later.
 */
void hfi1c_unit_background(struct hfi1_user_info info, bool dies);

/** hfi1c_unit_signal_soon() - a signal that interrupts the next long wait. */
void hfi1c_unit_signal_soon(void);

#endif
