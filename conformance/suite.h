/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A device's program: the generated groups first, hand-written ones behind.
 */
#ifndef HFI1C_SUITE_H
#define HFI1C_SUITE_H

#include "runner/main.h"

/**
 * hfi1c_suite_main() - run the suite that this program is linked with
 * @suite:     what it is called and judges; the tables are filled in
 * @behaviour: hand-written groups
 *
 * Return: the exit status.
 */
int hfi1c_suite_main(struct hfi1c_suite suite,
		     const struct hfi1c_group *const *behaviour,
		     size_t behaviour_count, int argc, char **argv);

#endif
