/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The runner's entry: a program hands it a suite and its command line.
 */
#ifndef HFI1C_RUNNER_MAIN_H
#define HFI1C_RUNNER_MAIN_H

#include "plan.h"

#define HFI1C_EXIT_FAILURES    1
#define HFI1C_EXIT_USAGE       2
#define HFI1C_EXIT_NOTHING_RUN 77

/* hfi1c_main() - run @suite as @argv says; the exit status. */
int hfi1c_main(const struct hfi1c_suite *suite, int argc, char **argv);

#endif
