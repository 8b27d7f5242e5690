/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the suite of virtio accelerators shares.
 */
#ifndef HFI1C_VHOST_DEVICE_H
#define HFI1C_VHOST_DEVICE_H

#include <linux/vhost.h>

#include "../suite.h"
#include "spec_rules.h"

extern const struct hfi1c_group hfi1c_group_memory;
extern const struct hfi1c_group hfi1c_group_messages;
extern const struct hfi1c_group hfi1c_group_ownership;

#endif
