/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hand-written groups.
 */
#ifndef HFI1C_GROUPS_H
#define HFI1C_GROUPS_H

#include <sys/mman.h>

#include "../case.h"

#define CASE(name_, clause_, run_, doc_)                                   \
	{                                                                  \
		.name = name_, .clause = clause_, .doc = doc_, .run = run_ \
	}

#define CASE_NEEDS(name_, clause_, run_, doc_, needs_)                      \
	{                                                                   \
		.name = name_, .clause = clause_, .doc = doc_, .run = run_, \
		.needs = needs_                                             \
	}

#define CASE_DATA(name_, clause_, run_, doc_, data_)                        \
	{                                                                   \
		.name = name_, .clause = clause_, .doc = doc_, .run = run_, \
		.data = data_                                               \
	}

extern const struct hfi1c_group hfi1c_group_information;
extern const struct hfi1c_group hfi1c_group_contexts;
extern const struct hfi1c_group hfi1c_group_sharing;
extern const struct hfi1c_group hfi1c_group_lifetime;
extern const struct hfi1c_group hfi1c_group_mappings;
extern const struct hfi1c_group hfi1c_group_credits;
extern const struct hfi1c_group hfi1c_group_receive;
extern const struct hfi1c_group hfi1c_group_eager;
extern const struct hfi1c_group hfi1c_group_polling;
extern const struct hfi1c_group hfi1c_group_pkey;
extern const struct hfi1c_group hfi1c_group_events;
extern const struct hfi1c_group hfi1c_group_reset;
extern const struct hfi1c_group hfi1c_group_tid;
extern const struct hfi1c_group hfi1c_group_expected;
extern const struct hfi1c_group hfi1c_group_flows;
extern const struct hfi1c_group hfi1c_group_sdma;
extern const struct hfi1c_group hfi1c_group_send_memory;
extern const struct hfi1c_group hfi1c_group_dispatch;
extern const struct hfi1c_group hfi1c_group_files;
extern const struct hfi1c_group hfi1c_group_users;
extern const struct hfi1c_group hfi1c_group_faults;
extern const struct hfi1c_group hfi1c_group_send_faults;
extern const struct hfi1c_group hfi1c_group_model;
extern const struct hfi1c_group hfi1c_group_data;
extern const struct hfi1c_group hfi1c_group_across;
extern const struct hfi1c_group hfi1c_group_concurrency;
extern const struct hfi1c_group hfi1c_group_integrity;
extern const struct hfi1c_group hfi1c_group_stress;

#endif
