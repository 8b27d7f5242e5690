/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the suite of watchdogs shares.
 */
#ifndef HFI1C_WATCHDOG_DEVICE_H
#define HFI1C_WATCHDOG_DEVICE_H

#include <linux/watchdog.h>

#include "../suite.h"
#include "spec_rules.h"

/* Seconds; longer than any case lasts. */
#define WATCHDOG_USUAL_TIMEOUT 60

extern const struct hfi1c_group hfi1c_group_timer;

#endif
