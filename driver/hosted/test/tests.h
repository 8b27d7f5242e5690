/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_TESTS_H
#define HOSTED_TESTS_H

#include <check.h>

Suite *sync_suite(void);
Suite *data_suite(void);
Suite *memory_suite(void);
Suite *files_suite(void);

#endif
